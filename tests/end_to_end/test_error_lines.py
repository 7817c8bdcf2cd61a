"""Errors of the three programs are one line without control characters; --completion works in bash."""

import os
import pty
import select
import shutil
import time
import unittest

from harness import BIN, MINOR, PYSLOW, REPORT, SWEEP, TestCase, clean_environment, run

# Clears the screen, and reverses the text that follows.
NASTY = "a\x1b[2J\u202eb"
MASKED = r"a\x1b[2J\xe2\x80\xaeb"
SWEEP_WITH_TARGETS = ("--target", "__main__:f", "--runs", "1", "--delays", "0,1us", "--steps", "impact")


class ErrorLines(TestCase):
    def assert_masked(self, result, program, status=2):
        self.assertEqual(result.returncode, status, result)
        self.assertNotIn("\x1b", result.stderr + result.stdout)
        self.assertNotIn("\u202e", result.stderr + result.stdout)
        self.assertIn(MASKED, result.stderr)
        if status == 2:
            self.assertRegex(result.stderr, rf"\A{program}: error: [^\n]+\n\Z")

    def test_a_file_name_is_masked(self):
        none = self.directory / NASTY
        self.assert_masked(run(PYSLOW, "--targets", none, "-c", "print(1)"), "pyslow")
        self.assert_masked(run(REPORT, none), "pyslow-report")
        self.assert_masked(run(SWEEP, "--resume", none), "pyslow-sweep")
        self.assert_masked(run(SWEEP, "--targets", none, "--", "-c", "pass"), "pyslow-sweep")

    def test_a_word_of_the_command_line_is_masked(self):
        self.assert_masked(run(PYSLOW, f"--{NASTY}"), "pyslow")
        self.assert_masked(run(REPORT, f"--{NASTY}"), "pyslow-report")
        self.assert_masked(run(SWEEP, f"--{NASTY}"), "pyslow-sweep")

    def test_the_target_file_of_a_warning_is_masked(self):
        session = self.directory / NASTY
        run(PYSLOW, "--target", "__main__:*", "--session", session, "-c", "pass")
        result = run(PYSLOW, "--target", "os:*", "--session", session, "-c", "pass")
        self.assert_masked(result, "pyslow")

    def test_the_output_of_a_failed_trial_is_masked(self):
        script = self.write("fails.py", f"""
            def f(): pass
            f()
            print({NASTY!r})
            raise SystemExit(3)
            """)
        result = run(SWEEP, *SWEEP_WITH_TARGETS, "--", script, cwd=self.directory)
        self.assert_masked(result, "pyslow-sweep", status=1)
        self.assertIn("pyslow-sweep: the command's output:\n" + MASKED + "\n", result.stderr)

    def test_the_output_without_a_figure_is_masked(self):
        script = self.write("prints.py", f"""
            def f(): pass
            f()
            print({NASTY!r})
            """)
        result = run(SWEEP, *SWEEP_WITH_TARGETS, "--throughput-regex", "([0-9]+) tokens", "--", script,
                     cwd=self.directory)
        self.assert_masked(result, "pyslow-sweep", status=1)


@unittest.skipUnless(shutil.which("bash"), "no bash here")
class BashCompletion(TestCase):
    """An interactive bash on a pseudo-terminal, and the Tab key."""

    def setUp(self):
        super().setUp()
        (self.directory / "results").mkdir()
        self.write("run.py", "")
        self.write("targets.txt", "")
        child, self.terminal = pty.fork()
        if child == 0:
            os.chdir(self.directory)
            environment = clean_environment(PS1="$ ", TERM="dumb", INPUTRC="/dev/null",
                                            PATH=f"{BIN}:{os.environ['PATH']}")
            os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"], environment)
        self.child = child
        self.addCleanup(self.end)
        for program in (PYSLOW, SWEEP, REPORT):
            self.type(f'source <({program} --completion bash)\n')
        self.expect_after(lambda: self.type("echo rea''dy\n"), "ready")

    def end(self):
        os.close(self.terminal)
        os.waitpid(self.child, 0)

    def type(self, keys):
        os.write(self.terminal, keys.encode())

    def expect_after(self, action, part, seconds=60):
        """Everything that bash prints until `part` appears."""
        action()
        text, end = "", time.monotonic() + seconds
        while part not in text:
            left = end - time.monotonic()
            self.assertGreater(left, 0, text)
            if select.select([self.terminal], [], [], left)[0]:
                text += os.read(self.terminal, 4096).decode(errors="replace")
        return text

    def completed(self, line):
        """What the line becomes when Tab is pressed at its end."""
        # Ctrl-A and Ctrl-E move to the start and the end of the line.
        self.type(line + "\t\x01echo [\x05]\n")
        text = self.expect_after(lambda: self.type("echo do''ne\n"), "done\r\n")
        results = [part for part in text.replace("\r", "").split("\n") if part.startswith("[")]
        self.assertTrue(results, text)
        return results[-1][1:-1].strip()

    def test_options_values_and_files(self):
        for line, expected in (
            ("pyslow --own", "pyslow --own-time"),
            ("pyslow --gil rel", "pyslow --gil release"),
            ("pyslow --gil=rel", "pyslow --gil=release"),
            (f"pyslow{MINOR} --targets tar", f"pyslow{MINOR} --targets targets.txt"),
            ("pyslow --delay 1us ru", "pyslow --delay 1us run.py"),
            ("pyslow run.py --own", "pyslow run.py --own"),
            ("pyslow-sweep --max", "pyslow-sweep --max-slowdown"),
            ("pyslow-sweep --out re", "pyslow-sweep --out results/"),
            ("pyslow-sweep --steps iso", "pyslow-sweep --steps isolate"),
            ("pyslow-sweep -- ru", "pyslow-sweep -- run.py"),
            ("pyslow-report res", "pyslow-report results/"),
            ("pyslow-report results --fol", "pyslow-report results --follow"),
        ):
            with self.subTest(line=line):
                self.assertEqual(self.completed(line), expected)


if __name__ == "__main__":
    unittest.main()
