"""Callables of packages in C++ as targets: PjitFunction of jax, and functions and methods of pybind11."""

import unittest

from compatible import PYSLOW, PYTHON, CompatibilityTest, needs, run

JITTED = """
import jax
@jax.jit
def step(x): return x + 1
x = jax.numpy.ones(4)
for _ in range(50): step(x)
for _ in range(30): jax.numpy.dot(x, x)
"""

CONTOURS = """
import contourpy, numpy
generator = contourpy.contour_generator(z=numpy.arange(16.0).reshape(4, 4))
for _ in range(40): generator.lines(3.5)
"""


class NativePackages(CompatibilityTest):
    def calls_of(self, name, target, program):
        self.link(PYTHON)
        result = run(PYSLOW, "--on", "call", "--target", target, "--delay", "10us", "--session", self.session(name),
                     self.write("calls.py", program), env=self.environment(name, VIRTUAL_ENV=str(self.venv)))
        self.assertEqual(result.returncode, 0, result)
        functions = self.report(name)["functions"]
        return {f"{one['module']}:{one['qualname']}": one["delayed"] for one in functions}

    @needs("jax")
    def test_a_jitted_function_has_the_name_of_what_it_wraps(self):
        self.assertEqual(self.calls_of("jax", "__main__:step", JITTED), {"__main__:step": 50})
        self.assertEqual(self.calls_of("jax.numpy", "jax.numpy:dot", JITTED), {"jax.numpy:dot": 30})

    @needs("contourpy")
    def test_a_method_of_pybind11_has_the_name_of_its_class(self):
        calls = self.calls_of("contourpy", "contourpy._contourpy:*.lines", CONTOURS)
        self.assertEqual(calls, {"contourpy._contourpy:ContourGenerator.lines": 40})


if __name__ == "__main__":
    unittest.main()
