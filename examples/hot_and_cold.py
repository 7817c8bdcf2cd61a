"""What a profiler ranks wrongly: a hot function that does not matter, and a cold one that does.

    host     hot x 40 |    wait     | cold || hot x 40 |    wait     | cold || ...
    device        works             | idle ||       works            | idle || ...

`hot` takes most of Python's time, while the device works: making it faster gains nothing.
`cold` takes less than half of that, while the device is idle: all it takes is time of the step.
`unused` would be the worst of all, and is never called.
"""

import argparse
import time

from device import Device

HOT_CALLS = 40  # a step
HOT_ROUNDS = 160
COLD_ROUNDS = 2500


def hot(rounds):
    """Prepares one of many things while the device is busy."""
    total = 0
    for i in range(rounds):
        total += i * i
    return total


def cold(rounds):
    """Takes the result up while the device is idle."""
    total = 0
    for i in range(rounds):
        total += i * i
    return total


def unused(rounds):
    """A way that no step goes."""
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
    parser.add_argument("--steps", type=int, default=100, help="steps that are timed [100]")
    parser.add_argument("--warm-up", type=int, default=60, help="steps before these [60]")
    parser.add_argument("--device-us", type=float, default=1000, help="the device's time [1000]")
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
