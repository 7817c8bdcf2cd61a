"""pyslow does what python does: the same command under both, the same output and status."""

import os
import pathlib
import pty
import select
import shlex
import subprocess
import sys
import time
import unittest
import zipfile

from harness import BIN, CHILD_NAME, MINOR, PYSLOW, PYTHON, TestCase, clean_environment, run

SHOW = """
import os, sys
print(__name__, sys.argv, sys.flags, sys.path[0], sys.prefix, sys.exec_prefix, sys.base_prefix)
print(sys.version, sys.platlibdir, os.path.realpath(sys._base_executable), sys.orig_argv[1:])
print(sys.warnoptions, sys._xoptions)
"""


class SameAsPython(TestCase):
    def same(self, *words, status=None, pyslow=PYSLOW, python=PYTHON, **options):
        theirs = run(python, *words, cwd=self.directory, **options)
        ours = run(pyslow, *words, cwd=self.directory, **options)
        swap = lambda text: text.replace(str(CHILD_NAME), str(PYTHON))
        self.assertEqual(swap(ours.stdout), theirs.stdout)
        self.assertEqual(swap(ours.stderr), theirs.stderr)
        self.assertEqual(ours.returncode, theirs.returncode)
        if status is not None:
            self.assertEqual(ours.returncode, status)
        return ours

    def test_a_command(self):
        self.same("-c", SHOW, "a", "--delay=3", "-x")

    def test_a_module(self):
        self.write("pkg/__init__.py", "")
        self.write("pkg/__main__.py", SHOW)
        self.write("pkg/mod.py", SHOW)
        self.same("-m", "pkg", "--targets", "x")
        self.same("-m", "pkg.mod", "a b")
        self.same("-m", "nosuchmodule", status=1)

    def test_a_script(self):
        script = self.write("script.py", SHOW)
        self.same(script, "1", "2")
        self.same("script.py", "--version")
        self.same("nosuchfile.py", status=2)

    def test_a_directory_and_a_zip_file(self):
        self.write("app/__main__.py", SHOW)
        self.same("app", "x")
        with zipfile.ZipFile(self.directory / "app.zip", "w") as archive:
            archive.writestr("__main__.py", SHOW)
        self.same("app.zip", "x")

    def test_standard_input(self):
        self.same(input=SHOW)
        self.same("-", "x", input=SHOW)
        self.same("-i", "-c", "x = 1", input="print(x)\n")

    def test_exit_statuses(self):
        self.same("-c", "import sys; sys.exit(7)", status=7)
        self.same("-c", "import sys; sys.exit('words')", status=1)
        self.same("-c", "1/0", status=1)
        self.same("-c", "import os; os._exit(9)", status=9)
        self.same("-c", "import os, signal; os.kill(os.getpid(), signal.SIGTERM)", status=-15)
        self.same("-c", "raise KeyboardInterrupt", status=-2)
        self.same("-m", "this_is_not_there", status=1)

    def test_options_of_python(self):
        for options in (["-I"], ["-E"], ["-s"], ["-S"], ["-P"], ["-O"], ["-B"], ["-u"], ["-OO", "-q"],
                        ["-X", "dev"], ["-X", "utf8"], ["-W", "error"], ["-bb"],
                        ["-X", "frozen_modules=off"], ["--check-hash-based-pycs", "always"]):
            with self.subTest(options=options):
                self.same(*options, "-c", SHOW)

    def test_help_and_version_of_python(self):
        for option in ("-h", "-V", "-VV", "--help-all", "--help-env", "--help-xoptions", "-Z"):
            with self.subTest(option=option):
                self.same(option)

    def test_variables_of_python(self):
        for name, value in (("PYTHONPATH", "/some/where"), ("PYTHONSAFEPATH", "1"),
                            ("PYTHONOPTIMIZE", "2"), ("PYTHONWARNINGS", "error"),
                            ("PYTHONHASHSEED", "0"), ("PYTHONNOUSERSITE", "1"),
                            ("PYTHONDEVMODE", "1"), ("PYTHONUTF8", "1")):
            with self.subTest(name=name):
                self.same("-c", SHOW + "; print(sys.path[:2], hash('x'))"
                          if name != "PYTHONHASHSEED" else "print(hash('x'))",
                          env=clean_environment(**{name: value}))

    def test_the_environment_is_left_alone_when_nothing_is_targeted(self):
        self.same("-c", "import os; print(sorted(os.environ.items()))",
                  env=clean_environment(A="1"))

    def test_arguments_that_are_no_text(self):
        theirs = subprocess.run([PYTHON, "-c", "import sys; print(sys.argv)", b"\xff\xfe"],
                                capture_output=True)
        ours = subprocess.run([PYSLOW, "-c", "import sys; print(sys.argv)", b"\xff\xfe"],
                              capture_output=True)
        self.assertEqual((ours.stdout, ours.stderr), (theirs.stdout, theirs.stderr))

    def test_the_interactive_interpreter(self):
        def session(program):
            controller, terminal = pty.openpty()
            process = subprocess.Popen(
                [program, "-I"], stdin=terminal, stdout=terminal, stderr=terminal,
                env=clean_environment(TERM="dumb", PYTHON_BASIC_REPL="1"), close_fds=True)
            os.close(terminal)
            os.write(controller, b"6 * 7\nimport sys; sys.exit(3)\n")
            shown = b""
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline:
                ready, _, _ = select.select([controller], [], [], 0.2)
                if ready:
                    try:
                        data = os.read(controller, 4096)
                    except OSError:
                        break
                    if not data:
                        break
                    shown += data
            os.close(controller)
            return process.wait(30), shown

        theirs, ours = session(PYTHON), session(PYSLOW)
        self.assertEqual(ours[0], 3)
        self.assertIn(b"42", ours[1])
        self.assertIn(b"Type \"help\"", ours[1])
        # What is typed ahead is echoed at a time of its own: compare what was printed, not its order.
        self.assertEqual(sorted(ours[1].split()), sorted(theirs[1].split()))


