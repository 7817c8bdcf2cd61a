"""pyslow-sweep --gil hold,release: how much of a cost is other threads waiting for the GIL, for known truths."""

import unittest

from harness import PYSLOW, run
from test_live_sweep import LiveProgram
from test_sweep import Sweep

# One thread: no other one waits for the GIL. Processor time is the clock, and a delay is much longer than a call, so that
# a busy machine and the speed of its cores matter little.
ALONE = """
import time
def work():
    x = 0
    for i in range(300): x += i
begin = time.process_time()
for _ in range(500): work()
print("500 units:", 500 / (time.process_time() - begin), "units/s")
"""

# The measured thread sleeps, and then needs the GIL. The other thread holds it for the delay of hold(), which is
# shorter than the switch interval, or spins beside the measured thread. Both need little of a core, so that a busy
# machine matters little.
OTHERS = """
import sys, threading, time
def hold(): pass
def others():
    while True:
        hold()
        time.sleep(0.0005)
threading.Thread(target=others, daemon=True).start()
"""
WAITING = OTHERS + """
begin = time.perf_counter()
for _ in range(200): time.sleep(0.001)
print("200 units:", 200 / (time.perf_counter() - begin), "units/s")
"""
# Ends after the seconds in argv.
LIVE = OTHERS + """
def step(): time.sleep(0.001)
with open("starts", "a") as file: file.write("x")
end = time.monotonic() + float(sys.argv[1])
while time.monotonic() < end: step()
"""
DELAYS_OF_WORK = ("--target", "__main__:work", "--delays", "0,50us,100us", "--max-slowdown", "50")
FIGURE = ("--throughput-regex", r"([0-9.]+) units/s", "--units-regex", r"(\d+) units:")
GIL = ("--gil", "hold,release", "--steps", "impact")


class KnownTruths(Sweep):
    def share(self, source, is_right, *words):
        """What is said of the GIL; a sweep that was disturbed too much to be right is tried again."""
        script = self.write("program.py", source)
        for attempt in range(3):
            self.out = self.directory / f"out-{attempt}"
            self.result = self.succeeds(*GIL, *FIGURE, *words, "--", script)
            gil = self.analysis()["global"]["gil"]
            if is_right(gil):
                break
        self.assertTrue(is_right(gil), (gil, self.result))
        return gil

    def test_none_of_the_cost_of_a_single_thread_is_waiting_for_the_gil(self):
        def is_right(gil):
            value, low, high = gil["share"] or (None, None, None)
            return value is not None and gil["outcome"] in ("none", "undecided") and low < 0 < high < 0.25
        gil = self.share(ALONE, is_right, *DELAYS_OF_WORK, "--runs", "6", "--fail-if", "gil>50%")
        self.assertLess(gil["held_change"][2], 0)
        self.assertLess(gil["released_change"][2], 0, "the delay costs time in both modes")
        self.assertIn("--fail-if gil>50% does not hold", self.result.stderr)
        self.assertEqual(gil["delay_ns"], 100_000)
        self.check_trials(gil)
        self.check_reports(gil)

    def test_all_of_the_cost_of_a_waiting_thread_is_waiting_for_the_gil(self):
        def is_right(gil):
            return gil["outcome"] == "part" and gil["share"][1] > 0.5
        gil = self.share(WAITING, is_right, "--target", "__main__:hold", "--delays", "0,1ms,3ms", "--runs", "6")
        self.assertLess(gil["held_change"][2], -0.2)
        self.check_reports(gil)

    # The released trials, in the same blocks as the others.
    def check_trials(self, gil):
        trials = [trial for trial in self.trials() if trial["part"] == "GIL"]
        for block in range(gil["blocks"]):
            of_block = [trial for trial in trials if trial["block"] == block]
            kinds = {(bool(trial["treatments"]), trial["releases_gil"]) for trial in of_block}
            self.assertEqual(kinds, {(False, False), (True, False), (True, True)})
        self.assertFalse(any(trial["releases_gil"] for trial in self.trials() if "GIL" not in trial["part"]))

    def check_reports(self, gil):
        self.assertIn("waiting for the GIL", gil["sentence"])
        self.assertIn("everything also with the GIL released (--gil)", self.result.stderr)
        self.assertIn("The GIL\n", self.result.stdout)
        for text in (self.result.stdout, (self.out / "report.html").read_text()):
            self.assertIn(gil["sentence"], " ".join(text.split()))
        self.assertIn("other threads waiting for the GIL", (self.out / "summary.md").read_text())
        self.assertEqual(self.analysis()["settings"]["GIL in a delay"], "hold")


class Recorded(Sweep):
    def test_a_sweep_is_analysed_again_and_continued(self):
        script = self.write("program.py", ALONE)
        self.succeeds(*GIL, *FIGURE, *DELAYS_OF_WORK, "--runs", "4", "--warmup", "0", "--", script)
        first = self.analysis()["global"]["gil"]
        self.assertEqual(first["blocks"], 4)
        result = self.sweep("--from", self.out)
        self.assertEqual(result.returncode, 0, result)
        self.assertIn("The GIL\n", result.stdout)
        self.assertEqual(self.analysis()["global"]["gil"], first)
        result = self.sweep("--resume", self.out, "--runs", "5")
        self.assertEqual(result.returncode, 0, result)
        self.assertEqual(self.analysis()["global"]["gil"]["blocks"], 5)
        released = [trial for trial in self.trials() if trial["releases_gil"]]
        self.assertEqual(len({trial["block"] for trial in released if trial["part"] == "GIL"}), 5)


class Mistakes(Sweep):
    def test_modes_that_cannot_be_compared_are_errors(self):
        script = self.write("program.py", ALONE)
        for words, error in (
            (("--gil", "hold,hold"), "--gil: 'hold,hold' contains hold twice"),
            (("--gil", "x"), "--gil: 'x': expected one or more of hold, release"),
            (("--gil", "hold,release", "--against-env", "A=1"), "--gil: a comparison of versions has steps of its own"),
        ):
            result = self.new(*words, "--", script)
            self.assertEqual(result.returncode, 2, result)
            self.assertTrue(result.stderr.startswith(f"pyslow-sweep: error: {error}"), result.stderr)
            self.assertEqual(result.stderr.count("\n"), 1)
            self.assertFalse(self.out.exists())
        result = run(PYSLOW, "--target", "*:*", "--delay", "0", "--gil", "hold,release", script)
        self.assertEqual(result.returncode, 2, result)
        self.assertIn("--gil: 'hold,release': expected one of hold, release", result.stderr)


class Live(LiveProgram):
    def test_the_mode_of_a_running_program_is_switched(self):
        self.script = self.write("work.py", LIVE)
        for attempt in range(3):
            self.out = self.directory / f"out-{attempt}"
            (self.directory / "starts").unlink(missing_ok=True)
            self.sweep(*GIL, "--target", "*:hold", "--delays", "0,1ms,3ms", "--runs", "5")
            gil = self.analysis()["global"]["gil"]
            if gil["outcome"] == "part" and gil["share"][1] > 0.5:
                break
        self.assertEqual(gil["outcome"], "part", gil)
        self.assertGreater(gil["share"][1], 0.5)
        self.assertEqual(self.starts(), 1)
        self.assertTrue(any(trial["releases_gil"] for trial in self.trials()))


if __name__ == "__main__":
    unittest.main()
