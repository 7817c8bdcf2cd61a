"""Virtual environments: created by pyslow, with pyslow as their python, nested, and with pip."""

import os
import pathlib
import re
import shutil
import tempfile
import unittest

from differential import CONTROL, DifferentialTest, as_python
from harness import BIN, CHILD_NAME, MINOR, PYSLOW, PYTHON, VERSION, TestCase, clean_environment, make_wheel, run

SHOW = ("import os, sys, site; print(sys.executable, sys.prefix, sys.exec_prefix, sys.base_prefix,"
        " os.path.realpath(sys._base_executable), sys.path[1:], site.getsitepackages())")


class Venv(DifferentialTest):
    """bin/python of an environment links to pyslow, or VIRTUAL_ENV names the environment."""

    def setUp(self):
        super().setUp()
        self.venv = self.directory / "venv"
        run(PYTHON, "-m", "venv", "--without-pip", self.venv)
        self.python = self.venv / "bin" / "python"

    def link(self, target):
        self.python.unlink()
        self.python.symlink_to(target)

    def test_a_link_in_a_venv_is_that_venv(self):
        theirs = run(self.python, "-c", SHOW)
        self.link(PYSLOW)
        for env in (clean_environment(), clean_environment(**CONTROL)):
            ours = run(self.python, "-c", SHOW, env=env)
            self.assertEqual((ours.stdout, ours.stderr), (theirs.stdout, theirs.stderr))

    def test_a_link_in_a_venv_is_found_on_path_and_by_a_relative_name(self):
        on_path = clean_environment(PATH=f"{self.venv}/bin:{os.environ['PATH']}")
        shown = lambda: (run("python", "-c", SHOW, env=on_path).stdout,
                         run("bin/python", "-c", SHOW, cwd=self.venv).stdout)
        theirs = shown()
        self.link(PYSLOW)
        self.assertEqual(shown(), theirs)
        self.assertIn(str(self.python), theirs[0])

    def test_a_link_to_a_link_to_python(self):
        # As created by python -m venv: bin/python3 -> python.
        names = ["python3", f"python{MINOR}"]
        shown = lambda: [run(self.venv / "bin" / name, "-c", SHOW).stdout for name in names]
        theirs = shown()
        self.link(PYSLOW)
        self.assertEqual(shown(), theirs)

    def test_system_site_packages(self):
        config = self.venv / "pyvenv.cfg"
        config.write_text(config.read_text().replace("packages = false", "packages = true"))
        theirs = run(self.python, "-c", SHOW)
        self.link(PYSLOW)
        self.assertEqual(run(self.python, "-c", SHOW).stdout, theirs.stdout)

    def test_virtual_env_names_the_venv(self):
        env = clean_environment(VIRTUAL_ENV=str(self.venv))
        ours = run(PYSLOW, "-c", SHOW, env=env)
        theirs = run(self.python, "-c", SHOW)
        executable, _, others = ours.stdout.partition(" ")
        self.assertEqual(f"{self.python} {others}", theirs.stdout)
        self.assertTrue(os.path.samefile(executable, CHILD_NAME), executable)
        child = run(PYSLOW, "-c", "import subprocess, sys; print(subprocess.run([sys.executable, "
                    "'-c', 'import sys; print(sys.prefix)'], capture_output=True, text=True).stdout)",
                    env=env)
        self.assertEqual(child.stdout.strip(), str(self.venv))

    def test_a_link_to_pyslow_under_its_own_name_is_that_venv(self):
        link = self.venv / "bin" / "pyslow"
        link.symlink_to(PYSLOW)
        self.assertIn(f"{self.venv} {self.venv}", run(link, "-c", SHOW).stdout)

    def test_a_venv_of_another_minor_version_selects_its_pyslow_or_is_refused(self):
        config = self.venv / "pyvenv.cfg"
        kept = config.read_text()
        others = [path for path in BIN.glob("pyslow3.*") if path.name != f"pyslow{MINOR}"]
        for other in others:
            minor = other.name.removeprefix("pyslow")
            config.write_text(kept.replace(f"version = {VERSION}.", f"version = {minor}."))
            env = clean_environment(VIRTUAL_ENV=str(self.venv))
            self.assertIn(f"Python {minor}.", run(PYSLOW, "--version", env=env).stdout)
        config.write_text(kept.replace(f"version = {VERSION}.", "version = 3.99."))
        refused = run(PYSLOW, "-c", "print(1)", env=clean_environment(VIRTUAL_ENV=str(self.venv)))
        self.assert_refused(refused, str(self.venv), "3.99", MINOR)


