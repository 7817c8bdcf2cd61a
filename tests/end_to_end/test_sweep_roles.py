"""Groups of one function by process, [GROUP, process=GLOB], in a sweep."""

import json
import unittest

from harness import PYSLOW, SWEEP, TestCase, run
from test_roles import TARGETS

# In each step, the worker sleeps for 3 ms; the front waits for its answer. Both call the same function meanwhile, so the
# front's calls are hidden. Ends after the seconds in argv.
PAIR = """
import ctypes, os, sys, time
def work(): pass
def step():
    os.write(requests[1], b"x")
    for _ in range(10): work()
    os.read(answers[0], 1)
requests, answers = os.pipe(), os.pipe()
child = os.fork()
if child == 0:
    ctypes.CDLL(None).prctl(15, b"a worker", 0, 0, 0)
    os.close(requests[1])
    while os.read(requests[0], 1):
        time.sleep(0.003)
        for _ in range(10): work()
        os.write(answers[1], b"x")
    os._exit(0)
end = time.monotonic() + float(sys.argv[1])
while time.monotonic() < end: step()
os.close(requests[1])
os.waitpid(child, 0)
"""


class RolesInASweep(TestCase):
    def sweep(self, *words, seconds):
        script = self.write("program.py", PAIR)
        targets = self.write("targets.txt", TARGETS)
        # Beside other programs, both processes share a core, so that a delay of the front counts: three tries.
        for number in range(3):
            self.out = self.directory / f"out-{number}"
            result = run(SWEEP, "--pyslow", PYSLOW, "--out", self.out, "--targets", targets,
                         "--progress", "program:step", "--steps", "isolate,focus", "--runs", "4", "--min-gain",
                         "0.000001", "--max-slowdown", "1.6", *words, "--", script, seconds, cwd=self.directory,
                         timeout=280)
            self.assertEqual(result.returncode, 0, result)
            analysis = json.loads((self.out / "analysis.json").read_text())
            groups = {one["name"]: one for one in analysis["groups"]}
            self.assertEqual(set(groups), {"worker", "front"})
            front, worker = groups["front"], groups["worker"]
            if worker["kappa"][0] > 0.5 and front["verdict"] in ("none", "inconclusive"):
                break
        self.assertGreater(worker["kappa"][0], 0.5, worker["kappa"])
        self.assertLess(front["kappa"][0], 0.5, front["kappa"])
        self.assertGreater(worker["kappa"][1], 0, "critical")
        self.assertIn(front["verdict"], ("none", "inconclusive"), (front["reason"], front["kappa"]))
        for group in (worker, front):
            self.assertAlmostEqual(group["calls_per_unit"][0], 10, delta=0.5)
        return analysis

    def setups(self):
        lines = [json.loads(line) for line in (self.out / "trials.jsonl").read_text().splitlines()]
        return {line["name"]: line for line in lines if line["kind"] == "setup"}

    def test_the_worker_is_critical_and_the_front_is_hidden(self):
        analysis = self.sweep(seconds="0.8")
        self.assertIn("__main__:work [process=*worker]", [one["name"] for one in analysis["functions"]])
        self.assertIn("[function 1, process=*worker]\n__main__:work\n", self.setups()["functions"]["targets"])

    def test_a_live_sweep_sets_the_cells_of_each_process(self):
        analysis = self.sweep("--live", "--interval", "300ms", seconds="1000")
        self.assertIn("__main__:work [process=*worker]", [one["name"] for one in analysis["functions"]])


if __name__ == "__main__":
    unittest.main()
