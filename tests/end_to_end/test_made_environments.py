"""Environments made from pyslow are ordinary ones of the real Python, and work when pyslow is gone."""

import os
import pathlib
import shutil
import unittest

from differential import CONTROL
from harness import MINOR, PYTHON, VENV, TestCase, clean_environment, copy_installation, make_wheel, run

SITE = VENV / "lib" / f"python{MINOR}" / "site-packages"
SHOW = "import os, sys; print(sys.prefix, sys.base_prefix, os.path.realpath(sys._base_executable))"
needs_makers = unittest.skipUnless((VENV / "bin" / "virtualenv").exists() and (VENV / "bin" / "uv").exists(),
                                   "virtualenv and uv are not installed; ./bootstrap test installs them")


class MadeEnvironments(TestCase):
    """Each is made by a pyslow that is removed then."""

    def setUp(self):
        super().setUp()
        self.directory = self.directory.resolve()
        self.installation = self.directory / "opt"
        self.program = copy_installation(self.installation)
        self.child = self.installation / "bin" / f"python{MINOR}-pyslow"
        self.made = self.directory / "made"

    def environment(self, **variables):
        # An empty cache: virtualenv and uv remember each interpreter by its path. And no shims of pyenv on PATH, with
        # which uv fails.
        caches = {name: str(self.directory / name) for name in ("VIRTUALENV_OVERRIDE_APP_DATA", "UV_CACHE_DIR")}
        return clean_environment(PATH=f"{pathlib.Path(PYTHON).parent}:/usr/bin:/bin", UV_NO_CONFIG="1", UV_OFFLINE="1",
                                 PIP_NO_INDEX="1", **caches, **variables)

    def check(self, *command, **variables):
        with self.subTest(command=command, variables=variables):
            result = run(*command, self.made, env=self.environment(**variables))
            self.assertEqual(result.returncode, 0, result)
            self.assert_ordinary()
            shutil.rmtree(self.made)

    def assert_ordinary(self):
        links = "".join(os.readlink(path) + "\n" for path in self.made.rglob("*") if path.is_symlink())
        config = (self.made / "pyvenv.cfg").read_text()
        # venv notes sys.executable there, for information only.
        lines = [line for line in config.splitlines() if not line.startswith(("executable = ", "command = "))]
        self.assertNotIn("pyslow", links.replace(str(self.directory), ""))
        self.assertNotIn(str(self.installation), links + "\n".join(lines))
        away = self.installation.rename(self.directory / "away")
        try:
            for name in ("python", "python3", f"python{MINOR}"):
                shown = run(self.made / "bin" / name, "-c", SHOW)
                expected = run(PYTHON, "-c", SHOW).stdout.replace(f"{sys_prefix()} ", f"{self.made} ", 1)
                self.assertEqual((shown.stdout, shown.stderr), (expected, ""))
        finally:
            away.rename(self.installation)

    def active(self):
        venv = self.directory / "active"
        if not venv.exists():
            run(PYTHON, "-m", "venv", "--without-pip", venv)
        return {"VIRTUAL_ENV": str(venv)}

    def test_by_venv(self):
        self.check(self.program, "-m", "venv", "--without-pip")
        self.check(self.program, "-m", "venv", "--without-pip", **CONTROL)
        self.check(self.program, "-m", "venv", "--without-pip", **self.active())
        self.check(self.child, "-m", "venv", "--without-pip", "--symlinks")

    @needs_makers
    def test_by_virtualenv(self):
        words = ["-m", "virtualenv", "--quiet", "--without-pip"]
        self.check(self.program, *words, PYTHONPATH=str(SITE))
        self.check(self.program, *words, PYTHONPATH=str(SITE), **CONTROL)
        self.check(self.program, *words, PYTHONPATH=str(SITE), **self.active())
        self.check(self.child, *words, PYTHONPATH=str(SITE))
        self.check(VENV / "bin" / "virtualenv", "--quiet", "--without-pip", "--python", self.child)
        self.check(self.program, VENV / "bin" / "virtualenv", "--quiet", "--without-pip")

    @needs_makers
    def test_by_uv(self):
        words = ["-m", "uv", "venv", "--quiet"]
        self.check(self.program, *words, PYTHONPATH=str(SITE))
        self.check(self.program, *words, PYTHONPATH=str(SITE), **self.active())
        self.check(VENV / "bin" / "uv", "venv", "--quiet", "--python", self.child)

    @unittest.skipUnless((VENV / "bin" / "tox").exists(), "tox is not installed; ./bootstrap test installs it")
    def test_by_tox(self):
        config = self.write("tox.ini", '''
            [tox]
            env_list = e
            no_package = true
            [testenv]
            commands = python -c "import sys; print('prefix', sys.prefix)"
            ''')
        self.made = self.directory / "work" / "e"
        result = run(self.program, "-m", "tox", "-c", config, "--workdir", self.made.parent, "-e", "e",
                     env=self.environment(PYTHONPATH=str(SITE)))
        self.assertEqual(result.returncode, 0, result)
        self.assertIn(f"prefix {self.made}\n", result.stdout)
        self.assert_ordinary()

    @unittest.skipUnless((VENV / "bin" / "poetry").exists(), "poetry is not installed; ./bootstrap test installs it")
    def test_by_poetry(self):
        self.write("work/pyproject.toml", '''
            [project]
            name = "p"
            version = "1"
            requires-python = ">=3.12"
            [tool.poetry]
            package-mode = false
            ''')
        self.made = self.directory / "work" / ".venv"
        variables = self.environment(PYTHONPATH=str(SITE), POETRY_VIRTUALENVS_IN_PROJECT="true",
                                     POETRY_CACHE_DIR=str(self.directory / "cache"))
        poetry = [self.program, "-m", "poetry", "--no-interaction"]
        show = ["run", "python", "-c", "import sys; print('prefix', sys.prefix)"]
        for words in (show, ["env", "use", self.child]):
            with self.subTest(words=words):
                result = run(*poetry, *words, cwd=self.made.parent, env=variables)
                self.assertEqual(result.returncode, 0, result)
                if words is show:
                    self.assertIn(f"prefix {self.made}\n", result.stdout)
                self.assert_ordinary()
                shutil.rmtree(self.made)

    @needs_makers
    def test_from_an_environment_whose_python_is_pyslow(self):
        venv = self.active()["VIRTUAL_ENV"]
        result = run(self.program, "--into", venv)
        self.assertEqual(result.returncode, 0, result)
        python = pathlib.Path(venv) / "bin" / "python"
        self.check(python, "-m", "venv", "--without-pip")
        self.check(python, "-m", "virtualenv", "--quiet", "--without-pip", PYTHONPATH=str(SITE))
        self.check(VENV / "bin" / "virtualenv", "--quiet", "--without-pip", "--python", python)
        self.check(VENV / "bin" / "uv", "venv", "--quiet", "--python", python)


class InstalledScripts(TestCase):
    def test_by_pip(self):
        venv = self.directory.resolve() / "venv"
        run(PYTHON, "-m", "venv", venv)
        program = copy_installation(self.directory / "opt")
        wheel = make_wheel(self.directory)
        env = clean_environment(VIRTUAL_ENV=str(venv))
        for command in ([program, "-m", "pip"], [program, "-Im", "pip"], [program, venv / "bin" / "pip"]):
            done = run(*command, "install", "--no-index", "--force-reinstall", wheel, env=env)
            self.assertEqual(done.returncode, 0, done)
            # That of pip's own script is python3.X.
            self.assertRegex((venv / "bin" / "greet").read_text(), rf"\A#!{venv}/bin/python(3\.\d+t?)?\n")
        shutil.rmtree(self.directory / "opt")
        self.assertEqual(run(venv / "bin" / "greet").returncode, 5)


def sys_prefix():
    return run(PYTHON, "-c", "import sys; print(sys.prefix)").stdout.strip()


if __name__ == "__main__":
    unittest.main()
