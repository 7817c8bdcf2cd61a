#!/bin/sh
# Checks a wheel of pyslow on a machine with a GPU, torch and transformers, in under 8 minutes and without a network:
#
#   gpu_check.sh WHEEL [PYTHON] [DIRECTORY]
#
# PYTHON (default: python3) is one that imports torch and transformers. It is not changed: the wheel is unpacked to
# DIRECTORY (default: a new one in TMPDIR, removed if all is well). Prints a table of facts, each PASS, FAIL or INFO;
# the exit status is 1 if one fails, 2 if nothing can be checked.
#
# The load is the decode loop of a small Llama with random weights. On a GPU the truth is known without pyslow: CUDA
# events give the GPU's time of a step, and a clock gives the time in which Python launches one. If the GPU is done
# first, Python is critical; if not, Python is hidden, with the difference as slack. Without a GPU the same loop runs
# on the processor, where the device is the thread of Python itself, so that Python is always critical.
set -u

die() { echo "gpu_check.sh: error: $1" >&2; exit 2; }

case ${1:-} in
  *.whl) [ -f "$1" ] || die "$1: no such file; build one with: pip wheel ." ;;
  *) die "usage: gpu_check.sh WHEEL [PYTHON] [DIRECTORY]" ;;
esac
wheel=$(realpath "$1")
python=$(command -v "${2:-python3}") || die "${2:-python3}: no such program; name a Python with torch"
# The shim of a version manager is not the program.
python=$("$python" -c 'import sys; print(sys.executable)') || die "$python does not run"
is_own=${3:-}
work=${3:-$(mktemp -d)}
mkdir -p "$work" || die "$work: cannot be made"
work=$(realpath "$work")
prefix=$work/prefix
begin=$(date +%s)
limit=465  # seconds, after which nothing goes on: the facts are printed within 8 minutes
table=$work/table
: > "$table"

# fact STATUS NAME DETAIL
fact() {
  printf '%-4s  %-34s  %s\n' "$1" "$2" "$3" >> "$table"
  printf '%4ds  %-4s  %s: %s\n' $(($(date +%s) - begin)) "$1" "$2" "$3" >&2
}

# in_time COMMAND...: runs a program, and ends it at the limit.
in_time() {
  left=$((limit - $(date +%s) + begin))
  [ "$left" -gt 0 ] || return 124
  timeout "$left" "$@"
}

# failed STATUS NAME WHAT LOG: whether the program failed, and the fact of that.
failed() {
  [ "$1" -ne 0 ] || return 1
  if [ $(($(date +%s) - begin)) -ge "$limit" ]; then
    fact FAIL "$2: ends in time" "8 minutes are over"
  else
    fact FAIL "$2: $3" "status $1: $(tail -n 1 "$4")"
  fi
}

finish() {
  echo
  cat "$table"
  seconds=$(($(date +%s) - begin))
  if grep -q '^FAIL' "$table"; then
    echo "failed after $seconds s; everything is kept in $work"
    exit 1
  fi
  echo "passed in $seconds s"
  [ -n "$is_own" ] || rm -rf "$work"
  exit 0
}

cat > "$work/unpack.py" <<'PYTHON'
"""unpack.py WHEEL PREFIX: what pip does with a wheel of programs and data, since not every machine has pip."""
import os
import pathlib
import sys
import zipfile

wheel, prefix = sys.argv[1], pathlib.Path(sys.argv[2])
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        parts = pathlib.PurePosixPath(name).parts
        if not parts[0].endswith(".data"):
            continue
        target = prefix.joinpath("bin" if parts[1] == "scripts" else "", *parts[2:])
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(archive.read(name))
        if parts[1] == "scripts" or "libexec" in parts:
            os.chmod(target, 0o755)
PYTHON

cat > "$work/decode_bench.py" <<'PYTHON'
"""The decode loop of a small Llama with random weights: decode_bench.py [--measure gpu|host] BATCH HIDDEN LAYERS

With --measure, prints the truth as JSON and ends; else it decodes until it is stopped. A step is launched when the one
before the last has ended, as in an engine that schedules ahead: T is the larger of the times of Python and GPU."""
import argparse
import collections
import json
import time

