"""Runs all compatibility tests and prints one line for each: passed, failed or skipped, with the reason.

PYSLOW_BIN=build/release/bin PYSLOW_VENV=VENV python tests/compatibility/run_all.py [TEST]...
"""

import collections
import pathlib
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent


class LineResult(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.counts = collections.Counter()

    def startTest(self, test):
        super().startTest(test)
        self.begin = time.monotonic()
        self.outcome = "passed"

    def set_failed(self, error):
        self.outcome = f"failed: {str(error[1]).splitlines()[0] if str(error[1]) else error[0].__name__}"

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.set_failed(error)

    def addError(self, test, error):
        super().addError(test, error)
        if not hasattr(self, "begin"):  # a module could not be imported
            self.startTest(test)
        self.set_failed(error)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.begin = time.monotonic()  # 3.12 does not call startTest for a skipped class
        self.outcome = f"skipped: {reason}"

    def stopTest(self, test):
        super().stopTest(test)
        self.counts[self.outcome.partition(":")[0]] += 1
        module, _, name = test.id().rpartition(".")
        words = name.removeprefix("test_").replace("_", " ")
        print(f"{module.rpartition('.')[2]}: {words}: {self.outcome} ({time.monotonic() - self.begin:.1f} s)",
              flush=True)


def main():
    sys.path.insert(0, str(HERE))
    names = sys.argv[1:] or sorted(path.stem for path in HERE.glob("test_*.py"))
    result = LineResult()
    unittest.defaultTestLoader.loadTestsFromNames(names).run(result)
    for test, traceback in result.failures + result.errors:
        print(f"\n{test.id()}\n{traceback}", file=sys.stderr)
    failed = len(result.failures) + len(result.errors)
    print(f"Python {'%d.%d.%d' % sys.version_info[:3]}: "
          f"{result.counts['passed']} passed, {failed} failed, {result.counts['skipped']} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
