"""Control cells: another process changes delay and frequency of a group in a running session."""

import json
import mmap
import struct
import subprocess

from harness import BIN, PYSLOW, TestCase, clean_environment, run

# For each line of input: calls f a hundred times and prints the seconds it took; for "child" in a new
# process, for "fork" in a forked one.
SERVER = """
import os, subprocess, sys, time
def f(): pass
def g(): pass
def answer():
    begin = time.perf_counter()
    for _ in range(100): f()
    g()
    print(time.perf_counter() - begin, flush=True)
if len(sys.argv) > 1: answer(); sys.exit()
print("ready", flush=True)
for line in sys.stdin:
    if line == "fork\\n":
        if os.fork() == 0: answer(); os._exit(0)
        os.wait()
    elif line == "child\\n":
        subprocess.run([sys.executable, __file__, "child"])
    else: answer()
"""
TARGETS = "[group_f]\n*:f\n[group_g]\n*:g\n"


class ControlCells(TestCase):
    def setUp(self):
        super().setUp()
        self.session = self.directory / "session"

    def start(self, *words):
        self.process = subprocess.Popen(
            [PYSLOW, "--session", str(self.session), "--targets", str(self.write("targets.txt", TARGETS)), *words,
             str(self.write("server.py", SERVER))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=clean_environment())
        self.addCleanup(self.stop)
        self.assertEqual(self.process.stdout.readline(), "ready\n")

    def stop(self):
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()

    def send(self, line="go"):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def set(self, group, delay_ns, frequency):
        # The format of session/cell.h and session/format.h.
        with open(self.session / "settings", "r+b") as file, mmap.mmap(file.fileno(), 0) as cells:
            struct.pack_into("=Q", cells, 128 + 8 * group, delay_ns << 30 | frequency)

    def counts(self):
        result = run(BIN / "pyslow-report", "--json", self.session)
        self.assertEqual((result.returncode, result.stderr), (0, ""), result)
        found = {}
        for function in json.loads(result.stdout)["functions"]:
            old = found.get(function["qualname"], (0, 0))
            found[function["qualname"]] = (old[0] + function["calls"], old[1] + function["delayed"])
        return found

    def test_a_new_delay_applies_to_the_next_call(self):
        self.start("--delay", "0")
        self.assertLess(self.send(), 0.05)
        self.set(0, 1_000_000, 1)
        self.assertGreater(self.send(), 0.1)
        self.set(0, 1_000_000, 10)
        self.assertGreater(self.send(), 0.01)
        self.set(0, 0, 1)
        self.assertLess(self.send(), 0.05)
        self.assertEqual(self.counts(), {"f": (400, 100 + 100 + 10 + 100), "g": (4, 4)})

    def test_a_group_with_frequency_0_is_counted_but_not_delayed(self):
        # Frequency 0 before the first call.
        self.start("--delay", "1ms")
        self.set(0, 1_000_000, 0)
        self.assertLess(self.send(), 0.05)
        self.assertEqual(self.counts(), {"f": (100, 0), "g": (1, 1)})
        self.set(0, 1_000_000, 1)
        self.assertGreater(self.send(), 0.1)
        self.assertEqual(self.counts(), {"f": (200, 100), "g": (2, 2)})

    def test_new_delays_apply_to_later_processes(self):
        self.start("--delay", "0")
        self.set(0, 1_000_000, 1)
        self.assertGreater(self.send("child"), 0.1)
        self.assertEqual(self.counts(), {"f": (100, 100), "g": (1, 1)})

    def test_new_delays_apply_to_forks(self):
        self.start("--delay", "0")
        self.send()
        self.set(0, 1_000_000, 2)
        self.assertGreater(self.send("fork"), 0.05)
        self.set(0, 0, 1)
        self.assertLess(self.send("fork"), 0.05)
        self.assertEqual(self.counts(), {"f": (300, 100 + 50 + 100), "g": (3, 3)})

    def test_a_function_that_was_called_before_the_window_is_delayed_in_it(self):
        self.start("--delay", "1ms", "--start", "1500ms")
        self.assertLess(self.send(), 0.05)
        while self.send() < 0.1:
            pass
        calls, delayed = self.counts()["f"]
        self.assertGreaterEqual(delayed, 90)
        self.assertEqual(calls, delayed)