import torch
from transformers import DynamicCache, LlamaConfig, LlamaForCausalLM

CONTEXT = 64  # tokens of a sequence, after which it starts again
AHEAD = 2
IS_GPU = torch.cuda.is_available()
DEVICE = "cuda" if IS_GPU else "cpu"
MAX_BATCH = 2048

parser = argparse.ArgumentParser()
parser.add_argument("--measure", choices=["gpu", "host"], help="what is to take longer")
parser.add_argument("--ready", help="a file that is written when decoding begins")
parser.add_argument("batch", type=int)
parser.add_argument("hidden", type=int)
parser.add_argument("layers", type=int)
options = parser.parse_args()

torch.manual_seed(0)
if not IS_GPU:
    torch.set_num_threads(1)
heads = max(1, options.hidden // 64)
config = LlamaConfig(vocab_size=1024, hidden_size=options.hidden, intermediate_size=4 * options.hidden,
                     num_hidden_layers=options.layers, num_attention_heads=heads, num_key_value_heads=heads,
                     max_position_embeddings=2 * CONTEXT)
with torch.device(DEVICE):
    model = LlamaForCausalLM(config).eval()
pending = collections.deque()


def start(batch):
    """Begins new sequences."""
    global cache, tokens, length
    cache, length = DynamicCache(config=config), 0
    tokens = torch.zeros((batch, 1), dtype=torch.long, device=DEVICE)


def launch():
    """Launches one step of all sequences; returns the seconds that it took Python."""
    global tokens, length
    begin = time.perf_counter()
    if length == CONTEXT:
        start(len(tokens))
    tokens = model(input_ids=tokens, past_key_values=cache, use_cache=True).logits[:, -1:].argmax(-1)
    length += 1
    return time.perf_counter() - begin


def step():
    host = launch()
    if IS_GPU:
        event = torch.cuda.Event()
        event.record()
        pending.append(event)
        if len(pending) > AHEAD:
            pending.popleft().synchronize()
    return host


def gpu_seconds():
    """The mean over a sequence. The GPU sleeps until a step is launched, so that it does not wait for Python."""
    times = []
    for _ in range(12):
        for _ in range(CONTEXT // 12):
            launch()
        torch.cuda._sleep(200_000_000)  # about 0.1 s
        first, last = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        first.record()
        launch()
        last.record()
        last.synchronize()
        times.append(first.elapsed_time(last) / 1000)
    return sum(times) / len(times)


def measure(batch):
    start(batch)
    for _ in range(CONTEXT):
        step()
    hosts, begin = [], time.perf_counter()
    while time.perf_counter() - begin < 2 or len(hosts) < CONTEXT:
        hosts.append(step())
    if IS_GPU:
        torch.cuda.synchronize()
    wall = (time.perf_counter() - begin) / len(hosts)
    pending.clear()
    return {"device": torch.cuda.get_device_name() if IS_GPU else "cpu", "batch": batch, "hidden": options.hidden,
            "layers": options.layers, "wall_seconds": wall, "host_seconds": sorted(hosts)[len(hosts) // 2],
            "gpu_seconds": gpu_seconds() if IS_GPU else None}


with torch.inference_mode():
    if options.measure:
        truth = measure(options.batch)
        # How fast Python is differs less than how fast GPUs are.
        while (IS_GPU and options.measure == "gpu" and truth["batch"] < MAX_BATCH
               and truth["gpu_seconds"] < 2 * truth["host_seconds"]):
            truth = measure(2 * truth["batch"])
        print(json.dumps(truth))
    else:
        start(options.batch)
        for _ in range(CONTEXT):
            step()
        if options.ready:
            open(options.ready, "w").close()
        while True:
            step()
PYTHON

cat > "$work/judge.py" <<'PYTHON'
"""judge.py NAME TRUTH OUT LOG: facts about a sweep, one a line: STATUS, name and detail, separated by tabs."""
import json
import pathlib
import statistics
import sys

name, out = sys.argv[1], pathlib.Path(sys.argv[3])
truth = json.loads(pathlib.Path(sys.argv[2]).read_text())
analysis = json.loads((out / "analysis.json").read_text())
trials = [json.loads(line) for line in (out / "trials.jsonl").read_text().splitlines()]
controls = [t for t in trials if t["kind"] == "trial" and t["instrumented"] and not t["treatments"]]
is_gpu = truth["gpu_seconds"] is not None
curve = analysis["global"] or {}


def fact(passed, what, detail):
    print("PASS" if passed else "FAIL", f"{name}: {what}", detail, sep="\t")


def near(figure, truth, tolerance):
    return abs(figure / truth - 1) <= tolerance


def ms(seconds):
    return f"{seconds * 1000:.2f} ms"


host, gpu = truth["host_seconds"], truth["gpu_seconds"] or 0
hidden = is_gpu and gpu > host
verdict, why = curve.get("verdict"), curve.get("why", "no curve was measured")
found = f"{verdict}: {why}"
if not hidden:
    fact(verdict == "linear", "Python is critical", found)
    kappa = curve.get("kappa")
    low, high = (kappa or [0, 0, 0])[1:]
    fact(kappa is not None and low is not None and low <= 1.2 and high >= 0.8, "kappa is about 1",
         "withheld" if kappa is None else "%.2f [%.2f, %.2f]" % (kappa[0], low or 0, high or 0))
else:
    slack = (curve.get("slack_seconds_per_unit") or [None])[0]
    dose = max((p["dose_seconds_per_unit"] or 0 for p in curve.get("points", [])), default=0)
    fact(verdict in ("threshold", "none"), "Python is hidden", found)
    if slack is not None:
        fact(near(slack, gpu - host, 0.4), "slack is GPU less Python", f"{ms(slack)}, truth {ms(gpu - host)}")
    else:
        fact(verdict == "none" and dose < gpu - host, "slack is GPU less Python",
             f"none found up to a dose of {ms(dose)}, truth {ms(gpu - host)}")
if is_gpu:
    uses = [use for trial in controls for use in trial.get("gpus", []) if use["seconds_per_unit"] is not None]
    notes = [line for line in pathlib.Path(sys.argv[4]).read_text().splitlines() if "GPU figures are left out" in line]
    if not uses and notes:
        print("INFO", f"{name}: NVML is not readable", notes[0], sep="\t")
    elif not uses:
        fact(False, "NVML is readable", "no trial has GPU figures, and there is no note")
    else:
        fact(True, "NVML is readable", f"by {uses[0]['source']}: {uses[0]['name']}")
        seconds = statistics.mean(use["seconds_per_unit"] for use in uses)
        fact(near(seconds, gpu, 0.15), "GPU time of a step by NVML", f"{ms(seconds)}, by CUDA events {ms(gpu)}")
        trend = (curve.get("gpu") or {}).get("trend")
        fact(trend == "flat", "GPU time is flat over the delays", str(trend))
else:
    fact(not any(trial.get("gpus") for trial in controls), "no GPU, no GPU figures", "none in trials.jsonl")
PYTHON

# sweep NAME LONGER BATCH HIDDEN LAYERS: measures the truth, then sweeps, and judges.
sweep() {
  name=$1 longer=$2 out=$work/$1 truth=$work/$1.json
  shift 2
  in_time "$python" "$work/decode_bench.py" --measure "$longer" "$@" > "$truth" 2> "$work/$name.log"
  failed $? "$name" "the decode loop runs" "$work/$name.log" && return
  detail=$("$python" - "$truth" "$longer" <<'PYTHON'
import json, sys
t = json.load(open(sys.argv[1]))
gpu = t["gpu_seconds"]
print("FAIL" if gpu and (gpu > t["host_seconds"]) != (sys.argv[2] == "gpu") else "PASS",
      "%s, batch %d, hidden %d: a step is %.2f ms, Python %.2f ms, GPU %s"
      % (t["device"], t["batch"], t["hidden"], t["wall_seconds"] * 1e3, t["host_seconds"] * 1e3,
         "%.2f ms" % (gpu * 1e3) if gpu else "none"), sep="\t")
PYTHON
)
  fact "${detail%%	*}" "$name: truth" "${detail#*	}"
  batch=$("$python" -c 'import json, sys; print(json.load(open(sys.argv[1]))["batch"])' "$truth")
  shift
  rm -rf "$out" "$work/ready"
  (cd "$work" && in_time env SPEED_BUMP_PYTHON="$python" "$prefix/bin/pyslow-sweep" --out "$out" --live \
    --ready-command "test -e ready" --progress decode_bench:step --interval 700ms --steps impact --runs 9 \
    --target 'transformers.models.*.modeling_*:*' --quiet -- decode_bench.py --ready ready "$batch" "$@") \
    > "$work/$name-sweep.log" 2>&1
  failed $? "$name" "the sweep runs" "$work/$name-sweep.log" && return
  "$python" "$work/judge.py" "$name" "$truth" "$out" "$work/$name-sweep.log" > "$work/$name.facts" 2>&1 ||
    printf 'FAIL\t%s: the analysis is read\t%s\n' "$name" "$(tail -n 1 "$work/$name.facts")" > "$work/$name.facts"
  while IFS='	' read -r verdict what detail; do
    fact "$verdict" "$what" "$detail"
  done < "$work/$name.facts"
}

# --- The drop-in
fact INFO python "$("$python" -c 'import os, sys, sysconfig
shared = sysconfig.get_config_var("Py_ENABLE_SHARED")
header = os.path.join(sysconfig.get_paths()["include"], "Python.h")
print(sys.version.split()[0], sys.executable, "shared" if shared else "static",
      "with headers" if os.path.exists(header) else "without headers", sep=", ")')"
versions=$("$python" -c 'import torch, transformers
print("torch", torch.__version__, "transformers", transformers.__version__, torch.cuda.get_device_name()
      if torch.cuda.is_available() else "no GPU")' 2> "$work/import.log") ||
  die "$python does not import torch and transformers: $(tail -n 1 "$work/import.log")"
fact INFO load "$versions"
"$python" "$work/unpack.py" "$wheel" "$prefix" || die "$wheel: cannot be unpacked"
pyslow=$prefix/bin/pyslow
if "$pyslow" --python "$python" --version > "$work/version" 2>&1; then
  fact PASS "pyslow runs this Python" "$(tr '\n' ' ' < "$work/version")"
else
  fact FAIL "pyslow runs this Python" "$(tail -n 1 "$work/version")"
  finish
fi
look='import sys, torch; print(sys.version, sys.prefix, sys.path, sys.flags, torch.cuda.is_available())'
"$python" -c "$look" > "$work/python.txt" 2>&1
"$pyslow" --python "$python" -c "$look" > "$work/pyslow.txt" 2>&1
if cmp -s "$work/python.txt" "$work/pyslow.txt"; then
  fact PASS "the program sees what python shows" "version, prefix, path, flags, torch"
else
  fact FAIL "the program sees what python shows" "$(diff "$work/python.txt" "$work/pyslow.txt" | tail -n 1)"
fi
cat > "$work/delay.py" <<'PYTHON'
import time
def call(): pass
begin = time.perf_counter()
for _ in range(200): call()
print(time.perf_counter() - begin)
PYTHON
seconds=$("$pyslow" --python "$python" --target '__main__:call' --delay 1ms "$work/delay.py" 2>&1)
if "$python" -c 'import sys; sys.exit(not .2 <= float(sys.argv[1]) < 1)' "$seconds" 2> /dev/null; then
  fact PASS "200 calls, each 1 ms longer" "$seconds s"
else
  fact FAIL "200 calls, each 1 ms longer" "$seconds"
fi
# The modules directly in transformers; those of the models are for the sweeps.
seen=$(in_time "$pyslow" --python "$python" --target 'transformers.modeling_*:*' --delay 0 --summary \
  "$work/decode_bench.py" --measure host 1 64 2 2>&1 > /dev/null | grep -c 'transformers\.modeling_')
if [ "$seen" -gt 0 ]; then
  fact PASS "transformers.modeling_*:* is called" "$seen functions in the summary"
else
  fact FAIL "transformers.modeling_*:* is called" "no function in the summary"
fi

# --- The truth
if "$python" -c 'import sys, torch; sys.exit(not torch.cuda.is_available())'; then
  sweep launch-bound host 1 512 8
  sweep GPU-bound gpu 64 4096 4
else
  sweep small host 1 64 2
  sweep large host 8 256 2
fi
finish
