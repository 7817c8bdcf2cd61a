"""Other tools of sys.monitoring beside pyslow: each has its events, and a loss is told, never silent."""

import os
import sys
import unittest

from harness import PYSLOW, PYTHON, REPORT, Counted, clean_environment, run

# A library that takes tool ids before pyslow does, where libpython is one that can be interposed.
EARLY = os.environ.get("PYSLOW_TAKES_TOOL_IDS", "")

SHOW_TOOLS = "import sys; print([sys.monitoring.get_tool(i) for i in range(6)])"


class ToolIds(Counted):
    def early(self, ids, *words):
        return run(PYSLOW, *words, env=clean_environment(LD_PRELOAD=EARLY, TAKES_TOOL_IDS=ids))

    def test_three_is_ours_and_the_others_are_left(self):
        self.assertEqual(self.output_of("--target", "*:*", "-c", SHOW_TOOLS),
                         "[None, None, None, 'pyslow', None, None]")

    def test_none_is_taken_when_nothing_is_targeted(self):
        self.assertEqual(self.output_of("-c", SHOW_TOOLS), str([None] * 6))

    @unittest.skipUnless(EARLY, "the interpreter's own functions cannot be interposed")
    def test_four_is_ours_when_three_is_taken(self):
        session = self.directory / "session"
        result = self.early("3", "--target", "__main__:f", "--session", session, "-c",
                            f"def f(): pass\nf()\n{SHOW_TOOLS}")
        self.assertEqual((result.stdout, result.stderr, result.returncode),
                         ("[None, None, None, 'early', 'pyslow', None]\n", "", 0))
        self.assertIn("__main__:f", run(REPORT, session).stdout)

    @unittest.skipUnless(EARLY, "the interpreter's own functions cannot be interposed")
    def test_with_both_taken_nothing_is_run(self):
        self.assert_refused(self.early("34", "--target", "__main__:f", "-c", "print(1)"),
                            "the tool ids 3 and 4 are both in use")

    @unittest.skipUnless(EARLY, "the interpreter's own functions cannot be interposed")
    def test_those_of_debuggers_coverage_profilers_and_optimisers_are_never_taken(self):
        result = self.early("0125", "--target", "__main__:f", "-c", SHOW_TOOLS)
        self.assertEqual(result.stdout, "['early', 'early', 'early', 'pyslow', None, 'early']\n")

    def test_a_tool_that_comes_later_is_told_by_python_and_finds_another(self):
        calls = self.calls_of("""
import sys
def f(): pass
f()
try: sys.monitoring.use_tool_id(3, "later")
except ValueError as error: print(error)
sys.monitoring.use_tool_id(4, "later")
seen = []
sys.monitoring.register_callback(4, sys.monitoring.events.PY_START, lambda code, offset: seen.append(1))
sys.monitoring.set_events(4, sys.monitoring.events.PY_START)
f(); f()
sys.monitoring.set_events(4, 0)
sys.monitoring.free_tool_id(4)
f()
print(len(seen))
""", target="__main__:f", delay="1us")
        self.assertEqual((calls, self.output), ({"f": 4}, "tool 3 is already in use\n2\n"))

    def test_a_fork_keeps_it(self):
        calls = self.calls_of("import os\ndef f(): pass\nf()\nif os.fork() == 0:\n  f()\n  "
                              "import sys; sys.exit(sys.monitoring.get_tool(3) != 'pyslow')\n"
                              "print(os.wait()[1])", target="__main__:f")
        self.assertEqual((calls, self.output), ({"f": 2}, "0\n"))


class RestartEvents(Counted):
    def test_it_changes_no_count_and_no_delay(self):
        report = self.report_of("""
import sys
def f(): pass
def other(): pass
for _ in range(200):
    f(); other()
    sys.monitoring.restart_events()
""", target="__main__:f", delay="10us")
        self.assertEqual([(f["qualname"], f["calls"], f["injected_ns"]) for f in report["functions"]],
                         [("f", 200, 200 * 10_000)])

    def test_it_does_not_open_a_window_that_has_ended(self):
        report = self.report_of("""
import sys, time
def f(): pass
time.sleep(0.25)
f(); f()
for _ in range(5):
    sys.monitoring.restart_events()
    f()
print(sys.monitoring.get_events(3))
""", "--duration", "200ms", target="__main__:f", delay="1us")
        self.assertEqual((report["functions"][0]["calls"], self.output), (0, "0\n"))


# From 3.14 on our callback is gone when the id is freed, before another takes it.
TAKER = "another tool, rude," if sys.version_info < (3, 14) else "the program"


