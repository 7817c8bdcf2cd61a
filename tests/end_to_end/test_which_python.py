"""pyslow runs the right Python, with its standard library and its libpython, from any installation."""

import os
import pathlib
import shutil
import subprocess
import sysconfig
import tempfile
import unittest

import moved_python
from harness import BIN, CHILD_NAME, MINOR, PYSLOW, PYTHON, TestCase, clean_environment, run

LIBPYSLOW = next(BIN.parent.glob(f"lib*/**/pyslow/libpyslow{MINOR}.so"), None)

# Prints the origin of the interpreter and its files.
SHOW = """
import json, os, sys, sysconfig
import _ctypes, encodings
maps = [line.split()[-1] for line in open("/proc/self/maps")]
print(sys.version, sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix, sys.path[1:])
print([os.path.realpath(module.__file__) for module in (os, json, encodings)])
print(getattr(_ctypes, "__file__", ""), os.path.realpath(sys._base_executable))
print(sorted({os.path.realpath(name) for name in maps if "libpython" in name}))
print(sysconfig.get_config_var("prefix"), sysconfig.get_path("stdlib"))
"""
IS_FALLBACK = "embedded although that executable"


def virtual_environment(python, directory):
    made = run(python, "-m", "venv", "--without-pip", directory)
    if made.returncode != 0:
        raise RuntimeError(made.stderr)
    return directory / "bin" / "python"


class ThePythonItWasBuiltFor(TestCase):
    def test_all_files_are_those_of_python(self):
        if IS_FALLBACK in self.output_of("--version"):
            self.skipTest("this build cannot use python's own executable")
        self.assertEqual(self.output_of("-c", SHOW), run(PYTHON, "-c", SHOW).stdout.strip())

    def test_a_libpython_on_the_library_path_is_not_used(self):
        name = f"libpython{MINOR}.so.1.0"
        with open("/proc/self/maps") as maps:
            no_python = next(line.split()[-1] for line in maps if "/libc" in line)
        shutil.copy(no_python, self.directory / name)
        self.assertEqual(
            self.output_of("-c", SHOW, env=clean_environment(LD_LIBRARY_PATH=str(self.directory))),
            self.output_of("-c", SHOW))

    def test_each_installed_minor_version_runs_its_python(self):
        for program in BIN.glob("pyslow3.*"):
            minor = program.name.removeprefix("pyslow")
            shown = run(program, "-c", "import os, subprocess, sys; print(sys.version.split()[0]); "
                        "print(os.__file__, flush=True); subprocess.run([sys.executable, '--version'])")
            version, library, child = shown.stdout.splitlines()
            self.assertTrue(version.startswith(minor.rstrip("t") + "."), shown)
            self.assertIn(f"/python{minor}/", library)
            self.assertEqual(child, f"Python {version}")

    def test_all_symbols_are_found(self):
        # Normally a function is bound at its first call, and a missing one would go unnoticed.
        env = clean_environment(LD_BIND_NOW="1")
        for words in (["--version"], ["-c", "pass"], ["--target", "*:*", "--delay", "0", "-c", "pass"]):
            shown = run(PYSLOW, *words, env=env)
            self.assertEqual((shown.returncode, shown.stderr), (0, ""), shown)
            self.assertNotIn(IS_FALLBACK, shown.stdout)


def conda_environment(directory):
    """Imitates one: an installation of its own, without pyvenv.cfg, with one module in site-packages."""
    site = directory / "lib" / f"python{MINOR}" / "site-packages"
    site.mkdir(parents=True)
    for name in ("bin", "conda-meta"):
        (directory / name).mkdir()
    library = pathlib.Path(sysconfig.get_path("stdlib"))
    for file in library.iterdir():
        if file.name not in ("site-packages", "dist-packages", "__pycache__"):
            (site.parent / file.name).symlink_to(file)
    for file in library.parent.glob("libpython*"):
        (directory / "lib" / file.name).symlink_to(file)
    shutil.copy(PYTHON, directory / "bin" / f"python{MINOR}")
    for name in ("python", "python3"):
        (directory / "bin" / name).symlink_to(f"python{MINOR}")
    (site / "only_here.py").write_text("")