class Executable(TestCase):
    SHOW = "import sys; print(sys.executable, sys.prefix, sys.base_prefix, sep='\\n')"

    def test_is_the_name_for_children(self):
        self.assertEqual(self.output_of("-c", self.SHOW).splitlines()[0], CHILD_NAME)

    def test_children_are_python_in_every_respect(self):
        for words in (["--version"], ["-V"], ["--help"], ["-c", "print(1)"]):
            ours, theirs = run(CHILD_NAME, *words), run(PYTHON, *words)
            self.assertEqual(ours.stdout.replace(CHILD_NAME, PYTHON), theirs.stdout)
            self.assertEqual(ours.returncode, theirs.returncode)

    def test_a_made_up_name_still_has_one(self):
        shown = subprocess.run(["bash", "-c", f"exec -a python-made-up {PYSLOW} -c {shlex.quote(self.SHOW)}"],
                               capture_output=True, text=True, env=clean_environment())
        self.assertEqual(shown.stdout.splitlines()[0], CHILD_NAME, shown)

    def test_multiprocessing_starts_children_through_it(self):
        script = self.write("spawn.py", """
            import multiprocessing, os, sys
            def child(queue):
                queue.put((os.readlink("/proc/self/exe"), sys.executable))
            if __name__ == "__main__":
                for method in ("spawn", "forkserver", "fork"):
                    context = multiprocessing.get_context(method)
                    queue = context.Queue()
                    process = context.Process(target=child, args=(queue,))
                    process.start()
                    print(*queue.get())
                    process.join()
            """)
        for line in self.output_of(script).splitlines():
            self.assertEqual(line.split(), [os.path.realpath(PYSLOW), CHILD_NAME])


