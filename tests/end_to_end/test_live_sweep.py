"""pyslow-sweep --live: one start of the program for the whole sweep."""

import json
import os
import signal
import subprocess
import time

from harness import PYSLOW, REPORT, SWEEP, TestCase, clean_environment, run

# A unit is a call of step, of about 2 ms: work uses the processor, rest sleeps. Ends after the seconds in argv.
PROGRAM = """
import sys, time
def work():
    for _ in range(20_000): pass
def rest(): time.sleep(0.001)
def step(): work(); rest()
with open("starts", "a") as file: file.write("x")
end = time.monotonic() + float(sys.argv[1])
while time.monotonic() < end: step()
print("the end")
"""


class LiveProgram(TestCase):
    def setUp(self):
        super().setUp()
        self.out = self.directory / "out"
        self.script = self.write("work.py", PROGRAM)

    def command(self, *words, seconds="1000"):
        return [SWEEP, "--pyslow", PYSLOW, "--out", str(self.out), "--live", "--progress", "work:step", "--interval",
                "300ms", *words, "--", str(self.script), seconds]

    def sweep(self, *words, **options):
        result = run(*self.command(*words, **options), cwd=self.directory, timeout=280)
        self.assertEqual(result.returncode, 0, result)
        return result

    def interrupt(self, words, text, count):
        """Interrupts a sweep as soon as its log contains `text` `count` times."""
        process = subprocess.Popen(self.command(*words), cwd=self.directory, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, env=clean_environment(),
                                   # Also if the tests run in the background of a shell, which ignores it.
                                   preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        log = self.out / "trials.jsonl"
        deadline = time.monotonic() + 200
        while time.monotonic() < deadline and not (log.exists() and log.read_text().count(text) >= count):
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGINT)
        output = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, output)

    def starts(self):
        return len((self.directory / "starts").read_text())

    def trials(self):
        lines = [json.loads(line) for line in (self.out / "trials.jsonl").read_text().splitlines()]
        return [line for line in lines if line["kind"] == "trial"]

    def analysis(self):
        return json.loads((self.out / "analysis.json").read_text())


class LiveSweep(LiveProgram):
    def test_all_steps_need_one_start(self):
        self.sweep("--runs", "1", "--steps", "isolate,focus")
        self.assertEqual(self.starts(), 1)
        trials = self.trials()
        setups = [json.loads(line) for line in (self.out / "trials.jsonl").read_text().splitlines()]
        setups = [line["name"] for line in setups if line["kind"] == "setup"]
        self.assertGreater(len(setups), 1, "the setup did not change")
        if not any(trial["disturbed"] for trial in trials):
            self.assertEqual(setups[-1], "functions")
            self.assertTrue(self.analysis()["functions"])
        delayed = 0
        for trial in trials:
            delays = {treatment["group"]: treatment["delay_ns"] for treatment in trial["treatments"]}
            for group, counts in enumerate(trial["counts"]):
                # A running program's counters are read one after another, so a call may be missing.
                if delays.get(group, 0) == 0:
                    self.assertEqual(counts["asked_ns"], 0, trial)
                delayed += counts["asked_ns"] > 0
        self.assertGreater(delayed, 0)

    def test_a_program_that_ends_is_started_again(self):
        self.sweep("--target", "__main__:*", "--steps", "impact", "--delays", "0,1ms", "--runs", "3", seconds="7")
        self.assertGreater(self.starts(), 1)
        point = self.analysis()["global"]["points"][1]
        self.assertEqual(point["trials"], 3)
        self.assertGreater(point["seconds_per_unit"][0], 0.004)  # step, work and rest: 3 ms

    def test_a_program_that_ends_at_once_is_an_error(self):
        result = run(*self.command("--retries", "0", seconds="0.5"), cwd=self.directory, timeout=280)
        self.assertEqual(result.returncode, 1, result)
        self.assertIn("it must run for at least one trial", result.stderr)
        self.assertIn("the end", result.stderr)
        self.assertEqual(self.starts(), 1)

    def test_own_time_agrees_with_that_of_a_new_program(self):
        self.sweep("--target", "__main__:*", "--steps", "impact", "--delays", "0,1ms", "--runs", "1")
        own_ns = []
        for trial in self.trials():
            for function in trial.get("functions", ()):
                if trial["part"] == "own time" and function["qualname"] == "work":
                    own_ns.append(function["own_ns"] / function["calls"])
        session = self.directory / "session"
        result = run(PYSLOW, "--own-time", "--session", session, "--target", "__main__:*", "--delay", "0",
                     self.script, "2", cwd=self.directory)
        self.assertEqual(result.returncode, 0, result)
        report = json.loads(run(REPORT, "--json", session).stdout)
        new = [function["own_ns"] / function["calls"] for function in report["functions"]
               if function["qualname"] == "work"]
        self.assertGreater(min(own_ns), 0)
        self.assertGreater(min(own_ns), new[0] / 2)
        self.assertLess(min(own_ns), new[0] * 2)

    def test_resume_starts_the_program_once_more(self):
        words = ("--target", "__main__:*", "--steps", "impact", "--delays", "0,1ms", "--runs", "2")
        self.interrupt(words, "\n", 10)
        before = self.trials()
        result = run(SWEEP, "--resume", self.out, cwd=self.directory, timeout=280)
        self.assertEqual(result.returncode, 0, result)
        self.assertEqual(self.trials()[:len(before)], before)
        self.assertEqual(self.starts(), 2)
        again = run(SWEEP, "--from", self.out, cwd=self.directory, timeout=280)
        self.assertEqual(again.returncode, 0, again)
        self.assertEqual(self.starts(), 2)


