"""Sweeps of the lines of the function that matters most."""

from test_sweep import Sweep

# In each step the device is idle during the loop and busy for the 4 ms before `done`. Three of four steps have work that
# is hidden behind it, and no step has a negative total.
PROGRAM = """
import time
def step(number):
    total = 0
    for part in range(4):
        total += sum(range(5000))
    done = time.perf_counter() + 4e-3
    if number % 4:
        total += sum(range(16000))
    if total < 0:
        total = -total
        total += 1
    time.sleep(max(0, done - time.perf_counter()))
    return total
for i in range(20): step(i)
start = time.perf_counter()
for i in range(200): step(i)
print(f"200 steps, {200 / (time.perf_counter() - start):.3f} steps/s")
"""
# Until it is ended.
LOOP = PROGRAM[:PROGRAM.index("for i")] + "i = 0\nwhile True:\n    step(i)\n    i += 1\n"
# The largest dose is half a step, which the device hides.
OPTIONS = ("--steps", "focus,lines", "--max-slowdown", "1.5", "--quiet")
MEASURED = ("--target", "__main__:step", "--throughput-regex", "([0-9.]+) steps/s", "--units-regex", "([0-9]+) steps,",
            "--time-budget", "60s", "--min-gain", "2%")
LOOP_BODY, HIDDEN, NEVER = "__main__:step@6", "__main__:step@9", "__main__:step@11-12"


class Lines(Sweep):
    def lines(self, *words):
        result = self.succeeds(*OPTIONS, *words)
        return {one["name"]: one for one in self.analysis()["lines"]}, result

    def assert_truth(self, lines):
        for name, entries in ((LOOP_BODY, 4), (HIDDEN, 0.75)):
            self.assertIn(name, lines)
            self.assertAlmostEqual(lines[name]["calls_per_unit"][0] / entries, 1, delta=0.15)
            self.assertGreater(lines[name]["own_seconds_per_unit"], 5e-5)
        body, hidden = lines[LOOP_BODY], lines[HIDDEN]
        # On a busy machine the noise may hide an effect.
        self.assertIn(body["verdict"], ("linear", "sub-linear", "inconclusive"), body)
        self.assertGreater(body["critical_calls_per_unit"][2], 3, body)
        # Beside more busy programs than cores, the delay takes a core that the program needs.
        self.assertNotEqual(hidden["verdict"], "linear", hidden)
        if hidden["verdict"] == "sub-linear":
            self.assertLess(hidden["kappa"][0], 0.5, hidden)
        self.assertEqual((lines[NEVER]["verdict"], lines[NEVER]["reason"]), ("untested", "never_called"))
        self.assertEqual((lines[NEVER]["line"], lines[NEVER]["lines"]), (3, [11, 12]))
        self.assertEqual({line["group"] for line in lines.values()}, {"__main__:step"})

    def test_the_lines_of_the_first_function_are_compared(self):
        lines, result = self.lines(*MEASURED, "--", self.write("work.py", PROGRAM))
        printed = result.stdout
        self.assert_truth(lines)
        self.assertIn("Next, the lines of __main__:step.", printed)
        self.assertIn("7. Lines", printed)
        self.assertRegex(printed, r"never entered +__main__:step@11-12 ")
        self.assertRegex(" ".join(printed.split()), "With an event for each, a unit lasts .*s, in the steps before")
        self.assertEqual(self.sweep("--from", self.out).stdout, printed)
        self.assertIn(LOOP_BODY, (self.out / "report.html").read_text())

    def test_a_live_program_starts_anew_once_for_its_lines(self):
        words = ("--target", "__main__:step", "--live", "--progress", "__main__:step", "--interval", "400ms",
                 "--time-budget", "60s", "--",
                 self.write("work.py", LOOP))
        lines, result = self.lines(*words)
        self.assertIn("the lines of the first one, until answered; the program starts anew once for the lines;",
                      result.stderr)
        self.assert_truth(lines)

    def test_a_builtin_has_no_lines(self):
        program = "import time\nfor i in range(100): sum(range(20000))\n"
        lines, result = self.lines("--target", "builtins:sum", "--on", "call", "--runs", "3", "--",
                                   self.write("work.py", program))
        self.assertEqual(lines, {})
        self.assertIn("builtins:sum is no Python function, so it has no lines to slow", " ".join(result.stdout.split()))
