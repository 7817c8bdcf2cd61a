"""A simulated device: it only stores the time at which its work will be done."""

import time


class Device:
    """Executes operations in order, each for a fixed time, without a thread."""

    def __init__(self, seconds):
        self.seconds = seconds
        self.done = 0.0

    def submit(self):
        self.done = max(self.done, time.perf_counter()) + self.seconds

    def wait(self):
        # The operating system wakes a thread late, so the last part of the wait polls.
        left = self.done - time.perf_counter()
        if left > 150e-6:
            time.sleep(left - 150e-6)
        while time.perf_counter() < self.done:
            time.sleep(0)
