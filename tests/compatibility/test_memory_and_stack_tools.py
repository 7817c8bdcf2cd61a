"""memray run, and py-spy dump of another process."""

import re
import subprocess
import unittest

from compatible import PYSLOW, VENV, CompatibilityTest, needs, run


@needs("memray")
class Memray(CompatibilityTest):
    PROGRAM = """
        import worked
        def hold():
            return [bytes(10_000_000 + worked.call(0)) for _ in range(20)]
        if __name__ == "__main__":
            print(len(hold()))
        """

    def test_memray_attributes_allocations(self):
        script = self.write("program.py", self.PROGRAM)
        driver = self.write("driver.py", """
            import os, subprocess, sys
            out = os.environ["WORK_LOG"] + ".memray"
            sys.exit(subprocess.call([sys.executable, "-m", "memray", "run", "-q", "-o", out, sys.argv[1]]))
            """)
        self.both(driver, script)
        for name in ("python", "pyslow"):
            stats = run(self.python, "-m", "memray", "stats", self.directory / f"{name}.log.memray",
                        env=self.environment("stats"))
            self.assertEqual(stats.returncode, 0, stats)
            self.assertRegex(stats.stdout, r"hold:.*program\.py:\d+ -> 200\.\d+MB")

    def test_memray_with_native_stacks_and_all_allocators(self):
        script = self.write("program.py", self.PROGRAM)
        self.both("-m", "memray", "run", "-q", "--native", "--trace-python-allocators", "-f", "-o",
                  self.directory / "native.memray", script)

    def test_memray_follows_forks(self):
        script = self.write("program.py", """
            import os, worked
            worked.call()
            if os.fork() == 0:
                worked.call()
                os._exit(0)
            print(os.wait()[1])
            """)
        self.both("-m", "memray", "run", "-q", "--follow-fork", "-f", "-o", self.directory / "forks.memray",
                  script, processes=2, PYTHONWARNINGS="ignore")  # memray runs a thread, so fork warns


@needs(programs=("py-spy",))
class PySpy(CompatibilityTest):
    PROGRAM = """
        import sys, time
        def slow(): pass
        def outer():
            slow()
            time.sleep(60)
        print("ready", flush=True)
        outer()
        """

    def dump(self, *words):
        script = self.write("program.py", self.PROGRAM)
        with subprocess.Popen([PYSLOW, *words, script], stdout=subprocess.PIPE, text=True,
                              env=self.environment("spy")) as process:
            try:
                process.stdout.readline()
                for _ in range(20):  # until the function has started
                    dump = run(VENV / "bin" / "py-spy", "dump", "--pid", process.pid)
                    if "Permission denied" in dump.stderr or "not permitted" in dump.stderr:
                        self.skipTest("this machine does not permit ptrace")
                    if "outer (" in dump.stdout:
                        break
            finally:
                process.kill()
        self.assertEqual(dump.returncode, 0, dump)
        return re.findall(r"^ +(\S+) \(.*program\.py:\d+\)$", dump.stdout, re.MULTILINE)

    def test_a_process_inside_a_delay(self):
        self.assertEqual(self.dump("--target", "program:slow", "--delay", "10s"),
                         ["slow", "outer", "<module>"])

    def test_a_process_that_sleeps(self):
        self.assertEqual(self.dump("--target", "program:slow", "--delay", "10us"), ["outer", "<module>"])


if __name__ == "__main__":
    unittest.main()
