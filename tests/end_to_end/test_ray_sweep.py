"""examples/ray_sweep.py, which merges the sweeps of several machines; tested without a cluster."""

import contextlib
import io
import json
import pathlib
import sys
import unittest

from harness import PYSLOW, SWEEP, TestCase, run

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "examples"))
sys.dont_write_bytecode = True
import ray_sweep


def log_of(host, disturbed, delays=(0, 1000)):
    """The log of a sweep; `disturbed` lists the disturbed levels of each block."""
    lines = [{"kind": "sweep", "schema": 3, "version": "1", "started": "now", "host": host, "boot_id": host,
              "sweep": {"settings": {"blocks": len(disturbed)}, "words": ["--out", "/tmp/x"]}},
             {"kind": "setup", "name": "count"},
             {"kind": "trial", "trial": 0, "part": "count", "block": 0, "level": 0, "attempt": 0,
              "treatments": [], "disturbed": False},
             {"kind": "setup", "name": "groups"}]
    for block, levels in enumerate(disturbed):
        for level, delay in enumerate(delays):
            attempts = 2 if level in levels else 1
            for attempt in range(attempts):
                lines.append({"kind": "trial", "trial": len(lines), "part": "global", "block": block,
                              "level": level, "attempt": attempt, "disturbed": level in levels,
                              "treatments": [{"group": 0, "delay_ns": delay, "frequency": 1}]})
    return ray_sweep.Log("".join(json.dumps(line) + "\n" for line in lines))


class Merged(unittest.TestCase):
    def test_undisturbed_blocks_are_concatenated(self):
        lines, blocks = ray_sweep.merged([log_of("a", [[], [1], []]), log_of("b", [[0], [], []])], ["--runs", "3"])
        self.assertEqual(blocks, 4)
        self.assertEqual(lines[0]["sweep"], {"settings": {"blocks": 4}, "words": ["--runs", "3"]})
        trials = [line for line in lines if line["kind"] == "trial"]
        self.assertEqual([trial["trial"] for trial in trials], list(range(9)))
        self.assertEqual([(trial["block"], trial["level"], trial["attempt"]) for trial in trials[1:]],
                         [(block, level, 0) for block in range(4) for level in range(2)])
        self.assertEqual([line["name"] for line in lines if line["kind"] == "setup"], ["count", "groups"])
        self.assertEqual([line["host"] for line in lines if line["kind"] == "resumed"], ["b"])

    def test_machines_with_different_trials_are_rejected(self):
        with self.assertRaisesRegex(ValueError, "b ran other trials than a"):
            ray_sweep.merged([log_of("a", [[]]), log_of("b", [[]], delays=(0, 500))], [])

    def test_a_machine_with_mostly_disturbed_blocks_is_excluded(self):
        self.assertTrue(log_of("a", [[0], [1], [], []]).is_calm())
        self.assertFalse(log_of("a", [[1], [1], [1], []]).is_calm())
        with contextlib.redirect_stderr(io.StringIO()) as stderr:
            self.assertIsNone(ray_sweep.usable_log("", 2, "no such option"))
        self.assertIn("no such option", stderr.getvalue())


class Analysed(TestCase):
    def test_pyslow_sweep_reads_a_merged_log(self):
        script = self.write("work.py", """
            import time
            def step(): time.sleep(0.002)
            for _ in range(20): step()
            """)
        logs = []
        for name in ("one", "two"):
            out = self.directory / name
            result = run(SWEEP, "--pyslow", PYSLOW, "--quiet", "--out", out, "--target", "work:step", "--delays",
                         "0,1ms,2ms", "--runs", "2", "--steps", "impact", "--", script, cwd=self.directory)
            self.assertEqual(result.returncode, 0, result)
            # Only the merging is tested, so disturbances do not count.
            trials = [json.loads(line) for line in (out / "trials.jsonl").read_text().splitlines()]
            calm = [trial | {"core_wait": 0, "disturbed": False} for trial in trials]
            logs.append(ray_sweep.Log("".join(json.dumps(trial) + "\n" for trial in calm)))
        lines, blocks = ray_sweep.merged(logs, ["--runs", "2"])
        merged = self.directory / "merged"
        merged.mkdir()
        (merged / "trials.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        result = run(SWEEP, "--from", merged)
        self.assertEqual(result.returncode, 0, result)
        answer = json.loads((merged / "analysis.json").read_text())
        self.assertEqual(answer["global"]["points"][0]["trials"], blocks)
        self.assertGreaterEqual(blocks, 4)


if __name__ == "__main__":
    unittest.main()
