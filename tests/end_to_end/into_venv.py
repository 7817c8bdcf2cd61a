"""What the tests of --into and --out-of share."""

import os
import pathlib

from harness import MINOR, PYSLOW, PYTHON, VERSION, TestCase, clean_environment, run

# venv gives a free-threaded Python the name python3.13 too.
NAMES = sorted({"python", "python3", f"python{MINOR}", f"python{VERSION}"})
KEPT = "python-without-pyslow"
# Begins as pip's scripts do if the name of the interpreter has a blank.
SCRIPT = ("#!/bin/sh\n'''exec' \"{python}\" \"$0\" \"$@\"\n' '''\nimport sys\n"
          "print('tool', sys.prefix, 'pyslow' in map(sys.monitoring.get_tool, range(6)))\n")


def tree(directory):
    """All that an environment contains: each file's bytes, mode and time, and each link's target."""
    found = {}
    for path in sorted(directory.rglob("*")):
        status = path.lstat()
        content = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else None
        time_ns = None if content is None else status.st_mtime_ns
        found[str(path.relative_to(directory))] = (status.st_mode, content, time_ns)
    return found


class IntoTest(TestCase):
    def setUp(self):
        super().setUp()
        self.directory = self.directory.resolve()
        self.venv = self.directory / "a venv"

    def make(self, *words):
        made = run(*(words or (PYTHON, "-m", "venv", "--without-pip")), self.venv)
        self.assertEqual(made.returncode, 0, made)
        for name in ("python", "python3"):
            script = self.venv / "bin" / f"tool-of-{name}"
            script.write_text(SCRIPT.format(python=f"{self.venv}/bin/{name}"))
            script.chmod(0o755)
        return tree(self.venv)

    def into(self):
        return self.output_of("--into", self.venv)

    def out_of(self):
        return self.output_of("--out-of", self.venv)

    def programs(self):
        return [self.venv / "bin" / name for name in NAMES if os.path.lexists(self.venv / "bin" / name)]

    def assert_runs(self, *programs, is_pyslow=True):
        """Each program is Python in the environment, with or without pyslow."""
        env = clean_environment(SPEED_BUMP_PATTERNS="*:*", SPEED_BUMP_DELAY_NS="0")
        show = "import sys; print(sys.prefix, 'pyslow' in map(sys.monitoring.get_tool, range(6)))"
        for program in programs:
            shown = run(program, "-c", show, env=env)
            self.assertEqual((shown.stdout, shown.stderr), (f"{self.venv} {is_pyslow}\n", ""), program)

    def assert_names_work(self):
        """Each name is Python in the environment, with or without pyslow."""
        for program in self.programs():
            self.assertEqual(run(program, "-c", "import sys; print(sys.prefix)").stdout, f"{self.venv}\n")

    def check_end(self, before, again):
        """--out-of, after a further --into or not, restores the environment."""
        if again:
            self.into()
            self.assert_runs(*self.programs())
        self.out_of()
        self.assertEqual(tree(self.venv), before)

    def check_both_ways(self):
        before = tree(self.venv)
        names = [program.name for program in self.programs()]
        self.assertGreaterEqual(len(names), 3)
        self.assertIn(f"{', '.join(names)} run a copy of {PYSLOW}; ", self.into())
        self.assert_runs(*self.programs())
        self.assert_runs(*(self.venv / KEPT / name for name in names), is_pyslow=False)
        for name in ("python", "python3"):
            tool = run(self.venv / "bin" / f"tool-of-{name}",
                       env=clean_environment(SPEED_BUMP_PATTERNS="*:*", SPEED_BUMP_DELAY_NS="0"))
            self.assertEqual(tool.stdout, f"tool {self.venv} True\n", tool)
        again = tree(self.venv)
        self.into()
        # The links may be new ones.
        self.assertEqual([(name, state[:2]) for name, state in tree(self.venv).items()],
                         [(name, state[:2]) for name, state in again.items()])
        self.out_of()
        self.assertEqual(tree(self.venv), before)
        self.assertIn("it has its own python", self.out_of())
        self.assertEqual(tree(self.venv), before)
        self.assert_runs(*self.programs(), is_pyslow=False)
