"""Work that only looks overlapped: the device is a Python thread, and needs the GIL to begin.

    host     submit | overlap |        wait        | serial || ...
    device                    |       works        |  idle  || ...

`overlap` runs after the submission, as `hidden` of decode_loop.py does, but the device's thread gets
the GIL only when the host waits: it begins after `overlap`, whatever that takes, and nothing is hidden.
The same loop with its device in a process of its own is child_device.py.
"""

import argparse
import queue
import threading
import time


def overlap(seconds):
    """Is meant to run beside the device."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def serial(seconds):
    """Takes the result up while the device is idle."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def serve(submitted, finished):
    """The device: sleeps, without the GIL, for each time that is submitted; None ends it."""
    while (seconds := submitted.get()) is not None:
        time.sleep(seconds)
        finished.put(seconds)


def decode(submitted, finished, steps, device_seconds, host_seconds):
    for _ in range(steps):
        submitted.put(device_seconds)
        overlap(host_seconds)
        finished.get()
        serial(host_seconds)


def main():
    parser = argparse.ArgumentParser(description="A decode loop whose device is a thread.")
    parser.add_argument("--steps", type=int, default=200, help="steps that are timed [200]")
    parser.add_argument("--warm-up", type=int, default=80, help="steps before these [80]")
    parser.add_argument("--device-us", type=float, default=900, help="the device's time [900]")
    parser.add_argument("--host-us", type=float, default=200, help="each function's time [200]")
    args = parser.parse_args()
    submitted, finished = queue.SimpleQueue(), queue.SimpleQueue()
    thread = threading.Thread(target=serve, args=(submitted, finished))
    thread.start()
    times = args.device_us * 1e-6, args.host_us * 1e-6
    decode(submitted, finished, args.warm_up, *times)
    start = time.perf_counter()
    decode(submitted, finished, args.steps, *times)
    print(f"{args.steps / (time.perf_counter() - start):.2f} steps/s")
    submitted.put(None)
    thread.join()


if __name__ == "__main__":
    main()
