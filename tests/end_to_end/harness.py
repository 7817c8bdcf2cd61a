"""Shared by the end-to-end tests: the programs under test, and functions that run them."""

import atexit
import json
import os
import pathlib
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import textwrap
import unittest
import zipfile

HAS_GIL = not sysconfig.get_config_var("Py_GIL_DISABLED")
VERSION = "%d.%d" % sys.version_info[:2]
# As pyslow and a free-threaded Python name their programs and directories: 3.13t.
MINOR = VERSION + ("" if HAS_GIL else "t")
BIN = pathlib.Path(os.path.abspath(os.environ["PYSLOW_BIN"]))
PYSLOW = str(BIN / f"pyslow{MINOR}")
CHILD_NAME = str(BIN / f"python{MINOR}-pyslow")
SWEEP = str(BIN / "pyslow-sweep")
REPORT = str(BIN / "pyslow-report")
# The interpreter that pyslow was built for, also if the tests run in a venv.
PYTHON = sys._base_executable
# A venv with numpy and pyzmq, made by ./bootstrap test.
VENV = pathlib.Path(os.environ.get("PYSLOW_VENV", "/nonexistent"))
# Of all tests of this process: nothing is written to the user's own.
CACHE = tempfile.mkdtemp(prefix="pyslow-cache-")
atexit.register(shutil.rmtree, CACHE, ignore_errors=True)


def clean_environment(**variables):
    """os.environ with `variables`, without other variables that change Python or pyslow."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SPEED_BUMP_", "PYTHON", "PYSLOW_"))
        and name not in ("VIRTUAL_ENV", "CONDA_PREFIX", "PYENV_VERSION", "__PYVENV_LAUNCHER__")
    }
    kept["XDG_CACHE_HOME"] = CACHE
    kept.update(variables)
    return kept


def run(*command, env=None, **options):
    """Runs a command and returns the completed process, with its output as text."""
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


def copy_installation(directory):
    """Copies pyslow for this Python into a directory, which may exist, and returns the copied program."""
    (directory / "bin").mkdir(parents=True, exist_ok=True)
    for name in (f"pyslow{MINOR}", f"python{MINOR}-pyslow"):
        shutil.copy2(BIN / name, directory / "bin" / name, follow_symlinks=False)
    for library in BIN.parent.glob("lib*"):
        if list(library.rglob("libpyslow*")):
            shutil.copytree(library, directory / library.name, dirs_exist_ok=True)
    return directory / "bin" / f"pyslow{MINOR}"


def make_wheel(directory):
    """Makes the wheel of a package `greeter`, with the script `greet`. pip installs it without a network."""
    path = directory / "greeter-1.0-py3-none-any.whl"
    files = {
        "greeter.py": "import sys\ndef main():\n"
                      "    print('hello from', sys.executable, sys.argv[1:])\n    return 5\n",
        "greeter-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: greeter\nVersion: 1.0\n",
        "greeter-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "greeter-1.0.dist-info/entry_points.txt": "[console_scripts]\ngreet = greeter:main\n",
    }
    record = "greeter-1.0.dist-info/RECORD"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        archive.writestr(record, "".join(f"{name},,\n" for name in [*files, record]))
    return path


def needs_numpy(test):
    return unittest.skipUnless(
        (VENV / "bin" / "python").exists(), f"no {VENV}; ./bootstrap test makes it"
    )(test)


class TestCase(unittest.TestCase):
    """A test with a temporary directory."""

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
        """The output of pyslow. Fails unless its exit status is 0 and its standard error empty."""
        result = self.pyslow(*words, **options)
        self.assertEqual((result.returncode, result.stderr), (0, ""), result)
        return result.stdout.strip()

    def assert_refused(self, result, *parts):
        """Expects exit status 2, no output, and one error line that contains `parts`."""
        self.assertEqual(result.returncode, 2, result)
        self.assertEqual(result.stdout, "", result)
        self.assertRegex(result.stderr, r"\Apyslow: error: [^\n]+\n\Z")
        for part in parts:
            self.assertIn(part, result.stderr)


    def report(self):
        """The report of self.session."""
        result = run(REPORT, "--json", self.session)
        self.assertEqual((result.returncode, result.stderr), (0, ""), result)
        return json.loads(result.stdout)


class SessionTest(TestCase):
    """A test with the path of a session directory."""

    def setUp(self):
        super().setUp()
        self.session = self.directory / "session"



class CountingTest(TestCase):
    """A test that runs programs in a session and reads the counts."""

    def report_of(self, program, *words, target="__main__:*", delay="0", status=0):
        session = self.directory / f"session{len(list(self.directory.iterdir()))}"
        self.session = session
        result = self.pyslow("--session", session, "--target", target, "--delay", delay, *words, "-c", program)
        self.assertEqual((result.returncode, result.stderr), (status, ""), result)
        self.output = result.stdout
        return self.report()

    def calls_of(self, program, *words, **options):
        """The counted calls, {qualname: calls}."""
        calls = {}
        for function in self.report_of(program, *words, **options)["functions"]:
            calls[function["qualname"]] = calls.get(function["qualname"], 0) + function["calls"]
        return calls
