"""Compares pyslow with the interpreter that it runs on the benchmarks of pyperformance.

Uses the method of interpreter_speed.py with the benchmarks that depend only on pyperf. python and pyslow
run each benchmark one directly after the other, in random order, in two virtual environments that
differ only in the target of bin/python. The figure is the median of pyperf's values. A round lasts a
quarter of an hour. pyperformance is installed from PyPI.
"""

import argparse
import json
import math
import pathlib
import statistics
import subprocess
import sys
import tempfile
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import interpreter_speed  # noqa: E402  pylint: disable=wrong-import-position

# They measure starts, as interpreter_speed.py does, or need a network.
EXCLUDED = {"python_startup", "asyncio_tcp", "concurrent_imap"}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--python", required=True, help="the interpreter that pyslow runs")
    parser.add_argument("--pyslow", required=True)
    parser.add_argument("--rounds", type=int, default=3, help="pairs for each benchmark [%(default)s]")
    parser.add_argument("--only", action="append", help="a benchmark (may repeat)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the random order [%(default)s]")
    parser.add_argument("--cpu", help="the processor to run on, in the syntax of taskset")
    return parser.parse_args()


def make_environments(root, python, pyslow):
    """Creates two environments. Returns (python, pyslow as python, directory of the benchmarks)."""
    theirs, ours = root / "theirs", root / "ours"
    for directory in (theirs, ours):
        subprocess.run([python, "-m", "venv", directory], check=True)
    subprocess.run([theirs / "bin" / "pip", "install", "--quiet", "pyperformance"], check=True)
    packages = next(theirs.glob("lib/*/site-packages"))
    (next(ours.glob("lib/*/site-packages")) / "theirs.pth").write_text(f"{packages}\n")
    linked = ours / "bin" / "python"
    linked.unlink()
    linked.symlink_to(pathlib.Path(pyslow).resolve())
    return theirs / "bin" / "python", linked, packages / "pyperformance" / "data-files" / "benchmarks"


class Pyperformance(interpreter_speed.Comparison):
    def __init__(self, options, benchmarks):
        super().__init__(options)
        self.benchmarks = benchmarks

    def time_workload(self, name, program):
        with tempfile.TemporaryDirectory(prefix="pyslow-bench-") as directory:
            written = pathlib.Path(directory) / "values.json"
            # Three processes, because the memory layout of a process changes its times by a few percent.
            options = ["--processes=3", "--warmups=1", "--values=2", "--min-time=0.05",
                       "--copy-env", f"--output={written}"]
            if self.options.cpu:
                options.append(f"--affinity={self.options.cpu}")
            home = self.benchmarks / f"bm_{name}"
            settings = tomllib.loads((home / "pyproject.toml").read_text())["tool"]["pyperformance"]
            command = [program, home / "run_benchmark.py", *settings.get("extra_opts", []), *options]
            ran = subprocess.run(command, env=self.environment, cwd=directory, capture_output=True,
                                 text=True, check=False)
            if ran.returncode != 0:
                sys.exit(f"{program} {name}: status {ran.returncode}\n{ran.stderr}")
            benchmarks = json.loads(written.read_text())["benchmarks"]
        medians = [statistics.median(value for run in benchmark["runs"] for value in run.get("values", []))
                   for benchmark in benchmarks]
        return math.exp(statistics.fmean(map(math.log, medians))), len(benchmarks)


def main():
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="pyslow-pyperformance-") as root:
        options.python, options.pyslow, benchmarks = make_environments(
            pathlib.Path(root), options.python, options.pyslow)
        names = [path.name.removeprefix("bm_") for path in benchmarks.glob("bm_*")
                 if not (path / "requirements.txt").exists()]
        options.only = options.only or sorted(set(names) - EXCLUDED)
        interpreter_speed.show_speed(Pyperformance(options, benchmarks).speed())


if __name__ == "__main__":
    main()
