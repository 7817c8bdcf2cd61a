"""pyslow-sweep --against: two versions of a program with a known difference."""

import json
import os
import unittest

from harness import PYSLOW, SWEEP, VENV, run
from test_sweep import Sweep

# Half of a step is hot(), which $HOT can make shorter. $DEVICE is the time for which a step would wait for a device.
# The clock is processor time in units of a loop that runs between the steps: on a virtual machine the speed of a core
# can change by a half from one second to the next, and these tests are of the comparison, not of that noise. A loop
# counts as 100 us.
WORK = """
import os, time
HOT, DEVICE = int(os.environ.get("HOT", "2000")), float(os.environ.get("DEVICE", "0"))
def hot():
    x = 0
    for i in range(HOT): x += i
def rest():
    x = 0
    for i in range(2000): x += i
def step():
    hot()
    rest()
work = loop = 0
now = time.process_time
for _ in range(1000):
    begin = now()
    step()
    end = now()
    sum(range(3000))
    work += end - begin
    loop += now() - end
seconds = work / loop * 1e-4 + DEVICE
print("1000 steps:", 1 / seconds, "steps/s")
"""
FIGURE = ("--throughput-regex", r"([0-9.]+) steps/s", "--units-regex", r"(\d+) steps:", "--start-at", "__main__:step")
SHORT = "def f(): sum(range(1000))\nfor _ in range(20): f()\n"
FEW = ("--runs", "2", "--delays", "0,10us", "--warmup", "0")


class Versions(Sweep):
    def compare(self, *words, outcome):
        """The comparison; a sweep that was disturbed too much for `outcome` is tried again."""
        for attempt in range(3):
            self.out = self.directory / f"out-{attempt}"
            self.result = self.succeeds(*FIGURE, "--time-budget", "60s", *words)
            found = self.analysis()["comparison"]
            if found["outcome"] == outcome:
                break
        self.assertEqual(found["outcome"], outcome, self.result)
        return found

    def test_a_function_with_fewer_iterations_is_faster(self):
        script = self.write("work.py", WORK)
        # 40% of one half: a unit takes 80%.
        found = self.compare("--against-env", "HOT=1200", "--", script, outcome="faster")
        self.assertGreater(found["plain"]["change"][0], 0.15)
        self.assertLess(found["plain"]["change"][1], 0.35)
        hot = next(f for f in found["functions"] if f["name"] == "__main__:hot")
        self.assertLess(hot["own_change_seconds_per_unit"][0], 0)
        self.assertAlmostEqual(hot["calls_per_unit"], hot["other_calls_per_unit"], delta=0.05)
        # The delays of a busy machine are preempted, which the clock of WORK does not show: their share is too small.
        if not any("Disturbed" in warning for warning in self.analysis()["warnings"]):
            self.assertIn(found["place"], ("in_functions", "partly", "unclear"))
            self.assertGreater(found["predicted_change"][2], 0.15)
        self.assertEqual(found["other"], "HOT=1200")
        for text in (self.result.stdout, (self.out / "summary.md").read_text(), (self.out / "report.html").read_text()):
            self.assertIn("The other version is faster: +", text)
        self.assertIn("3. Two versions", self.result.stdout)

    def test_a_version_with_a_slower_device_is_slower_elsewhere(self):
        script = self.write("work.py", WORK)
        found = self.compare("--against-env", "DEVICE=0.0001", "--", script, outcome="slower")
        self.assertLess(found["plain"]["change"][2], 0)
        # A device's time is no function's own time.
        self.assertEqual(found["place"], "elsewhere", self.result)
        self.assertIn("The change does not lie in the functions' own time", " ".join(self.result.stdout.split()))

    def test_the_same_version_is_neither_faster_nor_slower(self):
        script = self.write("work.py", WORK)
        found = self.compare("--min-gain", "10%", "--fail-if", "verdict=slower", "--fail-if", "change<-10%",
                             "--against", str(script), "--", script, outcome="equal")
        self.assertEqual(found["other"], "the same")
        self.assertIn("--fail-if change<-10% does not hold", self.result.stderr)
        self.assertIn("--fail-if verdict=slower does not hold", self.result.stderr)
        self.assertIn("Both versions are equally fast", self.result.stdout)

    def test_gates_have_status_3(self):
        script = self.write("work.py", SHORT + "import os, time\ntime.sleep(float(os.environ.get('WAIT', '0')))\n")
        result = self.new(*FEW, "--against-env", "WAIT=0.3", "--fail-if", "change<-2%", "--fail-if",
                          "verdict=slower", "--", script)
        self.assertEqual(result.returncode, 3, result)
        self.assertRegex(result.stderr, r"--fail-if change<-2% holds: the other version -\d+")
        self.assertIn("--fail-if verdict=slower holds: the other version -", result.stderr)


