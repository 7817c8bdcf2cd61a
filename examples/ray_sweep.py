"""Runs one sweep on many machines of a Ray cluster at once, and analyses their trials as one sweep.

    python examples/ray_sweep.py --sweeps 8 --out result -- \
        --target 'model:*' --delays 0,10us,30us,100us --runs 4 \
        --throughput-regex '([0-9.]+) tokens/s' -- benchmark.py --batch 8

What follows the first -- is the command line of pyslow-sweep. Each machine runs it in a directory of
its own, with another seed; the blocks that each measured are put one behind the other in
OUT/trials.jsonl, and `pyslow-sweep --from OUT` makes the report. What each gave is OUT/sweep-N.jsonl.
All machines have to run the same trials: so the targets, the delays and the number of blocks (--runs)
must be given, and the step is impact. A machine runs one sweep at a time. The program, its Python and
pyslow-sweep must be there on each of them; with a script beside this command,
`ray job submit --working-dir .` takes it along.

Other machines are other speeds: a block is measured on one of them as a whole, and the analysis
compares within blocks.
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
    parser.add_argument("--address", help="of the cluster; default: as ray.init() finds it")
    parser.add_argument("--sweeps", type=int, default=0, help="default: one for each machine")
    parser.add_argument("--out", required=True, type=pathlib.Path, help="new directory of the result")
    parser.add_argument("--pyslow-sweep", default="pyslow-sweep", help="as it is on every machine")
    words = sys.argv[1:]
    cut = words.index("--") if "--" in words else len(words)
    options = parser.parse_args(words[:cut])
    options.words = words[cut + 1:]
    if "--" not in options.words:
        fail("two -- are needed: options -- SWEEP-OPTIONS -- PROGRAM")
    sweep_options = options.words[:options.words.index("--")]
    given = {word.split("=")[0] for word in sweep_options}
    for needed in (*NEEDED, TARGETS):
        names = [needed] if isinstance(needed, str) else needed
        if not given & set(names):
            fail(f"{' or '.join(names)} is missing: without it every machine would run other trials")
    if options.out.exists():
        fail(f"{options.out}: it is there already; name a new directory")
    return options


def run_sweep(program, words, seed):
    """One sweep, on the machine that this runs on: its trials.jsonl, its status and what it said."""
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
    """The lines of one trials.jsonl; pyslow-sweep(1) says what is in them."""

    def __init__(self, text):
        lines = [json.loads(line) for line in text.split("\n")[:-1]]
        self.header = lines[0]
        self.setups = [line for line in lines if line["kind"] == "setup"]
        self.alone = []  # before the blocks: (setup, trial)
        self.blocks = {}  # number -> level -> the last attempt
        setup = None
        for line in lines:
            if line["kind"] == "setup":
                setup = line
            elif line["kind"] == "trial" and line["part"] == "global":
                self.blocks.setdefault(line["block"], {})[line["level"]] = line
            elif line["kind"] == "trial":
                self.alone.append((setup, line))

    def levels(self):
        return {level: trial["treatments"] for block in self.blocks.values()
                for level, trial in block.items()}

    def is_calm(self):
        """As pyslow-sweep has it: half of the blocks have an undisturbed trial of each level."""
        return all(2 * sum(level in block and not block[level]["disturbed"] for block in self.blocks.values())
                   >= len(self.blocks) for level in self.levels())

    def clean_blocks(self):
        """Those with an undisturbed trial of every level."""
        count = len(self.levels())
        return [block for block in self.blocks.values()
                if len(block) == count and not any(trial["disturbed"] for trial in block.values())]


def merged(logs, words):
    """The lines of one log with the clean blocks of all of them, and how many these are."""
    first = logs[0]
    for log in logs[1:]:
        if log.setups != first.setups or log.levels() != first.levels():
            raise ValueError(f"{log.header['host']} ran other trials than {first.header['host']}: does it "
                             "have the same program and packages, or is it so slow that --max-slowdown "
                             "(name a larger one) shortened its delays?")
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

    for trial_setup, trial in first.alone:
        if trial["part"] != "own time":
            add(trial_setup, trial)
    own_time = [trial for log in logs for trial in log.alone if trial[1]["part"] == "own time"]
    for number, (trial_setup, trial) in enumerate(own_time):
        add(trial_setup, {**trial, "block": number})
    for number, (log, block) in enumerate(blocks):
        if log is not origin:
            # So that a reader is told that these were measured elsewhere.
            lines.append({**{key: value for key, value in log.header.items() if key != "sweep"},
                          "kind": "resumed"})
            origin = log
        for trial in sorted(block.values(), key=lambda trial: trial["trial"]):
            add(log.setups[-1], {**trial, "block": number, "attempt": 0})
    return lines, len(blocks)


def run_on_cluster(options):
    """What run_sweep gave, sweep by sweep, as they end."""
    import ray  # so that --help works without it
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    ray.init(address=options.address, log_to_driver=False)
    machines = [node for node in ray.nodes() if node["Alive"] and node["Resources"].get("CPU")]
    sweeps = []
    for number in range(options.sweeps or len(machines)):
        machine = machines[number % len(machines)]
        # All of it: two sweeps on one machine would disturb each other.
        remote = ray.remote(run_sweep).options(
            num_cpus=machine["Resources"]["CPU"], num_gpus=machine["Resources"].get("GPU", 0),
            scheduling_strategy=NodeAffinitySchedulingStrategy(machine["NodeID"], soft=False))
        sweeps.append(remote.remote(options.pyslow_sweep, options.words, number + 1))
    for sweep in sweeps:
        try:
            yield ray.get(sweep)
        except ray.exceptions.RayError as error:
            yield "", 1, str(error)


def good_log(text, status, errors):
    """The sweep's log, or, once it is told, None where it is of no use."""
    if status != 0:
        print(f"ray_sweep: it ended with status {status}, and is left out:\n{errors}", file=sys.stderr)
        return None
    log = Log(text)
    if not log.is_calm():
        print(f"ray_sweep: {log.header['host']}: more than half of its blocks were disturbed; what is left "
              "is no fair choice, and is left out", file=sys.stderr)
        return None
    return log


def main():
    options = arguments()
    options.out.mkdir(parents=True)
    logs = []
    for number, (text, status, errors) in enumerate(run_on_cluster(options), 1):
        (options.out / f"sweep-{number}.jsonl").write_text(text, "utf-8")
        if log := good_log(text, status, errors):
            logs.append(log)
    try:
        lines, blocks = merged(logs, options.words) if logs else ([], 0)
    except ValueError as error:
        fail(error)
    total = sum(len(log.blocks) for log in logs)
    print(f"{len(logs)} sweeps, {total} blocks; {total - blocks} of them were disturbed, and are left out",
          flush=True)
    if blocks == 0:
        sys.exit(f"ray_sweep: error: nothing to analyse; what was measured is in {options.out}")
    with open(options.out / "trials.jsonl", "x", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    sys.exit(subprocess.run([options.pyslow_sweep, "--from", options.out]).returncode)


if __name__ == "__main__":
    main()
