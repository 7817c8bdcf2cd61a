"""What the end-to-end tests share: the programs under test, and how to run them as a user would."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import textwrap
import unittest

MINOR = "%d.%d" % sys.version_info[:2]
BIN = pathlib.Path(os.environ["PYSLOW_BIN"])
PYSLOW = str(BIN / f"pyslow{MINOR}")
CHILD_NAME = str(BIN / f"python{MINOR}-pyslow")
SWEEP = str(BIN / "pyslow-sweep")
REPORT = str(BIN / "pyslow-report")
# The interpreter that pyslow was built for, whether or not the tests run in an environment.
PYTHON = sys._base_executable
# An environment with numpy and pyzmq, made by ./bootstrap test.
VENV = pathlib.Path(os.environ.get("PYSLOW_VENV", "/nonexistent"))


def clean_environment(**variables):
    """The environment without what would change Python or pyslow, and with `variables` set."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SPEED_BUMP_", "PYTHON", "PYSLOW_"))
        and name not in ("VIRTUAL_ENV", "__PYVENV_LAUNCHER__")
    }
    kept.update(variables)
    return kept


def run(*command, env=None, **options):
    """Runs a command to its end and returns it with its output as text."""
    options.setdefault("stdin", subprocess.DEVNULL)
    if "input" in options:
        del options["stdin"]
    return subprocess.run(
        [word if isinstance(word, bytes) else str(word) for word in command],
        env=clean_environment() if env is None else env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="surrogateescape",
        timeout=options.pop("timeout", 120),
        **options,
    )


def needs_numpy(test):
    return unittest.skipUnless(
        (VENV / "bin" / "python").exists(), f"no {VENV}; ./bootstrap test makes it"
    )(test)


class TestCase(unittest.TestCase):
    """A test with a directory of its own."""

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="pyslow-test-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)

    def write(self, name, text):
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    def pyslow(self, *words, **options):
        return run(PYSLOW, *words, **options)

    def output_of(self, *words, **options):
        """The output of a run of pyslow that has to end well, with nothing on stderr."""
        result = self.pyslow(*words, **options)
        self.assertEqual((result.returncode, result.stderr), (0, ""), result)
        return result.stdout.strip()

    def assert_refused(self, result, *parts):
        """One line in the form of an error, exit status 2, nothing run."""
        self.assertEqual(result.returncode, 2, result)
        self.assertEqual(result.stdout, "", result)
        self.assertRegex(result.stderr, r"\Apyslow: error: [^\n]+\n\Z")
        for part in parts:
            self.assertIn(part, result.stderr)


class WithSession(TestCase):
    """Has the name of a session directory, and reads what pyslow-report says of it."""

    def setUp(self):
        super().setUp()
        self.session = self.directory / "session"

    def report(self):
        result = run(REPORT, "--json", self.session)
        self.assertEqual((result.returncode, result.stderr), (0, ""), result)
        return json.loads(result.stdout)


class Counted(TestCase):
    """Runs a program in a session and reads what was counted."""

    def report_of(self, program, *words, target="__main__:*", delay="0", status=0):
        session = self.directory / f"session{len(list(self.directory.iterdir()))}"
        self.session = session
        result = self.pyslow("--session", session, "--target", target, "--delay", delay, *words, "-c", program)
        self.assertEqual((result.returncode, result.stderr), (status, ""), result)
        self.output = result.stdout
        report = run(REPORT, "--json", session)
        self.assertEqual((report.returncode, report.stderr), (0, ""), report)
        return json.loads(report.stdout)

    def calls_of(self, program, *words, **options):
        """{qualname: calls}"""
        calls = {}
        for function in self.report_of(program, *words, **options)["functions"]:
            calls[function["qualname"]] = calls.get(function["qualname"], 0) + function["calls"]
        return calls
