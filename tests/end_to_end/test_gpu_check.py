"""packaging/gpu_check.sh, as far as it needs neither torch nor a GPU."""

import json
import pathlib
import re
import shutil
import sys
import unittest

from harness import PYTHON, SWEEP, TestCase, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHECK = ROOT / "packaging" / "gpu_check.sh"


class Refused(TestCase):
    def test_it_refuses_what_is_no_wheel(self):
        for words, message in (([], "usage: gpu_check.sh WHEEL"), (["no.whl"], "no.whl: no such file")):
            result = run("sh", CHECK, *words, cwd=self.directory)
            self.assertEqual(result.returncode, 2, result)
            self.assertIn(message, result.stderr)
            self.assertEqual(len(result.stderr.splitlines()), 1)

    def test_it_refuses_a_python_without_torch(self):
        wheel = self.write("a.whl", "")
        result = run("sh", CHECK, wheel, PYTHON, self.directory / "work", cwd=self.directory)
        self.assertEqual(result.returncode, 2, result)
        self.assertIn("does not import torch and transformers: ", result.stderr.splitlines()[-1])


class Limit(TestCase):
    """The functions that keep the script within 8 minutes."""

    def shown(self, spent, command):
        text = CHECK.read_text()
        parts = [re.search(rf"^{name}\(\) {{\n.*?^}}\n", text, re.MULTILINE | re.DOTALL)[0]
                 for name in ("in_time", "failed")]
        limit = re.search("^limit=[0-9]+", text, re.MULTILINE)[0]
        script = [limit, f"begin=$(($(date +%s) - {spent}))", "fact() { echo \"$1 $2: $3\"; }", *parts,
                  f"in_time {command} > log 2>&1", "failed $? load 'it runs' log"]
        return run("sh", "-uc", "\n".join(script), cwd=self.directory).stdout

    def test_a_program_is_ended_at_the_limit(self):
        self.assertEqual(self.shown(463, "sleep 60"), "FAIL load: ends in time: 8 minutes are over\n")

    def test_none_is_started_after_it(self):
        self.assertEqual(self.shown(466, "true"), "FAIL load: ends in time: 8 minutes are over\n")

    def test_before_it_a_program_succeeds_or_fails_by_itself(self):
        self.assertEqual(self.shown(0, "true"), "")
        self.assertEqual(self.shown(0, "sh -c 'echo why; exit 3'"), "FAIL load: it runs: status 3: why\n")


class Judge(TestCase):
    """The part that compares a sweep with the truth, on stored sweeps."""

    def analysed(self, name):
        out = self.directory / name
        shutil.copytree(ROOT / "docs" / "examples" / "verdicts" / name, out)
        result = run(SWEEP, "--from", out)
        self.assertEqual(result.returncode, 0, result)
        return out, json.loads((out / "analysis.json").read_text())["global"]

    def judged(self, out, host, gpu, log=""):
        """{fact: status}, for a step in which Python and the GPU work so many seconds."""
        [program] = re.findall(r"judge\.py\" <<'PYTHON'\n(.*?)^PYTHON$", CHECK.read_text(), re.MULTILINE | re.DOTALL)
        truth = self.write("truth.json", json.dumps({"host_seconds": host, "gpu_seconds": gpu}))
        result = run(sys.executable, self.write("judge.py", program), "load", truth, out, self.write("log", log))
        self.assertEqual((result.returncode, result.stderr), (0, ""), result)
        lines = [line.split("\t") for line in result.stdout.splitlines()]
        return {name.removeprefix("load: "): status for status, name, _ in lines}

    def test_python_is_critical_where_no_gpu_is(self):
        out, _ = self.analysed("critical")
        self.assertEqual(self.judged(out, 0.001, None), {"Python is critical": "PASS", "kappa is about 1": "PASS",
                                                         "no GPU, no GPU figures": "PASS"})
        out, _ = self.analysed("hidden")
        self.assertEqual(self.judged(out, 0.001, None)["Python is critical"], "FAIL")

    def test_python_is_hidden_up_to_what_the_gpu_takes_longer(self):
        out, curve = self.analysed("slack")
        slack = curve["slack_seconds_per_unit"][0]
        judged = self.judged(out, 0.001, 0.001 + slack, "note: no driver; GPU figures are left out")
        self.assertEqual(judged, {"Python is hidden": "PASS", "slack is GPU less Python": "PASS",
                                  "NVML is not readable": "INFO"})
        judged = self.judged(out, 0.001, 0.001 + 3 * slack)
        self.assertEqual(judged, {"Python is hidden": "PASS", "slack is GPU less Python": "FAIL",
                                  "NVML is readable": "FAIL"})


if __name__ == "__main__":
    unittest.main()
