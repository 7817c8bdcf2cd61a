"""Groups that apply only in processes of some title: [GROUP, process=GLOB]."""

import unittest

from harness import REPORT, VENV, SessionTest, needs_numpy, run

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

    def test_the_options_of_pyslow_are_no_name(self):
        # --group-delay worker=20us is one.
        report = self.start(self.write("program.py", FORKED),
                            targets="[worker, process=*worker*]\n*:work\n[front, process=*pyslow*/program.py]\n*:work\n")
        counts = {group["name"]: group["calls"] for group in report["groups"]}
        self.assertEqual(counts, {"worker": 200, "front": 400})

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


if __name__ == "__main__":
    unittest.main()
