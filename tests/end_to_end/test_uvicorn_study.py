"""examples/uvicorn/study.py in a short form: a sweep's prediction, and the real gains of faster packages."""

import json
import math
import pathlib
import random
import shutil
import sys
import unittest

from harness import MINOR, SWEEP, VENV, TestCase, clean_environment, run

STUDY = pathlib.Path(__file__).resolve().parents[2] / "examples" / "uvicorn" / "study.py"
PYTHON = VENV / "bin" / "python"
sys.path.insert(0, str(STUDY.parent))
sys.dont_write_bytecode = True
import gains


def missing():
    """The programs and packages that the study needs and this machine lacks."""
    site = VENV / "lib" / f"python{MINOR}" / "site-packages"
    names = ("fastapi", "h11", "httptools", "orjson", "uvicorn", "uvloop")
    return ([name for name in ("curl", "wrk") if not shutil.which(name)]
            + [name for name in names if not (site / name).exists()])


class Gains(unittest.TestCase):
    def simulated(self, seed):
        """Eight blocks, in which "fast" is 1.4 times as fast as "base"; the share of a core slows all down."""
        order = random.Random(seed)
        blocks = []
        for _ in range(8):
            block_effect = order.gauss(0, 0.2)
            blocks.append([])
            for variant, factor in (("base", 1), ("base", 1), ("fast", 1.4), ("same", 1)):
                share = order.uniform(0.3, 0.9)
                rate = 3000 * factor * math.exp(block_effect + order.gauss(0, 0.03)) * share**0.4
                blocks[-1].append([variant, rate, share])
        return blocks

    def test_intervals_contain_the_truth(self):
        contained = 0
        for seed in range(100):
            found = gains.gains_of(self.simulated(seed), "base", lambda trial: trial[1],
                                   lambda trial: math.log(trial[2]))
            contained += found["fast"][1] <= 0.4 <= found["fast"][2]
            self.assertAlmostEqual(found["fast"][0], 0.4, delta=0.12)
            self.assertAlmostEqual(found["same"][0], 0, delta=0.12)
        self.assertGreaterEqual(contained, 88)

    def test_the_covariate_makes_the_interval_narrower(self):
        blocks = self.simulated(1)
        width = lambda gain: gain[2] - gain[1]
        plain = gains.gains_of(blocks, "base", lambda trial: trial[1])
        adjusted = gains.gains_of(blocks, "base", lambda trial: trial[1], lambda trial: math.log(trial[2]))
        self.assertLess(width(adjusted["fast"]), width(plain["fast"]) / 2)


@unittest.skipIf(missing(), f"not installed: {', '.join(missing())}; ./bootstrap test installs them")
class Study(TestCase):
    def study(self, *words):
        return run(PYTHON, "-B", STUDY, "--pyslow-sweep", SWEEP, "--python", PYTHON, *words, cwd=self.directory,
                   env=clean_environment(), timeout=280)

    def test_predictions_and_real_gains(self):
        result = self.study("--out", "out", "--blocks", "2", "--seconds", "1", "--",
                            "--steps", "impact", "--runs", "2", "--delays", "0,1us")
        # 1: the order is another, as two blocks on a busy machine may find.
        self.assertIn(result.returncode, (0, 1), result)
        self.assertIn("1. Count", result.stdout)
        rows = [line.split() for line in result.stdout.splitlines() if line.startswith(("h11 ", "asyncio ", "json "))]
        if result.returncode == 0:
            self.assertEqual(rows[0][:2], ["h11", "httptools"], result.stdout)
        self.assertEqual({row[0] for row in rows}, {"h11", "asyncio", "json"}, result.stdout)
        for row in rows:
            bound = float(row[2].rstrip("%")) / 100
            self.assertGreater(bound, 0.01, row)
            self.assertLess(bound, 1, row)
        blocks = json.loads((self.directory / "out" / "blocks.json").read_text())
        self.assertEqual([sorted(trial[0] for trial in block) for block in blocks],
                         [["asyncio", "base", "base", "h11", "json"]] * 2)
        # httptools really gains 40 to 50%. Two blocks usually know that to about 10%; not while the host takes the cores.
        found = gains.gains_of(blocks, "base", lambda trial: trial[2], lambda trial: math.log(trial[1] / trial[2]))
        gain, low, high = found["h11"]
        self.assertGreater(gain if high - low < 0.5 else high, 0.1, found)

    def test_errors_are_one_line(self):
        for words, part in ((("--out", "."), "it exists"), (("--blocks", "1"), "expected 2 or more")):
            result = self.study(*words)
            self.assertEqual((result.returncode, result.stdout), (2, ""), result)
            self.assertRegex(result.stderr, r"\Astudy: error: [^\n]+\n\Z")
            self.assertIn(part, result.stderr)


if __name__ == "__main__":
    unittest.main()
