"""Prints the cost of a call under pyslow as the table of docs/cost.md. Runs call_benchmark3.X and reads its JSON.

    python3 bench/call_costs.py build/ci/bin/call_benchmark3.13

Each figure is the minimum processor time of many short repetitions, in random order within a process:
other programs can only increase it. First calls and memory are measured in one process for each case,
because an engine leaves state in its process.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

CALLS = [  # benchmark name, row title
    ("call/bare callback", "a callback that does nothing, in C"),
    ("call/control", "**pyslow, control**"),
    ("call/control, session directory", "pyslow, control, with `--session`"),
    ("call/control, end ahead", "pyslow, control, with `--duration`"),
    ("call/control, own time", "pyslow, control, with `--own-time`"),
    ("call/before the window", "pyslow, matched, before the window"),
    ("call/after the window", "pyslow, matched, after the window"),
    ("call/no match", "pyslow, not matched"),
    ("call/Python callback", "`sys.monitoring` callback in Python"),
    ("call/cProfile", "cProfile"),
    ("call/sys.setprofile", "`sys.setprofile`"),
]
FIRST_CALLS = [
    ("no match, 1", "not matched, 1 target"),
    ("no match, 100", "not matched, 100 targets"),
    ("no match, 1000", "not matched, 1 000 targets"),
    ("no match, session directory", "not matched, with `--session`"),
    ("match, 1", "matched, 1 target"),
    ("match, 1000", "matched, 1 000 targets"),
    ("match, session directory", "matched, with `--session`"),
]
MEMORY = [
    ("no match", "not matched"),
    ("no match, session directory", "not matched, with `--session`"),
    ("match", "matched, a different function each"),
]


def run(program, pattern, repetitions):
    """Runs the matching benchmarks. Returns {benchmark name: entries of its repetitions}."""
    with tempfile.TemporaryDirectory() as directory:
        out = pathlib.Path(directory, "out.json")
        subprocess.run(
            [program, f"--benchmark_filter={pattern}", f"--benchmark_repetitions={repetitions}",
             "--benchmark_enable_random_interleaving=true", "--benchmark_min_time=0.004",
             f"--benchmark_out={out}"],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        found = {}
        for entry in json.loads(out.read_text())["benchmarks"]:
            if entry["run_type"] == "iteration":
                name = entry["name"].split("/iterations:")[0].split("/repeats:")[0]
                found.setdefault(name, []).append(entry)
        return found


def min_ns(entries):
    """Nanoseconds per call; a repetition is a thousand calls."""
    manual = "manual_time" in entries[0]["name"]
    return min(entry["real_time" if manual else "cpu_time"] for entry in entries) / 1000


def print_calls(program, repetitions):
    found = run(program, "^call/", repetitions)
    plain = min_ns(found["call/plain"])
    bare = min_ns(found["call/bare callback"]) - plain
    print(f"| call of a function | added to a plain call of {plain:.0f} ns | relative to a callback that does nothing |")
    print("|---|---|---|")
    for name, row in CALLS:
        over = min_ns(found[name]) - plain
        print(f"| {row} | {over:+.1f} ns | {over / bare:.2f} × |")


def print_native_calls(program, repetitions):
    found = run(program, "^(call/(plain|on call)|native/.*)$", repetitions)
    python, native = (min_ns(found[f"{kind}/plain"]) for kind in ("call", "native"))
    print("\n| a call with `--on call` | over the plain call |\n|---|---|")
    print(f"| of a Python function ({python:.0f} ns) | {min_ns(found['call/on call']) - python:+.1f} ns |")
    for name, row in (("bare callback", f"of a builtin function ({native:.0f} ns), a callback that does nothing, in C"),
                      ("no match", "the same, not matched"), ("control", "the same, matched, control")):
        print(f"| {row} | {min_ns(found[f'native/{name}']) - native:+.1f} ns |")


def print_lines(program, repetitions):
    found = run(program, "^lines/", repetitions)
    plain = min_ns(found["lines/plain"])
    print(f"\n| a loop of two lines ({plain:.0f} ns) in a function with a target | over the plain loop |\n|---|---|")
    for name, row in (("bare callback", "a callback for lines that does nothing, in C"),
                      ("outside", "outside of the lines of the target"), ("inside", "inside of them"),
                      ("entered", "enters them each time, control")):
        print(f"| {row} | {min_ns(found[f'lines/{name}']) - plain:+.1f} ns |")


def print_first_calls(program, repetitions):
    print("\n| first call of a function | added to a callback that only returns DISABLE |\n|---|---|")
    for name, row in FIRST_CALLS:
        found = run(program, f"^first/(bare callback|{name})/", repetitions)
        print(f"| {row} | {min_ns(found[f'first/{name}']) - min_ns(found['first/bare callback']):+.0f} ns |")


def print_memory(program):
    def bytes_of(name):
        (entries,) = run(program, f"^memory/{name}/", 1).values()
        return entries[0]["bytes"]

    bare = bytes_of("bare callback")
    print("\n| memory for a code object | added to that callback |\n|---|---|")
    for name, row in MEMORY:
        print(f"| {row} | {bytes_of(name) - bare:+.0f} bytes |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="call_benchmark3.X of a build with PYSLOW_BENCH")
    parser.add_argument("--repetitions", type=int, default=400, help="repetitions for each benchmark [%(default)s]")
    options = parser.parse_args()
    print_calls(options.program, options.repetitions)
    print_native_calls(options.program, options.repetitions)
    print_lines(options.program, options.repetitions)
    print_first_calls(options.program, max(options.repetitions // 4, 1))
    print_memory(options.program)
    return 0


if __name__ == "__main__":
    sys.exit(main())
