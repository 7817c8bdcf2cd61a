"""Compares the call path of two builds: the same benchmarks in both, in pairs of processes in random order.

Usage: compare_builds.py OLD NEW [--pairs N] [--filter REGEX]

OLD and NEW are programs that call_benchmark.cc was built to, such as build/ci/bin/call_benchmark3.13. Each line shows
the least time of a call in each build, and the median over the pairs of the difference, new minus old, with its 95%
interval (order statistics, binomial). It includes the effect of the two memory layouts.
"""

import argparse
import json
import math
import random
import statistics
import subprocess

ORDINARY = ("call/(plain|bare callback|control|control, session directory|no match|control, own time|"
            "after the window)")


def nanoseconds_per_call(program, pattern):
    shown = subprocess.run([program, f"--benchmark_filter=^{pattern}$", "--benchmark_min_time=0.02",
                            "--benchmark_format=json"], capture_output=True, text=True, check=True)
    return {one["name"]: 1e9 / one["items_per_second"] for one in json.loads(shown.stdout)["benchmarks"]}


def interval_of_median(values):
    """The narrowest pair of order statistics that contains the median in 95% of samples, or None if there are few."""
    ordered = sorted(values)
    n = len(ordered)
    below, left_out = 0.0, -1
    for k in range(n // 2):
        below += math.comb(n, k) / 2**n
        if below > 0.025:
            break
        left_out = k
    return (ordered[left_out], ordered[n - 1 - left_out]) if left_out >= 0 else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--filter", default=ORDINARY, help="the benchmarks' names")
    parser.add_argument("--seed", type=int, default=1, help="seed of the random order [%(default)s]")
    options = parser.parse_args()
    order = random.Random(options.seed)
    pairs = []
    for _ in range(options.pairs):
        times = {}
        for program in order.sample((options.old, options.new), 2):
            times[program] = nanoseconds_per_call(program, options.filter)
        pairs.append((times[options.old], times[options.new]))
    names = [name for name in pairs[0][0] if name in pairs[0][1]]
    width = max(map(len, names), default=0)
    print(f"{'':{width}}  old (ns)  new (ns)  new - old")
    for name in names:
        differences = [new[name] - old[name] for old, new in pairs]
        interval = interval_of_median(differences)
        text = "" if interval is None else f" [{interval[0]:+.2f}, {interval[1]:+.2f}]"
        print(f"{name:{width}}  {min(old[name] for old, _ in pairs):8.2f}  {min(new[name] for _, new in pairs):8.2f}  "
              f"{statistics.median(differences):+.2f}{text}")


if __name__ == "__main__":
    main()
