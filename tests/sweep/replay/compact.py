#!/usr/bin/env python3
"""Reduces a log of trials to what the replay tests use, in the format of trials.jsonl.

usage: compact.py [--packages] PARTS < trials.jsonl > data/NAME.jsonl

PARTS: the parts to keep, separated by commas. --packages: merges the functions of a package into
one. All groups are merged if all have the same delay; counts of groups without a delay, beside one
with a delay, are removed. Times are rounded.
"""

import json
import sys


def merged(counts):
    numbers = [key for key, value in counts[0].items() if isinstance(value, (int, float))]
    total = {key: sum(one[key] for one in counts) for key in numbers}
    if "by_process" in counts[0]:
        total["by_process"] = [sum(calls) for calls in zip(*(one["by_process"] for one in counts))]
    return total


def packages(functions):
    by_package = {}
    for function in functions:
        by_package.setdefault(function["module"].split(".")[0], []).append(function)
    names = {"qualname": "all", "file": "", "line": 0, "group": 0, "processes": 1}
    return [{**merged(of), **names, "module": name} for name, of in by_package.items()]


def compact(trial, by_package):
    treated = {treatment["group"] for treatment in trial["treatments"]}
    if trial["part"] in ("pilot", "global"):
        trial["counts"] = [merged(trial["counts"])]
        trial["treatments"] = trial["treatments"][:1]
    for group, counts in enumerate(trial["counts"]):
        counts["spun_ns"] = round(counts["spun_ns"])
        if trial["part"] == "groups" and treated and group not in treated:
            counts.update(dict.fromkeys(counts, 0), by_process=[])
    trial["functions"] = [{**function, "file": ""} for function in trial["functions"]]
    if by_package:
        trial["functions"] = packages(trial["functions"])
    return {k: float(f"{v:.6g}") if isinstance(v, float) else v for k, v in trial.items()}


def main(arguments):
    for line in sys.stdin:
        entry = json.loads(line)
        if entry["kind"] == "sweep":
            del entry["sweep"]["settings"]  # has paths of the machine
        if entry["kind"] == "trial":
            if entry["part"] not in arguments[-1].split(",") or not entry["instrumented"]:
                continue
            entry = compact(entry, "--packages" in arguments)
        print(json.dumps(entry, separators=(",", ":")))


if __name__ == "__main__":
    main(sys.argv[1:])
