"""Measures the accuracy of delays: runs delay_benchmark in many processes and prints the medians.

Each process has its own clock calibration and memory layout, which shift its short delays by a few
nanoseconds. So the result is the median over processes, with its 95% interval, of the ratio of measured
to requested delay.
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
    parser.add_argument("--processes", type=int, default=40, help="number of processes [%(default)s]")
    parser.add_argument("--filter", default="^start/", help="regular expression of the cases to run [%(default)s]")
    return parser.parse_args()


def ratios_of_process(options):
    """Runs one process. Returns {case: ratio}."""
    result = subprocess.run([options.benchmark, f"--benchmark_filter={options.filter}",
                             "--benchmark_format=json"], capture_output=True, text=True, check=True)
    if not result.stdout:  # no case matches
        sys.exit(f"{options.filter}: {result.stderr.strip()}")
    return {case["name"].partition("/iterations")[0]: case["ratio"]
            for case in json.loads(result.stdout)["benchmarks"] if "ratio" in case}


def main():
    options = arguments()
    ratios = collections.defaultdict(list)
    for _ in range(options.processes):
        for name, ratio in ratios_of_process(options).items():
            ratios[name].append(ratio)
    for name, values in ratios.items():
        print("{:34}{:.4f} [{:.4f}, {:.4f}]".format(name, *median_interval(values)))


if __name__ == "__main__":
    main()
