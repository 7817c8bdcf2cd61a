"""Methods that attrs generates: the report names their code, by which they are counted."""

import unittest

from compatible import PYSLOW, PYTHON, CompatibilityTest, needs, run

PROGRAM = """
import attrs

@attrs.define
class Config:
    x: int

for number in range(5):
    assert Config(number).x == number
"""


@needs("attrs")
class Attrs(CompatibilityTest):
    def report_of(self, name, target):
        result = run(PYSLOW, "--target", target, "--delay", "0", "--session", self.session(name),
                     self.write("program.py", PROGRAM),
                     env=self.environment(name, VIRTUAL_ENV=str(self.venv)))
        self.assertEqual((result.returncode, result.stderr), (0, ""), result)
        return self.report(name)

    def test_the_pattern_that_the_report_names_counts_the_calls(self):
        self.link(PYTHON)
        near = self.report_of("near", "__main__:Config.__init__")["targets"][0]["near"]
        counted = self.report_of("counted", near[0])["functions"]
        self.assertEqual(sum(function["calls"] for function in counted), 5)


if __name__ == "__main__":
    unittest.main()
