"""pyslow-sweep --diff: two finished sweeps."""

import json
import shutil

from harness import PYSLOW, SWEEP, run
from test_sweep import Sweep

ONE = """
import time
def f(): time.sleep(0.001)
def {name}(): return 1
for _ in range({calls}):
    f()
    {name}()
"""
WORDS = ("--target", "__main__:*", "--delays", "0,1ms,2ms", "--runs", "3", "--warmup", "0")


class Diff(Sweep):
    def setUp(self):
        super().setUp()
        self.first = self.directory / "first"
        self.other = self.directory / "other"

    def diff(self, *words):
        return run(SWEEP, "--diff", *words, cwd=self.directory)

    def measure(self, out, *words, **program):
        script = self.write("work.py", ONE.format(**program))
        result = run(SWEEP, "--pyslow", PYSLOW, "--out", out, *WORDS, *words, "--", script, cwd=self.directory,
                     timeout=280)
        self.assertEqual(result.returncode, 0, result)

    def test_figures_verdicts_and_names(self):
        self.measure(self.first, name="old", calls=40)
        self.measure(self.other, name="new", calls=120)
        before = [sorted(path.iterdir()) for path in (self.first, self.other)]
        result = self.diff("first", "other")
        self.assertEqual((result.returncode, result.stderr), (0, ""), result)
        self.assertIn("Control: ", result.stdout)
        self.assertRegex(result.stdout, r"gone: __main__:old\n")
        self.assertRegex(result.stdout, r"new: __main__:new\n")
        self.assertRegex(result.stdout, r"n\* +all targets")
        self.assertRegex(result.stdout, r"measured apart[\s\S]*--against")
        found = json.loads(self.diff("first", "other", "--json").stdout)
        self.assertEqual(found["schema"], 1)
        # Three times the calls: a third of the throughput, and three times n*.
        self.assertLess(found["change"][2], 0)
        whole = found["subjects"][0]
        self.assertEqual(whole["name"], "all targets")
        critical = whole["critical_calls_per_unit"]
        self.assertAlmostEqual(critical["difference"][0], critical["other"][0] - critical["first"][0])
        self.assertGreater(critical["difference"][0], 0)
        self.assertLess(critical["difference"][1], critical["difference"][0])
        self.assertEqual([sorted(path.iterdir()) for path in (self.first, self.other)], before)

    def test_another_machine_and_other_settings_are_warned_of(self):
        self.measure(self.first, name="old", calls=20)
        self.measure(self.other, "--on", "start", name="old", calls=20)
        log = self.other / "trials.jsonl"
        lines = log.read_text().splitlines(keepends=True)
        header = json.loads(lines[0])
        header["sweep"]["machine"] = [[name, "elsewhere" if name == "host" else value]
                                      for name, value in header["sweep"]["machine"]]
        log.write_text("".join([json.dumps(header) + "\n", *lines[1:]]))
        result = self.diff("first", "other")
        self.assertRegex(result.stdout, r"warning: host differs: '.*', 'elsewhere'")
        self.assertIn("warning: events differs: 'start,resume', 'start'", result.stdout)
        self.assertIn("host differs", " ".join(json.loads(self.diff("first", "other", "--json").stdout)["warnings"]))

    def test_an_unfinished_sweep_is_compared_with_a_warning(self):
        self.measure(self.first, name="old", calls=20)
        shutil.copytree(self.first, self.other)
        log = self.other / "trials.jsonl"
        log.write_text("".join(log.read_text().splitlines(keepends=True)[:-3]))
        result = self.diff("first", "other")
        self.assertEqual(result.returncode, 0, result)
        self.assertIn("other: it is not finished", result.stderr)

    def test_refusals(self):
        for words, part in ((["a"], "two directories"), (["a", "b"], "a/trials.jsonl: no such file"),
                            (["a", "b", "--fail-if", "change<-2%"], "--fail-if: "), (["a", "b", "--runs", "2"], "--runs: "),
                            (["a", "b", "--", "x.py"], "remove the command")):
            with self.subTest(words=words):
                result = self.diff(*words)
                self.assertEqual((result.returncode, result.stdout), (2, ""), result)
                self.assertRegex(result.stderr, r"\Apyslow-sweep: error: [^\n]+\n\Z")
                self.assertIn(part, result.stderr)
        result = run(SWEEP, "--json", "--", "x.py", cwd=self.directory)
        self.assertEqual(result.returncode, 2, result)
