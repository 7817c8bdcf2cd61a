"""Four dispatches and a wait for all of them: a critical fraction that grows from 1/4 to 1.

    host     d1 d2 d3 d4 |        wait         | post || ...
    device      | one  | two  | three | four   | idle || ...

The device does one after the other. As long as it is busy when the next dispatch comes, only the first
of a step keeps it waiting; once a dispatch takes longer than the device does, each of the four does.
`tidy` runs after the last dispatch and is hidden.
"""

import argparse
import time

from device import Device

DISPATCHES = 4  # a step


def dispatch(device, seconds):
    """Prepares one operation, and submits it."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass
    device.submit()


def tidy(seconds):
    """Runs while the device works on what is left."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def post(seconds):
    """Takes the results up while the device is idle."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def steps_of(device, steps, host_seconds):
    for _ in range(steps):
        for _ in range(DISPATCHES):
            dispatch(device, host_seconds)
        tidy(host_seconds)
        device.wait()
        post(host_seconds)


def main():
    parser = argparse.ArgumentParser(description="Four dispatches a step, and a barrier.")
    parser.add_argument("--steps", type=int, default=250, help="steps that are timed [250]")
    parser.add_argument("--warm-up", type=int, default=90, help="steps before these [90]")
    parser.add_argument("--device-us", type=float, default=250, help="the device's time for one [250]")
    parser.add_argument("--host-us", type=float, default=50, help="each function's time [50]")
    args = parser.parse_args()
    device = Device(args.device_us * 1e-6)
    steps_of(device, args.warm_up, args.host_us * 1e-6)
    start = time.perf_counter()
    steps_of(device, args.steps, args.host_us * 1e-6)
    print(f"{args.steps / (time.perf_counter() - start):.2f} steps/s")


if __name__ == "__main__":
    main()
