"""coverage run with each of its measurement cores."""

import json
import unittest

from compatible import CompatibilityTest, needs

PROGRAM = """
import multiprocessing
import worked

def other(number):
    if number > 100:
        return worked.call(number)
    for step in range(3):
        number += worked.call(step)
    return number

if __name__ == "__main__":
    print(other(1))
    process = multiprocessing.get_context("spawn").Process(target=other, args=(200,))
    process.start()
    process.join()
"""


@needs("coverage")
class Coverage(CompatibilityTest):
    def check(self, core):
        script = self.write("program.py", PROGRAM)
        self.write("coveragerc", "[run]\nconcurrency = multiprocessing\nparallel = True\nsource = .\n"
                   "data_file = ${WORK_LOG}.data\n")
        driver = self.write("driver.py", """
            import os, subprocess, sys
            out = os.environ["WORK_LOG"] + ".data"
            def coverage(*words): return subprocess.run([sys.executable, "-m", "coverage", *words])
            options = ["--rcfile=coveragerc"]
            status = coverage("run", *options, sys.argv[1]).returncode
            coverage("combine", "-q", *options)
            coverage("json", "-q", *options, "-o", out + ".json")
            sys.exit(status)
            """)
        self.both(driver, script, processes=2, COVERAGE_CORE=core)
        theirs, ours = (self.lines(name) for name in ("python", "pyslow"))
        self.assertEqual(ours, theirs)
        self.assertEqual(set(ours), {"driver.py", "program.py", "worked.py"})
        self.assertEqual((ours["program.py"]["missing_lines"], ours["worked.py"]["missing_lines"]), ([], []))

    def lines(self, name):
        report = json.loads((self.directory / f"{name}.log.data.json").read_text())
        self.assertTrue(report["meta"]["version"])
        return {file: {key: entry[key] for key in ("executed_lines", "missing_lines")}
                for file, entry in report["files"].items()}

    def test_the_c_tracer(self):
        self.check("ctrace")

    def test_the_python_tracer(self):
        self.check("pytrace")

    def test_sys_monitoring(self):
        self.check("sysmon")


if __name__ == "__main__":
    unittest.main()
