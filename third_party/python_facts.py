"""Prints facts about the Python that runs this script, one "name=value" per line, for find_pythons.

Runs on all Pythons since 2.7, so that find_pythons can reject an old one with a reason.
"""

import os
import platform
import sys
import sysconfig


FREE_THREADED = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))


def shared_library():
    """The path of the shared libpython, or "" if there is none."""
    var = sysconfig.get_config_var
    plain = "libpython%d.%d" % sys.version_info[:2] + FREE_THREADED * "t" + ".so"
    # Debian's interpreters are configured as static, but a separate package has their shared library.
    # INSTSONAME is the versioned name if Python was configured with --enable-shared.
    names = [n for n in (var("INSTSONAME"), plain, plain + ".1.0") if n and ".so" in n]
    # `base` is right for a relocated Python; LIBDIR of uv's Pythons is /install/lib.
    base = os.path.join(getattr(sys, "base_prefix", sys.prefix), "lib")
    libdir = var("LIBDIR") or base
    multiarch = var("MULTIARCH") or ""
    directories = [base, os.path.join(base, multiarch), libdir, os.path.join(libdir, multiarch),
                   var("LIBPL") or libdir]
    for name in names:
        for directory in directories:
            path = os.path.join(directory, name)
            if os.path.isfile(path):
                return os.path.realpath(directory) + os.sep + name
    return ""


def has_ensurepip():
    """1 if "python -m venv" can install pip into a new venv (Debian packages ensurepip separately), else 0."""
    try:
        import ensurepip  # pylint: disable=unused-import,import-outside-toplevel
        return 1
    except ImportError:
        return 0


facts = [
    ("executable", os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)),
    ("implementation", platform.python_implementation()),
    ("version", "%d.%d" % sys.version_info[:2]),
    ("release", platform.python_version()),
    ("order", sys.hexversion),
    ("final", int(sys.version_info[3] == "final")),
    ("free_threaded", int(FREE_THREADED)),
    ("include", sysconfig.get_path("include") or ""),
    ("library", shared_library()),
    ("ensurepip", has_ensurepip()),
]
for fact in facts:
    print("%s=%s" % fact)
