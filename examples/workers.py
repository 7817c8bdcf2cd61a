"""Four parallel workers, each of them serial: the critical fraction is 1/4.

Each worker processes requests one after the other: it runs `prepare`, then sleeps as long as an accelerator
would work. A delay d in `prepare` makes each request d longer. Because four requests are always in progress,
the time per request, total time over requests, grows by d/4. The critical fraction is 1/4 for the program
and 1 in each process. Only the waiting parent calls `idle`, which is hidden.
"""

import argparse
import os
import time

WORKERS = 4


def prepare(seconds):
    """The part of a request that runs on the host."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def idle(seconds):
    """Waits between two checks of the workers."""
    time.sleep(seconds)


def serve(requests, host_seconds, device_seconds):
    for _ in range(requests):
        prepare(host_seconds)
        time.sleep(device_seconds)


def start_worker(args, requests, results):
    """Starts a child, which writes the start and end of its timed requests on the monotonic clock."""
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
    parser.add_argument("--warm-up", type=int, default=25, help="requests before the timed ones [25]")
    parser.add_argument("--device-us", type=float, default=4000, help="accelerator time of a request [4000]")
    parser.add_argument("--host-us", type=float, default=100, help="duration of prepare [100]")
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
