"""Options and environment variables: precedence, inheritance and errors."""

import json

from harness import BIN, CHILD_NAME, PYSLOW, TestCase, clean_environment, run

SHOW = ("import os; print(*(n + '=' + v.replace('\\n', '|') for n, v in sorted(os.environ.items())"
        " if n.startswith('SPEED_BUMP_')), sep='\\n')")
# Prints the duration of a call of f in seconds. The tests use delays of 0 and 500 ms.
TIMED = """
import time
def f(): pass
begin = time.perf_counter()
f()
print(time.perf_counter() - begin)
"""
HALF_SECOND = 0.499  # two clocks may differ by parts in a million


def variables(text):
    return dict(line.split("=", 1) for line in text.splitlines())


class Precedence(TestCase):
    def seconds(self, *words, **env):
        result = self.pyslow(*words, "-c", TIMED, env=clean_environment(**env))
        self.assertEqual((result.returncode, result.stderr), (0, ""), result)
        return float(result.stdout)

    def test_an_option_overrides_its_variable(self):
        self.assertGreater(self.seconds("--target", "*:f", "--delay", "500ms", SPEED_BUMP_DELAY_NS="0"), HALF_SECOND)
        self.assertLess(self.seconds("--target", "*:f", "--delay", "0", SPEED_BUMP_DELAY_NS="500000000"), 0.4)
        self.assertLess(self.seconds("--target", "*:g", "--delay", "500ms", SPEED_BUMP_PATTERNS="*:f"), 0.4)

    def test_variables_without_options(self):
        targets = self.write("targets.txt", "*:f\n")
        self.assertGreater(self.seconds(SPEED_BUMP_TARGETS=str(targets), SPEED_BUMP_DELAY_NS="500000000"), HALF_SECOND)

    def test_an_empty_variable_is_the_same_as_none(self):
        self.assertGreater(self.seconds("--target", "*:f", "--delay", "500ms", SPEED_BUMP_FREQUENCY="",
                                        SPEED_BUMP_START_MS="", SPEED_BUMP_GIL="", SPEED_BUMP_ON=""), HALF_SECOND)

    def test_the_default_delay_is_short(self):
        shown = self.pyslow("--target", "*:f", "-c", TIMED)
        self.assertLess(float(shown.stdout), 0.4)

    def test_several_patterns_in_a_variable(self):
        self.assertGreater(self.seconds(SPEED_BUMP_PATTERNS="*:g\n*:f\n", SPEED_BUMP_DELAY_NS="500000000"), HALF_SECOND)

    def test_target_and_targets_can_be_combined(self):
        targets = self.write("targets.txt", "*:g\n")
        self.assertGreater(self.seconds("--targets", targets, "--target", "*:f", "--delay", "500ms"), HALF_SECOND)


class GroupDelays(TestCase):
    # Calls f and g three times each and prints (wall seconds, processor seconds) of each. Other processes
    # lengthen the wall time of a delay and shorten its processor time.
    THRICE = """if True:
        import time
        def f(): pass
        def g(): pass
        for call in f, g:
            begin = time.perf_counter(), time.process_time()
            call(); call(); call()
            print(time.perf_counter() - begin[0], time.process_time() - begin[1])
        """

    def setUp(self):
        super().setUp()
        self.targets = self.write("targets.txt", "[a]\n*:f\n[b]\n*:g\n")

    def assert_durations(self, f_seconds, g_seconds, *words, program=THRICE, **env):
        env = clean_environment(SPEED_BUMP_TARGETS=str(self.targets), **env)
        result = self.pyslow("--delay", "0", *words, "-c", program, env=env)
        self.assertEqual((result.returncode, result.stderr), (0, ""), result)
        for line, expected in zip(result.stdout.splitlines(), (f_seconds, g_seconds), strict=True):
            wall, processor = map(float, line.split())
            self.assertGreaterEqual(wall, expected)
            self.assertLess(processor, expected + 0.03)

    def test_delay_and_frequency_of_a_group(self):
        self.assert_durations(0, 0.12, "--group-delay", "b=40ms")
        self.assert_durations(0.06, 0.09, "--group-delay", "a=60ms/3", "--group-delay", "b=30ms")

    def test_the_variable_applies_to_children(self):
        child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {self.THRICE!r}])"
        self.assert_durations(0, 0.12, SPEED_BUMP_GROUP_DELAYS="b=40ms\na=0\n", program=child)

    def test_targets_on_the_command_line_are_in_the_group_default(self):
        self.assert_durations(0.12, 0, "--target", "*:f", "--group-delay", "default=40ms")

    def test_the_session_records_initial_delays(self):
        session = self.directory / "session"
        self.assert_durations(0.003, 0.002, "--session", session, "--delay", "1ms", "--group-delay", "b=2ms/3")
        groups = json.loads(run(BIN / "pyslow-report", "--json", session).stdout)["groups"]
        self.assertEqual([(g["name"], g["initial_delay_ns"], g["initial_frequency"], g["delayed"]) for g in groups],
                         [("a", 1_000_000, 1, 3), ("b", 2_000_000, 3, 1)])


