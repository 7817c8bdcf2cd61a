"""Targets that are no Python functions, and targets with a caller."""

import json

from harness import PYSLOW, REPORT, SWEEP, VENV, CountingTest, SessionTest, clean_environment, needs_numpy, run

LOOP = """
import time
f = "".upper
def step():
    for _ in range({calls}): f()
begin, work = time.perf_counter(), time.process_time()
step()
print(time.perf_counter() - begin, time.process_time() - work)
"""
NUMPY = """
import time, numpy as np
a = np.ones((2, 2))
def step(n):
    for _ in range(n):
        np.matmul(a, a)
        a @ a
def warm_up(): step(1)
step(1)
begin, work = time.perf_counter(), time.process_time()
step(200)
print(time.perf_counter() - begin, time.process_time() - work)
"""


class NativeCalls(CountingTest):
    def added(self, calls, delay, *words, target="builtins:str.upper"):
        """(wall seconds, processor seconds) that the delay adds to the control: the least of five pairs."""
        program = LOOP.format(calls=calls)
        runs = {"0": [], delay: []}
        for _ in range(5):
            for d, times in runs.items():
                output = self.output_of("--target", target, "--delay", d, *words, "-c", program)
                times.append([float(word) for word in output.split()])
        took = {d: [min(times) for times in zip(*runs[d])] for d in runs}
        return [delayed - control for delayed, control in zip(took[delay], took["0"])]

    def test_each_call_adds_its_delay(self):
        for words, target in ((("--on", "call"), "builtins:str.upper"),
                              (("--on", "start,call"), "builtins:str.upper"),
                              ((), "__main__:step -> builtins:str.*"),
                              (("--on", "call"), "__main__:step -> builtins:str.*")):
            with self.subTest(words=words, target=target):
                wall, processor = self.added(20_000, "10us", *words, target=target)
                self.assertGreater(wall, 0.2 * 0.9)
                self.assertLess(processor, 0.2 * 1.25)
        self.assertLess(self.added(2_000, "100us")[1], 0.05)

    def test_counts_are_in_the_report(self):
        calls = self.calls_of("import math\nfor _ in range(7): math.sqrt(2)\nsorted([])",
                              "--on", "call", target="math:*")
        self.assertEqual(calls, {"sqrt": 7})

    def test_children_have_the_same_groups(self):
        program = """
import subprocess, sys, math
math.sqrt(1)
if len(sys.argv) < 2: subprocess.run([sys.executable, "-c", "import math; math.sqrt(1)", "child"], check=True)
"""
        targets = self.write("t.txt", "[native, on=call]\nmath:*\n[python]\nmath:*\n")
        session = self.directory / "s"
        result = self.pyslow("--targets", targets, "--session", session, "-c", program)
        self.assertEqual((result.returncode, result.stderr), (0, ""), result)
        report = run(REPORT, session).stdout
        self.assertRegex(report, r"(?m)^on\[native\]=call$")
        self.assertRegex(report, r"(?m)^ *2 .* 2  math:sqrt  \[native\]$")

    def test_exit_in_threads_and_handlers_is_that_of_python(self):
        program = """
import atexit, threading, time, math
class Late:
    def __del__(self, sqrt=math.sqrt): sqrt(2)
late = Late()
late.itself = late
def work():
    while True: math.sqrt(2); sorted([2, 1])
for _ in range(3): threading.Thread(target=work, daemon=True).start()
atexit.register(math.sqrt, 2)
time.sleep(0.05)
"""
        for words in (), ("--gil", "release"), ("--own-time",):
            for target in "*:*", "__main__:* -> *:*":
                with self.subTest(words=words, target=target):
                    result = self.pyslow("--on", "start,call", "--target", target, "--delay", "200us", *words,
                                         "-c", program)
                    self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))

    def sweep(self, *words):
        return run(SWEEP, "--pyslow", PYSLOW, "--out", self.directory / "out", *words, cwd=self.directory, timeout=280)

    def assert_finds_the_hash(self, *words):
        script = self.write("work.py", """
import hashlib, time
def step():
    for _ in range(4): hashlib.sha256(data).digest()
    sorted(small)
data, small = b"x" * 100_000, [3, 2, 1]
for _ in range(20): step()
start = time.perf_counter()
for _ in range(150): step()
print(f"150 steps, {150 / (time.perf_counter() - start):.3f} steps/s")
""")
        result = self.sweep(*words, "--throughput-regex", "([0-9.]+) steps/s", "--units-regex", "([0-9]+) steps,",
                            "--time-budget", "40s", "--steps", "focus", "--quiet", "--", script)
        self.assertEqual(result.returncode, 0, result)
        found = json.loads((self.directory / "out" / "analysis.json").read_text())
        functions = {function["name"]: function for function in found["functions"]}
        hashed = functions["_hashlib:openssl_sha256"]
        _, low, high = hashed["critical_calls_per_unit"]
        # 4 a step; those of the warm-up are within the trials, but not within the figure.
        self.assertLess(low, 4.8, hashed)
        self.assertGreater(high, 3.2, hashed)
        self.assertNotEqual(hashed["verdict"], "none")
        # The own time of a native callable is its own, and not that of its caller.
        own = {function["qualname"]: function["own_seconds_per_unit"] for function in found["counted"]}
        self.assertGreater(own["openssl_sha256"], 20 * own["sorted"])
        self.assertGreater(own["openssl_sha256"], 20 * own["step"])

    def test_a_sweep_ranks_native_callables_with_python_functions(self):
        targets = "_hashlib:openssl_sha256", "builtins:sorted", "__main__:step"
        self.assert_finds_the_hash("--on", "start,call", *(word for target in targets for word in ("--target", target)))

    def test_a_sweep_ranks_the_native_callables_of_a_group(self):
        targets = self.write("t.txt", "[native, on=call]\n_hashlib:*\nbuiltins:sorted\n[python]\n__main__:*\n")
        self.assert_finds_the_hash("--targets", targets)


