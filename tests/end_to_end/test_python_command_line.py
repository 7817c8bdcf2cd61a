"""Python's command line under pyslow: every way to name a program, every option."""

import re
import sys
import unittest
import zipfile

from differential import PLAIN, DifferentialTest, without_addresses
from harness import HAS_GIL, clean_environment

SHOW = """
import os, sys
print(__name__, sys.argv, sys.flags, sys.path[0], sys.prefix, sys.exec_prefix, sys.base_prefix)
print(sys.version, sys.platlibdir, os.path.realpath(sys._base_executable), sys.orig_argv[1:])
print(sys.warnoptions, sys._xoptions, sys.dont_write_bytecode, sys.pycache_prefix)
"""


class Programs(DifferentialTest):
    def test_a_command(self):
        self.same("-c", SHOW, "a", "--delay=3", "-x")

    def test_a_module(self):
        self.write("pkg/__init__.py", "")
        self.write("pkg/__main__.py", SHOW)
        self.write("pkg/mod.py", SHOW)
        self.same("-m", "pkg", "--targets", "x")
        self.same("-m", "pkg.mod", "a b")
        self.same("-m", "nosuchmodule", status=1)

    def test_a_script(self):
        script = self.write("script.py", SHOW)
        self.same(script, "1", "2")
        self.same("script.py", "--version")
        self.same("-x", "script.py")
        self.same("nosuchfile.py", status=2)

    def test_a_directory_and_a_zip_file(self):
        self.write("app/__main__.py", SHOW)
        self.same("app", "x")
        self.same(self.directory, status=1)  # it has no __main__
        with zipfile.ZipFile(self.directory / "app.zip", "w") as archive:
            archive.writestr("__main__.py", SHOW)
        self.same("app.zip", "x")

    def test_standard_input(self):
        self.same(input=SHOW)
        self.same("-", "x", input=SHOW)
        self.same("-i", "-c", "x = 1", input="print(x)\n")
        self.same("-i", input="print(1)\n1/0\n")

    def test_a_syntax_error(self):
        script = self.write("wrong.py", "def f(:\n")
        self.same(script, status=1)
        self.same("-c", "x = = 1", status=1)

    def test_help_and_version(self):
        for option in ("-h", "-V", "-VV", "--help-all", "--help-env", "--help-xoptions", "-Z"):
            self.same(option)


class Options(DifferentialTest):
    def test_single_letters(self):
        for option in ("-I", "-E", "-s", "-S", "-P", "-O", "-OO", "-B", "-b", "-bb", "-d", "-q", "-R", "-u"):
            self.same(option, "-c", SHOW)
        self.same("-sSPBO", "-c", SHOW)

    def test_isolated_mode_ignores_the_environment(self):
        env = clean_environment(PYTHONPATH="/some/where", PYTHONOPTIMIZE="2", PYTHONSAFEPATH="1")
        for option in ("-I", "-E"):
            self.same(option, "-c", SHOW + "print(sys.path)", env=env)

    def test_warnings(self):
        warn = "import warnings; warnings.warn('old', DeprecationWarning); print('on')"
        for action, status in (("error", 1), ("ignore", 0), ("always", 0), ("nonsense", 0),
                               ("error::DeprecationWarning:__main__", 1)):
            self.same("-W", action, "-c", warn, status=status)

    def test_extended_options(self):
        options = ["dev", "utf8", "utf8=0", "frozen_modules=off", "frozen_modules=on", "faulthandler",
                   "tracemalloc=3", "int_max_str_digits=5000", "no_debug_ranges", "showrefcount",
                   "warn_default_encoding", "pycache_prefix=cache", "unheard_of=1", "perf"]
        if sys.version_info >= (3, 13):
            options += ["cpu_count=3", "presite=nothing", "gil=1"]
        for option in options:
            self.same("-X", option, "-c", SHOW)

    def test_wrong_extended_options(self):
        for option in ("utf8=maybe", "frozen_modules=perhaps", "int_max_str_digits=1", "tracemalloc=x"):
            self.same("-X", option, "-c", SHOW)

    def test_the_order_of_imports(self):
        # Compares the names and their depth, without the times.
        comparable = lambda text: re.sub(r"import time:\s+[\d|\s]*\|", "import time:", text)
        done = self.same("-X", "importtime", "-c", "import json", comparable=comparable)
        self.assertIn("json.decoder", done.stderr)

    def test_verbose_imports(self):
        # sys.monitoring is destroyed later if a tool is registered.
        comparable = lambda text: without_addresses(text).replace("# destroy sys.monitoring\n", "")
        # Without a GIL, modules are destroyed in another order each time.
        lines = comparable if HAS_GIL else lambda text: sorted(comparable(text).splitlines())
        self.same("-v", "-c", "import json", comparable=lines)

    def test_hash_based_pycs(self):
        self.same("--check-hash-based-pycs", "always", "-c", SHOW)
        self.same("--check-hash-based-pycs", "perhaps", "-c", SHOW)

    def test_optimised_asserts_and_docstrings(self):
        for option in ("-O", "-OO"):
            self.same(option, "-c", "def f():\n 'doc'\n assert False\nf(); print(f.__doc__, __debug__)")

    def test_options_reach_children(self):
        code = ("import subprocess, sys; print(subprocess._args_from_interpreter_flags());"
                "subprocess.run([sys.executable, *subprocess._args_from_interpreter_flags(), '-c',"
                " 'import sys; print(sys.flags)'])")
        self.same("-I", "-OO", "-X", "dev", "-W", "error", "-u", "-c", code, modes=[PLAIN])


if __name__ == "__main__":
    unittest.main()
