"""Programs whose work no delay reaches: a sweep must not call their Python hidden."""

import os
import subprocess
import sys

from harness import clean_environment
from test_sweep import Sweep

SERIAL = """
    import time
    def step():
        end = time.perf_counter() + 0.001
        while time.perf_counter() < end: pass
    start = time.perf_counter()
    for _ in range(200): step()
    print(f"{200 / (time.perf_counter() - start):.1f} steps/s")
    """


class HiddenOnlyIfTested(Sweep):
    def judged(self, *words, **options):
        """Runs the first two steps. Returns the finding about all Python, and the output."""
        result = self.succeeds("--steps", "impact", *words, **options)
        self.assertNotIn("not your bottleneck", result.stdout)
        return self.analysis()["global"], result.stdout

    def test_resumptions_of_a_generator_are_slowed(self):
        script = self.write("stream.py", """
            import asyncio, time
            async def stream(n):
                for i in range(n):
                    end = time.perf_counter() + 0.0005
                    while time.perf_counter() < end: pass
                    yield i
            async def main():
                n, start = 400, time.perf_counter()
                async for _ in stream(n): pass
                print(f"{n / (time.perf_counter() - start):.1f} tokens/s")
            asyncio.run(main())
            """)
        found, _ = self.judged("--throughput-regex", "([0-9.]+) tokens/s", "--", script)
        self.assertNotEqual(found["verdict"], "none")
        self.assertGreater(found["critical_calls_per_unit"][0], 0)

    def flat(self):
        return self.write("flat.py", """
            import time
            n = 40
            start = time.perf_counter()
            for i in range(n):
                end = time.perf_counter() + 0.005
                while time.perf_counter() < end: pass
            print(f"{n / (time.perf_counter() - start):.3f} items/s")
            """)

    def test_a_python_that_was_busy_before_does_not_work_for_the_program(self):
        busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
        try:
            found, _ = self.judged("--throughput-regex", "([0-9.]+) items/s", "--", self.flat())
        finally:
            busy.kill()
            busy.wait()
        self.assertNotEqual(found["reason"], "other_python")

    def test_a_loop_at_module_level_is_not_tested(self):
        script = self.flat()
        found, text = self.judged("--throughput-regex", "([0-9.]+) items/s", "--", script)
        self.assertIn(found["reason"], ("own_time_elsewhere", "delay_outside"))
        self.assertEqual(found["verdict"], "untested")
        self.assertIn("__main__:<module>", text)

    def test_delays_in_the_start_of_a_program_are_no_test(self):
        # step() is critical, but nearly all delays are spent before it.
        script = self.write("slow_start.py", """
            import time
            def prepare(): pass
            for _ in range(20_000): prepare()
            def step():
                end = time.perf_counter() + 0.002
                while time.perf_counter() < end: pass
            start = time.perf_counter()
            for _ in range(50): step()
            print(f"{50 / (time.perf_counter() - start):.3f} steps/s")
            """)
        found, text = self.judged("--throughput-regex", "([0-9.]+) steps/s", "--", script)
        self.assertEqual(found["reason"], "delay_outside")
        self.assertIn("--start-at", text)

    def test_another_python_is_named(self):
        python = self.directory / "bin" / "python3"
        python.parent.mkdir()
        python.symlink_to(sys.executable)
        self.write("work.py", SERIAL)
        script = self.write("run.py", """
            import subprocess
            command = "python3 work.py | tail -1"
            print(subprocess.run(command, shell=True, capture_output=True, text=True).stdout)
            """)
        environment = clean_environment(PATH=f"{python.parent}:{os.environ['PATH']}")
        found, text = self.judged("--runs", "8", "--throughput-regex", "([0-9.]+) steps/s", "--", script,
                                  env=environment)
        # Noise may look like an effect: then there is no verdict, and the other Python is still named.
        if found["verdict"] != "inconclusive":
            self.assertEqual(found["reason"], "other_python")
        self.assertRegex(" ".join(text.split()), r"not pyslow used .*\(python3")

    def test_a_figure_that_never_moves_is_refused(self):
        script = self.write("echo.py", """
            import time
            def step(): time.sleep(0.001)
            for _ in range(30): step()
            print("target: 1000 steps/s")
            """)
        found, text = self.judged("--throughput-regex", "([0-9.]+) steps/s", "--start-at", "__main__:step",
                                  "--", script)
        self.assertEqual(found["reason"], "figure_never_moves")

    def test_a_dose_below_the_own_time_is_no_test(self):
        script = self.write("serial.py", SERIAL)
        found, text = self.judged("--throughput-regex", "([0-9.]+) steps/s", "--delays", "0,1us",
                                  "--start-at", "__main__:step", "--runs", "8", "--", script)
        self.assertNotEqual(found["verdict"], "none")

    def test_a_function_that_is_called_once_per_long_step(self):
        script = self.write("train.py", """
            import time
            def spin(seconds):
                end = time.perf_counter() + seconds
                while time.perf_counter() < end: pass
            def sync_metrics(): spin(0.015)
            def log(): spin(0.015)
            def step():
                done = time.perf_counter() + 0.135  # the device works until then
                log()
                time.sleep(max(0.0, done - time.perf_counter()))
                sync_metrics()
            start = time.perf_counter()
            for _ in range(8): step()
            print(f"{8 / (time.perf_counter() - start):.4f} steps/s")
            """)
        self.succeeds("--runs", "4", "--start-at", "__main__:step", "--delays", "0,5ms,15ms",
                      "--target", "__main__:sync_metrics", "--target", "__main__:log",
                      "--throughput-regex", "([0-9.]+) steps/s", "--", script)
        kappa = {found["name"]: found["kappa"] for found in self.analysis()["functions"]}
        self.assertGreater(kappa["__main__:sync_metrics"][0], 0.7)
        self.assertLess(kappa["__main__:log"][0], 0.3)
