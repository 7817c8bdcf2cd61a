"""Session directories and the summary: what the programs say of what was delayed."""

import json
import os
import re
import signal
import subprocess
import unittest

from harness import PYSLOW, REPORT, TestCase, WithSession, clean_environment, run

WORK = """
import os, subprocess, sys
def f(): pass
def g(): pass
for _ in range(100): f()
g()
if os.fork() == 0:
    for _ in range(10): f()
    os._exit(0)
os.wait()
subprocess.run([sys.executable, "-c", "def f(): pass\\nfor _ in range(5): f()"])
"""


class Session(WithSession):
    def counts(self):
        """{qualname: (calls, delayed)} over all processes and files of the session."""
        found = {}
        for function in self.report()["functions"]:
            calls, delayed = found.get(function["qualname"], (0, 0))
            found[function["qualname"]] = (calls + function["calls"], delayed + function["delayed"])
        return found

    def test_all_processes_are_counted(self):
        self.output_of("--session", self.session, "--target", "__main__:[fg]", "--delay", "1us", "-c", WORK)
        self.assertEqual(self.counts(), {"f": (115, 115), "g": (1, 1)})

    def test_every_nth_is_counted_as_delayed(self):
        self.output_of("--session", self.session, "--target", "__main__:f", "--frequency", "10", "-c", WORK)
        self.assertEqual(self.counts(), {"f": (115, 11)})

    def test_a_killed_process_has_counted(self):
        for death in ("os.kill(os.getpid(), 9)", "os._exit(3)", "os.abort()", "os.execv('/bin/true', ['true'])"):
            with self.subTest(death=death):
                run(PYSLOW, "--session", self.session, "--target", "__main__:f", "--delay", "0", "-c",
                    "import os\ndef f(): pass\nfor _ in range(100): f()\n" + death)
                self.assertEqual(self.counts(), {"f": (100, 100)})
                for path in self.session.iterdir():
                    path.unlink()

    def test_it_imports_nothing_that_the_program_would_see(self):
        result = self.pyslow("--session", self.directory / "seen", "--target", "*:f", "-X", "importtime", "-c",
                             "import sys; print('atexit' in sys.modules)")
        self.assertEqual((result.returncode, result.stdout), (0, "False\n"), result)
        self.assertNotIn("atexit", result.stderr)

    def test_the_calls_that_it_learns_from_at_its_start_are_in_no_record(self):
        for words in (), ("--on", "resume"), ("--own-time",), ("--gil", "release"):
            self.session = self.directory / "-".join(("learns", *words))
            self.output_of("--session", self.session, "--target", "*:*", "--delay", "1us", *words, "-c",
                           "def f(): yield\nfor _ in f(): pass")
            files = {function["file"] for function in self.report()["functions"]}
            self.assertNotIn("<pyslow>", files)
            self.assertIn("<string>", files)

    def test_it_is_private(self):
        self.output_of("--session", self.session, "--target", "*:f", "-c", WORK)
        self.assertEqual(self.session.stat().st_mode & 0o777, 0o700)
        for path in self.session.iterdir():
            self.assertEqual(path.stat().st_mode & 0o777, 0o600)

    def test_another_session_is_refused(self):
        self.output_of("--session", self.session, "--target", "*:f", "-c", "pass")
        self.assert_refused(self.pyslow("--session", self.session, "--target", "*:f", "-c", "print(1)"),
                            str(self.session), "another session")
        (self.directory / "full").mkdir()
        (self.directory / "full" / "file").touch()
        self.assert_refused(self.pyslow("--session", self.directory / "full", "--target", "*:f", "-c", "1"),
                            "full")

    def test_a_child_with_other_targets_is_slowed_and_says_that_it_is_not_counted(self):
        program = ("import os, subprocess, sys; os.environ['SPEED_BUMP_PATTERNS'] = '*:g'; "
                   "subprocess.run([sys.executable, '-c', 'pass'])")
        result = self.pyslow("--session", self.session, "--target", "*:f", "-c", program)
        self.assertEqual(result.returncode, 0)
        self.assertRegex(result.stderr, r"\Apyslow: warning: [^\n]*not counted\n\Z")

    def test_an_unslowed_child_is_in_the_record(self):
        targets = self.write("targets.txt", "*:f\n")
        program = (f"import subprocess, sys; open({str(targets)!r}, 'w').write('*:g'); "
                   "subprocess.run([sys.executable, '-c', 'pass'])")
        self.pyslow("--session", self.session, "--targets", targets, "-c", program)
        self.assertIn("unslowed", json.dumps(self.report()))

    def test_a_pattern_that_matched_nothing_is_told_with_what_is_near(self):
        self.output_of("--session", self.session, "--target", "jsn.decoder:*", "--target", "*:f", "-c",
                       "import json; json.loads('[1]')\ndef f(): pass\nf()")
        shown = run(REPORT, self.session).stdout
        self.assertIn("jsn.decoder:*", shown)
        self.assertIn("json.decoder:*", shown)


