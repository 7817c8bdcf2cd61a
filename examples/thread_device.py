"""Work that seems to overlap, but does not: the device is a Python thread and needs the GIL to start.

    host     submit | overlap |        wait        | serial || ...
    device                    |       works        |  idle  || ...

`overlap` runs after the submission, like `hidden` in decode_loop.py. But the thread of the device gets the
GIL only when the host waits, so it always starts after `overlap`, and nothing is hidden. child_device.py is
the same loop with the device in a separate process.
"""

import argparse
import queue
import threading
import time


def overlap(seconds):
    """Is supposed to run in parallel to the device."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def serial(seconds):
    """Processes the result while the device is idle."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def serve(submitted, finished):
    """The device: sleeps, without the GIL, for each submitted time. None ends it."""
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
    parser.add_argument("--steps", type=int, default=200, help="timed steps [200]")
    parser.add_argument("--warm-up", type=int, default=80, help="steps before the timed ones [80]")
    parser.add_argument("--device-us", type=float, default=900, help="device time of a step [900]")
    parser.add_argument("--host-us", type=float, default=200, help="duration of each function [200]")
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