# A batch of fixed size, which ends by itself: a delay makes it longer.
BATCH = """
import time
def work():
    for _ in range(20_000): pass
def step(): work(); time.sleep(0.001)
with open("starts", "a") as file: file.write("x")
for _ in range(1_000): step()
"""


class Batch(LiveProgram):
    """An offline script is started again whenever it ends, also after --resume."""

    def setUp(self):
        super().setUp()
        self.script = self.write("work.py", BATCH)

    def test_the_sweep_goes_on_with_the_next_start(self):
        words = ("--target", "__main__:*", "--steps", "impact", "--delays", "0,200us,1ms", "--runs", "3", "--seed", "1")
        self.interrupt(words, '"part":"global"', 2)
        before = self.trials()
        starts = self.starts()
        self.assertGreater(starts, 1)
        result = run(SWEEP, "--resume", self.out, cwd=self.directory, timeout=280)
        self.assertEqual(result.returncode, 0, result)
        self.assertEqual(self.trials()[:len(before)], before)
        self.assertGreater(self.starts(), starts + 1)
        blocks = {}
        for trial in self.trials():
            if trial["part"] == "global" and trial["attempt"] == 0:
                delays = [treatment["delay_ns"] for treatment in trial["treatments"]]
                blocks.setdefault(trial["block"], []).append(max(delays, default=0))
                # Of one start: counters do not go backwards, and a trial is not longer than its interval and a unit.
                self.assertGreater(trial["units"], 0)
                self.assertLess(trial["window_seconds"], 5)
        self.assertEqual([sorted(set(delays)) for delays in blocks.values()], [[0, 200_000, 1_000_000]] * 3)
        self.assertGreater(len({tuple(delays) for delays in blocks.values()}), 1, "the order is not random")
        for trial in self.trials():
            self.assertEqual(trial["failures"], 0)


# Damages the cells of its session and starts a process of the same session.
DAMAGES = """
import os, subprocess, sys
if len(sys.argv) > 1: sys.exit()
path = os.environ["SPEED_BUMP_SESSION"] + "/function-cells"
with open(path + ".new", "wb") as file: file.write(open(path, "rb").read(1000))
os.rename(path + ".new", path)
result = subprocess.run([sys.executable, __file__, "child"], stderr=subprocess.PIPE, text=True)
print(result.returncode, result.stderr)
"""


class FunctionCells(TestCase):
    def test_damaged_cells_are_one_warning(self):
        script = self.write("damages.py", DAMAGES)
        session = self.directory / "session"
        environment = clean_environment(SPEED_BUMP_FUNCTION_CELLS="1")
        output = self.output_of("--session", session, "--target", "__main__:*", "--delay", "0", script,
                                env=environment)
        self.assertRegex(output, r"\A0 pyslow: warning: [^\n]*session: function-cells: damaged: it is too short[^\n]*\Z")
        report = run(REPORT, session)
        self.assertEqual((report.returncode, report.stderr), (0, ""), report)

    def test_an_ordinary_session_has_no_such_file(self):
        session = self.directory / "session"
        self.output_of("--session", session, "--target", "*:*", "--delay", "0", "-c", "pass")
        self.assertEqual([path.name for path in session.iterdir() if "function" in path.name], [])
