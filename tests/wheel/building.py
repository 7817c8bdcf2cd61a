"""Builds the wheel and the packages for the tests in this directory, once, and runs programs.

Environment variables: PYSLOW_PYTHONS, the interpreters of the tests, separated by colons; PYSLOW_ABSEIL_ARCHIVES, a
directory that third_party/pic_abseil made; PYSLOW_WHEEL, a wheel to test, and PYSLOW_PACKAGES, a directory with
packages to test, instead of those that are built.
"""

import atexit
import functools
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
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


@functools.cache
def workspace():
    """Where the tests of this process build and install; removed at the end."""
    made = pathlib.Path(tempfile.mkdtemp(prefix="pyslow-wheel-")).resolve()
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    made.chmod(0o755)
    CACHE["XDG_CACHE_HOME"] = tempfile.mkdtemp(dir=made)
    return made


@functools.cache
def tools():
    """bin/ of a venv with the tools that build and check a wheel. If pip cannot install them: SkipTest, or an error in
    CI."""
    venv = workspace() / "tools"
    checked(sys.executable, "-m", "venv", venv)
    result = run(venv / "bin" / "pip", "install", "--quiet", "auditwheel", "build", "scikit-build-core>=0.10",
                 "uv", "wheel", "pipx")
    if result.returncode != 0:
        reason = "pip reaches no index: " + result.stdout.strip().splitlines()[-1]
        raise RuntimeError(reason) if os.environ.get("CI") else unittest.SkipTest(reason)
    return venv / "bin"


@functools.cache
def source():
    """The sdist, unpacked."""
    checked(tools() / "python", "-m", "build", "--no-isolation", "--sdist", "--outdir", workspace(), ROOT)
    [sdist] = workspace().glob("pyslow-*.tar.gz")
    shutil.unpack_archive(sdist, workspace(), filter="data")
    return workspace() / sdist.name.removesuffix(".tar.gz")


def build_environment():
    launcher = {"CMAKE_CXX_COMPILER_LAUNCHER": "ccache"} if shutil.which("ccache") else {}
    return environment(CCACHE_BASEDIR=str(source()), **launcher)


def settings():
    """Variables of CMake."""
    archives = os.environ.get("PYSLOW_ABSEIL_ARCHIVES")
    return {"PYSLOW_WERROR": "ON"} | ({"PYSLOW_ABSEIL_ARCHIVES": archives} if archives else {})


@functools.cache
def wheel():
    """The wheel that pip builds from the sdist, and what pip printed. PYSLOW_WHEEL, if set, and None."""
    if given := os.environ.get("PYSLOW_WHEEL"):
        return pathlib.Path(given), None
    words = [word for name, value in settings().items() for word in ("-C", f"cmake.define.{name}={value}")]
    shown = checked(tools() / "pip", "wheel", "--verbose", "--no-deps", "--wheel-dir", workspace(), *words, source(),
                    env=build_environment())
    [made] = workspace().glob("*.whl")
    return made, shown


@functools.cache
def packages():
    """A directory with the tar.gz and the .deb: PYSLOW_PACKAGES, or made in the build directory of the wheel, whose
    object files serve both."""
    if given := os.environ.get("PYSLOW_PACKAGES"):
        return pathlib.Path(given)
    made = workspace() / "packages"
    build = source() / "build" / "wheel"
    values = settings() | {"PYSLOW_WHEEL": "ON", "PYSLOW_TESTS": "OFF", "CMAKE_UNITY_BUILD": "ON",
                           "CMAKE_BUILD_TYPE": "Release"}
    env = build_environment()
    checked("cmake", "-S", source(), "-B", build, "-USKBUILD*", *[f"-D{name}={value}" for name, value in values.items()],
            env=env)
    checked("cmake", "--build", build, "--parallel", len(os.sched_getaffinity(0)), env=env)
    checked("cpack", "--config", build / "CPackConfig.cmake", "-B", made, env=env)
    return made
