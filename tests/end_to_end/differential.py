"""The same command under python and under pyslow: the same output, the same exit status."""

import os
import pathlib
import pty
import re
import sys
import select
import time

from harness import CHILD_NAME, PYSLOW, PYTHON, TestCase, clean_environment, run

# What is added to the environment: nothing is targeted, or every function is, at the control.
PLAIN = {}
SLOWED = {"SPEED_BUMP_PATTERNS": "*:*", "SPEED_BUMP_DELAY_NS": "0"}


class DifferentialTest(TestCase):
    def same(self, *words, status=None, env=None, modes=(PLAIN, SLOWED), through=None,
             comparable=lambda text: text, **options):
        """Runs the words under both; returns what python did, once pyslow has done the same.

        `through`: from a program to the command that runs it, where the program is not the command
        itself. `comparable`: of output, what has to be the same.
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
    """The text with python's name for that of pyslow's children, and for pyslow's own in messages.

    Python's messages and its -h begin with the name that was typed.
    """
    if isinstance(text, bytes):
        return os.fsencode(as_python(os.fsdecode(text)))
    if (3, 14) <= sys.version_info < (3, 15):  # there pyslow imports it itself, in a start that is slowed
        text = text.replace("  import site = 0\n", "  import site = 1\n")
    return re.sub(rf"^(usage: |  program name = ')?{re.escape(PYSLOW)}(?=: | \[|')",
                  lambda found: (found[1] or "") + PYTHON, text.replace(CHILD_NAME, PYTHON),
                  flags=re.MULTILINE)


def without_addresses(text):
    """Without what is of one process alone: addresses, and, as of 3.14, its name and its frames in C."""
    text = re.sub(r"(?:Current thread's C stack trace|  Binary file).*\n", "", text)
    text = re.sub(r"(thread 0x\w+) \[py\w+[\d.]*\]", r"\1", text)
    return re.sub(r"0x[0-9a-f]+", "0x", text)


class Terminal:
    """A program in a terminal of its own, typed to as a person does: after its prompt has come."""

    def __init__(self, program, *words, env):
        self.pid, self.controller = pty.fork()
        if self.pid == 0:
            try:
                os.execve(program, [program, *words], env)
            finally:
                os._exit(127)
        self.shown = b""
        self.seen = 0  # of shown, what an earlier expect() has gone past

    def expect(self, pattern, seconds=30):
        """Reads until the pattern (bytes) comes in what is new."""
        deadline = time.monotonic() + seconds
        while not (match := re.compile(pattern).search(self.shown, self.seen)):
            if not self.read(deadline - time.monotonic()):
                raise AssertionError(f"no {pattern} in {self.shown[self.seen:]}")
        self.seen = match.end()

    def wait_asleep(self):
        """Until the program waits for something: a signal before that ends elsewhere each time."""
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
        """Reads on to the program's end; returns its exit status and all that was shown."""
        while self.read(30):
            pass
        os.close(self.controller)
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status), self.shown