class AnEnvironmentIsChosen(TestCase):
    """Without a pyvenv.cfg beside the program."""

    # Prints the prefix of this process and of a child, after an import from the environment.
    SHOW = ("import only_here, subprocess, sys; print(sys.prefix, flush=True);"
            "len(sys.argv) > 1 or subprocess.run([sys.executable, '-c', sys.orig_argv[-1], 'child'])")

    def setUp(self):
        super().setUp()
        self.conda = self.directory / "conda"
        conda_environment(self.conda)
        self.both = f"{self.conda}\n{self.conda}"

    def test_conda_that_is_active(self):
        env = clean_environment(CONDA_PREFIX=str(self.conda))
        self.assertEqual(self.output_of("-c", self.SHOW, env=env), self.both)
        self.assertIn(f"chosen: CONDA_PREFIX={self.conda}", self.output_of("--version", env=env))

    def test_the_one_that_python_names(self):
        for given in (self.conda, self.conda / "bin" / "python3"):
            self.assertEqual(self.output_of("--python", given, "-c", self.SHOW), self.both)
        self.assertEqual(
            self.output_of("-c", self.SHOW, env=clean_environment(SPEED_BUMP_PYTHON=str(self.conda))),
            self.both)
        self.assert_refused(self.pyslow("--python", self.directory / "none", "-c", "pass"),
                            "--python: ", "/none: no such file")

    def test_an_environment_with_the_name_of_a_program(self):
        virtual_environment(PYTHON, self.directory / "env")
        shown = self.output_of("--python", "env", "-c", "import sys; print(sys.prefix)", cwd=self.directory)
        self.assertEqual(shown, str(self.directory / "env"))
        self.assert_refused(self.pyslow("--python", "env", "-c", "pass"), "/env: ")

    def test_the_one_of_a_console_script(self):
        venv = virtual_environment(PYTHON, self.directory / "venv").parent
        tool = venv / "tool"
        tool.write_text(f"#!{venv}/python\nimport subprocess, sys\nprint(sys.prefix, flush=True)\n"
                        "subprocess.run([sys.executable, '-c', 'import sys; print(sys.prefix)'])\n")
        for words in ([tool], ["-u", "-B", tool]):
            self.assertEqual(self.output_of(*words), f"{venv.parent}\n{venv.parent}")
        # Another script's first line means nothing to python.
        script = self.write("script.py", tool.read_text())
        self.assertNotIn(str(venv.parent), self.output_of(script))

    def test_it_is_not_a_virtual_environment_of_another_minor_version(self):
        venv = self.directory / "venv"
        (venv / "bin").mkdir(parents=True)
        (venv / "pyvenv.cfg").write_text("home = /nowhere\nversion = 3.99.1\n")
        env = clean_environment(VIRTUAL_ENV=str(venv), CONDA_PREFIX=str(self.conda))
        self.assert_refused(self.pyslow("-c", "pass", env=env), f"{venv}: the environment is for Python 3.99")


class TheStub(TestCase):
    """If python's executable has CPython linked in, pyslow is a stub that executes it."""

    def setUp(self):
        super().setUp()
        if LIBPYSLOW is None or not (LIBPYSLOW.parent / f"pyslow{MINOR}-launcher").exists():
            self.skipTest("pyslow is no stub in this build")

    def test_it_refuses_to_drop_its_own_privileges(self):
        if os.geteuid() != 0 or os.statvfs(self.directory).f_flag & os.ST_NOSUID:
            self.skipTest("needs root and a file system that honours set-user-ID")
        alone = self.directory / f"pyslow{MINOR}"
        shutil.copy2(PYSLOW, alone)
        alone.chmod(0o4755)
        self.directory.chmod(0o755)
        shown = subprocess.run([alone, "-c", "pass"], user=65534, group=65534, extra_groups=[],
                               capture_output=True, text=True, check=False)
        self.assertEqual(shown.returncode, 2, shown)
        self.assertIn("file capabilities do not work here", shown.stderr)

    def test_its_launcher_cannot_be_run_directly(self):
        shown = run(LIBPYSLOW.parent / f"pyslow{MINOR}-launcher", "-c", "pass")
        self.assertEqual(shown.returncode, 2)
        self.assertIn("this is a part of pyslow; run pyslow instead", shown.stderr)


