"""What pyslow-sweep reads in the output of a command: numbers, units, several matches, terminals."""

import html
import json
import re
import shlex
import subprocess

from harness import PYSLOW, SWEEP, TestCase, clean_environment, run

ONE_CURVE = ("--target", "*:f", "--steps", "impact", "--delays", "0,1ms", "--warmup", "0")
WORK = "import os, sys, time\ndef f(): time.sleep(0.001)\nfor _ in range(20): f()\n"


class Figures(TestCase):
    def setUp(self):
        super().setUp()
        self.out = self.directory / "out"

    def sweep(self, program, *words, runs=1, status=0, **options):
        script = self.write("bench.py", WORK + program)
        result = run(SWEEP, "--pyslow", PYSLOW, "--out", self.out, *ONE_CURVE, "--runs", str(runs), *words, "--", script,
                     cwd=self.directory, timeout=280, **options)
        self.assertEqual(result.returncode, status, result)
        return result

    def seconds(self):
        analysis = json.loads((self.out / "analysis.json").read_text())
        return analysis["control"]["seconds_per_unit"][0]

    def found(self, program, *words):
        """T at the control, and what standard error says of the figures."""
        result = self.sweep(program, *words)
        return self.seconds(), result.stderr

    def refused(self, program, *words):
        """The error of a sweep that ends with its first trial."""
        result = self.sweep(program, *words, status=1)
        self.assertEqual(result.stderr.count("it is repeated"), 0, result)
        self.assertFalse(self.out.exists())
        return re.search(r"^pyslow-sweep: error: (.*)$", result.stderr, re.MULTILINE)[1]

    RATE = ("--throughput-regex", "tps: ([0-9.]+)")


class Numbers(Figures):
    def test_a_part_of_a_number_is_refused_with_a_remedy(self):
        error = self.refused("print('tps: 2,303')", *self.RATE)
        self.assertIn("'2' is a part of '2,303' in the line 'tps: 2,303'", error)
        remedy = re.search(r"as with '(.*)'", error)[1]
        seconds, _ = self.found("print('tps: 2,303')", "--throughput-regex", remedy, "--thousands")
        self.assertAlmostEqual(seconds, 1 / 2303)

    def test_an_exponent_belongs_to_the_number(self):
        error = self.refused("print('1.2e+03 tokens/s')", "--throughput-regex", "([0-9.]+) tokens/s")
        self.assertIn("'03' is a part of '1.2e+03'", error)
        remedy = re.search(r"as with '(.*)'", error)[1]
        seconds, _ = self.found("print('1.2e+03 tokens/s')", "--throughput-regex", remedy)
        self.assertAlmostEqual(seconds, 1 / 1200)

    def test_an_unclear_comma_is_refused(self):
        error = self.refused("print('tps: 2,303')", "--throughput-regex", "tps: ([0-9.,]+)")
        self.assertIn("'2,303' may be 2303 or 2.303; add --thousands or --decimal-comma", error)
        seconds, _ = self.found("print('tps: 2,303')", "--throughput-regex", "tps: ([0-9.,]+)", "--decimal-comma")
        self.assertAlmostEqual(seconds, 1 / 2.303)

    def test_suffixes_and_units_are_read_and_shown(self):
        seconds, log = self.found("print('12.3k tok/s')", "--throughput-regex", "([0-9.]+) tok/s")
        self.assertAlmostEqual(seconds, 1 / 12300)
        self.assertIn("pyslow-sweep: read '12.3k tok/s' as 12300 tok/s\n", log)
        self.assertIn("&#39;12.3k tok/s&#39; as 12300 tok/s", (self.out / "report.html").read_text())

    def test_the_latest_progress_bar_counts_in_its_unit(self):
        # tqdm prints s/it below 1 it/s.
        seconds, log = self.found("sys.stderr.write('\\r 5%, 2.00it/s]\\r 9%, 1.25s/it]\\n')",
                                  "--throughput-regex", "([0-9.]+)it/s")
        self.assertAlmostEqual(seconds, 1.25)
        self.assertIn("pyslow-sweep: read '1.25s/it' as 0.8 it/s\n", log)

    def test_a_time_has_a_unit(self):
        seconds, log = self.found("print('time per iteration (ms): 1.1')", "--time-regex", "ms.: ([0-9.]+)")
        self.assertAlmostEqual(seconds, 1.1e-3)
        self.assertIn("read '1.1 ms' as 0.0011 s\n", log)

    def test_a_time_longer_than_the_trial_is_refused(self):
        error = self.refused("print('t=1100')", "--time-regex", "t=([0-9.]+)")
        self.assertRegex(error, r"--time-regex: '1100' would be a unit of 1100 s, longer than the whole trial "
                         r"\([0-9.]+ s\); give the unit of time, such as --unit ms")
        seconds, _ = self.found("print('t=11.5')", "--time-regex", "t=([0-9.]+)", "--unit", "ms")
        self.assertAlmostEqual(seconds, 11.5e-3)

    def test_units_and_rules_need_a_figure(self):
        script = self.write("bench.py", WORK)
        for words in (["--unit", "ms"], ["--matches", "mean"], ["--skip-matches", "1"],
                      ["--thousands", "--decimal-comma"], ["--time-regex", "x", "--unit", "mile"]):
            result = run(SWEEP, *words, "--", script, cwd=self.directory)
            self.assertEqual(result.returncode, 2, result)
            self.assertRegex(result.stderr, r"\Apyslow-sweep: error: --[^\n]+\n\Z")


