"""What the studies in uvicorn/ and vllm/ share."""

import pathlib
import shutil
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]


def fail(text):
    print(f"study: error: {text}", file=sys.stderr)
    sys.exit(2)


def split_arguments(words):
    """The study's own arguments, and the options of pyslow-sweep, which follow `--`."""
    cut = words.index("--") if "--" in words else len(words)
    return words[:cut], words[cut + 1:]


def new_directory(given, name):
    """The path of the results; by default NAME-DATE-TIME. It must not exist yet."""
    out = given or pathlib.Path(time.strftime(f"{name}-%Y%m%d-%H%M%S"))
    if out.exists():
        fail(f"{out}: it exists; name a new directory")
    return out


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            fail(f"{program} is not installed; ./bootstrap test installs it")


def find_sweep(given):
    """The path of pyslow-sweep."""
    places = [given] if given else ["pyslow-sweep", str(ROOT / "build" / "release" / "bin" / "pyslow-sweep")]
    for place in places:
        if found := shutil.which(place):
            return pathlib.Path(found).absolute()
    fail(f"{places[0]}: there is no such program; ./bootstrap build makes it")


def output_of(*words, **options):
    """The output of a command that must succeed."""
    result = subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, text=True, **options)
    if result.returncode != 0:
        print(result.stdout, file=sys.stderr)
        fail(f"{' '.join(map(str, words))}: exit status {result.returncode}")
    return result.stdout.strip()


def base_python(sweep):
    """The interpreter that `pyslow` next to `sweep` runs."""
    return output_of(sweep.with_name("pyslow"), "-c", "import sys; print(sys._base_executable)")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def percent(estimate):
    """An [estimate, low, high] of a ratio as text."""
    if estimate is None:
        return "-"
    value, low, high = estimate
    if low is None:
        return f"{value:+.1%}"
    return f"{value:+.1%} [{low * 100:+.1f}, {high * 100:+.1f}]"


def print_table(rows, right):
    """Columns whose numbers are in `right` are aligned to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [text.rjust(width) if column in right else text.ljust(width)
                 for column, (text, width) in enumerate(zip(row, widths))]
        print("  ".join(cells).rstrip())
