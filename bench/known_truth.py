"""How often sweeps of examples with a known truth are right beside a program that uses a part of a core.

Usage: known_truth.py PYSLOW-SWEEP [--rounds N] [--out FILE]

Sweeps each subject beside a load of 0, 10, 30 and 100% of a core, in turns, N times. Prints a table in the form of
docs/statistics.md: sweeps with the right verdict, with none ("unknown") and with a wrong one, and how often n* is in
its interval. PYSLOW_PYTHON chooses the Python. Each sweep's verdict is a line of FILE as soon as it ends; the lines of
an earlier run in FILE count, too. With --rounds 0, it prints their table.
"""

import argparse
import json
import multiprocessing
import os
import pathlib
import subprocess
import tempfile
import time

EXAMPLES = pathlib.Path(__file__).resolve().parents[1] / "examples"
LOADS = (0, 10, 30, 100)
UNKNOWN = ("inconclusive", "untested")
# The example, the function, its right verdicts, and its true critical calls per unit if they are the same at each delay.
SUBJECTS = (("decode_loop", "serial", ("linear",), 1),
            ("decode_loop", "hidden", ("none", "threshold"), None),
            ("barrier", "dispatch", ("sub-linear",), None),
            ("child_device", "kernel", ("linear",), 1),
            ("thread_device", "overlap", ("linear",), 1),
            ("workers", "prepare", ("linear",), 1 / 4))


def use_core(percent, stop):
    """Uses `percent` of a core, in periods of 20 ms, until `stop` or the end of the parent."""
    parent = os.getppid()
    while not stop.is_set() and os.getppid() == parent:
        begin = time.perf_counter()
        while time.perf_counter() - begin < 0.02 * percent / 100:
            pass
        time.sleep(max(0.0, begin + 0.02 - time.perf_counter()))


class Load:
    def __init__(self, percent):
        self.stop = multiprocessing.Event()
        self.process = multiprocessing.Process(target=use_core, args=(percent, self.stop)) if percent else None

    def __enter__(self):
        if self.process:
            self.process.start()

    def __exit__(self, *_):
        if self.process:
            self.stop.set()
            self.process.join()


def sweep(program, directory, example, function):
    """The finding of a sweep of one function, or None if it failed."""
    unit = "requests" if example == "workers" else "steps"
    # The delays of the four workers and the load share two cores. With larger delays their sum exceeds the cores, so
    # that the delays wait for each other and 1/4 is no longer the truth.
    fewer = () if example == "workers" else ("--steps", "120", "--warm-up", "80")
    limit = ("--max-slowdown", "1.25") if example == "workers" else ()
    result = subprocess.run(
        [program, "--out", directory, "--steps", "impact", "--start", "100ms", "--time-budget", "60s", "--quiet",
         "--throughput-regex", rf"([0-9.]+) {unit}/s", "--target", f"{example}:{function}", *limit, "--",
         EXAMPLES / f"{example}.py", *fewer], capture_output=True, text=True)
    if result.returncode != 0:
        return {"verdict": "failed", "why": result.stderr.strip().splitlines()[-1:]}
    return json.loads((pathlib.Path(directory) / "analysis.json").read_text())["global"] or {"verdict": "untested"}


def judged(finding, verdicts, truth):
    kind = "unknown" if finding["verdict"] in UNKNOWN else "right" if finding["verdict"] in verdicts else "wrong"
    interval = finding.get("critical_calls_per_unit")
    covered = interval[1] <= truth <= interval[2] if truth and interval else None
    return {"kind": kind, "verdict": finding["verdict"], "why": finding.get("why"), "interval": interval,
            "covered": covered, "trials": finding.get("trials", 0)}


def print_table(lines):
    print("| function | load | right | unknown | wrong | n* in its interval | trials |")
    print("|---|---|---|---|---|---|---|")
    for example, function, _, _ in SUBJECTS:
        for load in LOADS:
            these = [line for line in lines if line["subject"] == f"{example}:{function}" and line["load"] == load]
            if not these:
                continue
            kinds = [sum(line["kind"] == kind for line in these) for kind in ("right", "unknown", "wrong")]
            covered = [line["covered"] for line in these if line["covered"] is not None]
            trials = sum(line["trials"] for line in these) / len(these)
            within = f"{sum(covered)} of {len(covered)}" if covered else ""
            print(f"| {example}:{function} | {load}% | {kinds[0]} | {kinds[1]} | {kinds[2]} | {within} | {trials:.0f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sweep", type=os.path.abspath)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("known_truth.jsonl"))
    options = parser.parse_args()
    lines = [json.loads(line) for line in options.out.read_text().splitlines()] if options.out.exists() else []
    with options.out.open("a") as out:
        for index in range(options.rounds):
            for load in LOADS:
                for example, function, verdicts, truth in SUBJECTS:
                    with tempfile.TemporaryDirectory() as directory, Load(load):
                        begin = time.monotonic()
                        finding = sweep(options.sweep, directory + "/out", example, function)
                        line = judged(finding, verdicts, truth)
                    line |= {"subject": f"{example}:{function}", "load": load, "round": index,
                             "seconds": round(time.monotonic() - begin, 1)}
                    lines.append(line)
                    print(json.dumps(line), file=out, flush=True)
    print_table(lines)


if __name__ == "__main__":
    main()