class Inheritance(TestCase):
    def test_children_get_options_as_variables(self):
        self.write("targets.txt", "[a]\n*:f\n[b]\n*:g\n")
        shown = variables(self.output_of(
            "--targets", "targets.txt", "--target", "x:y", "--target", "x:z", "--group", "a", "--group", "b",
            "--delay", "1.5us", "--frequency", "3", "--start", "2ms", "--duration", "1s",
            "--group-delay", "a=2us", "--group-delay", "b=0/7",
            "-c", SHOW, cwd=self.directory))
        for name, value in {
            "TARGETS": str(self.directory / "targets.txt"), "PATTERNS": "x:y|x:z",
            "GROUPS": "a,b", "DELAY_NS": "1500", "FREQUENCY": "3", "START_MS": "2",
            "DURATION_MS": "1000", "GROUP_DELAYS": "a=2us|b=0/7"}.items():
            self.assertEqual(shown["SPEED_BUMP_" + name], value)
        self.assertIn("SPEED_BUMP_SESSION_ID", shown)
        self.assertIn("SPEED_BUMP_EPOCH", shown)
        self.assertTrue(shown["SPEED_BUMP_TARGETS_HASH"].endswith(":" + shown["SPEED_BUMP_TARGETS"]))

    def test_a_child_of_sys_executable_is_delayed(self):
        child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {TIMED!r}])"
        self.assertGreater(float(self.output_of("--target", "*:f", "--delay", "500ms", "-c", child)), HALF_SECOND)

    def test_a_child_with_a_changed_target_file_warns_and_is_not_delayed(self):
        targets = self.write("targets.txt", "*:f\n")
        for change in ("open(path, 'w').write('*:g')", "os.unlink(path)"):
            self.write("targets.txt", "*:f\n")
            program = (f"import os, subprocess, sys; path = {str(targets)!r}; {change}; "
                       f"subprocess.run([sys.executable, '-c', {TIMED!r}])")
            result = self.pyslow("--targets", targets, "--delay", "500ms", "-c", program)
            self.assertEqual(result.returncode, 0, result)
            self.assertLess(float(result.stdout), 0.4)
            self.assertRegex(result.stderr, r"\Apyslow: warning: .*targets.txt: .*without delays\n\Z")

    def test_a_child_can_have_other_targets(self):
        first, second = self.write("a.txt", "*:g\n"), self.write("b.txt", "*:f\n")
        program = (f"import os, subprocess, sys; os.environ['SPEED_BUMP_TARGETS'] = {str(second)!r}; "
                   f"subprocess.run([sys.executable, '-c', {TIMED!r}])")
        self.assertGreater(float(self.output_of("--targets", first, "--delay", "500ms", "-c", program)), HALF_SECOND)

    def test_the_first_entry_of_the_environment_keeps_its_address(self):
        # setproctitle finds argv from the first entry, which must be at env_start of proc_pid_stat(5).
        script = self.write("first.py", """
            import ctypes, os
            environ = ctypes.POINTER(ctypes.c_void_p).in_dll(ctypes.CDLL(None), "environ")
            stat = open("/proc/self/stat").read().rsplit(")", 1)[1].split()
            print(environ[0] == int(stat[47]), os.environ["SPEED_BUMP_DELAY_NS"])  # env_start
            """)
        for env in (["A=1", "SPEED_BUMP_DELAY_NS=5"], ["SPEED_BUMP_DELAY_NS=5", "A=1"]):
            shown = run("env", "-i", *env, PYSLOW, "--target", "*:f", "--delay", "123us", script)
            self.assertEqual((shown.stdout, shown.stderr), ("True 123000\n", ""))

    def test_all_descendants_share_session_and_epoch(self):
        program = (f"import subprocess, sys; exec({SHOW!r}); sys.stdout.flush(); "
                   f"subprocess.run([sys.executable, '-c', {SHOW!r}])")
        lines = self.output_of("--target", "*:f", "-c", program).splitlines()
        self.assertEqual(lines[: len(lines) // 2], lines[len(lines) // 2 :])


class Errors(TestCase):
    def test_times(self):
        for value, part in (("1e999", "not a time"), ("-1", "negative"), ("10 parsecs", "not a time"),
                            ("11s", "more than 10s"), ("0.5ns", "finer"), ("10", "no unit"), ("", "empty")):
            with self.subTest(value=value):
                self.assert_refused(self.pyslow("--delay", value, "-c", "print(1)"), "--delay", f"'{value}'",
                                    part, "10us")
        self.assert_refused(self.pyslow("--start", "1us", "-c", "print(1)"), "--start", "milliseconds")

    def test_variables(self):
        for name, value, expected in (
                ("DELAY_NS", "1us", "nanoseconds from 0 to 10000000000"),
                ("DELAY_NS", "1.5", "whole number"), ("DELAY_NS", "-1", "whole number"),
                ("DELAY_NS", "99999999999999999999", "from 0 to"),
                ("FREQUENCY", "0", "from 1"), ("START_MS", "x", "milliseconds"),
                ("DURATION_MS", "-5", "milliseconds"), ("GIL", "relese", "'release'"),
                ("ON", "resum", "'resume'"), ("ON", "start,start", "start,resume"),
                ("SUMMARY", "yes", "expected 1"), ("PATTERNS", "nocolon", "nocolon"),
                ("TARGETS", "/nonexistent/x", "no such file"), ("EPOCH", "x", "unset it")):
            with self.subTest(name=name, value=value):
                env = clean_environment(**{"SPEED_BUMP_PATTERNS": "*:f", "SPEED_BUMP_" + name: value})
                result = run(CHILD_NAME, "-c", "print(1)", env=env)
                where = value if name == "TARGETS" else "SPEED_BUMP_" + name
                self.assert_refused(result, where, expected)

    def test_frequency_zero(self):
        self.assert_refused(self.pyslow("--frequency", "0", "-c", "print(1)"), "--frequency", "from 1")

    def test_group_delays(self):
        targets = self.write("targets.txt", "[model]\na:*\n[sampler]\nb:*\n")
        for values, parts in ((["modle=1us"], ("'modle'", "did you mean 'model'?")),
                              (["model=1us", "model=2us"], ("'model=2us'", "already has a delay")),
                              (["model"], ("'model'", "expected NAME=TIME or NAME=TIME/N")),
                              (["model=1"], ("'model=1'", "no unit")),
                              (["model=1us/0"], ("'model=1us/0'", "from 1"))):
            words = [word for value in values for word in ("--group-delay", value)]
            self.assert_refused(self.pyslow("--targets", targets, *words, "-c", "print(1)"), "--group-delay: ",
                                *parts)

    def test_an_unknown_group_gets_a_suggestion(self):
        targets = self.write("targets.txt", "[model]\na:*\n[sampler]\nb:*\n")
        self.assert_refused(self.pyslow("--targets", targets, "--group", "modle", "-c", "print(1)"),
                            "--group", "modle", "model")

    def test_start_and_start_at_are_exclusive(self):
        self.assert_refused(self.pyslow("--target", "*:f", "--start", "1s", "--start-at", "a:b", "-c", "1"),
                            "--start-at", "--start")
        self.assert_refused(self.pyslow("--target", "*:f", "--start-at", "a:f -> a:b", "-c", "1"), "--start-at",
                            "expected one MODULE:QUALNAME")
