"""What a call costs while pyslow watches, as the README's table: runs call_benchmark3.X and reads its JSON.

    python3 bench/call_costs.py build/ci/bin/call_benchmark3.13

Each figure is the least of many short repetitions, in random order within a process, of the time that
the thread had the processor: what other programs do can only add to it. What is measured of first
calls and of memory has a process for each case, since every engine of a process leaves a little behind.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

CALLS = [  # the benchmark's name, the row
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
    ("match", "matched, each another function"),
]


def run(program, pattern, repetitions):
    """{benchmark's name: its repetitions' entries}"""
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


def least_ns(entries):
    """Per call: a thousand are timed together."""
    manual = "manual_time" in entries[0]["name"]
    return min(entry["real_time" if manual else "cpu_time"] for entry in entries) / 1000


def print_calls(program, repetitions):
    found = run(program, "^call/", repetitions)
    plain = least_ns(found["call/plain"])
    bare = least_ns(found["call/bare callback"]) - plain
    print(f"| a call of a function | over the plain call of {plain:.0f} ns | of a callback that does nothing |")
    print("|---|---|---|")
    for name, row in CALLS:
        over = least_ns(found[name]) - plain
        print(f"| {row} | {over:+.1f} ns | {over / bare:.2f} × |")


def print_first_calls(program, repetitions):
    print("\n| a function's first call | over a callback that does nothing but DISABLE |\n|---|---|")
    for name, row in FIRST_CALLS:
        found = run(program, f"^first/(bare callback|{name})/", repetitions)
        print(f"| {row} | {least_ns(found[f'first/{name}']) - least_ns(found['first/bare callback']):+.0f} ns |")


def print_memory(program):
    def bytes_of(name):
        (entries,) = run(program, f"^memory/{name}/", 1).values()
        return entries[0]["bytes"]

    bare = bytes_of("bare callback")
    print("\n| memory for a code object | over that callback |\n|---|---|")
    for name, row in MEMORY:
        print(f"| {row} | {bytes_of(name) - bare:+.0f} bytes |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="call_benchmark3.X of a build with PYSLOW_BENCH")
    parser.add_argument("--repetitions", type=int, default=400, help="of each call's measurement [%(default)s]")
    options = parser.parse_args()
    print_calls(options.program, options.repetitions)
    print_first_calls(options.program, max(options.repetitions // 4, 1))
    print_memory(options.program)
    return 0


if __name__ == "__main__":
    sys.exit(main())
