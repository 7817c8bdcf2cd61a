"""Runs CPython's test suite under python and under pyslow, and compares the result of each test.

A test that passes under python but not under pyslow is a difference. The exit status is 1 if there is a
difference that known_differences.toml does not explain. Each test file runs in a separate process
(`PROGRAM -m test FILE`), so that a crash affects only one file. Many tests depend on the load of the
machine. Therefore a file with differences is run again, and a test that passes in any run does not count.

With --quick, python runs only the tests that did not pass under pyslow.

The modes: "plain" is pyslow without targets, "control" has `*:*` at delay 0 in all processes.
"""

import argparse
import collections
import concurrent.futures
import fnmatch
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
import xml.etree.ElementTree

HERE = pathlib.Path(__file__).resolve().parent
SKIPPED_STATUS = 77  # SKIP_RETURN_CODE in CMakeLists.txt
MODES = {
    "python": {},
    "plain": {},
    "control": {"SPEED_BUMP_PATTERNS": "*:*", "SPEED_BUMP_DELAY_NS": "0"},
}
WHOLE_FILE = "(the file)"
# The header of a failure in the output of unittest, which alone reports failed subtests.
FAILURE = re.compile(r"^(?:FAIL|ERROR): .*?\(([\w.]+)\)", re.MULTILINE)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", required=True, type=os.path.abspath,
                        help="the interpreter that pyslow replaces")
    parser.add_argument("--pyslow", required=True, type=os.path.abspath)
    parser.add_argument("--mode", action="append", choices=["plain", "control"],
                        help="may repeat; default: both")
    parser.add_argument("--list", help="a file with the names of test files; default: all test files")
    parser.add_argument("--exclude", action="append", default=[], help="a test file to leave out (may repeat)")
    parser.add_argument("--testdir", help="another directory of test files, as for `python -m test`")
    parser.add_argument("--known", default=HERE / "known_differences.toml")
    parser.add_argument("--jobs", type=int, default=4 * (os.cpu_count() or 1),
                        help="parallel test files; default: four times the cores, because many tests sleep")
    parser.add_argument("--timeout", type=int, default=300, help="seconds for one file")
    parser.add_argument("--quick", action="store_true",
                        help="run under python only the tests that did not pass under pyslow")
    parser.add_argument("--runs", type=int, default=3, help="how often to run a file with differences")
    parser.add_argument("--log", help="a directory for the output of files with differences")
    parser.add_argument("--times", action="store_true", help="print the duration of each file")
    parser.add_argument("files", nargs="*", help="test files, instead of --list")
    return parser.parse_args()


