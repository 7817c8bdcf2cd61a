"""The build backend: scikit-build-core, which runs CMake, and the platform tag of what CMake has built.

Nothing outside the C library is linked dynamically, so the newest symbol version of the C library that a
program needs decides where the wheel runs (PEP 600).
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

from scikit_build_core import build as _build
from scikit_build_core.build import (
    build_sdist,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_wheel,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

# The C library of RHEL 9 and Ubuntu 22.04. Its tag is also right for a wheel that needs less.
OLDEST_GLIBC = (2, 34)


def glibc_of(wheel):
    """The newest version of the C library's symbols that a program or library in the wheel needs."""
    newest = (2, 17)
    with tempfile.TemporaryDirectory() as directory, zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            file = archive.extract(name, directory)
            with open(file, "rb") as opened:
                if opened.read(4) != b"\x7fELF":
                    continue
            shown = subprocess.run(["readelf", "--version-info", "--wide", file], check=True,
                                   capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"})
            versions = re.findall(r"\bName: GLIBC_(\d+)\.(\d+)", shown.stdout)
            newest = max([newest, *((int(major), int(minor)) for major, minor in versions)])
    return newest


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name = _build.build_wheel(wheel_directory, config_settings, metadata_directory)
    wheel = pathlib.Path(wheel_directory) / name
    glibc = max(OLDEST_GLIBC, glibc_of(wheel))
    platform = name.removesuffix(".whl").rsplit("-", 1)[1]
    tag = "manylinux_%d_%d_%s" % (*glibc, platform.removeprefix("linux_"))
    retagged = subprocess.run([sys.executable, "-m", "wheel", "tags", "--remove", "--platform-tag", tag, wheel],
                              check=True, capture_output=True, text=True)
    return retagged.stdout.split()[-1]


# "pip install -e", "uv sync" and "uv run" in the clone (PEP 660). It is the same wheel: its programs are compiled, so
# none of them changes with a source file.
build_editable = build_wheel
get_requires_for_build_editable = get_requires_for_build_wheel
prepare_metadata_for_build_editable = prepare_metadata_for_build_wheel
