"""Four dispatches a step and a barrier: the critical fraction grows from 1/4 to 1 with the delay.

    host     d1 d2 d3 d4 |        wait         | post || ...
    device      | one  | two  | three | four   | idle || ...

The device executes operations one after the other. While it is busy at each next dispatch, only the first
dispatch of a step is critical. If a dispatch takes longer than an operation, all four are critical. `tidy`
runs after the last dispatch and is hidden.
"""

import argparse
import time

from device import Device

DISPATCHES = 4  # per step


def dispatch(device, seconds):
    """Prepares an operation and submits it."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass
    device.submit()


def tidy(seconds):
    """Runs while the device executes the remaining operations."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def post(seconds):
    """Processes the results while the device is idle."""
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
    parser = argparse.ArgumentParser(description="Four dispatches a step and a barrier.")
    parser.add_argument("--steps", type=int, default=250, help="timed steps [250]")
    parser.add_argument("--warm-up", type=int, default=90, help="steps before the timed ones [90]")
    parser.add_argument("--device-us", type=float, default=250, help="device time of an operation [250]")
    parser.add_argument("--host-us", type=float, default=50, help="duration of each function [50]")
    args = parser.parse_args()
    device = Device(args.device_us * 1e-6)
    steps_of(device, args.warm_up, args.host_us * 1e-6)
    start = time.perf_counter()
    steps_of(device, args.steps, args.host_us * 1e-6)
    print(f"{args.steps / (time.perf_counter() - start):.2f} steps/s")


if __name__ == "__main__":
    main()
