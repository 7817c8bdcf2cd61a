"""Shared by the compatibility tests: runs a command under python and under pyslow, and checks its calls.

A scenario runs twice in the same venv, whose bin/python is a link first to python and then to pyslow, so
that all paths are the same and outputs can be compared. The scenario calls worked.call, which calls the
target, worked.work, and logs process and duration.
"""

import collections
import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import types
import unittest
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "end_to_end"))
from harness import MINOR, PYSLOW, PYTHON, REPORT, SWEEP, VENV, TestCase, clean_environment, run

DELAY_NS = 300_000
TARGET = "worked:work"

WORKED = '''
import os
import time

def work(number):
    return number * number

def call(number=1):
    begin = time.perf_counter_ns()
    result = work(number)
    spent = time.perf_counter_ns() - begin
    log = os.open(os.environ["WORK_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(log, b"%d %d\\n" % (os.getpid(), spent))
    os.close(log)
    return result
'''


def needs(*packages, programs=()):
    """Skips the test if a package is not in the venv, or a program neither in the venv nor on PATH."""
    site = VENV / "lib" / f"python{MINOR}" / "site-packages"
    path = f"{VENV}/bin:{os.environ['PATH']}".split(":")
    missing = [name for name in packages if not any(site.glob(f"{name}*"))]
    missing += [name for name in programs if not any(os.access(f"{place}/{name}", os.X_OK) for place in path)]
    return unittest.skipIf(missing, f"not installed: {', '.join(missing)}")


class CompatibilityTest(TestCase):
    def setUp(self):
        super().setUp()
        self.venv = self.directory / "venv"
        (self.venv / "bin").mkdir(parents=True)
        version = "%d.%d.%d" % sys.version_info[:3]
        (self.venv / "pyvenv.cfg").write_text(f"home = {pathlib.Path(PYTHON).parent}\nversion = {version}\n")
        if (VENV / "lib").exists():
            (self.venv / "lib").symlink_to(VENV / "lib")
        self.python = str(self.venv / "bin" / "python")
        self.write("worked.py", WORKED)

    def link(self, program):
        pathlib.Path(self.python).unlink(missing_ok=True)
        os.symlink(program, self.python)

    def environment(self, name, **variables):
        """The environment of a run whose calls are logged in NAME.log."""
        return clean_environment(
            WORK_LOG=str(self.directory / f"{name}.log"), PYTHONPATH=str(self.directory),
            PYTHONDONTWRITEBYTECODE="1", PATH=f"{self.venv}/bin:{VENV}/bin:{os.environ['PATH']}", **variables)

    def session(self, name):
        return str(self.directory / f"{name}.session")

    def settings(self, name):
        return {"SPEED_BUMP_PATTERNS": TARGET, "SPEED_BUMP_DELAY_NS": str(DELAY_NS),
                "SPEED_BUMP_SESSION": self.session(name)}

    def twice(self, scenario, processes=1, name="pyslow", **variables):
        """Runs scenario(environment) under python, and under pyslow with a delayed target.

        Checks that all calls, in at least `processes` processes, are delayed and counted. Returns both
        results.
        """
        self.link(PYTHON)
        theirs = scenario(self.environment("python", **variables))
        self.assertGreater(len(self.logged("python")), 0, theirs)
        self.link(PYSLOW)
        ours = scenario(self.environment(name, **self.settings(name), **variables))
        self.check_calls(name, processes)
        return theirs, ours

    def both(self, *words, launcher=(), processes=1, same=True, status=0, input=None, **variables):
        """Runs the command under python and under pyslow; expects `status` and, if `same`, the same output."""
        def scenario(environment):
            options = {} if input is None else {"input": input}
            return run(*launcher, self.python, *words, env=environment, cwd=self.directory, **options)
        theirs, ours = self.twice(scenario, processes, **variables)
        self.assertEqual((theirs.returncode, ours.returncode), (status, status), (theirs, ours))
        if same:
            self.assertEqual((ours.stdout, ours.stderr), (theirs.stdout, theirs.stderr))
            self.assertEqual(len(self.logged("python")), len(self.logged("pyslow")))
        return theirs, ours

    def by_options(self, *words, processes=1):
        """Like `both`, but starts pyslow by its name, with options, in an activated venv."""
        self.link(PYTHON)
        theirs = run(self.python, *words, env=self.environment("python"), cwd=self.directory)
        self.assertEqual(theirs.returncode, 0, theirs)
        environment = self.environment("options", VIRTUAL_ENV=str(self.venv))
        ours = run(PYSLOW, "--target", TARGET, "--delay", f"{DELAY_NS}ns", "--session",
                   self.session("options"), *words, env=environment, cwd=self.directory)
        self.assertEqual((ours.stdout, ours.stderr, ours.returncode), (theirs.stdout, theirs.stderr, 0))
        self.check_calls("options", processes)

    def logged(self, name):
        """(process ID, nanoseconds) of each logged call."""
        path = self.directory / f"{name}.log"
        lines = path.read_text().splitlines() if path.exists() else []
        return [tuple(map(int, line.split())) for line in lines]

    def report(self, name):
        report = run(REPORT, "--json", self.session(name))
        self.assertEqual((report.returncode, report.stderr), (0, ""), report)
        return json.loads(report.stdout)

    def check_calls(self, name, processes):
        """Expects that exactly the logged calls were delayed, and counted in their processes."""
        log, report = self.logged(name), self.report(name)
        self.assertGreaterEqual(min(spent for _, spent in log), 0.99 * DELAY_NS)
        counted = collections.Counter()
        for process in report["processes"]:
            group = process["groups"][0]
            if group["calls"] > 0:
                counted[process["pid"]] += group["calls"]
            self.assertEqual((process["notes"], process["lost_functions"]), ([], 0))
            self.assertEqual((group["delayed"], group["injected_ns"]),
                             (group["calls"], group["calls"] * DELAY_NS))
            self.assertGreaterEqual(group["delivered_ns"], 0.99 * group["injected_ns"])
        self.assertEqual(counted, collections.Counter(pid for pid, _ in log))
        self.assertGreaterEqual(len(counted), processes, counted)
        self.assertEqual(report["session"]["uncounted_processes"], 0)

    @contextlib.contextmanager
    def server(self, *command, environment, **options):
        """Starts a process, which receives SIGTERM at the end unless the test has ended it."""
        with open(self.directory / "server.txt", "w+") as output:
            process = subprocess.Popen([str(word) for word in command], env=environment, cwd=self.directory,
                                       stdin=subprocess.DEVNULL, stdout=output, stderr=output, **options)
            try:
                yield process
            except BaseException:
                output.seek(0)
                sys.stderr.write(output.read())
                raise
            finally:
                if process.poll() is None:
                    process.send_signal(signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(10)
                process.kill()
                process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers_of(url, processes, at_least=10):
    """Requests `url` until `processes` processes have answered "PID TEXT". Returns (PIDs, texts)."""
    seen = types.SimpleNamespace(pids=set(), texts=set(), count=0)
    deadline = time.monotonic() + 60
    while len(seen.pids) < processes or seen.count < at_least:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{url}: answers from {seen.pids} only")
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                pid, _, text = answer.read().decode().partition(" ")
        except (urllib.error.URLError, ConnectionError):  # the server does not listen yet
            time.sleep(0.05)
            continue
        seen.pids.add(int(pid))
        seen.texts.add(text)
        seen.count += 1
    return seen.pids, seen.texts
