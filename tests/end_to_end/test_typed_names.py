"""Programs named as people type them: a script on PATH, python in front, a program that is not Python."""

import os
import pathlib
import platform
import shutil

from harness import BIN, MINOR, PYSLOW, PYTHON, SWEEP, VERSION, TestCase, clean_environment, copy_installation, run


class Names(TestCase):
    def setUp(self):
        super().setUp()
        self.bin = self.directory / "bin"
        self.bin.mkdir()
        self.tool("tool", f"#!{PYTHON}\nimport sys\ndef f(): pass\nf()\nprint(sys.argv)\n")
        self.tool("shell-tool", "#!/bin/sh\necho shell\n")
        self.write("bench.py", "import sys\ndef f(): pass\nf()\nprint(sys.argv)\n")

    def tool(self, name, text):
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def start(self, program, *words):
        environment = clean_environment(PATH=f"{self.bin}:{os.environ['PATH']}")
        return run(program, *words, env=environment, cwd=self.directory, timeout=280)


class Pyslow(Names):
    def test_a_python_script_on_path(self):
        result = self.start(PYSLOW, "--target", "*:f", "--summary", "tool", "a", "b")
        self.assertEqual((result.returncode, result.stdout), (0, f"{[str(self.bin / 'tool'), 'a', 'b']}\n"), result)
        self.assertIn("__main__:f", result.stderr)

    def test_python_in_front_is_dropped(self):
        result = self.start(PYSLOW, "python3", "-O", "bench.py")
        self.assertEqual((result.returncode, result.stdout), (0, "['bench.py']\n"), result)
        self.assertEqual(result.stderr, "pyslow: 'python3' in front is dropped: pyslow runs in its place\n")

    def test_a_version_in_front_is_that_of_the_pyslow_beside_it(self):
        show = "import sys; print('%d.%d' % sys.version_info[:2])"
        own = self.start(PYSLOW, f"python{MINOR}", "-c", show)
        self.assertEqual((own.returncode, own.stdout), (0, f"{VERSION}\n"), own)
        others = [path.name.removeprefix("pyslow") for path in BIN.glob("pyslow3.*") if path.name != f"pyslow{MINOR}"]
        for minor in others:
            other = self.start(PYSLOW, f"python{minor}", "-c", show)
            self.assertEqual((other.returncode, other.stdout), (0, f"{minor}\n"), other)
            self.tool("old-tool", f"#!/usr/bin/env python{minor}\n{show}\n")
            self.assertEqual(self.start(PYSLOW, "old-tool").stdout, f"{minor}\n")
        alone = copy_installation(self.directory / "alone")
        for name in ("python3.99", *(f"python{minor}" for minor in others)):
            result = self.start(alone, name, "-c", show)
            self.assertEqual((result.returncode, result.stdout), (2, ""), result)
            minor = name.removeprefix("python")
            self.assertRegex(result.stderr, rf"\Apyslow: error: {name}: this pyslow is for {MINOR}, and there is no "
                                            rf"\S*/pyslow{minor}; [^\n]*\n\Z")

    def test_a_version_in_front_contradicts_an_option(self):
        for python in (PYTHON, pathlib.Path(PYTHON).parent / "python3"):
            result = self.start(PYSLOW, "--python", python, "python3.99", "-c", "1")
            self.assertEqual((result.returncode, result.stdout), (2, ""), result)
            self.assertEqual(result.stderr, f"pyslow: error: --python: {python} is Python {MINOR}, and the command names "
                             "python3.99; expected a python or an environment\n")

    def test_an_active_environment_of_another_version_is_not_the_one_in_front(self):
        venv = self.directory / "venv"
        run(PYTHON, "-m", "venv", "--without-pip", venv)
        show = "import sys; print('%d.%d' % sys.version_info[:2])"
        others = [path.name.removeprefix("pyslow") for path in BIN.glob("pyslow3.*") if path.name != f"pyslow{MINOR}"]
        for minor in others:
            result = run(PYSLOW, f"python{minor}", "-c", show, env=clean_environment(VIRTUAL_ENV=str(venv)))
            self.assertEqual((result.returncode, result.stdout), (0, f"{minor}\n"), result)

    def test_another_program_is_an_error(self):
        for name, kind in (("shell-tool", f"{self.bin}/shell-tool is a script of sh"), ("env", "/env is a compiled program")):
            result = self.start(PYSLOW, name, "x")
            self.assertEqual((result.returncode, result.stdout), (2, ""), result)
            self.assertIn(f"pyslow: error: {name}: ", result.stderr)
            self.assertIn(f"{kind}, no Python script; name the Python file or module that it runs, or start pyslow by it",
                          result.stderr)
            self.assertEqual(result.stderr.count("\n"), 1)

    def test_the_path_of_a_python_is_an_error(self):
        result = self.start(PYSLOW, PYTHON, "bench.py")
        self.assertEqual(result.returncode, 2, result)
        self.assertEqual(result.stderr, f"pyslow: error: {PYTHON}: pyslow runs in place of this Python; remove the word, and "
                         f"set SPEED_BUMP_PYTHON={PYTHON}\n")

    def test_what_python_reports_stays(self):
        for words in (["missing.py"], ["./tool"]):
            ours, python = self.start(PYSLOW, *words), self.start(PYTHON, *words)
            self.assertEqual((ours.returncode, ours.stdout), (python.returncode, python.stdout))
            self.assertIn("can't open file", ours.stderr)
            self.assertEqual(ours.stderr.split(": ", 1)[1], python.stderr.split(": ", 1)[1])

    def test_the_report_knows_the_real_name_of_the_program(self):
        self.write("pack/__init__.py", "")
        self.write("pack/mod.py", "def step(): pass\nstep()\n")
        for i, (target, command) in enumerate((("bench:ff", ["bench.py"]), ("pack.mod:stepp", ["-m", "pack.mod"]))):
            self.session = self.directory / f"session{i}"
            result = self.start(PYSLOW, "--target", target, "--delay", "0", "--session", self.session, *command)
            self.assertEqual((result.returncode, result.stderr), (0, ""), result)
            [reported] = self.report()["targets"]
            self.assertEqual((reported["near"], reported["hint"]), ([f"__main__:{target.split(':')[1][:-1]}"], ""))

    def test_by_the_name_of_python_it_is_python(self):
        link = self.directory / "python3"
        link.symlink_to(PYSLOW)
        for name in ("tool", "shell-tool", "env", "python"):
            result = self.start(link, name)
            self.assertEqual(result.returncode, 2, result)
            self.assertIn("can't open file", result.stderr)

    def test_orig_argv_is_that_of_the_script(self):
        self.tool("tool", f"#!{PYTHON}\nimport sys\nprint(sys.orig_argv[1:], sys.path[0])\n")
        result = self.start(PYSLOW, "python", "tool", "a")
        self.assertEqual(result.stdout, f"{[str(self.bin / 'tool'), 'a']} {self.bin}\n", result)