class Venv(TestCase):
    """bin/python of an environment is a link to pyslow, or VIRTUAL_ENV names the environment."""

    @classmethod
    def setUpClass(cls):
        import tempfile
        cls.root = tempfile.TemporaryDirectory(prefix="pyslow-venv-")
        cls.venv = pathlib.Path(cls.root.name).resolve() / "venv"
        run(PYTHON, "-m", "venv", "--without-pip", cls.venv)

    @classmethod
    def tearDownClass(cls):
        cls.root.cleanup()

    def setUp(self):
        super().setUp()
        self.python = self.venv / "bin" / "python"
        self.original = os.readlink(self.python)
        self.addCleanup(self.link, self.original)

    def link(self, target):
        self.python.unlink()
        self.python.symlink_to(target)

    SHOW = ("import os, sys, site; print(sys.executable, sys.prefix, sys.exec_prefix, sys.base_prefix,"
            " os.path.realpath(sys._base_executable), sys.path[1:], site.getsitepackages())")

    def test_a_link_in_a_venv_is_that_venv(self):
        theirs = run(self.python, "-c", self.SHOW)
        self.link(PYSLOW)
        ours = run(self.python, "-c", self.SHOW)
        self.assertEqual((ours.stdout, ours.stderr), (theirs.stdout, theirs.stderr))

    def test_a_link_in_a_venv_is_found_on_path_and_by_a_relative_name(self):
        self.link(PYSLOW)
        on_path = clean_environment(PATH=f"{self.venv}/bin:{os.environ['PATH']}")
        self.assertIn(str(self.python), run("python", "-c", self.SHOW, env=on_path).stdout)
        relative = run("bin/python", "-c", self.SHOW, cwd=self.venv)
        self.assertIn(str(self.python), relative.stdout)

    def test_virtual_env_names_the_venv(self):
        env = clean_environment(VIRTUAL_ENV=str(self.venv))
        ours = run(PYSLOW, "-c", self.SHOW, env=env)
        theirs = run(self.python, "-c", self.SHOW)
        self.assertEqual(ours.stdout.replace(CHILD_NAME, str(self.python)), theirs.stdout)
        self.assertIn(CHILD_NAME, ours.stdout)
        child = run(PYSLOW, "-c", "import subprocess, sys; print(subprocess.run([sys.executable, "
                    "'-c', 'import sys; print(sys.prefix)'], capture_output=True, text=True).stdout)",
                    env=env)
        self.assertEqual(child.stdout.strip(), str(self.venv))

    def test_a_link_to_pyslow_under_its_own_name_is_that_venv(self):
        link = self.venv / "bin" / "pyslow"
        link.symlink_to(PYSLOW)
        self.addCleanup(link.unlink)
        self.assertIn(f"{self.venv} {self.venv}", run(link, "-c", self.SHOW).stdout)

    def test_a_venv_made_inside_is_an_ordinary_one(self):
        self.link(PYSLOW)
        run(self.python, "-m", "venv", "--without-pip", self.directory / "inner")
        inner = self.directory / "inner" / "bin" / "python"
        self.assertNotIn("pyslow", os.path.realpath(inner))
        self.assertEqual(run(inner, "-c", "import sys; print(sys.prefix)").stdout.strip(),
                         str(self.directory / "inner"))

    def test_a_venv_of_another_minor_version_becomes_its_pyslow_or_is_refused(self):
        config = self.venv / "pyvenv.cfg"
        kept = config.read_text()
        self.addCleanup(config.write_text, kept)
        others = [path for path in BIN.glob("pyslow3.*") if path.name != f"pyslow{MINOR}"]
        for other in others:
            minor = other.name.removeprefix("pyslow")
            config.write_text(kept.replace(f"version = {MINOR}.", f"version = {minor}."))
            env = clean_environment(VIRTUAL_ENV=str(self.venv))
            self.assertIn(f"Python {minor}.", run(PYSLOW, "--version", env=env).stdout)
        config.write_text(kept.replace(f"version = {MINOR}.", "version = 3.99."))
        refused = run(PYSLOW, "-c", "print(1)", env=clean_environment(VIRTUAL_ENV=str(self.venv)))
        self.assert_refused(refused, str(self.venv), "3.99", MINOR)


if __name__ == "__main__":
    unittest.main()