class Trials(Sweep):
    def versions(self):
        return {(trial["part"], trial["other_version"]) for trial in self.trials()}

    def test_both_versions_run_in_one_block(self):
        first = self.write("first.py", SHORT + "import os\nprint(os.environ.get('MARK'), file=open('ran', 'a'))\n")
        other = self.write("other.py", SHORT + "import os, sys\n"
                           "print(os.environ['MARK'], *sys.argv[1:], file=open('ran', 'a'))\n")
        result = self.succeeds(*FEW, "--against", f"{other} 'a b' c", "--against-env", "MARK=x y", "--", first)
        ran = set((self.directory / "ran").read_text().splitlines())
        self.assertEqual(ran, {"None", "x y a b c"})
        for part in ("compare", "own time of both"):
            self.assertIn((part, False), self.versions())
            self.assertIn((part, True), self.versions())
        blocks = [trial for trial in self.trials() if trial["part"] == "compare" and trial["attempt"] == 0]
        self.assertEqual(len(blocks), 2 * 8)
        for block in (0, 1):
            kinds = [(t["other_version"], t["instrumented"]) for t in blocks if t["block"] == block]
            self.assertEqual(sorted(kinds), sorted([(a, b) for a in (False, True) for b in (False, True)] * 2))
        self.assertIn("other.py", json.dumps(self.analysis()["settings"]), result)

    def test_from_and_resume(self):
        script = self.write("work.py", SHORT)
        self.succeeds(*FEW, "--against-env", "A=1", "--", script)
        before = self.analysis()
        self.assertEqual(self.sweep("--from", self.out).returncode, 0)
        self.assertEqual(self.analysis()["comparison"], before["comparison"])
        self.assertEqual(self.analysis()["machine"], before["machine"])
        first = self.trials()
        result = self.sweep("--resume", self.out, "--runs", "3")
        self.assertEqual(result.returncode, 0, result)
        self.assertEqual(self.trials()[:len(first)], first)
        self.assertEqual(self.analysis()["comparison"]["blocks"], 3)
        self.assertEqual(self.analysis()["comparison"]["plain"]["other_trials"], 6)

    def test_the_other_program_must_not_change_before_resume(self):
        script = self.write("work.py", SHORT)
        other = self.write("other.py", SHORT)
        self.succeeds(*FEW, "--against", str(other), "--", script)
        other.write_text(SHORT + "f()\n")
        result = self.sweep("--resume", self.out, "--runs", "3")
        self.assertEqual(result.returncode, 2, result)
        self.assertIn("other.py: it changed", result.stderr)

    @unittest.skipUnless(VENV.exists(), "no venv")
    def test_another_environment_of_python(self):
        script = self.write("work.py", SHORT + "import sys\nprint(sys.prefix, file=open('ran', 'a'))\n")
        self.succeeds(*FEW, "--against-python", VENV, "--", script)
        ran = (self.directory / "ran").read_text().splitlines()
        self.assertEqual(len(set(ran)), 2, ran)
        self.assertIn(os.path.realpath(VENV), {os.path.realpath(prefix) for prefix in ran})
        self.assertIn("pyslow of the other version", self.analysis()["machine"])

    @unittest.skipUnless(VENV.exists(), "no venv")
    def test_both_versions_in_an_environment(self):
        script = self.write("work.py", SHORT + "import sys\nprint(sys.prefix, file=open('ran', 'a'))\n")
        self.succeeds(*FEW, "--python", VENV, "--against-env", "A=1", "--", script)
        self.assertEqual(self.sweep("--resume", self.out, "--runs", "3").returncode, 0)
        ran = (self.directory / "ran").read_text().splitlines()
        self.assertEqual({os.path.realpath(prefix) for prefix in ran}, {os.path.realpath(VENV)})

    def test_programs_without_functions_are_compared(self):
        script = self.write("work.py", SHORT)
        self.succeeds(*FEW, "--target", "nowhere:*", "--against-env", "A=1", "--", script)
        found = self.analysis()
        self.assertIsNone(found["global"])
        self.assertEqual(found["comparison"]["plain"]["trials"], 4)
        self.assertEqual(found["comparison"]["functions"], [])


class Refused(Sweep):
    def test_what_cannot_be_compared_is_refused_before_a_trial(self):
        script = self.write("touch.py", "open('ran', 'w')\n")
        for words, part in (
                (["--against-env", "NAME"], "NAME=VALUE"), (["--against-env", "SPEED_BUMP_DELAY_NS=1"], "sweep itself"),
                (["--against", "a.py 'b"], "quote"), (["--against", "a.py | b"], "must be quoted"),
                (["--against", "a.py $(id)"], r"\$\(\.\.\.\)"), (["--against", "nothere.py"], "no such file"),
                (["--against", "pyslow x.py"], "remove this word"), (["--against", "ls x"], "Python"),
                (["--against", "touch.py", "--steps", "impact"], "--steps: "),
                (["--against", "touch.py", "--live", "--progress", "a:b"], "--diff DIR DIR"),
                (["--against", "touch.py", "--server", "--load", "true", "--time-regex", "(.)"], "--diff DIR DIR"),
                (["--against-python", "/nonexistent/venv"], "/nonexistent/venv"),
                (["--fail-if", "verdict=slower"], "add --against"), (["--from", "x", "--against", "y"], "--against")):
            with self.subTest(words=words):
                command = [] if "--from" in words else ["--", script]
                result = run(SWEEP, "--pyslow", PYSLOW, "--out", self.out, *words, *command, cwd=self.directory) \
                    if "--from" not in words else run(SWEEP, *words, cwd=self.directory)
                self.assertEqual(result.returncode, 2, result)
                self.assertRegex(result.stderr, r"\Apyslow-sweep: error: [^\n]+\n\Z")
                self.assertRegex(result.stderr, part)
        self.assertFalse((self.directory / "ran").exists())
        self.assertFalse(self.out.exists())
