"""A hot function that is hidden and a cold one that is critical, which a profiler ranks wrongly.

    host     hot x 40 |    wait     | cold || hot x 40 |    wait     | cold || ...
    device        works             | idle ||       works            | idle || ...

`hot` takes most of Python's time, but runs while the device is busy: a faster `hot` gains nothing.
`cold` takes less than half of that time, but runs while the device is idle: its time is part of the step.
`unused` is never called.
"""

import argparse
import time

from device import Device

HOT_CALLS = 40  # per step
HOT_ROUNDS = 160
COLD_ROUNDS = 2500


def hot(rounds):
    """Prepares one of many inputs while the device is busy."""
    total = 0
    for i in range(rounds):
        total += i * i
    return total


def cold(rounds):
    """Processes the result while the device is idle."""
    total = 0
    for i in range(rounds):
        total += i * i
    return total


def unused(rounds):
    """Never called."""
    return sum(i * i for i in range(rounds))


def step(device):
    device.submit()
    for _ in range(HOT_CALLS):
        hot(HOT_ROUNDS)
    device.wait()
    cold(COLD_ROUNDS)
    if device.done == 0:
        unused(COLD_ROUNDS)


def main():
    parser = argparse.ArgumentParser(description="A hot function that is hidden, a cold one that is not.")
    parser.add_argument("--steps", type=int, default=100, help="timed steps [100]")
    parser.add_argument("--warm-up", type=int, default=100, help="steps before the timed ones [100]")
    parser.add_argument("--device-us", type=float, default=1000, help="device time of a step [1000]")
    args = parser.parse_args()
    device = Device(args.device_us * 1e-6)
    for _ in range(args.warm_up):
        step(device)
    start = time.perf_counter()
    for _ in range(args.steps):
        step(device)
    print(f"{args.steps / (time.perf_counter() - start):.2f} steps/s")


if __name__ == "__main__":
    main()