class Terminals(Figures):
    def test_colours_and_carriage_returns(self):
        seconds, _ = self.found("print('\\x1b[1mtps: 5\\x1b[0m', end='\\r'); print('\\x1b[2Ktps: \\x1b[32m8\\x1b[0m\\x1b[K', "
                                "end='\\r')", "--throughput-regex", "^tps: ([0-9.]+)$")
        self.assertAlmostEqual(seconds, 1 / 8)

    def test_standard_output_comes_first(self):
        seconds, _ = self.found("print('tps: 5'); print('tps: 6', file=sys.stderr)", *self.RATE)
        self.assertAlmostEqual(seconds, 1 / 5)
        seconds = self.found_again("print('tps 5'); print('tps: 6', file=sys.stderr)")
        self.assertAlmostEqual(seconds, 1 / 6)

    def found_again(self, program):
        self.out = self.directory / "again"
        return self.found(program, *self.RATE)[0]

    def test_a_figure_before_100_megabytes_that_are_not_text(self):
        seconds, _ = self.found("print('tps: 5', flush=True)\nfor _ in range(100): os.write(1, b'\\xff\\x1b]\\x80\\n' * 200_000)",
                                *self.RATE)
        self.assertAlmostEqual(seconds, 1 / 5)


class SeveralMatches(Figures):
    STEPS = "for t in (9, 1, 2, 6, 3): print(f't={t * 1e-3}')"
    TIME = ("--time-regex", "t=([0-9.]+)")

    def test_the_last_one_counts_and_a_line_says_so(self):
        seconds, log = self.found(self.STEPS, *self.TIME)
        self.assertAlmostEqual(seconds, 3e-3)
        self.assertEqual(log.count("the expression matched 5 times in a trial, from 0.001 to 0.009, and the last one counts"),
                         1, log)
        again = run(SWEEP, "--from", self.out)
        self.assertIn("The expression matched 5 times in a trial", again.stdout)

    def test_equal_matches_are_not_mentioned(self):
        _, log = self.found("for _ in range(5): print('t=0.002')", *self.TIME)
        self.assertNotIn("matched 5 times", log)

    def test_matches_are_combined(self):
        for rule, skip, expected in (("mean", 1, 3e-3), ("median", 0, 3e-3), ("sum", 1, 12e-3), ("max", 1, 6e-3)):
            with self.subTest(rule):
                self.out = self.directory / rule
                seconds, log = self.found(self.STEPS, *self.TIME, "--matches", rule, "--skip-matches", str(skip))
                self.assertAlmostEqual(seconds, expected)
                self.assertNotIn("matched", log)


