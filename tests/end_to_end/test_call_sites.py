"""Sweeps of calls by the functions that make them."""

import html

from test_sweep import Sweep

# encode is called by answer, whose time counts, and by note, in a thread that nothing waits for.
PROGRAM = """
import threading, time
def encode(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end: pass
def answer(): encode(2e-4)
def note(): encode(1.2e-4)
def notes():
    while True:
        time.sleep(0.004)
        note()
threading.Thread(target=notes, daemon=True).start()
def step():
    answer()
    time.sleep(0.0005)
for _ in range(50): step()
start = time.perf_counter()
for _ in range(250): step()
print(f"250 steps, {250 / (time.perf_counter() - start):.3f} steps/s")
"""
# Until it is ended.
LOOP = PROGRAM[:PROGRAM.index("for _")] + "while True: step()\n"
# The same with a builtin function.
NATIVE = (PROGRAM.replace("import threading", "import hashlib, threading")
          .replace("encode(2e-4)", "hashlib.sha256(bytes(200_000))").replace("encode(1.2e-4)", "hashlib.sha256(bytes(60_000))"))
MEASURED = ("--throughput-regex", "([0-9.]+) steps/s", "--units-regex", "([0-9]+) steps,", "--time-budget", "60s",
            "--min-gain", "0.5%", "--quiet")
ANSWER, NOTE = "__main__:answer -> __main__:encode", "__main__:note -> __main__:encode"


class CallSites(Sweep):
    def results(self, key, *words):
        result = self.succeeds(*MEASURED, *words, "--", self.write("work.py", PROGRAM))
        return {one["name"]: one for one in self.analysis()[key]}, result.stdout

    def test_a_live_program_starts_anew_for_its_call_sites(self):
        self.succeeds("--live", "--progress", "__main__:step", "--target", "__main__:*", "--steps", "focus,sites",
                      "--interval", "300ms", "--time-budget", "60s", "--quiet", "--", self.write("work.py", LOOP))
        sites = {one["name"]: one for one in self.analysis()["sites"]}
        self.assertIn(ANSWER, sites)
        self.assertAlmostEqual(sites[ANSWER]["calls_per_unit"][0], 1, delta=0.1)
        self.assert_may_count(sites[ANSWER])

    def assert_may_count(self, site):
        # On a busy machine the noise may hide the effect.
        self.assertIn(site["verdict"], ("linear", "sub-linear", "inconclusive"), site)
        self.assertGreater(site["critical_calls_per_unit"][2], 0.8, site)

    def assert_is_critical(self, site):
        self.assertIn(site["verdict"], ("linear", "sub-linear"), site)
        _, low, high = site["critical_calls_per_unit"]
        # 1 a step, and those of the steps before the figure.
        self.assertLess(low, 1.3, site)
        self.assertGreater(high, 0.8, site)

    def test_the_callers_of_the_first_function_are_compared(self):
        sites, printed = self.results("sites", "--target", "__main__:encode", "--steps", "focus,sites")
        self.assertIn("Next, the calls of __main__:encode by their callers.", printed)
        self.assertIn("6. Call sites", printed)
        self.assertEqual(sorted(sites), [ANSWER, NOTE])
        self.assert_is_critical(sites[ANSWER])
        self.assertEqual({site["group"] for site in sites.values()}, {"__main__:encode"})
        self.assertGreater(sites[ANSWER]["own_seconds_per_unit"], 1.5e-4)
        self.assertLess(sites[NOTE]["own_seconds_per_unit"], 5e-5)
        self.assertEqual(self.sweep("--from", self.out).stdout, printed)

    def test_the_callers_of_a_builtin_function_are_compared(self):
        self.succeeds(*MEASURED, "--on", "start,call", "--target", "_hashlib:openssl_sha256", "--steps", "focus,sites",
                      "--", self.write("work.py", NATIVE))
        site = "__main__:answer -> _hashlib:openssl_sha256"
        sites = {one["name"]: one for one in self.analysis()["sites"]}
        # 1 a step, and those of the steps before the figure.
        self.assertAlmostEqual(sites[site]["calls_per_unit"][0], 1.2, delta=0.1)
        self.assert_may_count(sites[site])
        self.assertIn(html.escape(site), (self.out / "report.html").read_text())

    def test_targets_may_have_a_caller(self):
        functions, _ = self.results("functions", "--target", "__main__:answer -> *:encode", "--steps", "focus")
        self.assertEqual(list(functions), [ANSWER])
        self.assert_is_critical(functions[ANSWER])
