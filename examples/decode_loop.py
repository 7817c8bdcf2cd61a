"""A decode loop whose truth is known: a device works beside the interpreter, as a GPU would.

Each step submits work to the device, runs `hidden`, waits for the device, and runs `serial`:

    host     hidden |    wait     | serial || hidden |    wait     | serial || ...
    device       works            |  idle  ||    works             |  idle  || ...

`serial` runs while the device is idle: each microsecond more of it is one more of the step.
`hidden` runs while the device works: until it takes as long as that, the step does not notice.
Both take the same time, so a profiler ranks them alike.
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
    """Takes the result up while the device is idle."""
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
    parser = argparse.ArgumentParser(description="A decode loop with a known truth.")
    parser.add_argument("--steps", type=int, default=500, help="steps that are timed [500]")
    parser.add_argument("--warm-up", type=int, default=150, help="steps before these [150]")
    parser.add_argument("--device-us", type=float, default=900, help="the device's time [900]")
    parser.add_argument("--host-us", type=float, default=200, help="each function's time [200]")
    args = parser.parse_args()
    device = Device(args.device_us * 1e-6)
    decode(device, args.warm_up, args.host_us * 1e-6)
    start = time.perf_counter()
    decode(device, args.steps, args.host_us * 1e-6)
    seconds = time.perf_counter() - start
    # All steps over all time, not a mean of rates.
    print(f"{args.steps / seconds:.2f} steps/s")


if __name__ == "__main__":
    main()
