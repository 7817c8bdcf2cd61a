"""Four workers side by side, each of them serial: a delay is shared by those who wait at the same time.

Each worker takes requests one after the other: it runs `prepare`, and sleeps as long as its accelerator
would take. A delay of d in `prepare` makes each request d longer, and as four of them are always under
way, the time per request, which is the time over all requests, d/4. So kappa is 1/4 for the program and
1 in each process. `idle` is called in the parent alone, which waits: it is hidden.
"""

import argparse
import os
import time

WORKERS = 4


def prepare(seconds):
    """The host's part of a request."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def idle(seconds):
    """Looks after the workers, now and then."""
    time.sleep(seconds)


def serve(requests, host_seconds, device_seconds):
    for _ in range(requests):
        prepare(host_seconds)
        time.sleep(device_seconds)


def start_worker(args, requests, results):
    """A child that writes when it began and ended its timed requests, on a clock all processes share."""
    child = os.fork()
    if child == 0:
        serve(args.warm_up, args.host_us * 1e-6, args.device_us * 1e-6)
        start = time.monotonic()
        serve(requests, args.host_us * 1e-6, args.device_us * 1e-6)
        os.write(results, f"{start} {time.monotonic()}\n".encode())
        os._exit(0)
    return child


def main():
    parser = argparse.ArgumentParser(description="Four workers in parallel, each of them serial.")
    parser.add_argument("--requests", type=int, default=60, help="timed requests of each worker [60]")
    parser.add_argument("--warm-up", type=int, default=25, help="requests before these [25]")
    parser.add_argument("--device-us", type=float, default=4000, help="the accelerator's time [4000]")
    parser.add_argument("--host-us", type=float, default=100, help="the time of prepare [100]")
    args = parser.parse_args()
    read, write = os.pipe()
    children = [start_worker(args, args.requests, write) for _ in range(WORKERS)]
    os.close(write)
    while children:
        idle(0.005)
        children = [child for child in children if os.waitpid(child, os.WNOHANG)[0] == 0]
    with open(read, encoding="ascii") as lines:
        spans = [[float(word) for word in line.split()] for line in lines]
    seconds = max(end for _, end in spans) - min(start for start, _ in spans)
    print(f"{WORKERS * args.requests / seconds:.2f} requests/s")


if __name__ == "__main__":
    main()
