"""A decode loop with known critical calls: a device works in parallel to the interpreter, like a GPU.

Each step submits work to the device, runs `hidden`, waits for the device, and runs `serial`:

    host     hidden |    wait     | serial || hidden |    wait     | serial || ...
    device       works            |  idle  ||    works             |  idle  || ...

`serial` runs while the device is idle, so that its duration is part of the step.
`hidden` runs while the device is busy, and affects the step only if it takes longer than the device.
Both take the same time, so a profiler ranks them equally.
"""

import argparse
import time

from device import Device


def hidden(seconds):
    """Prepares the next step while the device is busy."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def serial(seconds):
    """Processes the result while the device is idle."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def decode(device, steps, host_seconds):
    for _ in range(steps):
        device.submit()
        hidden(host_seconds)
        device.wait()
        serial(host_seconds)


def main():
    parser = argparse.ArgumentParser(description="A decode loop with known critical calls.")
    parser.add_argument("--steps", type=int, default=500, help="timed steps [500]")
    parser.add_argument("--warm-up", type=int, default=150, help="steps before the timed ones [150]")
    parser.add_argument("--device-us", type=float, default=900, help="device time of a step [900]")
    parser.add_argument("--host-us", type=float, default=200, help="duration of each function [200]")
    args = parser.parse_args()
    device = Device(args.device_us * 1e-6)
    decode(device, args.warm_up, args.host_us * 1e-6)
    start = time.perf_counter()
    decode(device, args.steps, args.host_us * 1e-6)
    seconds = time.perf_counter() - start
    # Total steps over total time, not a mean of rates.
    print(f"{args.steps / seconds:.2f} steps/s")


if __name__ == "__main__":
    main()
