"""pyslow beside other tools of sys.monitoring: all tools get their events, and pyslow reports losses."""

import os
import sys
import unittest

from harness import PYSLOW, PYTHON, REPORT, CountingTest, clean_environment, run

# The library of takes_tool_ids.cc, if the functions of libpython can be interposed.
EARLY = os.environ.get("PYSLOW_TAKES_TOOL_IDS", "")

SHOW_TOOLS = "import sys; print([sys.monitoring.get_tool(i) for i in range(6)])"


class ToolIds(CountingTest):
    def early(self, ids, *words):
        return run(PYSLOW, *words, env=clean_environment(LD_PRELOAD=EARLY, TAKES_TOOL_IDS=ids))

    def test_pyslow_uses_only_tool_id_3(self):
        self.assertEqual(self.output_of("--target", "*:*", "-c", SHOW_TOOLS),
                         "[None, None, None, 'pyslow', None, None]")

    def test_pyslow_uses_no_tool_id_without_targets(self):
        self.assertEqual(self.output_of("-c", SHOW_TOOLS), str([None] * 6))

    @unittest.skipUnless(EARLY, "the interpreter's own functions cannot be interposed")
    def test_pyslow_uses_tool_id_4_if_3_is_in_use(self):
        session = self.directory / "session"
        result = self.early("3", "--target", "__main__:f", "--session", session, "-c",
                            f"def f(): pass\nf()\n{SHOW_TOOLS}")
        self.assertEqual((result.stdout, result.stderr, result.returncode),
                         ("[None, None, None, 'early', 'pyslow', None]\n", "", 0))
        self.assertIn("__main__:f", run(REPORT, session).stdout)

    @unittest.skipUnless(EARLY, "the interpreter's own functions cannot be interposed")
    def test_an_error_if_both_tool_ids_are_in_use(self):
        self.assert_refused(self.early("34", "--target", "__main__:f", "-c", "print(1)"),
                            "the tool ids 3 and 4 are both in use")

    @unittest.skipUnless(EARLY, "the interpreter's own functions cannot be interposed")
    def test_pyslow_never_uses_the_predefined_tool_ids(self):
        result = self.early("0125", "--target", "__main__:f", "-c", SHOW_TOOLS)
        self.assertEqual(result.stdout, "['early', 'early', 'early', 'pyslow', None, 'early']\n")

    def test_a_later_tool_gets_an_error_for_3_and_can_use_4(self):
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

    def test_a_fork_keeps_the_tool_id(self):
        calls = self.calls_of("import os\ndef f(): pass\nf()\nif os.fork() == 0:\n  f()\n  "
                              "import sys; sys.exit(sys.monitoring.get_tool(3) != 'pyslow')\n"
                              "print(os.wait()[1])", target="__main__:f")
        self.assertEqual((calls, self.output), ({"f": 2}, "0\n"))


class RestartEvents(CountingTest):
    def test_counts_and_delays_do_not_change(self):
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

    def test_a_window_that_has_ended_stays_closed(self):
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


# Since 3.14, free_tool_id removes the callback of pyslow before another tool acquires the ID.
TAKER = "another tool, rude," if sys.version_info < (3, 14) else "the program"


class Losses(CountingTest):
    """Programs that take over the tool ID of pyslow."""

    def loss_of(self, program, calls):
        """The note in the record, which pyslow-report prints too; "" if there is none."""
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

    def test_a_tool_that_takes_the_id_and_sets_a_callback(self):
        note = self.loss_of("M.free_tool_id(3)\nM.use_tool_id(3, 'rude')\n"
                            "M.register_callback(3, E.PY_START, lambda code, offset: None)\n"
                            "M.set_events(3, E.PY_START)\nf()", calls=2)
        self.assertEqual(note, f"{TAKER} took sys.monitoring's tool id 3 from pyslow: "
                               "from then on nothing was delayed or counted")

    def test_a_tool_that_takes_the_id_for_other_events(self):
        note = self.loss_of("M.free_tool_id(3)\nM.use_tool_id(3, 'rude')\nlines = []\n"
                            "M.register_callback(3, E.LINE, lambda code, line: lines.append(line))\n"
                            "M.set_events(3, E.LINE)\nf()\nM.set_events(3, 0)\nassert lines", calls=2)
        self.assertIn(f"{TAKER} took sys.monitoring's tool id 3", note)

    def test_a_program_that_replaces_the_callback(self):
        note = self.loss_of("M.register_callback(3, E.PY_START, None)\nf()", calls=2)
        self.assertIn("the program took sys.monitoring's tool id 3", note)

    def test_a_program_that_switches_the_events_off(self):
        note = self.loss_of("for tool in range(6):\n  try: M.set_events(tool, 0)\n"
                            "  except ValueError: pass\nf()", calls=2)
        self.assertIn("the program took sys.monitoring's tool id 3", note)

    def test_a_program_that_frees_the_id(self):
        # Until 3.13, events continue; since 3.14, free_tool_id removes the callback of pyslow.
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

    def test_a_loss_in_a_fork_is_reported_only_for_the_fork(self):
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
        notes = {process["pid"]: process["notes"] for process in report["processes"]}
        self.assertEqual(sorted(map(len, notes.values())), [0, 1])

    def test_no_note_without_a_loss(self):
        for words in ((), ("--on", "start,resume"), ("--duration", "1ms")):
            report = self.report_of("import time; time.sleep(0.01)\ndef f(): yield\nlist(f())", *words,
                                    target="__main__:f")
            self.assertEqual(report["processes"][0]["notes"], [])


class Callback(CountingTest):
    def test_a_program_may_call_and_keep_the_callback_of_pyslow(self):
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