def environment(mode):
    """os.environ with the variables of the mode, without other variables that change Python or pyslow."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("SPEED_BUMP_", "PYTHON")) and name != "VIRTUAL_ENV"}
    return kept | MODES[mode]


class Result:
    """The result of one test file under one program."""

    def __init__(self, status, outcomes, output, seconds):
        self.status = status
        self.outcomes = outcomes  # test id -> "passed", "skipped" or "failed"
        self.output = output
        self.seconds = seconds

    def outcome(self, test):
        if test == WHOLE_FILE:
            return "passed" if self.status == 0 else f"exit status {self.status}"
        return self.outcomes.get(test, "not run")


NOTHING = Result(0, {}, "", 0)


def outcomes_of(report, output):
    """{test ID: outcome}, from the JUnit file and the failures in the output."""
    outcomes = {}
    try:
        cases = xml.etree.ElementTree.parse(report).iter("testcase")
    except (OSError, xml.etree.ElementTree.ParseError):
        cases = ()  # the process crashed: all tests are "not run"
    for case in cases:
        # A test with a failed subtest has no name here; FAILURE finds it.
        if name := case.get("name"):
            kinds = {child.tag for child in case}
            outcomes[name] = ("failed" if kinds & {"error", "failure"} else
                              "skipped" if "skipped" in kinds else "passed")
    for name in FAILURE.findall(output):
        outcomes[name] = "failed"
    return outcomes


class Runner:
    """Runs test files, each in a temporary directory and a new process group."""

    def __init__(self, options, root, known):
        self.options = options
        self.root = root
        self.known = known

    def program(self, mode):
        return self.options.python if mode == "python" else self.options.pyslow

    def run(self, mode, file, tests=()):
        """Runs a file under the program of `mode`; only the tests `tests`, unless that is empty."""
        directory = pathlib.Path(tempfile.mkdtemp(dir=self.root))
        report = directory / "report.xml"
        command = [self.program(mode), "-m", "test", "--junit-xml", str(report),
                   "--timeout", str(self.options.timeout), "--tempdir", str(directory), "-v"]
        if self.options.testdir:
            command += ["--testdir", self.options.testdir]
        for name in tests:
            command += ["--match", name]
        begin = time.monotonic()
        process = subprocess.Popen(
            command + [file], cwd=directory, env=environment(mode) | {"TMPDIR": str(directory)},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            start_new_session=True)
        try:
            output, _ = process.communicate(timeout=self.options.timeout + 60)
        except subprocess.TimeoutExpired:
            output = b"timed out\n"
        finally:
            # Processes that remain would disturb later tests.
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
        output = output.decode(errors="replace")
        result = Result(process.returncode, outcomes_of(report, output), output,
                        time.monotonic() - begin)
        shutil.rmtree(directory, ignore_errors=True)
        return result


def differing(theirs, ours):
    """Tests that pass in `theirs` but not in `ours`; WHOLE_FILE if only the exit status differs."""
    tests = [test for test, outcome in theirs.outcomes.items()
             if outcome == "passed" and ours.outcome(test) != "passed"]
    if not tests and theirs.status == 0 and ours.status != 0:
        tests = [WHOLE_FILE]
    return tests


class Comparison:
    """Compares files under python and in each mode; runs files with differences again."""

    def __init__(self, runner, options):
        self.runner = runner
        self.options = options
        self.lock = threading.Lock()
        self.passed = collections.Counter()  # by mode
        self.differences = []  # (mode, file, test, outcome)
        self.flaky = []  # (mode, file, test)

    def say(self, text):
        with self.lock:
            print(text, flush=True)

    def count(self, mode, result):
        with self.lock:
            self.passed[mode] += list(result.outcomes.values()).count("passed")

    def keep(self, mode, file, result):
        if self.options.log:
            directory = pathlib.Path(self.options.log)
            directory.mkdir(parents=True, exist_ok=True)
            (directory / f"{mode}-{file}.txt").write_text(result.output)

    def compare(self, file):
        results = {} if self.options.quick else {"python": self.runner.run("python", file)}
        for mode in self.options.mode or ["plain", "control"]:
            results[mode] = self.runner.run(mode, file)
        if self.options.quick and (unproven := self.unproven(results.values())) is not None:
            results["python"] = self.runner.run("python", file, unproven)
            # Some tests cannot be selected, and some are skipped only when run with others.
            if any(test not in results["python"].outcomes for test in unproven) or any(
                    result.outcome(test) == "skipped" for result in results.values()
                    for test in differing(results["python"], result)):
                results["python"] = self.runner.run("python", file)
        theirs = results.get("python", NOTHING)
        if theirs.status != 0:
            self.keep("python", file, theirs)
        for mode, result in results.items():
            self.count(mode, result)
            if mode != "python":
                self.judge(mode, file, theirs, result)
        if self.options.times:
            self.say(f"{file}: " + ", ".join(f"{mode} {result.seconds:.1f} s"
                                             for mode, result in results.items()))

    @staticmethod
    def unproven(results):
        """The tests that must also run under python; []: all tests; None: no test."""
        tests = {test for result in results for test, outcome in result.outcomes.items()
                 if outcome != "passed"}
        if any(not result.outcomes or (result.status != 0 and "failed" not in result.outcomes.values())
               for result in results):
            return []
        return sorted(tests) or None

    def judge(self, mode, file, theirs, ours):
        tests = differing(theirs, ours)
        if tests:
            self.keep(mode, file, ours)
        known = [test for test in tests if self.runner.known.reason(mode, file, test)]
        candidates = {test: ours.outcome(test) for test in tests if test not in known}
        for _ in range(self.options.runs - 1):
            if not candidates:
                break
            again = self.runner.run(mode, file)
            for test in [test for test in candidates if again.outcome(test) == "passed"]:
                del candidates[test]
                self.flaky.append((mode, file, test))
        self.differences += [(mode, file, test, ours.outcome(test)) for test in known]
        self.differences += [(mode, file, test, outcome) for test, outcome in candidates.items()]
        for test, outcome in candidates.items():
            self.say(f"DIFFERENCE ({mode}) {file}: {test}: passes under python, here: {outcome}")


class Known:
    """The known differences."""

    def __init__(self, path, version):
        with open(path, "rb") as file:
            entries = tomllib.load(file)["difference"]
        self.entries = [entry for entry in entries
                        if version in entry.get("versions", [version])]

    def reason(self, mode, file, test):
        name = file if test == WHOLE_FILE else test
        for entry in self.entries:
            if mode in entry["modes"] and any(fnmatch.fnmatchcase(name, pattern)
                                              for pattern in entry["tests"]):
                return entry["reason"]
        return None


def version_of(program):
    answer = subprocess.run([program, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
                            capture_output=True, text=True, env=environment("python"), check=True)
    return answer.stdout.strip()


def has_suite(program):
    return subprocess.run([program, "-c", "import test.libregrtest, test.test_sys"],
                          capture_output=True, env=environment("python")).returncode == 0


def files_of(options):
    if options.files:
        names = options.files
    elif options.list:
        lines = pathlib.Path(options.list).read_text().splitlines()
        names = [line.split("#")[0].strip() for line in lines]
    else:
        listing = subprocess.run([options.python, "-m", "test", "--list-tests"],
                                 capture_output=True, text=True, env=environment("python"), check=True)
        names = listing.stdout.splitlines()
    return [name for name in names if name and name not in options.exclude]


def summarise(comparison, known, seconds):
    """Prints a summary; returns the exit status."""
    reasons = collections.defaultdict(list)
    unknown = []
    for mode, file, test, outcome in sorted(comparison.differences):
        reason = known.reason(mode, file, test)
        if reason:
            reasons[reason].append((mode, file, test))
        else:
            unknown.append(f"({mode}) {file}: {test}: {outcome}")
    for reason, tests in reasons.items():
        print(f"known, {len(tests)} tests ({tests[0][0]}: {tests[0][2]}…): {reason}")
    for mode, file, test in comparison.flaky:
        print(f"flaky, passed when run again ({mode}) {file}: {test}")
    passed = ", ".join(f"{mode} {count}" for mode, count in comparison.passed.items())
    print(f"passed: {passed}; differences: {sum(map(len, reasons.values()))} known, "
          f"{len(unknown)} unknown; {seconds:.0f} s")
    for line in unknown:
        print(f"DIFFERENCE {line}")
    return 1 if unknown else 0


def main():
    options = arguments()
    if not has_suite(options.python):
        print(f"{options.python} has no test suite (Debian: libpython3.X-testsuite)")
        return SKIPPED_STATUS
    # Background jobs of a shell ignore SIGINT, but some tests wait for it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pyslow-suite-", ignore_cleanup_errors=True) as root:
        runner = Runner(options, root, Known(options.known, version_of(options.python)))
        comparison = Comparison(runner, options)
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for done in [pool.submit(comparison.compare, file) for file in files_of(options)]:
                done.result()
    return summarise(comparison, runner.known, time.monotonic() - begin)


if __name__ == "__main__":
    sys.exit(main())