class Reports(Figures):
    def test_equal_readings_keep_their_digits(self):
        result = self.sweep("print('1.11 it/s')", "--throughput-regex", "([0-9.]+) it/s", runs=2)
        self.assertNotRegex(result.stdout, r"\b1 \[1, 1\]")
        self.assertRegex(result.stdout, r"\b1\.1\d* \[1\.1")

    def test_a_figure_with_too_few_digits_is_reported(self):
        # 10 delays of 1 ms make this step of 240 ms 4% longer, which rounds to the same 4 steps/s.
        program = """
start = time.perf_counter()
for _ in range(10): f()
time.sleep(0.24 - 0.011)
print(f'{1 / (time.perf_counter() - start):.0f} steps/s')
"""
        result = self.sweep(program, "--throughput-regex", "([0-9.]+) steps/s", "--start-at", "__main__:f", runs=4)
        findings = " ".join(result.stdout.split())
        self.assertRegex(findings, r"The figure is rounded: its last digit is \d+% of a unit's time\.")
        self.assertNotIn("is hidden", findings)
        self.assertIn("has too few digits to show an effect of this size", findings)

    def test_the_command_that_repeats_a_sweep_runs(self):
        self.sweep("print('tps: 5')", *self.RATE)
        page = (self.out / "report.html").read_text()
        commands = html.unescape(re.search(r"To repeat it</h3>\n<pre>(.*?)</pre>", page, re.DOTALL)[1])
        words = shlex.split(commands.splitlines()[0])
        self.assertEqual(words[0], "pyslow-sweep")
        again = run(SWEEP, *words[1:], cwd=self.directory, timeout=280)
        self.assertEqual(again.returncode, 0, again)

    def test_findings_that_cannot_be_written_are_an_error(self):
        self.sweep("print('tps: 5')", *self.RATE)
        with open("/dev/full", "w") as full:
            process = subprocess.run([SWEEP, "--from", self.out], stdout=full, stderr=subprocess.PIPE, text=True,
                                     env=clean_environment(), timeout=280)
        self.assertEqual(process.returncode, 1, process)
        self.assertRegex(process.stderr, r"pyslow-sweep: error: standard output: [^\n]+\n\Z")

    def test_a_trial_that_times_out_shows_its_output(self):
        result = self.sweep("print('loading'); print('stuck', file=sys.stderr)\ntime.sleep(100)", "--timeout", "2s",
                            "--retries", "0", status=1)
        self.assertRegex(result.stderr, r"the command's output:\n(loading\nstuck|stuck\nloading)\n")


class Json(Figures):
    FILE = "import json\nopen('r.json', 'w').write(json.dumps({'mean_ms': 4, 'n': 20, 'p99': 7, 'worst': float('nan')}))"

    def test_a_file_that_each_trial_writes(self):
        seconds, _ = self.found(self.FILE, "--time-json", "r.json#/mean_ms", "--units-json", "r.json#/n",
                                "--metric-json", "p99=r.json#/p99")
        self.assertEqual(seconds, 0.004)
        trials = [json.loads(line) for line in (self.out / "trials.jsonl").read_text().splitlines()]
        self.assertEqual({(trial["units"], trial["metrics"]["p99"]) for trial in trials if trial["kind"] == "trial"},
                         {(20, 7)})
        self.assertIn("seconds per unit by r.json#/mean_ms", (self.out / "report.html").read_text())

    def test_a_file_that_no_trial_writes_is_refused(self):
        self.write("r.json", '{"t": 1}')
        error = self.refused("", "--time-json", "r.json#/t")
        self.assertRegex(error, r"--time-json: r.json: the trial did not write it: it is of 2\S+Z; name the file")

    def test_what_is_there_is_said(self):
        self.assertIn("--time-json: r.json: nothing is at 'mean': the document is an object with 'mean_ms', 'n', 'p99', "
                      "'worst'; correct the pointer", self.refused(self.FILE, "--time-json", "r.json#/mean"))
        self.assertIn("the text 'NaN' is not a number", self.refused(self.FILE, "--time-json", "r.json#/worst"))
        result = self.sweep("", "--time-json", "r.json", status=2)
        self.assertIn("error: --time-json: 'r.json' is not FILE#/pointer", result.stderr)

    def test_lines_on_standard_output(self):
        seconds, _ = self.found("for i in 1, 2, 3: print('{\"step\": {\"tps\": %d}}' % (i * 10))",
                                "--throughput-json", "-#/step/tps", "--matches", "max")
        self.assertAlmostEqual(seconds, 1 / 30)


class Gates(Figures):
    def test_a_condition_that_holds_has_a_status_of_its_own(self):
        # The delays are much longer than python's start, whose time varies beside other tests.
        result = self.sweep("for _ in range(200): f()\n", "--fail-if", "change<-2%", "--fail-if", "time>1h", runs=4,
                            status=3)
        self.assertRegex(result.stderr, r"pyslow-sweep: --fail-if change<-2% holds: \S.* -\d\S*% \[-\S+, -\S+\]\n")
        self.assertIn("pyslow-sweep: --fail-if time>1h does not hold\n", result.stderr)
        again = run(SWEEP, "--from", self.out, "--fail-if", "change<-99%")
        self.assertEqual(again.returncode, 0, again)
        self.assertIn("--fail-if change<-99% does not hold\n", again.stderr)
        self.assertEqual(run(SWEEP, "--from", self.out, "--fail-if", "change<-2%").returncode, 3)
