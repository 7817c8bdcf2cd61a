"""Predicts with pyslow-sweep what faster packages would gain in a web service, then installs them and measures.

    python3 examples/uvicorn/study.py

1. Makes a venv with the packages of requirements.txt for the Python of pyslow (build/uvicorn-venv).
2. Sweeps app.py on uvicorn, with wrk as the load (`pyslow-sweep --live`). For each package this gives the
   largest gain that a faster one could bring.
3. Replaces h11 by httptools, asyncio by uvloop, and json by orjson, one at a time, and measures the real gains:
   plain Python, without pyslow. Each block loads all variants, one after the other, in random order. A gain is the
   geometric mean over the blocks of the ratio of a variant to the base in the same block.
4. Compares. The exit status is 1 if a real gain lies above its prediction, or the order is another.

The gain is measured twice: of requests per second, and of requests per second of the server's processor time. The
server is one thread that is always busy, so both are the same if it has a core for itself. If it waits for a core
while other programs run, the first has much more noise. The second is compared with the prediction. It still depends
on the share of a core that the server had, since caches are cold after a wait: the logarithm of that share is a
covariate (analysis of covariance, with block effects).

Options of pyslow-sweep may follow `--`. All trials are kept in the directory of --out.
"""

import argparse
import json
import math
import os
import pathlib
import random
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from gains import gains_of
from study_tools import (ROOT, base_python, fail, find_sweep, free_port, need, new_directory, output_of, percent,
                         print_table, split_arguments)

REQUIREMENTS = HERE / "requirements.txt"
READY_SECONDS = 60
BASE = "base"
BASE_TRIALS = 2  # of a block: all variants are compared with the base
BLOCKS_PER_START = 4  # of the servers: two processes of one program differ in speed, too
# What replaces a package, and how: options of uvicorn, and variables.
REPLACEMENTS = {
    "h11": ("httptools", {"--http": "httptools"}, {}),
    "asyncio": ("uvloop", {"--loop": "uvloop"}, {}),
    "json": ("orjson", {}, {"UVICORN_STUDY_JSON": "orjson"}),
}
# The modules and functions that are not called any more, and the share of their calls. uvicorn has one module
# for each HTTP parser. With h11 it writes three times for a request, with httptools twice.
REPLACED = {
    "h11": {"h11": 1, "uvicorn.protocols.http.h11_impl": 1, "typing:cast": 1,
            "asyncio.selector_events:_SelectorSocketTransport.write": 1 / 3},
    "asyncio": {"asyncio": 1, "selectors": 1},
    "json": {"json": 1},
}
BASE_OPTIONS = {"--http": "h11", "--loop": "asyncio", "--log-level": "warning"}


# ---- the command line and the packages -------------------------------------------------------


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0],
                                     usage="%(prog)s [options] [-- SWEEP-OPTIONS]")
    parser.add_argument("--pyslow-sweep", help="default: on PATH, or in build/release/bin")
    parser.add_argument("--python", help="a Python that has the packages; default: a venv is made")
    parser.add_argument("--venv", type=pathlib.Path, default=ROOT / "build" / "uvicorn-venv",
                        help="the venv to make [build/uvicorn-venv]")
    parser.add_argument("--out", type=pathlib.Path, help="new directory for the results [uvicorn-study-DATE-TIME]")
    parser.add_argument("--sweep", type=pathlib.Path, help="the results of an earlier sweep; runs none")
    parser.add_argument("--blocks", type=int, default=24, help="blocks of the real gains [24]")
    parser.add_argument("--seconds", type=float, default=2, help="length of a trial of the real gains [2]")
    parser.add_argument("--seed", type=int, default=1, help="of the random order [1]")
    words, sweep_options = split_arguments(sys.argv[1:])
    options = parser.parse_args(words)
    options.sweep_options = sweep_options
    if options.blocks < 2:
        fail("--blocks: expected 2 or more, because intervals need two")
    if options.seconds <= 0:
        fail("--seconds: expected a number above 0")
    options.out = new_directory(options.out, "uvicorn-study")
    return options


def make_venv(venv, sweep):
    """A venv with the packages, for the Python that `pyslow` next to `sweep` runs. Returns its Python."""
    stamp, wanted = venv / "stamp", REQUIREMENTS.read_text()
    python = venv / "bin" / "python"
    base = base_python(sweep)
    if not stamp.exists() or stamp.read_text() != base + wanted:
        print(f"study: pip install -r {REQUIREMENTS.name} into {venv}", file=sys.stderr)
        output_of(base, "-m", "venv", "--clear", venv)
        output_of(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS)
        stamp.write_text(base + wanted)
    return python