@needs_numpy
class Numpy(SessionTest):
    def output_with_numpy(self, *words):
        return self.output_of(*words, env=clean_environment(VIRTUAL_ENV=str(VENV), OPENBLAS_NUM_THREADS="1"))

    def test_matmul_costs_calls_times_delay_and_operators_nothing(self):
        def seconds(delay):
            """(wall, processor), each the least of five runs."""
            outputs = [self.output_with_numpy("--on", "call", "--target", "*:*matmul*", "--delay", delay, "-c", NUMPY)
                       for _ in range(5)]
            return [min(times) for times in zip(*(map(float, output.split()) for output in outputs))]

        wall, processor = (delayed - control for delayed, control in zip(seconds("1ms"), seconds("0")))
        self.assertGreater(wall, 200 * 1e-3 * 0.97)
        self.assertLess(processor, 200 * 1e-3 * 1.25)

    def test_the_report_says_what_a_target_cannot_reach(self):
        self.output_with_numpy("--on", "call", "--target", "*:*matmul*", "--target", "numpy.core.multiarray:*",
                       "--target", "numpy.random._generator:Generator.normal", "--delay", "0",
                       "--session", self.session, "-c",
                       NUMPY + "g = np.random.default_rng(1)\nfor _ in range(3): g.normal()\n")
        report = self.report()
        calls = {f"{f['module']}:{f['qualname']}": f["calls"] for f in report["functions"]}
        self.assertEqual(calls, {"numpy:matmul": 201, "numpy.random._generator:Generator.normal": 3})
        self.assertEqual(len(report["warnings"]), 1, report["warnings"])
        self.assertIn("*:*matmul*: of functions written in C, only calls count", report["warnings"][0])
        self.assertIn("this module is numpy._core.multiarray;", report["targets"][1]["hint"])

    def test_a_caller_selects_its_calls(self):
        self.output_with_numpy("--target", "__main__:warm_up -> __main__:step",
                               "--target", "__main__:step -> numpy:matmul", "--delay", "0",
                               "--session", self.session, "-c", NUMPY + "warm_up()")
        calls = {f"{f['module']}:{f['qualname']}": f["calls"] for f in self.report()["functions"]}
        self.assertEqual(calls, {"__main__:warm_up -> __main__:step": 1, "__main__:step -> numpy:matmul": 202})