class OwnTime(TestCase):
    """That of the report: processor time by function, over all processes."""

    WORK = """
        import multiprocessing, time
        def work(seconds):
            end = time.thread_time() + seconds
            while time.thread_time() < end: pass
        def outer():
            work(0.05)
            time.sleep(0.2)
        if __name__ == "__main__":
            outer()
            child = multiprocessing.get_context("spawn").Process(target=outer)
            child.start()
            child.join()
        """

    def own_ns(self, *words):
        session = self.directory / f"session{len(words)}"
        script = self.write("work.py", self.WORK)
        self.output_of("--session", session, "--target", "work:*", "--delay", "0", *words, script)
        shown = json.loads(run(REPORT, "--json", session).stdout)
        sums = {}
        for function in shown["functions"]:  # the same one of __main__ and of the child's __mp_main__
            sums[function["qualname"]] = sums.get(function["qualname"], 0) + function["own_ns"]
        return sums

    def test_it_is_told_by_function_without_what_it_waits_and_what_it_calls(self):
        own_ns = self.own_ns("--own-time")
        self.assertGreaterEqual(own_ns["work"], 0.099e9)
        self.assertLess(own_ns["work"], 0.15e9)
        self.assertLess(own_ns["outer"], 0.05e9)

    def test_greenlets_whose_switches_nobody_sees_are_told_of(self):
        self.write("greenlet.py", "")
        script = self.write("user.py", """
            import greenlet
            def f(): pass
            f()
            """)
        session = self.directory / "session"
        self.output_of("--session", session, "--target", "user:*", "--delay", "0", "--own-time", script)
        self.assertIn("note: greenlets are in use", run(REPORT, session).stdout)

    def test_nothing_is_measured_unasked(self):
        self.assertEqual(set(self.own_ns().values()), {0})


class Summary(TestCase):
    def test_a_table_on_stderr_at_the_end_of_the_first_process(self):
        temporary = self.directory / "tmp"
        temporary.mkdir()
        result = self.pyslow("--summary", "--target", "__main__:f", "--delay", "1us", "-c", WORK,
                             env=clean_environment(TMPDIR=str(temporary)))
        self.assertEqual((result.returncode, result.stdout), (0, ""))
        self.assertRegex(result.stderr, r"\b115\b")
        self.assertEqual(len(re.findall(r"__main__:f\b", result.stderr)), 2, result.stderr)
        self.assertNotIn("\x1b", result.stderr)
        self.assertEqual(list(temporary.iterdir()), [])

    def test_it_comes_after_sys_exit_an_exception_and_ctrl_c(self):
        for program, status in (("import sys; sys.exit(7)", 7), ("1/0", 1),
                                ("import os, signal; os.kill(os.getpid(), signal.SIGINT)", -signal.SIGINT)):
            result = self.pyslow("--summary", "--target", "*:f", "-c", "def f(): pass\nf()\n" + program)
            self.assertEqual(result.returncode, status)
            self.assertIn("__main__:f", result.stderr)

    def test_with_a_session_it_is_kept(self):
        result = self.pyslow("--summary", "--session", self.directory / "s", "--target", "*:f", "-c",
                             "def f(): pass\nf()")
        self.assertIn("__main__:f", result.stderr)
        self.assertTrue((self.directory / "s" / "settings").exists())

    def test_nothing_is_printed_unasked(self):
        self.assertEqual(self.output_of("--target", "*:*", "-c", WORK), "")


class Hardship(TestCase):
    """Where a process cannot be counted it runs on, slowed, and that is told."""

    # A fork becomes what BECOME says and calls f, which takes its delay.
    PROGRAM = """
import os, sys, time
def f(): pass
f()
pid = os.fork()
if pid == 0:
    {become}
    begin = time.perf_counter()
    f()
    os._exit(0 if time.perf_counter() - begin > 0.05 else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""

    def told(self, become):
        session = self.directory / "session"
        self.output_of("--session", session, "--target", "__main__:f", "--delay", "60ms", "-c",
                       self.PROGRAM.format(become=become))
        report = json.loads(run(REPORT, "--json", session).stdout)
        self.assertEqual([function["calls"] for function in report["functions"]], [1])
        return report["session"]["uncounted_processes"]

    @unittest.skipUnless(os.getuid() == 0, "only root can become another user")
    def test_a_child_of_another_user(self):
        self.assertEqual(self.told("os.setresgid(65534, 65534, 65534); os.setresuid(65534, 65534, 65534)"), 1)

    @unittest.skipUnless(os.getuid() == 0, "only root can change the root directory")
    def test_a_child_in_another_root(self):
        self.assertEqual(self.told(f"os.chroot({str(self.directory)!r}); os.chdir('/')"), 1)

    def test_a_session_that_has_no_room_is_an_error_before_anything_runs(self):
        result = run("bash", "-c", 'ulimit -f 4; exec "$@"', "-", PYSLOW, "--session", self.directory / "s",
                     "--target", "*:f", "-c", "print(1)")
        self.assert_refused(result, str(self.directory / "s"))

    def test_dev_shm_is_not_used(self):
        before = set(os.listdir("/dev/shm"))
        self.output_of("--session", self.directory / "s", "--target", "*:*", "-c",
                       f"import os; assert set(os.listdir('/dev/shm')) <= {before!r}")
