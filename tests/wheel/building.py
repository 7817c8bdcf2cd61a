"""Builds the wheel for the tests in this directory, and runs programs.

Environment variables: PYSLOW_PYTHONS, the interpreters of the tests, separated by colons; PYSLOW_ABSEIL_ARCHIVES, a
directory that third_party/pic_abseil made.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PYTHONS = os.environ.get("PYSLOW_PYTHONS", sys.executable).split(":")

# A program whose only function is called 200 times, in a process of its own if it has an argument.
PROGRAM = """
import subprocess, sys, time
def step(): pass
begin = time.perf_counter()
for _ in range(200): step()
print(sys.prefix, time.perf_counter() - begin, flush=True)
if len(sys.argv) == 1:
    subprocess.run([sys.executable, __file__, "child"], check=True, env={})
"""


# Where pyslow, once it is installed, writes.
CACHE = {}


def environment(**variables):
    """os.environ without what other tests or an active environment have set, and with `variables`."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("SPEED_BUMP_", "PYTHON", "PYSLOW_", "CMAKE_"))
            and name not in ("VIRTUAL_ENV", "CONDA_PREFIX", "PYENV_VERSION")}
    return kept | CACHE | variables


def run(*command, **options):
    options.setdefault("env", environment())
    return subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=900, check=False, **options)


def checked(*command, **options):
    result = run(*command, **options)
    if result.returncode != 0:
        raise AssertionError(f"{command}: status {result.returncode}:\n{result.stdout[-6000:]}")
    return result.stdout


def files_below(directory):
    return sorted(str(path.relative_to(directory)) for path in directory.rglob("*")
                  if "__pycache__" not in path.parts)


def make_tools(directory):
    """A venv with the tools that build and check a wheel. If pip cannot install them: SkipTest, or an error in CI."""
    checked(sys.executable, "-m", "venv", directory)
    result = run(directory / "bin" / "pip", "install", "--quiet", "auditwheel", "build", "scikit-build-core>=0.10",
                 "uv", "wheel", "pipx")
    if result.returncode != 0:
        reason = "pip reaches no index: " + result.stdout.strip().splitlines()[-1]
        raise RuntimeError(reason) if os.environ.get("CI") else unittest.SkipTest(reason)
    return directory / "bin"


def unpack_sdist(tools, directory):
    """Makes the sdist and unpacks it, so that ccache finds the paths below the directory that a build begins with."""
    checked(tools / "python", "-m", "build", "--no-isolation", "--sdist", "--outdir", directory, ROOT)
    [sdist] = directory.glob("*.tar.gz")
    shutil.unpack_archive(sdist, directory, filter="data")
    return directory / sdist.name.removesuffix(".tar.gz")


def build_settings():
    """Variables of CMake, and the environment of a build."""
    settings = {"PYSLOW_WERROR": "ON"}
    if archives := os.environ.get("PYSLOW_ABSEIL_ARCHIVES"):
        settings["PYSLOW_ABSEIL_ARCHIVES"] = archives
    return settings, {"CMAKE_CXX_COMPILER_LAUNCHER": "ccache"} if shutil.which("ccache") else {}


def build_wheel(tools, directory):
    """The sdist, and the wheel that pip builds from it; also what pip printed."""
    source = unpack_sdist(tools, directory)
    settings, variables = build_settings()
    words = [word for name, value in settings.items() for word in ("-C", f"cmake.define.{name}={value}")]
    shown = checked(tools / "pip", "wheel", "--verbose", "--no-deps", "--wheel-dir", directory, *words, source,
                    env=environment(CCACHE_BASEDIR=str(source), **variables))
    [wheel] = directory.glob("*.whl")
    return wheel, shown
