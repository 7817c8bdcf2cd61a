"""A decode loop whose device is a child process: what is hidden, and what is critical elsewhere.

    host     submit | overlap |    wait    | serial || ...
    device          |   kernel, 900 us     |  idle  || ...

`overlap` is hidden while the device works. `serial` is not. `kernel` runs in the device's process, which
the host waits for: its calls are on the critical path although the host never makes them.
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
    """Takes the result up while the device is idle."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def kernel(seconds):
    """The device's work, in the device's process."""
    end = time.perf_counter() + seconds
    time.sleep(max(0.0, seconds - 200e-6))  # the kernel wakes a sleeper late
    while time.perf_counter() < end:
        pass


def take(pipe):
    """A byte, or b"" at the end. Polls, as a GPU's driver does: a core that slept long wakes up late."""
    while not select.select([pipe], [], [], 0)[0]:
        pass
    return os.read(pipe, 1)


def start_device(seconds):
    """A child that runs `kernel` for each byte; returns the ends to write to and to read from."""
    to_device, submit = os.pipe()
    done, from_device = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(submit)
        os.close(done)
        while take(to_device):
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
        take(done)
        serial(host_seconds)


def main():
    parser = argparse.ArgumentParser(description="A decode loop whose device is a child process.")
    parser.add_argument("--steps", type=int, default=220, help="steps that are timed [220]")
    parser.add_argument("--warm-up", type=int, default=80, help="steps before these [80]")
    parser.add_argument("--device-us", type=float, default=900, help="the device's time [900]")
    parser.add_argument("--host-us", type=float, default=200, help="each function's time [200]")
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
