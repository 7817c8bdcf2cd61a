"""pyslow-sweep from its command line to its files. test_examples tests its findings."""

import json
import os
import signal
import subprocess
import time

from harness import PYSLOW, SWEEP, TestCase, clean_environment, run

# f sleeps for 1 ms, so that a delay of 1 ms doubles the duration of a run.
WORK = "import time\ndef f(): time.sleep(0.001)\nfor _ in range(60): f()\n"


class Sweep(TestCase):
    def setUp(self):
        super().setUp()
        self.out = self.directory / "out"

    def sweep(self, *words, **options):
        return run(SWEEP, *words, cwd=self.directory, timeout=280, **options)

    def new(self, *words, **options):
        return self.sweep("--pyslow", PYSLOW, "--out", self.out, *words, **options)

    def succeeds(self, *words, **options):
        result = self.new(*words, **options)
        self.assertEqual(result.returncode, 0, result)
        return result

    def analysis(self, out=None):
        return json.loads(((out or self.out) / "analysis.json").read_text())

    def trials(self):
        lines = [json.loads(line) for line in (self.out / "trials.jsonl").read_text().splitlines()]
        return [line for line in lines if line["kind"] == "trial"]


class Methodology(Sweep):
    def test_a_command_without_options_runs_all_steps(self):
        # The start of Python is serial too, with more functions and calls, but serial() takes most time.
        script = self.write("work.py", """
            import time
            def serial(): time.sleep(0.0005), sum(range(5_000))
            def other(): return [1]
            for _ in range(100): serial(); other()
            """)
        # A disturbed sweep may find no subsystem to focus on, so three sweeps are tried.
        for attempt in range(3):
            self.out = self.directory / f"out-{attempt}"
            result = self.succeeds("--runs", "5", "--", "-S", script)
            found = self.analysis()
            is_busy = any("Disturbed" in warning for warning in found["warnings"])
            if not is_busy:
                break
        for step in ("1. Count", "2. Global impact", "3. Opportunity", "4. Subsystems",
                     *(() if is_busy else ("5. Focus",))):
            self.assertIn(step, result.stdout)
        self.assertEqual(found["schema"], 1)
        self.assertEqual(found["unit"], "run")
        self.assertGreater(found["plain"]["seconds_per_unit"][0], 0.05)
        self.assertGreater(found["control"]["trials"], 2)
        self.assertEqual(found["groups"][0]["name"], "__main__")
        if not is_busy:
            self.assertIn("__main__:serial", [function["name"] for function in found["functions"]])
        self.assertEqual(sorted(p.name for p in self.out.iterdir() if p.suffix != ".targets"),
                         ["analysis.json", "profile.coz", "report.html", "summary.md", "trials.jsonl"])
        self.assertEqual(result.stdout.count("Traceback"), 0)

    def test_wall_time_is_measured_by_default(self):
        script = self.write("work.py", WORK)
        self.succeeds("--target", "*:f", "--steps", "impact", "--delays", "0,1ms,2ms", "--runs", "3",
                      "--", script)
        found = self.analysis()["global"]
        self.assertGreater(found["critical_calls_per_unit"][0], 50)
        self.assertEqual([point["delay_ns"] for point in found["points"]], [0, 1_000_000, 2_000_000])
        for point in found["points"][1:]:
            self.assertGreaterEqual(point["seconds_per_unit"][0], 60 * (0.001 + point["delay_ns"] * 1e-9))

    def test_a_launcher_starts_pyslow(self):
        script = self.write("work.py", WORK + "import os\nassert os.environ['MARK'] == '1'\n")
        self.succeeds("--launcher", "env MARK=1", "--target", "*:f", "--steps", "impact", "--delays",
                      "0,1ms", "--runs", "1", "--", script)
        self.assertEqual({trial["counts"][0]["calls"] for trial in self.trials() if trial["counts"]}, {60})

    def test_progress_counts_units(self):
        script = self.write("work.py", WORK + "def g(): pass\nfor _ in range(30): g(); f()\n")
        self.succeeds("--target", "*:f", "--progress", "work:g", "--steps", "impact", "--delays", "0,1ms",
                      "--runs", "2", "--", script)
        self.assertEqual({trial["units"] for trial in self.trials()}, {30})

    def test_units_exclude_the_finalization_of_the_interpreter(self):
        script = self.write("work.py", """
            import time
            class Late:
                def __del__(self, sleep=time.sleep): sleep(0.5)
            late = Late()
            def f(): time.sleep(0.001)
            begin = time.perf_counter()
            for _ in range(300): f()
            print(300 / (time.perf_counter() - begin), "calls/s")
            """)
        self.succeeds("--target", "*:f", "--steps", "impact", "--delays", "0,1ms", "--runs", "3",
                      "--start-at", "*:f", "--throughput-regex", r"(\S+) calls/s", "--", script)
        value = self.analysis()["global"]["calls_per_unit"][0]
        self.assertGreater(value, 0.9)
        self.assertLess(value, 1.1)

    def test_metrics_are_recorded(self):
        script = self.write("work.py", WORK + "print('p99 7.5 ms')\n")
        self.succeeds("--target", "*:f", "--metric", "p99=p99 ([0-9.]+)", "--steps", "impact", "--delays",
                      "0,1ms", "--runs", "1", "--", script)
        self.assertEqual({trial["metrics"]["p99"] for trial in self.trials()}, {7.5})


