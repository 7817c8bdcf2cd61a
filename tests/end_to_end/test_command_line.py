"""pyslow's options, and the boundary between them and the options of Python."""

from harness import BIN, CHILD_NAME, MINOR, PYSLOW, PYTHON, TestCase, clean_environment, run


class CommandLine(TestCase):
    def test_help_fits_on_a_screen(self):
        text = self.output_of("--help")
        self.assertLessEqual(len(text.splitlines()), 30)
        self.assertLessEqual(max(map(len, text.splitlines())), 100)
        for option in ("--targets", "--target", "--group", "--delay", "--frequency", "--group-delay", "--start",
                       "--duration", "--start-at", "--on", "--gil", "--own-time", "--summary",
                       "--session"):
            self.assertIn(option, text)

    def test_version_names_the_python(self):
        text = self.output_of("--version")
        self.assertRegex(text, r"^pyslow \d+\.\d+\.\d+\n")
        self.assertIn("Python " + run(PYTHON, "-V").stdout.split()[1], text)

    def test_words_after_the_first_other_word_are_not_options(self):
        script = self.write("show.py", "import sys; print(sys.argv[1:])")
        for words in (["--delay=3"], ["--targets", "none"], ["--help"], ["--version"], ["--", "-x"]):
            self.assertEqual(self.output_of(script, *words), repr(words))
            self.assertEqual(self.output_of("--target", "*:f", script, *words), repr(words))

    def test_an_option_may_be_one_word_or_two(self):
        for words in (["--delay", "2us"], ["--delay=2us"]):
            shown = self.output_of("--target", "*:f", *words, "-c", "import os; print(os.environ['SPEED_BUMP_DELAY_NS'])")
            self.assertEqual(shown, "2000")

    def test_an_option_without_a_target_is_a_mistake(self):
        for words in (["--delay", "1ms"], ["--summary"], ["--session", self.directory / "session"]):
            self.assert_refused(self.pyslow(*words, "-c", "print(1)"), f"{words[0]}: nothing is targeted", "--target")
        self.assertEqual(self.output_of("-c", "print(1)", env=clean_environment(SPEED_BUMP_DELAY_NS="5")), "1")

    def test_a_misspelled_variable_gets_one_warning_in_all_processes(self):
        child = "import subprocess, sys; print(1, flush=True); subprocess.run([sys.executable, '-c', 'print(2)'])"
        shown = self.pyslow("-c", child, env=clean_environment(SPEED_BUMP_TARGET="*:f", SPEED_BUMP_DELAY=""))
        self.assertEqual((shown.returncode, shown.stdout), (0, "1\n2\n"), shown)
        self.assertEqual(shown.stderr, "pyslow: warning: SPEED_BUMP_TARGET: no such variable of pyslow; "
                                       "did you mean 'SPEED_BUMP_TARGETS'?\n")

    def test_a_misspelled_option_gets_a_suggestion(self):
        self.assert_refused(self.pyslow("--dealy", "1us", "-c", "print(1)"), "--dealy", "--delay")
        self.assert_refused(self.pyslow("--target-file", "x", "-c", "print(1)"), "--target-file")

    def test_a_missing_value_is_an_error(self):
        self.assert_refused(self.pyslow("--delay"), "--delay", "TIME", "missing")
        self.assert_refused(self.pyslow("--summary=yes", "-c", "1"), "--summary", "no value")

    def test_a_value_may_start_with_a_dash(self):
        self.assert_refused(self.pyslow("--delay", "-1", "-c", "print(1)"), "--delay", "'-1'", "negative")

    def test_a_pattern_may_contain_a_comma(self):
        shown = self.output_of("--target", "a[x,y]:b", "-c",
                               "import os; print(os.environ['SPEED_BUMP_PATTERNS'])")
        self.assertEqual(shown, "a[x,y]:b")

    def test_a_link_named_python_has_no_options(self):
        link = self.directory / "python3"
        link.symlink_to(PYSLOW)
        for word in ("--delay=1us", "--help"):
            ours = run(link, word, "-c", "print(1)")
            theirs = run(PYTHON, word, "-c", "print(1)")
            self.assertEqual(ours.returncode, theirs.returncode)
            self.assertNotIn("pyslow: error", ours.stderr)
        env = clean_environment(SPEED_BUMP_PATTERNS="__main__:f", SPEED_BUMP_DELAY_NS="0")
        shown = run(link, "-c", "import sys; print(sys.monitoring.get_tool(3))", env=env)
        self.assertEqual(shown.stdout.strip(), "pyslow")

    def test_all_programs_are_in_one_directory(self):
        self.assertTrue((BIN / "pyslow").is_symlink())
        self.assertTrue((BIN / f"python{MINOR}-pyslow").is_symlink())
        self.assertEqual(run(CHILD_NAME, "-c", "print(2)").stdout, "2\n")

    def test_a_missing_link_for_children_is_an_error(self):
        import shutil
        alone = self.directory / "bin" / "pyslow"
        alone.parent.mkdir()
        shutil.copy(PYSLOW, alone)
        if (BIN / "../lib/pyslow").is_dir():  # pyslow executes a static python's executable with the library there
            shutil.copytree(BIN / "../lib/pyslow", self.directory / "lib/pyslow")
        result = run(alone, "-c", "print(1)")
        self.assert_refused(result, f"python{MINOR}-pyslow", "missing")
