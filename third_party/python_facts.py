"""Prints what pyslow's build must know about the Python that runs this, one "name=value" a line.

Runs on every Python since 2.7, because unfit ones are asked too, to be refused with a reason.
"""

import os
import platform
import sys
import sysconfig


def shared_library():
    """The path of the libpython to link with, or "" where this Python came without one."""
    var = sysconfig.get_config_var
    plain = "libpython%d.%d.so" % sys.version_info[:2]
    # Debian's own interpreters say they are static, and have their shared library in a package of
    # its own. INSTSONAME is the versioned name where Python was configured with --enable-shared.
    names = [n for n in (var("INSTSONAME"), plain, plain + ".1.0") if n and ".so" in n]
    # The first is right for a Python that was moved after its build (uv's say LIBDIR=/install/lib).
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
    """Whether "python -m venv" can put pip into a new venv (Debian ships that part separately)."""
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
    ("free_threaded", int(bool(sysconfig.get_config_var("Py_GIL_DISABLED")))),
    ("include", sysconfig.get_path("include") or ""),
    ("library", shared_library()),
    ("ensurepip", has_ensurepip()),
]
for fact in facts:
    print("%s=%s" % fact)