class ResumeAndFrom(Sweep):
    WORDS = ("--target", "*:f", "--steps", "impact", "--delays", "0,1ms", "--seed", "7")

    def test_resume_continues_after_sigint(self):
        script = self.write("slow.py", WORK + "time.sleep(0.2)\n")
        process = subprocess.Popen(
            [SWEEP, "--pyslow", PYSLOW, "--out", self.out, *self.WORDS, "--runs", "4", "--", script],
            cwd=self.directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=clean_environment(), start_new_session=True)
        log = self.out / "trials.jsonl"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (log.exists() and log.read_text().count("\n") >= 6):
            time.sleep(0.05)  # the header, a setup and four trials
        os.kill(process.pid, signal.SIGINT)
        output = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, output)
        self.assertIn("--resume", output[1])
        before = self.trials()
        self.assertGreaterEqual(len(before), 3)
        with open(log, "a") as file:
            file.write('{"kind": "tri')  # as after a crash
        result = self.sweep("--resume", self.out)
        self.assertEqual(result.returncode, 0, result)
        after = self.trials()
        self.assertEqual(after[:len(before)], before)
        trials = [(t["part"], t["block"], t["level"], t["attempt"]) for t in after]
        self.assertEqual(len(trials), len(set(trials)), "a trial was run twice")
        self.assertEqual(self.analysis()["global"]["points"][0]["trials"], 4)

    def test_from_repeats_the_analysis_without_trials(self):
        script = self.write("work.py", WORK)
        self.succeeds(*self.WORDS, "--runs", "2", "--", script)
        before = self.analysis()
        os.unlink(script)
        result = self.sweep("--from", self.out)
        self.assertEqual(result.returncode, 0, result)
        self.assertEqual(self.analysis()["global"], before["global"])
        self.assertEqual(self.analysis()["started"], before["started"])
        self.assertTrue(before["started"])

    def test_from_describes_the_machine_of_the_trials(self):
        script = self.write("work.py", WORK)
        self.succeeds(*self.WORDS, "--runs", "1", "--", script)
        before = dict(self.analysis()["machine"])
        self.assertIn("Python", before["pyslow"])
        log = self.out / "trials.jsonl"
        text = log.read_text()
        log.write_text(text.replace(f'["host","{before["host"]}"]', '["host","elsewhere"]', 1))
        self.assertEqual(self.sweep("--from", self.out).returncode, 0)
        self.assertEqual(dict(self.analysis()["machine"]), before | {"host": "elsewhere"})
        header, trials = text.split("\n", 1)
        header = json.loads(header)
        del header["sweep"]["machine"]  # as in a log of an earlier version
        log.write_text(json.dumps(header) + "\n" + trials)
        self.assertEqual(self.sweep("--from", self.out).returncode, 0)
        self.assertEqual(dict(self.analysis()["machine"]), {"host": header["host"]})

    def test_from_accepts_a_log_without_own_time(self):
        script = self.write("work.py", WORK)
        self.succeeds("--target", "*:f", "--steps", "impact", "--delays", "0,1ms,2ms", "--runs", "2", "--", script)
        log = self.out / "trials.jsonl"
        lines = log.read_text().splitlines(keepends=True)
        kept = [line for line in lines if json.loads(line).get("part") != "own time"]
        self.assertEqual(len(lines) - len(kept), 6)
        log.write_text("".join(kept))
        result = self.sweep("--from", self.out)
        self.assertEqual(result.returncode, 0, result)
        self.assertNotIn("error", result.stderr)
        self.assertEqual(self.analysis()["global"]["points"][0]["trials"], 2)

    def test_resume_adds_runs(self):
        script = self.write("work.py", WORK)
        self.succeeds(*self.WORDS, "--runs", "1", "--", script)
        first = self.trials()
        result = self.sweep("--resume", self.out, "--runs", "2")
        self.assertEqual(result.returncode, 0, result)
        self.assertEqual(self.trials()[:len(first)], first)
        self.assertEqual(self.analysis()["global"]["points"][0]["trials"], 2)

    def test_the_runs_of_a_resume_are_kept(self):
        script = self.write("work.py", WORK)
        self.succeeds(*self.WORDS, "--runs", "1", "--", script)
        self.assertEqual(self.sweep("--resume", self.out, "--runs", "2").returncode, 0)
        after = self.trials()
        for option in ("--from", "--resume"):
            result = self.sweep(option, self.out)
            self.assertEqual(result.returncode, 0, result)
            self.assertEqual(self.analysis()["global"]["points"][0]["trials"], 2)
        self.assertEqual(self.trials(), after)

    def test_an_existing_directory_is_rejected(self):
        script = self.write("work.py", WORK)
        self.succeeds(*self.WORDS, "--runs", "1", "--", script)
        result = self.new(*self.WORDS, "--runs", "1", "--", script)
        self.assertEqual(result.returncode, 2, result)
        self.assertIn(str(self.out), result.stderr)