# ---- servers and loads -----------------------------------------------------------------------


def url_of(port):
    return f"http://127.0.0.1:{port}/items"


def load_command(port, seconds):
    # wrk takes whole seconds only.
    return ["wrk", "-t1", "-c8", f"-d{max(1, round(seconds))}s", url_of(port)]


def server_words(port, options):
    merged = BASE_OPTIONS | options | {"--port": str(port)}
    return ["-m", "uvicorn", "app:app", *(word for option in merged.items() for word in option)]


class Server:
    """app.py on uvicorn, under plain Python."""

    def __init__(self, python, options, variables):
        self.port = free_port()
        self.process = subprocess.Popen([str(python), *server_words(self.port, options)], cwd=HERE,
                                        env=os.environ | variables, stdin=subprocess.DEVNULL)

    def answer(self):
        """The answer to a request. Waits until the server is ready."""
        deadline = time.monotonic() + READY_SECONDS
        while True:
            if self.process.poll() is not None:
                fail(f"uvicorn ended with status {self.process.returncode} before it was ready")
            try:
                with urllib.request.urlopen(url_of(self.port), timeout=READY_SECONDS) as answer:
                    return json.load(answer)
            except urllib.error.URLError:
                if time.monotonic() > deadline:
                    fail(f"uvicorn was not ready after {READY_SECONDS} s")
                time.sleep(0.05)

    def processor_seconds(self):
        """Processor time of the server since its start; all its threads."""
        text = pathlib.Path(f"/proc/{self.process.pid}/schedstat").read_text()
        return int(text.split()[0]) * 1e-9

    def load(self, seconds):
        """Requests per second, and requests per second of the server's processor time."""
        before = self.processor_seconds()
        output = output_of(*load_command(self.port, seconds))
        used = self.processor_seconds() - before
        requests = int(output.split(" requests in ")[0].split()[-1])
        if "Non-2xx" in output or "Socket errors" in output or requests == 0:
            fail(f"wrk reports errors:\n{output}")
        rate = float(output.split("Requests/sec:")[1].split()[0])
        return rate, requests / used

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait()


# ---- the prediction --------------------------------------------------------------------------


def sweep_app(sweep, python, options):
    """Runs pyslow-sweep, which prints its findings. Returns the directory of its results."""
    port, out = free_port(), options.out / "sweep"
    words = ["--live", "--ready-command", f"curl -sf {url_of(port)}", "--load", " ".join(load_command(port, 1))]
    command = [str(sweep), *words, "--out", str(out.absolute()), *options.sweep_options, "--",
               *server_words(port, {})]
    environment = os.environ | {"VIRTUAL_ENV": output_of(python, "-c", "import sys; print(sys.prefix)")}
    started = time.monotonic()
    if subprocess.run(command, cwd=HERE, env=environment, stdin=subprocess.DEVNULL).returncode != 0:
        fail("the sweep failed; see its last lines")
    print(f"The sweep took {time.monotonic() - started:.0f} s.\n", flush=True)
    return out


def replaced_share(function, replaced):
    """The share of the calls of a function, an item of "counted", that are replaced."""
    module = function["module"]
    for name, share in replaced.items():
        if name in (module, f"{module}:{function['qualname']}") or module.startswith(name + "."):
            return share
    return 0


def own_time(function):
    """[estimate, low, high] in seconds."""
    value = function["own_seconds_per_unit"]
    return [value, *(function["own_seconds_per_unit_range"] or [value, value])]


def predict(results):
    """{package: ([largest gain, low, high], the same by the sweep or None, verdict of the sweep)}.

    From analysis.json. The interval is that of own time, which differs between trials with the processor's speed.
    """
    analysis = json.loads((results / "analysis.json").read_text())
    # Functions written in C count as their callers' own time. What all own time exceeds a request by, measuring
    # added to the calls, as in pyslow-sweep (R19).
    counted = analysis["counted"]
    total = sum(function["own_seconds_per_unit"] for function in counted)
    if total == 0:
        fail(f"{results}: the sweep measured no own time")
    request_seconds = min(total, analysis["global"]["control_seconds_per_unit"][0])
    added = (total - request_seconds) / sum(function["calls_per_unit"] for function in counted)
    groups = {group["name"]: group for group in analysis["groups"]}
    predictions = {}
    for package, replaced in REPLACED.items():
        shares = [sum(max(0, own - added * function["calls_per_unit"]) * replaced_share(function, replaced)
                      for own, function in zip(own_times, counted)) / request_seconds
                  for own_times in zip(*map(own_time, counted))]
        group = groups.get(package, {})
        ratio = group.get("gain_up_to")
        by_sweep = ratio and [None if end is None else end - 1 for end in ratio]
        predictions[package] = ([share / (1 - share) if share < 1 else math.inf for share in shares], by_sweep,
                                group.get("verdict", "no trials"))
    return predictions