class Sweep(Names):
    def sweep(self, *words):
        return self.start(SWEEP, "--pyslow", PYSLOW, "--out", self.directory / "out", "--target", "*:f", "--steps", "impact",
                          "--delays", "0,1ms", "--runs", "1", "--warmup", "0", "--quiet", *words)

    def test_a_python_script_on_path(self):
        result = self.sweep("--", "tool", "a")
        self.assertEqual(result.returncode, 0, result)
        self.assertIn(f"{self.bin}/tool a", (self.directory / "out" / "report.html").read_text())

    def test_python_in_front_is_dropped(self):
        result = self.sweep("--", "python", "bench.py")
        self.assertEqual(result.returncode, 0, result)
        self.assertIn("pyslow-sweep: 'python' in front is dropped: pyslow runs in its place\n", result.stderr)

    def test_mistakes_are_found_before_the_first_trial(self):
        self.write("run.sh", "#!/bin/bash\nexec python3 bench.py\n").chmod(0o755)
        for words, error in (
                (["shell-tool"], f"shell-tool: {self.bin}/shell-tool is a script of sh, no Python script; name the Python "
                 "file or module that it runs, or start pyslow by it, as with --launcher 'mpirun -n 4'"),
                (["./run.sh"], "./run.sh: it is a script of bash, no Python script; name the Python file or module that it "
                 "runs, or start pyslow by it, as with --launcher 'mpirun -n 4'"),
                (["python3.99", "bench.py"], f"python3.99: pyslow runs Python {platform.python_version()} here; remove the "
                 "word, or set SPEED_BUMP_PYTHON=python3.99"),
                ([PYTHON, "bench.py"], f"{PYTHON}: pyslow runs in place of this Python; remove the word, and set "
                 f"SPEED_BUMP_PYTHON={PYTHON}"),
                (["python3"], "python3: the command is missing after this word; write it, as in '-- benchmark.py' or '-- -m "
                 "MODULE'"),
                (["bnch.py"], "bnch.py: there is no such file, and no program of this name on PATH; name a Python file, or a "
                 "module with -m")):
            result = self.sweep("--", *words)
            self.assertEqual((result.returncode, result.stdout, result.stderr), (2, "", f"pyslow-sweep: error: {error}\n"))
            self.assertFalse((self.directory / "out").exists())

    def test_a_launcher_may_find_the_file_elsewhere(self):
        (there := self.directory / "there").mkdir()
        (self.directory / "bench.py").rename(there / "elsewhere.py")
        self.tool("in-there", f'#!/bin/sh\ncd {there}\nexec "$@"\n')
        for words in (["elsewhere.py"], ["python", "elsewhere.py"], ["tool"]):
            result = self.sweep("--launcher", self.bin / "in-there", "--", *words)
            self.assertEqual(result.returncode, 0, result)
            shutil.rmtree(self.directory / "out")
