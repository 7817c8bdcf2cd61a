"""Session directories, the summary, and the counts that pyslow-report prints."""

import json
import os
import re
import signal
import unittest

from harness import PYSLOW, REPORT, TestCase, SessionTest, clean_environment, run

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


class Session(SessionTest):
    def counts(self):
        """{qualname: (calls, delayed)}, summed over all processes and files."""
        found = {}
        for function in self.report()["functions"]:
            calls, delayed = found.get(function["qualname"], (0, 0))
            found[function["qualname"]] = (calls + function["calls"], delayed + function["delayed"])
        return found

    def test_all_processes_are_counted(self):
        self.output_of("--session", self.session, "--target", "__main__:[fg]", "--delay", "1us", "-c", WORK)
        self.assertEqual(self.counts(), {"f": (115, 115), "g": (1, 1)})

    def test_every_nth_call_is_counted_as_delayed(self):
        self.output_of("--session", self.session, "--target", "__main__:f", "--frequency", "10", "-c", WORK)
        self.assertEqual(self.counts(), {"f": (115, 11)})

    def test_the_counts_of_a_killed_process_survive(self):
        for death in ("os.kill(os.getpid(), 9)", "os._exit(3)", "os.abort()", "os.execv('/bin/true', ['true'])"):
            with self.subTest(death=death):
                run(PYSLOW, "--session", self.session, "--target", "__main__:f", "--delay", "0", "-c",
                    "import os\ndef f(): pass\nfor _ in range(100): f()\n" + death)
                self.assertEqual(self.counts(), {"f": (100, 100)})
                for path in self.session.iterdir():
                    path.unlink()

    def test_a_session_imports_no_module_into_the_program(self):
        result = self.pyslow("--session", self.directory / "seen", "--target", "*:f", "-X", "importtime", "-c",
                             "import sys; print('atexit' in sys.modules)")
        self.assertEqual((result.returncode, result.stdout), (0, "False\n"), result)
        self.assertNotIn("atexit", result.stderr)

    def test_the_self_calibration_is_not_recorded(self):
        for words in (), ("--on", "resume"), ("--own-time",), ("--gil", "release"):
            self.session = self.directory / "-".join(("learns", *words))
            self.output_of("--session", self.session, "--target", "*:*", "--delay", "1us", *words, "-c",
                           "def f(): yield\nfor _ in f(): pass")
            files = {function["file"] for function in self.report()["functions"]}
            self.assertNotIn("<pyslow>", files)
            self.assertIn("<string>", files)

    def test_session_directories_are_private(self):
        self.output_of("--session", self.session, "--target", "*:f", "-c", WORK)
        self.assertEqual(self.session.stat().st_mode & 0o777, 0o700)
        for path in self.session.iterdir():
            self.assertEqual(path.stat().st_mode & 0o777, 0o600)

    def test_the_directory_of_another_session_is_rejected(self):
        self.output_of("--session", self.session, "--target", "*:f", "-c", "pass")
        self.assert_refused(self.pyslow("--session", self.session, "--target", "*:f", "-c", "print(1)"),
                            str(self.session), "another session")
        (self.directory / "full").mkdir()
        (self.directory / "full" / "file").touch()
        self.assert_refused(self.pyslow("--session", self.directory / "full", "--target", "*:f", "-c", "1"),
                            "full")

    def test_a_child_with_other_targets_warns_that_it_is_not_counted(self):
        program = ("import os, subprocess, sys; os.environ['SPEED_BUMP_PATTERNS'] = '*:g'; "
                   "subprocess.run([sys.executable, '-c', 'pass'])")
        result = self.pyslow("--session", self.session, "--target", "*:f", "-c", program)
        self.assertEqual(result.returncode, 0)
        self.assertRegex(result.stderr, r"\Apyslow: warning: [^\n]*not counted\n\Z")

    def test_a_disabled_child_is_recorded(self):
        targets = self.write("targets.txt", "*:f\n")
        program = (f"import subprocess, sys; open({str(targets)!r}, 'w').write('*:g'); "
                   "subprocess.run([sys.executable, '-c', 'pass'])")
        self.pyslow("--session", self.session, "--targets", targets, "-c", program)
        self.assertIn("unslowed", json.dumps(self.report()))

    def test_a_pattern_that_matches_nothing_gets_a_suggestion(self):
        self.output_of("--session", self.session, "--target", "jsn.decoder:*", "--target", "*:f", "-c",
                       "import json; json.loads('[1]')\ndef f(): pass\nf()")
        shown = run(REPORT, self.session).stdout
        self.assertIn("jsn.decoder:*", shown)
        self.assertIn("json.decoder:*", shown)