class MakingVenvs(DifferentialTest):
    def facts(self, venv):
        """The contents of a venv, with its directory replaced."""
        place = lambda text: as_python(text).replace(str(venv), "VENV").replace(venv.name, "NAME")
        config = (venv / "pyvenv.cfg").read_text()
        # For information only; it is sys.executable, which must be pyslow.
        config = re.sub(r"executable = .*\n", "", config)
        files = sorted(str(path.relative_to(venv)) for path in venv.rglob("*"))
        links = {path.name: place(os.readlink(path))
                 for path in (venv / "bin").iterdir() if path.is_symlink()}
        return files, links, place(config), place((venv / "bin/activate").read_text())

    def made(self, *makers, **options):
        """Creates a venv with each program and compares their contents. Returns the first one's."""
        results = []
        for number, maker in enumerate(makers):
            venv = self.directory / f"made-{number}"
            done = run(maker, "-m", "venv", "--without-pip", venv, **options)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
            results.append(self.facts(venv))
        for result in results[1:]:
            self.assertEqual(result, results[0])
        return results[0]

    def test_by_pyslow(self):
        _, links, config, _ = self.made(PYTHON, PYSLOW)
        self.assertNotIn("pyslow", str(links) + config)
        self.made(PYTHON, PYSLOW, env=clean_environment(**CONTROL))

    def test_inside_one_whose_python_is_pyslow(self):
        outer = self.directory / "outer"
        run(PYTHON, "-m", "venv", "--without-pip", outer)
        python = outer / "bin" / "python"
        by_python = self.directory / "by-python"
        run(python, "-m", "venv", "--without-pip", by_python)
        theirs = self.facts(by_python)
        python.unlink()
        python.symlink_to(PYSLOW)
        by_pyslow = self.directory / "by-pyslow"
        run(python, "-m", "venv", "--without-pip", by_pyslow)
        self.assertEqual(self.facts(by_pyslow), theirs)
        # A venv made from it does not depend on the outer one.
        nested = self.directory / "nested"
        run(by_pyslow / "bin" / "python", "-m", "venv", "--without-pip", nested)
        self.assertEqual(run(nested / "bin" / "python", "-c", "import sys; print(sys.prefix)").stdout.strip(),
                         str(nested))

    def test_with_copies(self):
        venv = self.directory / "copies"
        done = run(PYSLOW, "-m", "venv", "--without-pip", "--copies", venv)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(run(venv / "bin" / "python", "--version").stdout, run(PYTHON, "--version").stdout)


class Pip(TestCase):
    """pip in an environment whose python is pyslow. Installs a wheel made here: needs no network."""

    @classmethod
    def setUpClass(cls):
        cls.root = pathlib.Path(tempfile.mkdtemp(prefix="pyslow-pip-")).resolve()
        cls.addClassCleanup(shutil.rmtree, cls.root)
        cls.wheel = make_wheel(cls.root)
        # pyslow creates the environment: ensurepip runs with delays.
        cls.venv = cls.root / "venv"
        cls.made = run(PYSLOW, "-m", "venv", cls.venv, env=clean_environment(**CONTROL))
        cls.python = cls.venv / "bin" / "python"
        cls.python.unlink()
        cls.python.symlink_to(PYSLOW)

    def pip(self, *words, env=None):
        done = run(self.python, "-m", "pip", "--disable-pip-version-check", *words, env=env)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        return done.stdout

    def test_pip_is_there(self):
        self.assertEqual((self.made.returncode, self.made.stderr), (0, ""), self.made)
        self.assertIn(f"python {VERSION}", self.pip("--version"))

    def test_a_package_is_installed_used_and_removed(self):
        for env in (clean_environment(), clean_environment(**CONTROL)):
            self.pip("install", "--no-index", self.wheel, env=env)
            script = self.venv / "bin" / "greet"
            self.assertEqual(script.read_text().splitlines()[0], f"#!{self.python}")
            for command in ([script], ["greet"]):
                done = run(*command, "a", env={**env, "PATH": f"{self.venv}/bin:{env['PATH']}"})
                self.assertEqual((done.returncode, done.stdout),
                                 (5, f"hello from {self.python} ['a']\n"), done)
            self.assertIn("greeter", self.pip("list", env=env))
            self.pip("uninstall", "-y", "greeter", env=env)
            self.assertFalse(script.exists())

    def test_pips_own_script(self):
        for name in ("pip", "pip3", f"pip{VERSION}"):
            done = run(self.venv / "bin" / name, "--version")
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn(str(self.venv), done.stdout)


if __name__ == "__main__":
    unittest.main()
