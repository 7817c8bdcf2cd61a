"""Sweeps that could answer a question that was not asked: another program, no window, other work."""

import json
import os
import subprocess
import time

from harness import PYTHON, SWEEP, run
from test_sweep import Sweep, WORK

ONE_CURVE = ("--target", "*:f", "--steps", "impact", "--delays", "0,1ms", "--warmup", "0")


class Resume(Sweep):
    """A sweep of one block, and its continuation."""

    def setUp(self):
        super().setUp()
        self.script = self.write("work.py", WORK)
        (self.directory / "t.targets").write_text("*:f\n")
        self.new("--targets", "t.targets", "--steps", "impact", "--delays", "0,1ms", "--warmup", "0", "--runs", "1",
                 "--", "work.py")

    def resume(self, *words, cwd):
        return run(SWEEP, "--resume", self.out, "--runs", "2", *words, cwd=cwd, timeout=280)

    def test_runs_in_the_directory_of_the_start(self):
        elsewhere = self.directory / "elsewhere"
        elsewhere.mkdir()
        (elsewhere / "work.py").write_text("raise SystemExit('another program')\n")
        before = self.trials()
        result = self.resume(cwd=elsewhere)
        self.assertEqual(result.returncode, 0, result)
        self.assertGreater(len(self.trials()), len(before))
        # Also with a relative path of the results.
        result = run(SWEEP, "--resume", "../out", "--runs", "3", cwd=elsewhere, timeout=280)
        self.assertEqual(result.returncode, 0, result)
        self.assertIn("/report.html", result.stderr)
        self.assertEqual(os.listdir(elsewhere), ["work.py"])

    def assert_refused(self, name):
        log = (self.out / "trials.jsonl").read_bytes()
        result = self.resume(cwd=self.directory)
        self.assertEqual((result.returncode, result.stdout), (2, ""), result)
        self.assertRegex(result.stderr, rf"\Apyslow-sweep: error: {name}: it changed [^\n]*--out[^\n]*--accept-changes"
                         r"[^\n]*\n\Z")
        self.assertEqual((self.out / "trials.jsonl").read_bytes(), log)

    def test_refuses_a_changed_program(self):
        self.script.write_text(WORK + "f()\n")
        self.assert_refused("work.py")
        result = self.resume("--accept-changes", cwd=self.directory)
        self.assertEqual(result.returncode, 0, result)
        self.assertIn("after a change of work.py", " ".join(self.analysis()["warnings"]))
        # The change is accepted, and stays visible.
        self.assertEqual(self.resume(cwd=self.directory).returncode, 0)
        self.assertEqual(self.sweep("--from", self.out).returncode, 0)
        self.assertIn("after a change of work.py", " ".join(self.analysis()["warnings"]))

    def test_refuses_changed_targets(self):
        (self.directory / "t.targets").write_text("*:g\n")
        self.assert_refused("t.targets")

    def test_refuses_a_program_that_is_gone(self):
        self.script.unlink()
        self.assert_refused("work.py")

    def test_a_directory_that_is_gone_is_an_error(self):
        out = self.directory.with_name(self.directory.name + "-out")
        self.addCleanup(lambda: subprocess.run(["rm", "-r", out], check=True))
        self.out.rename(out)
        self.out = out
        moved = self.directory.with_name(self.directory.name + "-moved")
        self.directory.rename(moved)
        self.addCleanup(moved.rename, self.directory)
        result = self.resume(cwd="/")
        self.assertEqual(result.returncode, 2, result)
        self.assertRegex(result.stderr, rf"\Apyslow-sweep: error: {self.directory}: [^\n]*\n\Z")


class Window(Sweep):
    def assert_never_opened(self, *parts, words):
        script = self.write("work.py", WORK + "print('50 units/s')\n")
        result = self.succeeds(*ONE_CURVE, "--runs", "1", *words, "--", script)
        text = " ".join(result.stdout.split())
        self.assertIn("Untested: the window never opened.", text)
        for part in parts:
            self.assertRegex(text, part)
        self.assertNotIn("nan", result.stdout)
        self.assertNotIn("graphs", result.stdout)
        self.assertEqual(len(self.trials()), 1)
        json.loads((self.out / "analysis.json").read_text(), parse_constant=self.fail)

    def test_opens_after_the_end_of_a_run(self):
        self.assert_never_opened(r"5\.000s after the start \(--start\), and the run ended after [0-9.]+m?s",
                                 words=("--start", "5s"))

    def test_opens_at_a_call_that_never_comes(self):
        self.assert_never_opened(r"first call of work:g \(--start-at\), which did not come before the trial ended",
                                 words=("--start-at", "work:g", "--throughput-regex", "(.*) units/s"))

    def test_no_units_are_counted_in_no_window(self):
        script = self.write("work.py", WORK)
        result = self.new(*ONE_CURVE, "--runs", "1", "--retries", "0", "--start", "5s", "--progress", "__main__:f",
                          "--", script)
        self.assertEqual(result.returncode, 1, result)
        self.assertRegex(result.stderr, r"error: [^\n]*the window never opened: the trial ended after [0-9.]+ s, "
                         r"before --start 5s\n")


