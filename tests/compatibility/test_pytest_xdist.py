"""pytest without and with workers."""

import re
import unittest

from compatible import CompatibilityTest, needs

TESTS = """
import pytest
import worked

@pytest.mark.parametrize("number", range(20))
def test_square(number):
    assert worked.call(number) == number ** 2

def test_that_fails():
    assert worked.call(2) == 5

def test_warns():
    with pytest.warns(UserWarning):
        __import__("warnings").warn("x")
"""


@needs("pytest", "xdist")
class Pytest(CompatibilityTest):
    def check(self, *options, processes=1):
        self.write("test_squares.py", TESTS)
        theirs, ours = self.both("-m", "pytest", "-q", "-p", "no:cacheprovider", *options,
                                 same=False, processes=processes, status=1)
        self.assertEqual(len(self.logged("python")), len(self.logged("pyslow")))
        for result in (theirs, ours):
            self.assertEqual(re.findall(r"\d+ failed, \d+ passed", result.stdout), ["1 failed, 21 passed"])
            self.assertIn("assert 4 == 5", result.stdout)
            self.assertEqual(result.stderr, "")

    def test_in_one_process(self):
        self.check()

    def test_with_two_workers(self):
        self.check("-n", "2", processes=2)


if __name__ == "__main__":
    unittest.main()
