"""Groups that apply only in processes of some title: [GROUP, process=GLOB]."""

import json
import subprocess
import time
import unittest

from harness import HAS_GIL, PYSLOW, REPORT, SWEEP, VENV, SessionTest, TestCase, clean_environment, needs_numpy, run

# A forked worker gives the name "a worker" to its main thread with prctl (PR_SET_NAME).
FORKED = """
import ctypes, os
def work(): pass
for _ in range(300): work()
if os.fork() == 0:
    ctypes.CDLL(None).prctl(15, b"a worker", 0, 0, 0)
    for _ in range(200): work()
    os._exit(0)
os.wait()
for _ in range(100): work()
"""
TARGETS = """
[worker, process=*worker]
*:work
[front, process=*program.py*]
*:work
"""


@unittest.skipUnless(HAS_GIL, "groups with process= need a GIL")
class Roles(SessionTest):
    def start(self, *words, targets=TARGETS, **options):
        path = self.write("targets.txt", targets)
        result = self.pyslow("--session", self.session, "--targets", path, "--delay", "0",
                             "--group-delay", "worker=20us", *words, **options)
        self.assertEqual((result.returncode, result.stderr), (0, ""), result)
        return self.report()

    def assert_counts(self, report, front, worker):
        counts = {group["name"]: (group["calls"], group["injected_ns"]) for group in report["groups"]}
        self.assertEqual(counts, {"front": (front, 0), "worker": (worker, worker * 20_000)})
        names = {function["qualname"]: function["calls"] for function in report["functions"]}
        self.assertEqual(names, {"work [process=*program.py*]": front, "work [process=*worker]": worker})

    def test_a_forked_worker_alone_is_delayed(self):
        report = self.start(self.write("program.py", FORKED))
        self.assert_counts(report, front=400, worker=200)
        self.assertEqual([group["process"] for group in report["groups"]], ["*worker", "*program.py*"])
        self.assertEqual(len(report["processes"]), 2)
        text = run(REPORT, self.session).stdout
        self.assertRegex(text, r"20us +worker \(process=\*worker\)\n")
        self.assertRegex(text, r"__main__:work \[process=\*worker\]  \[worker\]\n")

    @needs_numpy
    def test_a_title_that_setproctitle_sets_later(self):
        script = self.write("program.py", """
            import os, setproctitle, sys, time
            def work(): pass
            for _ in range(300): work()
            setproctitle.setproctitle("VLLM::a worker")
            time.sleep(0.1)
            for _ in range(200): work()
            """)
        report = self.start("--python", VENV / "bin" / "python", script)
        self.assert_counts(report, front=300, worker=200)

    def test_the_name_that_a_process_is_started_with(self):
        script = self.write("program.py", """
            import os, subprocess, sys
            def work(): pass
            if len(sys.argv) == 1:
                for _ in range(300): work()
                subprocess.run(["VLLM worker", __file__, "x", "y"], executable=sys.executable, check=True)
            else:
                for _ in range(200): work()
            """)
        report = self.start(script, targets="[worker, process=VLLM worker *]\n*:work\n"
                                            "[front, process=*program.py]\n*:work\n")
        counts = {group["name"]: group["calls"] for group in report["groups"]}
        self.assertEqual(counts, {"worker": 200, "front": 300})

    def test_ranks(self):
        script = self.write("program.py", """
            import os, subprocess, sys
            def work(): pass
            if len(sys.argv) > 1:
                for _ in range(100): work()
            else:
                for rank in range(3):
                    subprocess.run([sys.executable, __file__, "x"], env={**os.environ, "RANK": str(rank)}, check=True)
            """)
        report = self.start(script, targets="[worker, process=rank=1]\n*:work\n[others, process=rank=*]\n*:work\n")
        self.assertEqual([group["calls"] for group in report["groups"]], [100, 200])

    def test_a_group_that_applies_nowhere_is_named(self):
        report = self.start(self.write("program.py", FORKED),
                            targets="[worker, process=*wroker]\n*:work\n[front]\n*:rest\n")
        warning = [text for text in report["warnings"] if "applied in no process" in text]
        self.assertEqual(len(warning), 1, report["warnings"])
        self.assertIn("group worker applied in no process: process=*wroker matches none of their names, ", warning[0])
        self.assertIn("; similar: 'a worker'", warning[0])
        self.assertIn("'a worker', 'pyslow", warning[0])
        self.assertEqual(report["targets"][0]["hint"], "its group applied in no process")

    def test_an_error_has_its_place(self):
        path = self.write("targets.txt", "[worker, process=VLLM::[a]\n*:work\n")
        self.assert_refused(self.pyslow("--targets", path, "-c", ""),
                            "targets.txt:1:24: '[a' is a class without its ']'")


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


@unittest.skipUnless(HAS_GIL, "groups with process= need a GIL")
class RolesInASweep(TestCase):
    def sweep(self, *words, seconds):
        script = self.write("program.py", PAIR)
        targets = self.write("targets.txt", TARGETS)
        result = run(SWEEP, "--pyslow", PYSLOW, "--out", self.directory / "out", "--targets", targets,
                     "--progress", "program:step", "--steps", "isolate,focus", "--runs", "4", "--min-gain", "0.000001",
                     "--max-slowdown", "1.6", *words, "--", script, seconds, cwd=self.directory, timeout=280)
        self.assertEqual(result.returncode, 0, result)
        analysis = json.loads((self.directory / "out" / "analysis.json").read_text())
        groups = {one["name"]: one for one in analysis["groups"]}
        self.assertEqual(set(groups), {"worker", "front"})
        self.assertGreater(groups["worker"]["kappa"][0], 0.5, groups)
        self.assertLess(groups["front"]["kappa"][0], 0.5, groups)
        self.assertGreater(groups["worker"]["kappa"][1], 0, "critical")
        self.assertIn(groups["front"]["verdict"], ("none", "inconclusive"), groups)
        for name in ("worker", "front"):
            self.assertAlmostEqual(groups[name]["calls_per_unit"][0], 10, delta=0.5)
        return analysis

    def setups(self):
        lines = [json.loads(line) for line in (self.directory / "out" / "trials.jsonl").read_text().splitlines()]
        return {line["name"]: line for line in lines if line["kind"] == "setup"}

    def test_the_worker_is_critical_and_the_front_is_hidden(self):
        analysis = self.sweep(seconds="0.8")
        self.assertIn("__main__:work [process=*worker]", [one["name"] for one in analysis["functions"]])
        self.assertIn("[function 1, process=*worker]\n__main__:work\n", self.setups()["functions"]["targets"])

    def test_a_live_sweep_sets_the_cells_of_each_process(self):
        analysis = self.sweep("--live", "--interval", "500ms", seconds="1000")
        self.assertIn("__main__:work [process=*worker]", [one["name"] for one in analysis["functions"]])


if __name__ == "__main__":
    unittest.main()