# ---- the real gains --------------------------------------------------------------------------


def start_variants(python):
    """{variant: server}, all ready and warm."""
    variants = {BASE: ({}, {})} | {package: (words, variables)
                                   for package, (_, words, variables) in REPLACEMENTS.items()}
    servers = {}
    try:
        for variant, (words, variables) in variants.items():
            servers[variant] = Server(python, words, variables)
        answers = [server.answer() for server in servers.values()]
        if any(answer != answers[0] for answer in answers):
            fail("the variants answer differently")
        for server in servers.values():
            server.load(1)  # the first requests are slower
    except BaseException:
        stop(servers)
        raise
    return servers


def stop(servers):
    for server in servers.values():
        server.stop()


def measure_block(servers, seconds, order):
    """[variant, requests/s, requests per processor second] of each trial of a block, in random order."""
    trials = [*servers, *[BASE] * (BASE_TRIALS - 1)]
    order.shuffle(trials)
    return [[variant, *servers[variant].load(seconds)] for variant in trials]


def requests_per_second(trial):
    return trial[1]


def requests_per_processor_second(trial):
    return trial[2]


def core_share(trial):
    return math.log(trial[1] / trial[2])


def measure(python, options):
    """All blocks. Those that are complete are in blocks.json."""
    order, blocks, servers = random.Random(options.seed), [], {}
    try:
        for number in range(options.blocks):
            if number % BLOCKS_PER_START == 0:
                stop(servers)
                servers = start_variants(python)
            blocks.append(measure_block(servers, options.seconds, order))
            (options.out / "blocks.json").write_text(json.dumps(blocks))
            print(f"study: block {number + 1} of {options.blocks}: "
                  + ", ".join(f"{trial[0]} {trial[1]:.0f}/s" for trial in blocks[-1]), file=sys.stderr, flush=True)
    finally:
        stop(servers)
    return blocks


# ---- the comparison --------------------------------------------------------------------------


def within(gain, bound):
    """Whether a gain lies below a bound: yes, no, or open if their intervals overlap."""
    return "yes" if gain[2] <= bound[1] else "no" if gain[1] > bound[2] else "open"


def compare(predictions, blocks):
    """Prints the table. Returns whether nothing contradicts the prediction."""
    ranked = sorted(predictions, key=lambda package: -predictions[package][0][0])
    rows = [("package", "replaced by", "gain at most", "real gain", "within", "requests/s", "by the sweep",
             "verdict of the sweep")]
    gains = gains_of(blocks, BASE, requests_per_processor_second, core_share)
    by_clock = gains_of(blocks, BASE, requests_per_second)
    for package in ranked:
        bound, by_sweep, verdict = predictions[package]
        rows.append((package, REPLACEMENTS[package][0], percent(bound), percent(gains[package]),
                     within(gains[package], bound), percent(by_clock[package]), percent(by_sweep), verdict))
    print_table(rows, right={2, 3, 5, 6})
    # Gains whose intervals overlap are in no order.
    same_order = all(gains[first][2] >= gains[later][1]
                     for place, first in enumerate(ranked) for later in ranked[place + 1:])
    print(f"\nOrder of the real gains: {'as predicted' if same_order else 'not as predicted'}"
          " (where their intervals do not overlap).")
    return same_order and all(row[4] != "no" for row in rows[1:])


def main():
    options = parse_arguments()
    need("wrk", "curl")
    sweep = find_sweep(options.pyslow_sweep)
    python = options.python or make_venv(options.venv, sweep)
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    options.out.mkdir(parents=True)
    results = options.sweep or sweep_app(sweep, python, options)
    predictions = predict(results)
    blocks = measure(python, options)
    sys.exit(0 if compare(predictions, blocks) else 1)


if __name__ == "__main__":
    main()
