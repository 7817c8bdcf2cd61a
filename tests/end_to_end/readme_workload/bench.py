"""A benchmark of 60 steps of 1 ms, which prints its throughput and, with --out, writes it to a file."""

import argparse
import json
import time


def step():
    time.sleep(0.001)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--out")
    args = parser.parse_args()
    time.sleep(0.05)  # so that the window is open
    begin = time.perf_counter()
    for _ in range(60):
        step()
    rate = 60 * args.batch / (time.perf_counter() - begin)
    print(f"{rate:.3f} tokens/s")
    if args.out:
        with open(args.out, "w", encoding="ascii") as file:
            json.dump({"tokens_per_second": rate}, file)


main()
