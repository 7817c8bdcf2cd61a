"""A device whose truth can be computed: it only keeps the time at which it will be done."""

import time


class Device:
    """Does what is submitted in its order, each for a fixed time, with no thread of its own."""

    def __init__(self, seconds):
        self.seconds = seconds
        self.done = 0.0

    def submit(self):
        self.done = max(self.done, time.perf_counter()) + self.seconds

    def wait(self):
        # The kernel wakes a sleeper late, so the last stretch is waited for in short turns.
        left = self.done - time.perf_counter()
        if left > 150e-6:
            time.sleep(left - 150e-6)
        while time.perf_counter() < self.done:
            time.sleep(0)
