"""How exactly delays are delivered: delay_benchmark in many processes, and the median over them.

A process measures its clock at its start and lies in memory as it happens to; both shift short delays
by a few nanoseconds for as long as it lives. So one process's median, however long it runs, says how
exact that process is. Here is the median over processes, with its 95% interval: 1 is exact.
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
    """Case -> its ratio in one process."""
    result = subprocess.run([options.benchmark, f"--benchmark_filter={options.filter}",
                             "--benchmark_format=json"], capture_output=True, text=True, check=True)
    if not result.stdout:  # what it says where nothing matches
        sys.exit(f"{options.filter}: {result.stderr.strip()}")
    return {case["name"].partition("/iterations")[0]: case["ratio"]
            for case in json.loads(result.stdout)["benchmarks"] if "ratio" in case}


def main():
    options = arguments()
    ratios = collections.defaultdict(list)
    for _ in range(options.processes):
        for name, ratio in ratios_of_one(options).items():
            ratios[name].append(ratio)
    for name, values in ratios.items():
        print("{:34}{:.4f} [{:.4f}, {:.4f}]".format(name, *median_interval(values)))


if __name__ == "__main__":
    main()
