"""Runs a sweep on many machines of a Ray cluster in parallel, and analyses all trials as one sweep.

    python examples/ray_sweep.py --sweeps 8 --out result -- \
        --target 'model:*' --delays 0,10us,30us,100us --runs 4 \
        --throughput-regex '([0-9.]+) tokens/s' -- benchmark.py --batch 8

The words after the first -- are the command line of pyslow-sweep. Each machine runs it in a temporary
directory, with a different seed. The blocks of all machines are concatenated in OUT/trials.jsonl, and
`pyslow-sweep --from OUT` makes the report. OUT/sweep-N.jsonl is the log of each machine. All machines must
run the same trials, so targets, delays and the number of blocks (--runs) are required, and the step is
impact. A machine runs one sweep at a time. The program, its Python and pyslow-sweep must be installed on all
machines; `ray job submit --working-dir .` copies a script in the current directory.

Machines may differ in speed: all trials of a block are measured on one machine, and the analysis compares
trials within blocks.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

NEEDED = ("--delays", "--runs")
TARGETS = ("--target", "--targets")


def fail(text):
    print(f"ray_sweep: error: {text}", file=sys.stderr)
    sys.exit(2)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], usage="%(prog)s "
                                     "[--address A] [--sweeps N] [--pyslow-sweep PATH] --out DIR -- "
                                     "SWEEP-OPTIONS -- PROGRAM [ARGS]")
    parser.add_argument("--address", help="address of the cluster; default: that of ray.init()")
    parser.add_argument("--sweeps", type=int, default=0, help="number of sweeps; default: one for each machine")
    parser.add_argument("--out", required=True, type=pathlib.Path, help="new directory for the results")
    parser.add_argument("--pyslow-sweep", default="pyslow-sweep", help="path of pyslow-sweep on all machines")
    words = sys.argv[1:]
    cut = words.index("--") if "--" in words else len(words)
    options = parser.parse_args(words[:cut])
    options.words = words[cut + 1:]
    if "--" not in options.words:
        fail("expected two --: options -- SWEEP-OPTIONS -- PROGRAM")
    sweep_options = options.words[:options.words.index("--")]
    given = {word.split("=")[0] for word in sweep_options}
    for needed in (*NEEDED, TARGETS):
        names = [needed] if isinstance(needed, str) else needed
        if not given & set(names):
            fail(f"{' or '.join(names)} is missing: without it the machines would run different trials")
    if options.out.exists():
        fail(f"{options.out}: it exists; name a new directory")
    return options


def run_sweep(program, words, seed):
    """Runs a sweep on this machine. Returns (text of trials.jsonl, exit status, standard error)."""
    with tempfile.TemporaryDirectory() as directory:
        out = pathlib.Path(directory) / "sweep"
        try:
            sweep = subprocess.run(
                [program, "--quiet", "--out", out, "--seed", str(seed), "--steps", "impact", *words],
                stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
        except OSError as error:
            return "", 127, str(error)
        log = out / "trials.jsonl"
        return (log.read_text("utf-8") if log.exists() else ""), sweep.returncode, sweep.stderr


class Log:
    """A trials.jsonl; pyslow-sweep(1) describes the format."""

    def __init__(self, text):
        lines = [json.loads(line) for line in text.split("\n")[:-1]]
        self.header = lines[0]
        self.setups = [line for line in lines if line["kind"] == "setup"]
        self.unblocked = []  # trials outside the blocks: (setup, trial)
        self.blocks = {}  # number -> level -> the last attempt
        setup = None
        for line in lines:
            if line["kind"] == "setup":
                setup = line
            elif line["kind"] == "trial" and line["part"] == "global":
                self.blocks.setdefault(line["block"], {})[line["level"]] = line
            elif line["kind"] == "trial":
                self.unblocked.append((setup, line))

    def levels(self):
        return {level: trial["treatments"] for block in self.blocks.values()
                for level, trial in block.items()}

    def is_calm(self):
        """Whether, for each level, half of the blocks have an undisturbed trial; as in pyslow-sweep."""
        return all(2 * sum(level in block and not block[level]["disturbed"] for block in self.blocks.values())
                   >= len(self.blocks) for level in self.levels())

    def clean_blocks(self):
        """The blocks with an undisturbed trial of each level."""
        count = len(self.levels())
        return [block for block in self.blocks.values()
                if len(block) == count and not any(trial["disturbed"] for trial in block.values())]


def merged(logs, words):
    """Returns the lines of a log with the clean blocks of all logs, and the number of these blocks."""
    first = logs[0]
    for log in logs[1:]:
        if log.setups != first.setups or log.levels() != first.levels():
            raise ValueError(f"{log.header['host']} ran other trials than {first.header['host']}: install "
                             "the same program and packages on both, or, if --max-slowdown shortened "
                             "the delays on a slow machine, pass a larger one")
    blocks = [(log, block) for log in logs for block in log.clean_blocks()]
    header = json.loads(json.dumps(first.header))
    header["sweep"]["settings"]["blocks"] = len(blocks)
    header["sweep"]["words"] = words  # how to repeat it
    lines, setup, origin = [header], None, first
    trials = 0

    def add(trial_setup, trial):
        nonlocal setup, trials
        if trial_setup != setup:
            lines.append(trial_setup)
            setup = trial_setup
        lines.append({**trial, "trial": trials})
        trials += 1

    for trial_setup, trial in first.unblocked:
        if trial["part"] != "own time":
            add(trial_setup, trial)
    own_time = [trial for log in logs for trial in log.unblocked if trial[1]["part"] == "own time"]
    for number, (trial_setup, trial) in enumerate(own_time):
        add(trial_setup, {**trial, "block": number})
    for number, (log, block) in enumerate(blocks):
        if log is not origin:
            # Marks trials of another machine, so that pyslow-sweep warns.
            lines.append({**{key: value for key, value in log.header.items() if key != "sweep"},
                          "kind": "resumed"})
            origin = log
        for trial in sorted(block.values(), key=lambda trial: trial["trial"]):
            add(log.setups[-1], {**trial, "block": number, "attempt": 0})
    return lines, len(blocks)


def run_on_cluster(options):
    """Yields the result of run_sweep for each sweep."""
    import ray  # here, so that --help works without Ray
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    ray.init(address=options.address, log_to_driver=False)
    machines = [node for node in ray.nodes() if node["Alive"] and node["Resources"].get("CPU")]
    sweeps = []
    for number in range(options.sweeps or len(machines)):
        machine = machines[number % len(machines)]
        # All cores, because two sweeps on one machine would disturb each other.
        remote = ray.remote(run_sweep).options(
            num_cpus=machine["Resources"]["CPU"], num_gpus=machine["Resources"].get("GPU", 0),
            scheduling_strategy=NodeAffinitySchedulingStrategy(machine["NodeID"], soft=False))
        sweeps.append(remote.remote(options.pyslow_sweep, options.words, number + 1))
    for sweep in sweeps:
        try:
            yield ray.get(sweep)
        except ray.exceptions.RayError as error:
            yield "", 1, str(error)


def usable_log(text, status, errors):
    """The log of a sweep, or None, after a message, if it cannot be used."""
    if status != 0:
        print(f"ray_sweep: a sweep with exit status {status} is left out:\n{errors}", file=sys.stderr)
        return None
    log = Log(text)
    if not log.is_calm():
        print(f"ray_sweep: {log.header['host']}: more than half of its blocks were disturbed; the others "
              "may be biased, so all are left out", file=sys.stderr)
        return None
    return log


def main():
    options = arguments()
    options.out.mkdir(parents=True)
    logs = []
    for number, (text, status, errors) in enumerate(run_on_cluster(options), 1):
        (options.out / f"sweep-{number}.jsonl").write_text(text, "utf-8")
        if log := usable_log(text, status, errors):
            logs.append(log)
    try:
        lines, blocks = merged(logs, options.words) if logs else ([], 0)
    except ValueError as error:
        fail(error)
    total = sum(len(log.blocks) for log in logs)
    print(f"{len(logs)} sweeps, {total} blocks; {total - blocks} of them were disturbed and are left out",
          flush=True)
    if blocks == 0:
        sys.exit(f"ray_sweep: error: nothing to analyse; the logs of the machines are in {options.out}")
    with open(options.out / "trials.jsonl", "x", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    sys.exit(subprocess.run([options.pyslow_sweep, "--from", options.out]).returncode)


if __name__ == "__main__":
    main()
