"""Makes relocated interpreters from the interpreter that runs the tests.

The layout is that of python-build-standalone, which uv installs: bin/python3.X, lib/python3.X, and the
executable finds libpython, if it has one, relative to its own path.
"""

import os
import pathlib
import shutil
import subprocess
import sysconfig

from harness import MINOR, PYTHON

MAIN = "extern int Py_BytesMain(int, char **);\nint main(int c, char **v) { return Py_BytesMain(c, v); }\n"
LEFT_OUT = shutil.ignore_patterns("test", "tests", "site-packages", "dist-packages", "idlelib", "tkinter",
                                  "lib2to3", "turtledemo", "__pycache__", "config-*", "ensurepip")


def has_cpython_inside(executable):
    """Whether the executable exports CPython's functions."""
    symbols = subprocess.run(["nm", "-D", "--defined-only", executable], capture_output=True, text=True)
    return " Py_RunMain\n" in symbols.stdout


def link_or_copy(source, target):
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def copy_library(root):
    library = sysconfig.get_path("stdlib")
    shutil.copytree(library, root / "lib" / f"python{MINOR}", ignore=LEFT_OUT, copy_function=link_or_copy)


def has_compiled(text, output, *options):
    """Compiles a program or a library; returns whether that succeeds."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return False
    output.parent.mkdir(parents=True, exist_ok=True)
    source = output.parent.parent / f"{output.name}.c"
    source.write_text(text)
    result = subprocess.run([compiler, source, "-o", output, *options], capture_output=True, text=True)
    return result.returncode == 0


def compiled(root, *options):
    """bin/python3.X, compiled from MAIN, or None if that fails."""
    python = root / "bin" / f"python{MINOR}"
    return python if has_compiled(MAIN, python, *options) else None


def copy_libpython(root):
    """A copy of the shared libpython in lib/, or None if there is none."""
    name = sysconfig.get_config_var("INSTSONAME") or ""
    library = pathlib.Path(sysconfig.get_config_var("LIBDIR")) / name
    if ".so" not in name or not library.exists():
        return None
    (root / "lib").mkdir(parents=True, exist_ok=True)
    link_or_copy(library, root / "lib" / name)
    return root / "lib" / name


def shared(root):
    """An interpreter with a copy of the shared libpython, or None if there is no shared libpython."""
    library = copy_libpython(root)
    python = library and compiled(root, library, "-Wl,-rpath,$ORIGIN/../lib")
    if python is not None:
        copy_library(root)
    return python


def old_standalone(root):
    """As `shared`, but the executable names its libpython as python-build-standalone did until May 2025."""
    library = copy_libpython(root)
    # A library of that name, for the linker only.
    named = root / "named" / "libpython.so"
    if library is None or not has_compiled("int Py_BytesMain(int c, char **v) { return c + !v; }\n", named, "-shared",
                                           "-fPIC", f"-Wl,-soname,$ORIGIN/../lib/{library.name}"):
        return None
    python = compiled(root, named)
    if python is not None:
        copy_library(root)
    return python


def static(root):
    """An interpreter with CPython linked in, or None if it can be neither copied nor compiled."""
    if has_cpython_inside(PYTHON):
        python = root / "bin" / f"python{MINOR}"
        python.parent.mkdir(parents=True)
        shutil.copy2(PYTHON, python)
    else:
        variable = sysconfig.get_config_var
        archive = pathlib.Path(variable("LIBPL")) / variable("LIBRARY")
        if not archive.exists():
            return None
        python = compiled(root, "-rdynamic", "-Wl,--whole-archive", archive, "-Wl,--no-whole-archive",
                          *variable("LIBS").split(), *variable("SYSLIBS").split(), "-lm")
    if python is not None:
        copy_library(root)
    return python


def static_beside_a_library(root):
    """As `static`, with a libpython in lib/ that the executable does not load: conda-forge's layout."""
    python = static(root)
    return python if python is not None and copy_libpython(root) is not None else None
