"""Compares the speed and the start of pyslow with those of the interpreter that it runs.

Measures pairs of processes, one directly after the other in random order:

- speed, without targets: the processor time of ten pure-Python workloads (workloads.py) under pyslow
  divided by that under python. The fastest run of each process counts.
- start-up: the elapsed time of `-c pass`, from before the process is created to its end, minus python's.

Each line shows the median over the pairs. The geometric mean is computed within each round; its line
shows the median over the rounds. In brackets: the 95% interval of the median, without an assumption
about the noise (order statistics, binomial). It needs at least six rounds. The memory layout differs
between processes, which changes single workloads by a few percent in either direction: the mean is what
counts.
"""

import argparse
import json
import math
import os
import pathlib
import random
import statistics
import subprocess
import sys
import time

SKIPPED_STATUS = 77  # ctest reports "skipped" for this status
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import workloads  # noqa: E402  pylint: disable=wrong-import-position

# Options of pyslow, and the limit on the added time in milliseconds. The last one delays nothing, but
# counts the 1,900 calls that python itself makes at start.
STARTS = {
    "nothing targeted": ([], 1.0),
    "--target none:none": (["--target", "none:none"], 2.0),
    "--target '*:*' --delay 0": (["--target", "*:*", "--delay", "0"], 2.0),
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", required=True, help="the interpreter that pyslow runs")
    parser.add_argument("--pyslow", required=True)
    parser.add_argument("--rounds", type=int, default=12, help="pairs for each workload [%(default)s]")
    parser.add_argument("--runs", type=int, default=12, help="runs in each process [%(default)s]")
    parser.add_argument("--starts", type=int, default=100, help="pairs of starts [%(default)s]")
    parser.add_argument("--only", choices=workloads.WORKLOADS, action="append", help="(may repeat)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the random order [%(default)s]")
    parser.add_argument("--at-most", type=float, metavar="RATIO", help="exit with status 1 if the "
                        "interval of the mean is above RATIO or that of a start above its limit "
                        "(1 ms, 2 ms); with 77 if pyslow embeds a libpython that python does not use")
    parser.add_argument("--json", action="store_true", help="print every pair instead of the table")
    return parser.parse_args()


def environment():
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("SPEED_BUMP_", "PYTHON")) and name != "VIRTUAL_ENV"}
    return {**kept, "PYTHONHASHSEED": "0"}


def median_interval(values):
    """Returns the median and the ends of its 95% interval; the ends are infinite for too few values."""
    ordered, count = sorted(values), len(values)
    tail, cut = 0.0, 0  # the interval excludes the `cut` least and the `cut` greatest values
    while cut <= count // 2:
        tail += 2 * math.comb(count, cut) / 2**count
        if tail > 0.05:
            break
        cut += 1
    ends = (ordered[cut - 1], ordered[count - cut]) if cut else (-math.inf, math.inf)
    return statistics.median(ordered), *ends


class Comparison:
    def __init__(self, options):
        self.options = options
        self.order = random.Random(options.seed)
        self.environment = environment()

    def in_pair(self, measure, ours, theirs):
        """Returns (measure(ours), measure(theirs)), measured in random order."""
        ours_first = self.order.random() < 0.5
        first = measure(ours if ours_first else theirs)
        second = measure(theirs if ours_first else ours)
        return (first, second) if ours_first else (second, first)

    def time_workload(self, name, program):
        result = subprocess.run([program, HERE / "workloads.py", name, str(self.options.runs)],
                                env=self.environment, capture_output=True, text=True, check=True)
        seconds, value = result.stdout.split(maxsplit=1)
        return float(seconds), value

    def speed(self):
        """Returns {workload: [(seconds under pyslow, seconds under python) for each round]}."""
        names = self.options.only or list(workloads.WORKLOADS)
        seconds = {name: [] for name in names}
        for _ in range(self.options.rounds):
            for name in self.order.sample(names, len(names)):
                ours, theirs = self.in_pair(lambda program: self.time_workload(name, program),
                                            self.options.pyslow, self.options.python)
                if ours[1] != theirs[1]:
                    sys.exit(f"{name}: {ours[1].strip()} under pyslow, {theirs[1].strip()} under python")
                seconds[name].append((ours[0], theirs[0]))
        return seconds

    def time_start(self, command):
        begin = time.perf_counter()
        process = os.posix_spawnp(command[0], [*command, "-I", "-c", "pass"], self.environment)
        _, status = os.waitpid(process, 0)
        seconds = time.perf_counter() - begin
        if status != 0:
            sys.exit(f"{command}: status {status}")
        return seconds

    def starts(self):
        """Returns {name in STARTS: [(seconds of pyslow, seconds of python)]}."""
        seconds = {name: [] for name in STARTS}
        for number in range(-3, self.options.starts):  # negative: warm-up
            for name, (words, _) in STARTS.items():
                pair = self.in_pair(self.time_start, [self.options.pyslow, *words],
                                    [self.options.python])
                if number >= 0:
                    seconds[name].append(pair)
        return seconds


def show_speed(seconds):
    """Prints the table. Returns the geometric mean and its interval."""
    print(f"{'workload':28}{'python':>10}  pyslow / python")
    for name, pairs in seconds.items():
        ratio, low, high = median_interval([ours / theirs for ours, theirs in pairs])
        theirs = statistics.median(theirs for _, theirs in pairs)
        print(f"{name:28}{theirs * 1e3:7.2f} ms  {ratio:.3f} [{low:.3f}, {high:.3f}]")
    means = [math.exp(statistics.fmean(math.log(ours / theirs) for ours, theirs in one_round))
             for one_round in zip(*seconds.values())]
    mean, low, high = median_interval(means)
    print(f"{'geometric mean':38}  {mean:.3f} [{low:.3f}, {high:.3f}]")
    return mean, low, high


def show_starts(seconds):
    """Prints the table. Returns the names whose interval is above the limit."""
    slow = []
    print(f"\n{'start-up':28}{'python':>10}  pyslow - python")
    for name, pairs in seconds.items():
        more, low, high = median_interval([(ours - theirs) * 1e3 for ours, theirs in pairs])
        theirs = statistics.median(theirs for _, theirs in pairs)
        print(f"{name:28}{theirs * 1e3:7.2f} ms  {more:+.2f} ms [{low:+.2f}, {high:+.2f}]")
        if low > STARTS[name][1]:
            slow.append(name)
    return slow


def skip_if_embedded(pyslow):
    """Exits if pyslow cannot use python's own executable: it is then known to be slower."""
    version = subprocess.run([pyslow, "--version"], env=environment(), capture_output=True, text=True)
    if "embedded although that executable" in version.stdout:
        print(version.stdout)
        sys.exit(SKIPPED_STATUS)


def main():
    options = arguments()
    if options.at_most is not None:
        skip_if_embedded(options.pyslow)
    comparison = Comparison(options)
    speed = comparison.speed() if options.rounds else {}
    starts = comparison.starts() if options.starts else {}
    if options.json:
        json.dump({"speed": speed, "starts": starts}, sys.stdout)
        return
    low = show_speed(speed)[1] if speed else 0.0
    slow = show_starts(starts) if starts else []
    if options.at_most is not None and (low > options.at_most or slow):
        sys.exit(f"above the limit: {', '.join(slow) or 'the geometric mean'}")


if __name__ == "__main__":
    main()
