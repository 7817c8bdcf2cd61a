"""The window: it is relative to the start of the session, and the same in all processes."""

from harness import TestCase

# Calls f for {seconds} and prints the time since the first call for each call that was delayed.
WATCH = """
import time, sys
def f(): pass
first = time.clock_gettime(time.CLOCK_MONOTONIC)
while (now := time.clock_gettime(time.CLOCK_MONOTONIC)) < first + {seconds}:
    f()
    if time.clock_gettime(time.CLOCK_MONOTONIC) - now > 0.015: print(now - first)
    time.sleep(0.001)
print("events", sys.monitoring.get_events(3))
"""


class Window(TestCase):
    def watch(self, *words, seconds=1.0):
        *delayed, events = self.output_of("--target", "__main__:f", "--delay", "20ms", *words, "-c",
                                          WATCH.format(seconds=seconds)).splitlines()
        return [float(line) for line in delayed], int(events.split()[1])

    def test_start_and_duration(self):
        delayed, events = self.watch("--start", "300ms", "--duration", "400ms", seconds=1.2)
        # The session starts before the first line of the script.
        self.assertGreater(delayed[0], 0.05)
        self.assertLess(delayed[0], 0.5)
        self.assertLess(delayed[-1], 0.75)
        self.assertGreater(len(delayed), 5)
        self.assertEqual(events, 0)

    def test_start_without_a_duration(self):
        delayed, events = self.watch("--start", "300ms")
        self.assertGreater(delayed[-1], 0.9)
        self.assertNotEqual(events, 0)

    def test_no_call_is_delayed_before_the_start(self):
        delayed, _ = self.watch("--start", "3600s", seconds=0.3)
        self.assertEqual(delayed, [])

    def test_a_child_has_the_window_of_the_session(self):
        child = WATCH.format(seconds=0.3)
        program = (f"import subprocess, sys, time; time.sleep(0.6); "
                   f"subprocess.run([sys.executable, '-c', {child!r}])")
        words = ("--target", "__main__:f", "--delay", "20ms")
        opened = self.output_of(*words, "--start", "500ms", "-c", program).splitlines()
        closed = self.output_of(*words, "--duration", "500ms", "-c", program).splitlines()
        self.assertGreater(len(opened), 3)
        self.assertEqual(len(closed), 1)

    def test_start_at_opens_the_window_at_a_call(self):
        program = """
import time
def f(): pass
def begin(): pass
def took():
    now = time.perf_counter(); f(); return time.perf_counter() - now > 0.015
print(took()); begin(); print(took(), took())
"""
        for words in ([], ["--target", "__main__:begin"]):
            shown = self.output_of("--target", "__main__:f", *words, "--delay", "20ms", "--start-at",
                                   "__main__:begin", "-c", program)
            self.assertEqual(shown.split(), ["False", "True", "True"])
