"""Runs a command under python and under pyslow, and compares output and exit status."""

import os
import pathlib
import pty
import re
import sys
import select
import time

from harness import CHILD_NAME, PYSLOW, PYTHON, TestCase, clean_environment, run

# Variables that are added to the environment: no targets, or all functions as the control.
PLAIN = {}
CONTROL = {"SPEED_BUMP_PATTERNS": "*:*", "SPEED_BUMP_DELAY_NS": "0"}


class DifferentialTest(TestCase):
    def same(self, *words, status=None, env=None, modes=(PLAIN, CONTROL), through=None,
             comparable=lambda text: text, **options):
        """Runs `words` under python and pyslow, expects the same result and returns python's.

        `through` makes the command that runs a program, if that is not the program itself.
        `comparable` makes the part of an output that must be the same.
        """
        command = through or (lambda program: [program])
        env = clean_environment() if env is None else env
        options.setdefault("cwd", self.directory)
        theirs = run(*command(PYTHON), *words, env=env, **options)
        for mode in modes:
            ours = run(*command(PYSLOW), *words, env={**env, **mode}, **options)
            with self.subTest(words=words, mode=mode):
                self.assertEqual(comparable(as_python(ours.stdout)), comparable(theirs.stdout))
                self.assertEqual(comparable(as_python(ours.stderr)), comparable(theirs.stderr))
                self.assertEqual(ours.returncode, theirs.returncode)
                if status is not None:
                    self.assertEqual(ours.returncode, status)
        return theirs


def as_python(text):
    """`text` with the names of pyslow and of its children replaced by that of python.

    Python's messages and the text of -h start with argv[0].
    """
    if isinstance(text, bytes):
        return os.fsencode(as_python(os.fsdecode(text)))
    if (3, 14) <= sys.version_info < (3, 15):  # there pyslow imports site itself if it has targets
        text = text.replace("  import site = 0\n", "  import site = 1\n")
    return re.sub(rf"^(usage: |  program name = ')?{re.escape(PYSLOW)}(?=: | \[|')",
                  lambda found: (found[1] or "") + PYTHON, text.replace(CHILD_NAME, PYTHON),
                  flags=re.MULTILINE)


def without_addresses(text):
    """`text` without addresses and, since 3.14, without the thread name and the C stack."""
    text = re.sub(r"(?:Current thread's C stack trace|  Binary file).*\n", "", text)
    text = re.sub(r"(thread 0x\w+) \[py\w+[\d.]*\]", r"\1", text)
    return re.sub(r"0x[0-9a-f]+", "0x", text)


class Terminal:
    """A program in a pseudo-terminal. Tests wait for a prompt before they type."""

    def __init__(self, program, *words, env):
        self.pid, self.controller = pty.fork()
        if self.pid == 0:
            try:
                os.execve(program, [program, *words], env)
            finally:
                os._exit(127)
        self.shown = b""
        self.seen = 0  # the end of the last match of expect() in `shown`

    def expect(self, pattern, seconds=30):
        """Reads until the output since the last match contains `pattern` (bytes)."""
        deadline = time.monotonic() + seconds
        while not (match := re.compile(pattern).search(self.shown, self.seen)):
            if not self.read(deadline - time.monotonic()):
                raise AssertionError(f"no {pattern} in {self.shown[self.seen:]}")
        self.seen = match.end()

    def wait_asleep(self):
        """Waits until the program sleeps, so that a signal always arrives at the same place."""
        asleep = 0
        while asleep < 3:
            state = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]
            asleep = asleep + 1 if state == "S" else 0
            time.sleep(0.02)

    def type(self, keys):
        os.write(self.controller, keys)

    def read(self, seconds):
        ready, _, _ = select.select([self.controller], [], [], max(seconds, 0))
        try:
            data = os.read(self.controller, 4096) if ready else b""
        except OSError:  # the program has ended
            data = b""
        self.shown += data
        return data

    def end(self):
        """Reads until the program ends; returns its exit status and the complete output."""
        while self.read(30):
            pass
        os.close(self.controller)
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status), self.shown
