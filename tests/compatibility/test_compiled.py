"""Compiled functions that report their calls as Python functions: numba, and Cython with profile=True."""

import sys
import unittest

from compatible import PYSLOW, PYTHON, VENV, CompatibilityTest, needs, run

NUMBA = """
import numba

@numba.njit
def compiled(number):
    return number + 1
"""
CYTHON = """
# cython: profile=True
def compiled(number):
    return number + 1
"""
# The frame at each call is that of caller.
PROGRAM = """
import fast

def caller():
    for number in range(50):
        assert fast.compiled(number) == number + 1

caller()
"""


class Compiled(CompatibilityTest):
    def check(self, **variables):
        """Expects that the calls are counted as those of the compiled function, and of no other module."""
        self.link(PYTHON)
        result = run(PYSLOW, "--target", "*:compiled", "--delay", "1us", "--session", self.session("compiled"),
                     self.write("program.py", PROGRAM),
                     env=self.environment("compiled", VIRTUAL_ENV=str(self.venv), **variables), cwd=self.directory)
        self.assertEqual((result.returncode, result.stderr), (0, ""), result)
        calls = {f"{f['module']}:{f['qualname']}": f["calls"] for f in self.report("compiled")["functions"]}
        self.assertEqual(calls, {"fast:compiled": 50})

    @needs("numba")
    def test_numba(self):
        self.write("fast.py", NUMBA)
        self.check(NUMBA_ENABLE_SYS_MONITORING="1")

    @unittest.skipIf(sys.version_info < (3, 13), "before 3.13, Cython does not use sys.monitoring")
    @needs("Cython", "setuptools", programs=("cythonize",))
    def test_cython(self):
        self.write("fast.pyx", CYTHON)
        built = run(VENV / "bin" / "cythonize", "--inplace", "fast.pyx", cwd=self.directory,
                    env=self.environment("build"), timeout=300)
        self.assertEqual(built.returncode, 0, built)
        self.check()


if __name__ == "__main__":
    unittest.main()