class Moved:
    """Tests of an interpreter in another directory, through virtual environments made from it."""

    make = None  # a function of moved_python

    @classmethod
    def setUpClass(cls):
        if LIBPYSLOW is None:
            raise unittest.SkipTest("this build has no libpyslow: see third_party/pic_abseil")
        cls.root = pathlib.Path(tempfile.mkdtemp(prefix="pyslow-moved-")).resolve()
        cls.addClassCleanup(shutil.rmtree, cls.root, ignore_errors=True)
        cls.original = cls.make(cls.root / "opt")
        if cls.original is None:
            raise unittest.SkipTest(f"{PYTHON}'s installation cannot be moved")
        cls.python = virtual_environment(cls.original, cls.root / "venv")
        cls.linked = virtual_environment(cls.original, cls.root / "linked")
        cls.linked.unlink()
        cls.linked.symlink_to(PYSLOW)

    def active(self, **variables):
        return clean_environment(VIRTUAL_ENV=str(self.root / "venv"), **variables)

    def test_all_files_are_its_own_if_the_environment_is_active(self):
        expected = run(self.python, "-c", SHOW)
        self.assertIn(str(self.root / "opt" / "lib"), expected.stdout)
        self.assertEqual(self.output_of("-c", SHOW, env=self.active()), expected.stdout.strip())

    def test_all_files_are_its_own_if_the_environments_python_is_a_link(self):
        ours, expected = run(self.linked, "-c", SHOW), run(self.python, "-c", SHOW)
        self.assertEqual((ours.stdout.replace("/linked", "/venv"), ours.stderr),
                         (expected.stdout, expected.stderr))

    def test_version_names_its_executable(self):
        shown = self.output_of("--version", env=self.active())
        self.assertIn(f"in its own executable; in place of {self.original}", shown)

    def test_children_are_the_same_python_and_accept_its_options(self):
        for words in (["--version"], ["-VV"], ["--help"], ["--help-all"], ["-I", "-c", SHOW]):
            child = ("import subprocess, sys; print(sys.executable, flush=True); "
                     f"subprocess.run([sys.executable, *{words!r}])")
            ours = self.output_of("-c", child, env=self.active()).partition("\n")
            self.assertTrue(os.path.samefile(ours[0], CHILD_NAME), ours[0])
            expected = run(self.python, *words)
            self.assertEqual(ours[2].replace(ours[0], str(self.python)), expected.stdout.strip())

    def test_the_handoff_leaves_no_trace(self):
        show = ("import os, subprocess, sys; environment = open('/proc/self/environ').read();"
                "print(sorted(os.environ), 'LD_PRELOAD' in environment, 'PYSLOW' in environment);"
                "print(open('/proc/self/comm').read().strip(), flush=True);"
                "subprocess.run(['env', '-u', 'x'])")
        # With a locale, because Python adds LC_CTYPE if there is none.
        environment = {"A": "1", "VIRTUAL_ENV": str(self.root / "venv"), "PATH": os.environ["PATH"],
                       "LC_ALL": "C.UTF-8"}
        lines = self.output_of("-c", show, env=environment).splitlines()
        self.assertEqual(lines[:2], [f"{sorted(environment)} False False", f"pyslow{MINOR}"])
        self.assertEqual(sorted(lines[2:]), sorted(f"{k}={v}" for k, v in environment.items()))

    def test_a_library_preloaded_by_the_user_stays_preloaded(self):
        with open("/proc/self/maps") as maps:
            library = next(line.split()[-1] for line in maps if "/libm" in line)
        show = "import os; print(os.environ['LD_PRELOAD'], 'libm' in open('/proc/self/maps').read())"
        self.assertEqual(self.output_of("-c", show, env=self.active(LD_PRELOAD=library)),
                         f"{library} True")

    def test_functions_are_delayed_also_in_children(self):
        script = self.write("script.py", """
            import subprocess, sys, time
            def target(): pass
            begin = time.monotonic()
            target()
            print(time.monotonic() - begin, flush=True)
            if len(sys.argv) == 1:
                subprocess.run([sys.executable, __file__, "child"])
            """)
        shown = self.output_of("--target", "script:target", "--delay", "50ms", script, env=self.active())
        times = [float(line) for line in shown.splitlines()]
        self.assertEqual(len(times), 2)
        self.assertGreaterEqual(min(times), 0.05)

    def test_it_embeds_and_gives_the_reason_if_the_library_cannot_be_preloaded(self):
        if "libexec" in LIBPYSLOW.parts:
            self.skipTest("a wheel has nothing to embed with")
        copy = self.directory / "a blank"
        for file in (pathlib.Path(PYSLOW).resolve(), *pathlib.Path(LIBPYSLOW).parent.iterdir()):
            target = copy / file.relative_to(BIN.parent)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, target)
        pyslow = copy / BIN.name / f"pyslow{MINOR}"
        (copy / BIN.name / f"python{MINOR}-pyslow").symlink_to(pyslow.name)
        shown = run(pyslow, "--version", env=self.active())
        self.assertIn(IS_FALLBACK, shown.stdout)
        self.assertIn("cannot be preloaded", shown.stdout)
        ran = run(pyslow, "-c", "import os; print(os.__file__)", env=self.active())
        self.assertEqual((ran.stdout.strip(), ran.stderr),
                         (f"{self.root}/opt/lib/python{MINOR}/os.py", ""))


class MovedAndShared(Moved, TestCase):
    make = staticmethod(moved_python.shared)

    def test_its_own_libpython_is_loaded(self):
        shown = self.output_of("-c", SHOW, env=self.active())
        self.assertIn(f"['{self.root}/opt/lib/libpython{MINOR}.so.1.0']", shown)


class MovedAndOldStandalone(MovedAndShared):
    make = staticmethod(moved_python.old_standalone)

    def test_its_executable_names_libpython_by_its_own_place(self):
        needed = run("readelf", "--dynamic", "--wide", self.original)
        if needed.returncode != 0:
            self.skipTest("needs readelf")
        self.assertIn(f"[$ORIGIN/../lib/libpython{MINOR}.so.1.0]", needed.stdout)


class MovedAndStatic(Moved, TestCase):
    make = staticmethod(moved_python.static)

    def test_no_libpython_is_loaded(self):
        self.assertIn("\n[]\n", self.output_of("-c", SHOW, env=self.active()))


class MovedAndStaticBesideALibrary(MovedAndStatic):
    make = staticmethod(moved_python.static_beside_a_library)


if __name__ == "__main__":
    unittest.main()
