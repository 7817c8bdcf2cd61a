"""In a terminal banner, prompts, history, colours, Ctrl-C and Ctrl-D are the same as python's."""

import os
import signal
import sys
import unittest

from differential import PLAIN, CONTROL, DifferentialTest, Terminal, as_python
from harness import PYSLOW, PYTHON, VERSION, clean_environment

PROMPT = rb">>> "
has_new_repl = unittest.skipIf(sys.version_info < (3, 13), "the REPL written in Python came with 3.13")


class InATerminal(DifferentialTest):
    def dialogue(self, words, talk, **variables):
        """Runs `talk` with both programs and compares. Returns python's (status, output, history)."""
        results = []
        for number, (program, mode) in enumerate([(PYTHON, PLAIN), (PYSLOW, PLAIN), (PYSLOW, CONTROL)]):
            home = self.directory / f"home-{len(list(self.directory.iterdir()))}-{number}"
            home.mkdir()
            env = clean_environment(HOME=str(home), TERM="xterm-256color", COLUMNS="100", LINES="40",
                                    **variables)
            for name in ("NO_COLOR", "FORCE_COLOR", "CI"):
                env.pop(name, None)
            terminal = Terminal(program, *words, env=env | mode)
            talk(terminal)
            status, shown = terminal.end()
            history = home / ".python_history"
            shown = as_python(shown).replace(os.fsencode(home), b"HOME")
            results.append((status, shown, history.read_text() if history.exists() else None))
        for result in results[1:]:
            self.assertEqual(result, results[0])
        return results[0]

    def test_banner_prompt_and_control_d(self):
        def talk(terminal):
            terminal.expect(PROMPT)
            terminal.type(b"6 * 7\n")
            terminal.expect(rb"42[\s\S]*" + PROMPT)
            terminal.type(b"\x04")

        status, shown, _ = self.dialogue([], talk, PYTHON_BASIC_REPL="1")
        self.assertEqual(status, 0)
        self.assertIn(b"Python " + VERSION.encode(), shown)
        self.assertIn(b'Type "help"', shown)

    def test_no_banner_with_q_or_with_a_command_and_i(self):
        def talk(terminal):
            terminal.expect(PROMPT)
            terminal.type(b"raise SystemExit(3)\n")

        self.assertEqual(self.dialogue(["-q"], talk, PYTHON_BASIC_REPL="1")[0], 3)
        self.assertEqual(self.dialogue(["-i", "-c", "x = 1"], talk, PYTHON_BASIC_REPL="1")[0], 3)

    def test_without_site(self):
        def talk(terminal):
            terminal.expect(PROMPT)
            terminal.type(b"\x04")

        self.dialogue(["-S"], talk, PYTHON_BASIC_REPL="1")
        self.dialogue(["-I"], talk)

    def test_the_history(self):
        def talk(terminal):
            terminal.expect(PROMPT)
            terminal.type(b"'a' + 'b'\n")
            terminal.expect(rb"'ab'[\s\S]*" + PROMPT)
            terminal.type(b"\x1b[A\n")  # the up arrow
            terminal.expect(rb"'ab'[\s\S]*" + PROMPT)
            terminal.type(b"\x04")

        _, _, history = self.dialogue([], talk, PYTHON_BASIC_REPL="1")
        self.assertIn("'a' + 'b'", history)

    @has_new_repl
    def test_the_new_repl(self):
        def talk(terminal):
            terminal.expect(PROMPT)
            for line, answer in ((b"6 * 7\n", rb"42"), (b"1 / 0\n", rb"by zero")):
                terminal.type(line)
                terminal.expect(answer + rb"[\s\S]*" + PROMPT)
            terminal.type(b"exit\n")

        status, shown, history = self.dialogue([], talk)
        self.assertEqual(status, 0)
        self.assertIn(b"\x1b[?2004h", shown)  # bracketed paste, which only the new REPL enables
        self.assertIn("6 * 7", history)

    def test_control_c_at_the_prompt(self):
        def talk(terminal):
            terminal.expect(PROMPT)
            terminal.wait_asleep()
            terminal.type(b"\x03")
            terminal.expect(rb"KeyboardInterrupt[\s\S]*" + PROMPT)
            terminal.type(b"\x04")

        status = self.dialogue([], talk, PYTHON_BASIC_REPL="1")[0]
        self.assertEqual(status, -signal.SIGINT if sys.version_info >= (3, 14) else 0)

    def test_control_c_in_a_program(self):
        script = self.write("sleeps.py", "import time\nprint('ready', flush=True)\ntime.sleep(60)\n")

        def talk(terminal):
            terminal.expect(rb"ready")
            terminal.wait_asleep()
            terminal.type(b"\x03")

        status, shown, _ = self.dialogue([script], talk)
        self.assertEqual(status, -signal.SIGINT)
        self.assertIn(b"KeyboardInterrupt", shown)

    def test_control_backslash_in_a_program(self):
        script = self.write("sleeps.py", "import time\nprint('ready', flush=True)\ntime.sleep(60)\n")

        def talk(terminal):
            terminal.expect(rb"ready")
            terminal.wait_asleep()
            terminal.type(b"\x1c")

        self.assertEqual(self.dialogue([script], talk)[0], -signal.SIGQUIT)

    def test_coloured_tracebacks(self):
        script = self.write("fails.py", "def f():\n    return 1 / 0\nf()\n")
        status, shown, _ = self.dialogue([script], lambda terminal: None)
        self.assertEqual(status, 1)
        self.assertEqual(b"\x1b[" in shown, sys.version_info >= (3, 13))
        for variables in ({"NO_COLOR": "1"}, {"PYTHON_COLORS": "0"}, {"TERM": "dumb"}):
            with self.subTest(variables):
                self.same(script, env=clean_environment(FORCE_COLOR="1", **variables), status=1)

    def test_the_prompts_of_input_and_getpass(self):
        def talk(terminal):
            terminal.expect(rb"name: ")
            terminal.type(b"me\n")
            terminal.expect(rb"secret: ")
            terminal.type(b"word\n")

        script = self.write("asks.py", """
            import getpass
            print(repr(input("name: ")))
            print(repr(getpass.getpass("secret: ")))
            """)
        status, shown, _ = self.dialogue([script], talk)
        self.assertEqual(status, 0)
        self.assertIn(b"'word'", shown)


if __name__ == "__main__":
    unittest.main()
