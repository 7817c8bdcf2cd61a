"""A decode loop whose device is a child process.

    host     submit | overlap |    wait    | serial || ...
    device          |   kernel, 900 us     |  idle  || ...

`overlap` runs while the device is busy and is hidden. `serial` is critical. `kernel` runs in the process of
the device, for which the host waits, so its calls are critical too.
"""

import argparse
import os
import select
import time


def overlap(seconds):
    """Prepares the next step while the device is busy."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def serial(seconds):
    """Processes the result while the device is idle."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def kernel(seconds):
    """The work of the device, in its process."""
    end = time.perf_counter() + seconds
    time.sleep(max(0.0, seconds - 200e-6))  # the operating system wakes a thread late
    while time.perf_counter() < end:
        pass


def read_byte(pipe):
    """Reads a byte, or b"" at the end. Polls like a GPU driver, since a core that slept long wakes late."""
    while not select.select([pipe], [], [], 0)[0]:
        pass
    return os.read(pipe, 1)


def start_device(seconds):
    """Starts a child that runs `kernel` for each byte. Returns its PID, a write end and a read end."""
    to_device, submit = os.pipe()
    done, from_device = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(submit)
        os.close(done)
        while read_byte(to_device):
            kernel(seconds)
            os.write(from_device, b".")
        os._exit(0)
    os.close(to_device)
    os.close(from_device)
    return child, submit, done


def decode(submit, done, steps, host_seconds):
    for _ in range(steps):
        os.write(submit, b".")
        overlap(host_seconds)
        read_byte(done)
        serial(host_seconds)


def main():
    parser = argparse.ArgumentParser(description="A decode loop whose device is a child process.")
    parser.add_argument("--steps", type=int, default=220, help="timed steps [220]")
    parser.add_argument("--warm-up", type=int, default=80, help="steps before the timed ones [80]")
    parser.add_argument("--device-us", type=float, default=900, help="device time of a step [900]")
    parser.add_argument("--host-us", type=float, default=200, help="duration of each function [200]")
    args = parser.parse_args()
    child, submit, done = start_device(args.device_us * 1e-6)
    decode(submit, done, args.warm_up, args.host_us * 1e-6)
    start = time.perf_counter()
    decode(submit, done, args.steps, args.host_us * 1e-6)
    print(f"{args.steps / (time.perf_counter() - start):.2f} steps/s")
    os.close(submit)
    os.waitpid(child, 0)


if __name__ == "__main__":
    main()