class Failures(Sweep):
    def test_a_failed_trial_shows_the_output_of_the_command(self):
        script = self.write("fails.py", "print('the reason'); raise SystemExit(3)\n")
        result = self.new("--target", "*:f", "--", script)
        self.assertEqual(result.returncode, 1, result)
        self.assertIn("the reason", result.stderr)
        self.assertRegex(result.stderr, r"pyslow-sweep: error: trial 1, [^\n]*status 3")
        self.assertFalse(self.out.exists(), "a sweep without a trial leaves no directory")

    def test_trials_before_a_failure_are_kept(self):
        script = self.write("fails.py", WORK + "import os\nopen('marks', 'a').write('x')\n"
                            "assert os.path.getsize('marks') < 6, 'enough'\n")
        result = self.new("--target", "*:f", "--delays", "0,1ms", "--runs", "4", "--", script)
        self.assertEqual(result.returncode, 1, result)
        self.assertIn("AssertionError: enough", result.stderr)
        self.assertEqual(len(self.trials()), 5)

    def test_a_hanging_command_is_ended(self):
        script = self.write("hangs.py", "import time\nprint('waiting', flush=True)\ntime.sleep(600)\n")
        result = self.new("--timeout", "1s", "--target", "*:f", "--", script)
        self.assertEqual(result.returncode, 1, result)
        self.assertIn("--timeout", result.stderr)

    def test_a_regex_without_a_match_shows_the_output(self):
        script = self.write("prints.py", "print('throughput: 12.5 req/s')\n")
        result = self.new("--throughput-regex", "([0-9]+) tokens/s", "--", script)
        self.assertEqual(result.returncode, 1, result)
        self.assertIn("12.5 req/s", result.stderr)

    def test_invalid_options_are_reported_before_a_trial_runs(self):
        script = self.write("touch.py", "open('ran', 'w')\n")
        targets = self.write("targets.txt", "a:b\nx[:f\n")
        for words, part in (
                (["--target", "nocolon"], "nocolon"), (["--targets", targets], "targets.txt:2:2"),
                (["--targets", "none"], "no such file"), (["--delays", "0,10"], "no unit"),
                (["--throughput-regex", "("], "("), (["--throughput-regex", "(a)(b)"], "group"),
                (["--runs", "0"], "from"), (["--dealys", "1us"], "--delays"), (["--live"], "--live"),
                (["--start-at", "a"], "--start-at")):
            with self.subTest(words=words):
                result = self.new(*words, "--", script)
                self.assertEqual(result.returncode, 2, result)
                self.assertRegex(result.stderr, r"\A(pyslow-sweep|pyslow): error: [^\n]+\n\Z")
                self.assertIn(part, result.stderr)
        self.assertFalse((self.directory / "ran").exists())
        self.assertFalse(self.out.exists())