# The time of a step without the device, which needs 8 ms for each.
QUEUED = """
import queue, sys, threading, time
jobs = queue.SimpleQueue()
def device():
    while jobs.get(): time.sleep(0.008)
def step(): sum(range(2000)); jobs.put(True)
def wait(): jobs.put(False); thread.join()
thread = threading.Thread(target=device)
thread.start()
start = time.perf_counter()
for _ in range(60): step()
if "wait" in sys.argv: wait()
seconds = time.perf_counter() - start
print(f"60 steps, {seconds / 60:.9f} s a step")
if "wait" not in sys.argv: wait()
"""


class QueuedWork(Sweep):
    def judged(self, *words):
        script = self.write("queued.py", QUEUED)
        self.succeeds("--steps", "impact", "--target", "__main__:step", "--delays", "0,20us,40us,60us", "--runs", "6",
                      "--time-regex", ", (.*) s a step", "--units-regex", "(.*) steps", "--", script, *words)
        return self.analysis()["global"]

    def test_that_is_not_waited_for_is_a_warning(self):
        found = self.judged()
        self.assertIn("ork that is queued and not waited for", " ".join(found["warnings"]))

    def test_that_is_waited_for_is_fine(self):
        self.assertNotIn("ork that is queued and not waited for", " ".join(self.judged("wait")["warnings"]))


# Works for 0.4 s on each connection to the socket in argv.
DAEMON = """
import os, socket, sys, time
def work():
    end = time.process_time() + 0.4
    while time.process_time() < end: pass
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
while True:
    connection, _ = listener.accept()
    work()
    connection.send(b"x")
    connection.close()
"""

# Calls that are hidden beside the rest of the program: a delay of each is a dose without an effect. It releases the
# GIL, for which the rest would wait at the end.
TICKS = """
import os, socket, sys, threading, time
def tick(): pass
def ticks():
    while True:
        time.sleep(0.005)
        tick()
threading.Thread(target=ticks, daemon=True).start()
"""
SLOWED = ("--target", "__main__:tick", "--delays", "0,1ms,2ms,5ms", "--gil", "release")

CLIENT = TICKS + """
connection = socket.socket(socket.AF_UNIX)
connection.connect(sys.argv[1])
connection.recv(1)
"""


class OtherProcesses(Sweep):
    def judged(self, *words):
        result = self.succeeds("--steps", "impact", "--runs", "6", *words)
        self.assertNotIn("not your bottleneck", result.stdout)
        return self.analysis()

    def assert_other_python(self, found):
        # On a busy machine the noise may hide everything.
        self.assertIn(found["global"]["reason"], ("other_python", "noise_hides"))

    def test_a_python_that_was_started_before(self):
        path = self.directory / "socket"
        daemon = subprocess.Popen([PYTHON, self.write("daemon.py", DAEMON), path])
        self.addCleanup(daemon.wait)
        self.addCleanup(daemon.kill)
        deadline = time.monotonic() + 60
        while not path.exists():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        script = self.write("client.py", CLIENT)
        found = self.judged(*SLOWED, "--", script, path)
        self.assert_other_python(found)
        self.assertRegex(" ".join(found["warnings"]), r"Pythons that are not of the command used .*\(python3[^)]*\)"
                         r".*, more than the command")

    def test_a_daemon_of_another_python(self):
        # It forks twice, so that it is no descendant of the command, and has no environment.
        self.write("work.py", "import time\nend = time.process_time() + 0.4\nwhile time.process_time() < end: pass\n"
                   "open('done', 'w')\n")
        script = self.write("starts.py", f"""
import os, time
if os.path.exists('done'): os.unlink('done')
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0: os.execve({PYTHON!r}, ['python3', 'work.py'], {{}})
    os._exit(0)
{TICKS}
while not os.path.exists('done'): time.sleep(0.01)
""")
        found = self.judged(*SLOWED, "--", script)
        self.assert_other_python(found)
        self.assertRegex(" ".join(found["warnings"]), r"not pyslow used \d+% of a processor \(python3")

    def test_another_python_in_the_same_process(self):
        self.write("work.py", "import time\nend = time.process_time() + 0.4\nwhile time.process_time() < end: pass\n")
        script = self.write("pex.py", TICKS + f"time.sleep(0.3)\nos.execv({PYTHON!r}, ['python3', 'work.py'])\n")
        found = self.judged(*SLOWED, "--", script)
        self.assert_other_python(found)
        self.assertRegex(" ".join(found["warnings"]), r"not pyslow used \d+% of a processor \(python3")

    def test_a_run_that_becomes_a_daemon(self):
        script = self.write("daemonises.py", """
            import os, time
            def work():
                end = time.perf_counter() + 0.3
                while time.perf_counter() < end: pass
            if os.fork(): os._exit(0)
            os.setsid()
            if os.fork(): os._exit(0)
            os.dup2(os.open(os.devnull, os.O_RDWR), 1); os.dup2(1, 2)
            work()
            """)
        found = self.judged("--target", "__main__:work", "--delays", "0,1us,3us,5us", "--", script)
        self.assertRegex(" ".join(found["warnings"]), r"Python processes ran on after the command")
        # Or untested, if no call came before the command ended.
        self.assertNotEqual((found["global"] or {}).get("verdict"), "none")