class OwnTime(TestCase):
    """Own time in the report: processor time of each function, over all processes."""

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
        for function in shown["functions"]:  # __main__ and, in the child, __mp_main__
            sums[function["qualname"]] = sums.get(function["qualname"], 0) + function["own_ns"]
        return sums

    def test_own_time_excludes_waiting_and_called_functions(self):
        own_ns = self.own_ns("--own-time")
        self.assertGreaterEqual(own_ns["work"], 0.099e9)
        self.assertLess(own_ns["work"], 0.15e9)
        self.assertLess(own_ns["outer"], 0.05e9)

    def test_a_note_about_greenlets(self):
        self.write("greenlet.py", "")
        script = self.write("user.py", """
            import greenlet
            def f(): pass
            f()
            """)
        session = self.directory / "session"
        self.output_of("--session", session, "--target", "user:*", "--delay", "0", "--own-time", script)
        self.assertIn("note: the program uses greenlets", run(REPORT, session).stdout)

    def test_own_time_is_not_measured_by_default(self):
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

    def test_the_summary_follows_sys_exit_an_exception_and_sigint(self):
        for program, status in (("import sys; sys.exit(7)", 7), ("1/0", 1),
                                ("import os, signal; os.kill(os.getpid(), signal.SIGINT)", -signal.SIGINT)):
            result = self.pyslow("--summary", "--target", "*:f", "-c", "def f(): pass\nf()\n" + program)
            self.assertEqual(result.returncode, status)
            self.assertIn("__main__:f", result.stderr)

    def test_a_named_session_is_kept(self):
        result = self.pyslow("--summary", "--session", self.directory / "s", "--target", "*:f", "-c",
                             "def f(): pass\nf()")
        self.assertIn("__main__:f", result.stderr)
        self.assertTrue((self.directory / "s" / "settings").exists())

    def test_no_summary_by_default(self):
        self.assertEqual(self.output_of("--target", "*:*", "-c", WORK), "")


class UncountedProcesses(TestCase):
    """A process that cannot be counted is still delayed, and is reported as uncounted."""

    # A fork executes {become} and calls f, which is delayed.
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

    def uncounted(self, become):
        session = self.directory / "session"
        self.output_of("--session", session, "--target", "__main__:f", "--delay", "60ms", "-c",
                       self.PROGRAM.format(become=become))
        report = json.loads(run(REPORT, "--json", session).stdout)
        self.assertEqual([function["calls"] for function in report["functions"]], [1])
        return report["session"]["uncounted_processes"]

    @unittest.skipUnless(os.getuid() == 0, "only root can become another user")
    def test_a_child_of_another_user(self):
        self.assertEqual(self.uncounted("os.setresgid(65534, 65534, 65534); os.setresuid(65534, 65534, 65534)"), 1)

    @unittest.skipUnless(os.getuid() == 0, "only root can change the root directory")
    def test_a_child_with_another_root_directory(self):
        self.assertEqual(self.uncounted(f"os.chroot({str(self.directory)!r}); os.chdir('/')"), 1)

    def test_a_file_size_limit_that_is_too_small_for_a_session_is_an_error(self):
        result = run("bash", "-c", 'ulimit -f 4; exec "$@"', "-", PYSLOW, "--session", self.directory / "s",
                     "--target", "*:f", "-c", "print(1)")
        self.assert_refused(result, str(self.directory / "s"))

    def test_dev_shm_is_not_used(self):
        before = set(os.listdir("/dev/shm"))
        self.output_of("--session", self.directory / "s", "--target", "*:*", "-c",
                       f"import os; assert set(os.listdir('/dev/shm')) <= {before!r}")
