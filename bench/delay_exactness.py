"""How exactly delays are delivered: delay_benchmark in many processes, and the median over them.

A process measures its clock at its start and lies in memory as it happens to; both shift short delays
by a few nanoseconds for as long as it lives. So one process's median, however long it runs, says how
exact that process is. Here is the median over processes, with its 95% interval: 1 is exact. First over a
control that pauses as long, then over one that does not (see delay_benchmark.cc).
"""

import argparse
import collections
import json
import subprocess
import sys

from interpreter_speed import median_interval


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--benchmark", required=True, help="build/ci/bin/delay_benchmark3.X")
    parser.add_argument("--processes", type=int, default=40, help="[%(default)s]")
    parser.add_argument("--filter", default="^start/", help="which of its cases, a regular expression [%(default)s]")
    return parser.parse_args()


def ratios_of_one(options):
    """Case -> its two ratios in one process."""
    result = subprocess.run([options.benchmark, f"--benchmark_filter={options.filter}",
                             "--benchmark_format=json"], capture_output=True, text=True, check=True)
    if not result.stdout:  # what it says where nothing matches
        sys.exit(f"{options.filter}: {result.stderr.strip()}")
    return {case["name"].partition("/iterations")[0]: (case["ratio"], case["over_control"])
            for case in json.loads(result.stdout)["benchmarks"]}


def main():
    options = arguments()
    ratios = collections.defaultdict(list)
    for _ in range(options.processes):
        for name, pair in ratios_of_one(options).items():
            ratios[name].append(pair)
    print(f"{'delay':34}over a control that pauses  over the control")
    for name, pairs in ratios.items():
        texts = ["{:.4f} [{:.4f}, {:.4f}]".format(*median_interval(values)) for values in zip(*pairs)]
        print(f"{name:34}{texts[0]:28}{texts[1]}")


if __name__ == "__main__":
    main()
