"""Compares pyslow with the interpreter that it stands for: what does being pyslow cost?

Two answers, each from pairs of processes that ran one right after the other, in random order, so that
both had the same machine:

- speed, with nothing targeted: the time of ten pure-Python workloads (workloads.py) under pyslow, over
  that under python. Of each process the fastest run counts, in processor time.
- start-up: the time that `-c pass` takes, from before the process is made to its end, less python's.

The figure of a line is the median over the pairs, and the geometric mean is taken within each round and
then the median over the rounds. The brackets hold the 95% interval of that median, which supposes
nothing about the noise (order statistics, binomial); fewer than six rounds have none. A layout of memory
is drawn anew for each process, which alone makes single workloads differ by some percent either way:
look at the mean.
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

SKIPPED_STATUS = 77  # what ctest takes for "skipped"
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import workloads  # noqa: E402  pylint: disable=wrong-import-position

# What is started, and how many milliseconds beyond python's own start it may take. The last one counts
# the 1,900 calls that python itself makes on top of it.
STARTS = {
    "nothing targeted": ([], 1.0),
    "--target none:none": (["--target", "none:none"], 2.0),
    "--target '*:*' --delay 0": (["--target", "*:*", "--delay", "0"], 2.0),
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", required=True, help="the interpreter that pyslow stands for")
    parser.add_argument("--pyslow", required=True)
    parser.add_argument("--rounds", type=int, default=12, help="pairs for each workload [%(default)s]")
    parser.add_argument("--runs", type=int, default=12, help="runs in each process [%(default)s]")
    parser.add_argument("--starts", type=int, default=100, help="pairs of starts [%(default)s]")
    parser.add_argument("--only", choices=workloads.WORKLOADS, action="append", help="(may repeat)")
    parser.add_argument("--seed", type=int, default=1, help="of the order [%(default)s]")
    parser.add_argument("--at-most", type=float, metavar="RATIO", help="exit status 1 where the mean "
                        "is surely above RATIO, or a start surely above its limit (1 ms, 2 ms); "
                        "77 where pyslow had to embed a libpython that python does not use")
    parser.add_argument("--json", action="store_true", help="print every pair instead of the table")
    return parser.parse_args()


def environment():
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("SPEED_BUMP_", "PYTHON")) and name != "VIRTUAL_ENV"}
    return {**kept, "PYTHONHASHSEED": "0"}


def median_interval(values):
    """The median and the ends of its 95% interval; infinite ends where there are too few values."""
    ordered, count = sorted(values), len(values)
    tail, cut = 0.0, 0  # the `cut` least and the `cut` greatest lie outside of the interval
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
        """What `measure` says of both, ours first, measured in random order."""
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
        """For each workload a list, by round, of the seconds under pyslow and under python."""
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
        """For each way to start a list of the seconds under pyslow and under python."""
        seconds = {name: [] for name in STARTS}
        for number in range(-3, self.options.starts):  # the first ones fill the caches
            for name, (words, _) in STARTS.items():
                pair = self.in_pair(self.time_start, [self.options.pyslow, *words],
                                    [self.options.python])
                if number >= 0:
                    seconds[name].append(pair)
        return seconds


def show_speed(seconds):
    """Prints the table; returns the interval of the geometric mean."""
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
    """Prints the table; returns the names of those that surely take longer than they may."""
    late = []
    print(f"\n{'start-up':28}{'python':>10}  pyslow - python")
    for name, pairs in seconds.items():
        more, low, high = median_interval([(ours - theirs) * 1e3 for ours, theirs in pairs])
        theirs = statistics.median(theirs for _, theirs in pairs)
        print(f"{name:28}{theirs * 1e3:7.2f} ms  {more:+.2f} ms [{low:+.2f}, {high:+.2f}]")
        if low > STARTS[name][1]:
            late.append(name)
    return late


def skip_if_embedded_for_want(pyslow):
    """Where pyslow could not be made to run python's own executable it is slower, and says so."""
    version = subprocess.run([pyslow, "--version"], env=environment(), capture_output=True, text=True)
    if "embedded although that executable" in version.stdout:
        print(version.stdout)
        sys.exit(SKIPPED_STATUS)


def main():
    options = arguments()
    if options.at_most is not None:
        skip_if_embedded_for_want(options.pyslow)
    comparison = Comparison(options)
    speed = comparison.speed() if options.rounds else {}
    starts = comparison.starts() if options.starts else {}
    if options.json:
        json.dump({"speed": speed, "starts": starts}, sys.stdout)
        return
    low = show_speed(speed)[1] if speed else 0.0
    late = show_starts(starts) if starts else []
    if options.at_most is not None and (low > options.at_most or late):
        sys.exit(f"slower than it may be: {', '.join(late) or 'the geometric mean'}")


if __name__ == "__main__":
    main()