class Losses(Counted):
    """Programs that do to our tool id what is not theirs to do."""

    def loss_of(self, program, calls):
        """What the record tells and pyslow-report says in words, the same; "" where it tells nothing."""
        report = self.report_of("import sys\nE = sys.monitoring.events\nM = sys.monitoring\n"
                                "def f(): pass\nf(); f()\n" + program, target="__main__:f", delay="1us")
        self.assertEqual([function["calls"] for function in report["functions"]], [calls])
        notes = [note for process in report["processes"] for note in process["notes"]]
        self.assertLessEqual(len(notes), 1)
        words = run(REPORT, self.session)
        self.assertEqual((words.returncode, words.stderr), (0, ""))
        for note in notes:
            self.assertIn(f"note: {note}", words.stdout)
        return notes[0] if notes else ""

    def test_an_id_taken_by_a_tool_with_a_callback(self):
        told = self.loss_of("M.free_tool_id(3)\nM.use_tool_id(3, 'rude')\n"
                            "M.register_callback(3, E.PY_START, lambda code, offset: None)\n"
                            "M.set_events(3, E.PY_START)\nf()", calls=2)
        self.assertEqual(told, f"{TAKER} took sys.monitoring's tool id 3 from pyslow: "
                               "from then on nothing was delayed or counted")

    def test_an_id_taken_by_a_tool_with_other_events(self):
        told = self.loss_of("M.free_tool_id(3)\nM.use_tool_id(3, 'rude')\nlines = []\n"
                            "M.register_callback(3, E.LINE, lambda code, line: lines.append(line))\n"
                            "M.set_events(3, E.LINE)\nf()\nM.set_events(3, 0)\nassert lines", calls=2)
        self.assertIn(f"{TAKER} took sys.monitoring's tool id 3", told)

    def test_a_callback_that_is_replaced_without_taking_the_id(self):
        told = self.loss_of("M.register_callback(3, E.PY_START, None)\nf()", calls=2)
        self.assertIn("the program took sys.monitoring's tool id 3", told)

    def test_events_that_are_switched_off_without_taking_the_id(self):
        told = self.loss_of("for tool in range(6):\n  try: M.set_events(tool, 0)\n"
                            "  except ValueError: pass\nf()", calls=2)
        self.assertIn("the program took sys.monitoring's tool id 3", told)

    def test_an_id_that_is_freed_is_right_or_told(self):
        # Up to 3.13 events go on; from 3.14 on free_tool_id drops our callback.
        program = "M.free_tool_id(3)\nf()"
        drops_callbacks = run(PYTHON, "-c", """
import sys
M = sys.monitoring
M.use_tool_id(3, "x"); M.register_callback(3, M.events.PY_START, lambda *_: print(1))
M.set_events(3, M.events.PY_START)
M.free_tool_id(3)
(lambda: None)()""").stdout == ""
        if drops_callbacks:
            self.assertIn("took sys.monitoring's tool id 3", self.loss_of(program, calls=2))
        else:
            self.assertEqual(self.loss_of(program, calls=3), "")

    def test_a_loss_in_a_fork_is_told_of_the_fork_alone(self):
        report = self.report_of("""
import os, sys
def f(): pass
f()
if os.fork() == 0:
    f()
    sys.monitoring.register_callback(3, sys.monitoring.events.PY_START, None)
    f()
    sys.exit()
os.wait()
f()
""", target="__main__:f")
        self.assertEqual(report["functions"][0]["calls"], 3)
        told = {process["pid"]: process["notes"] for process in report["processes"]}
        self.assertEqual(sorted(map(len, told.values())), [0, 1])

    def test_nothing_is_told_where_nothing_happened(self):
        for words in ((), ("--on", "start,resume"), ("--duration", "1ms")):
            report = self.report_of("import time; time.sleep(0.01)\ndef f(): yield\nlist(f())", *words,
                                    target="__main__:f")
            self.assertEqual(report["processes"][0]["notes"], [])


class Callback(Counted):
    def test_the_object_that_register_callback_returns_may_be_called_and_kept(self):
        self.report_of("""
import sys
M = sys.monitoring
def f(): pass
f()
ours = M.register_callback(3, M.events.PY_START, None)
for words in ((), (1,), ("x", 0)):
    try: ours(*words)
    except TypeError as error: print(error)
ours(f.__code__, 0)
M.register_callback(3, M.events.PY_START, ours)
f()
""", target="__main__:f")
        self.assertEqual(self.output, "pyslow's callback takes a code object and an offset\n" * 3)


if __name__ == "__main__":
    unittest.main()
