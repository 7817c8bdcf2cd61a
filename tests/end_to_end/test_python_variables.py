"""Python's environment variables, and bytes that are not text, reach Python unchanged."""

import os
import sys
import unittest

from differential import PLAIN, DifferentialTest, without_addresses
from harness import clean_environment
from test_python_command_line import SHOW

SHOW_PATH = SHOW + "print(sys.path, sys.modules.keys())"


class Variables(DifferentialTest):
    def test_one_by_one(self):
        for name, value in (("PYTHONPATH", "/some/where"), ("PYTHONSAFEPATH", "1"),
                            ("PYTHONOPTIMIZE", "2"), ("PYTHONWARNINGS", "error,ignore::UserWarning"),
                            ("PYTHONNOUSERSITE", "1"), ("PYTHONDEVMODE", "1"), ("PYTHONUTF8", "1"),
                            ("PYTHONUTF8", "x"), ("PYTHONDONTWRITEBYTECODE", "1"),
                            ("PYTHONUNBUFFERED", "1"), ("PYTHONPYCACHEPREFIX", "/some/cache"),
                            ("PYTHONPLATLIBDIR", "lib64"), ("PYTHONINSPECT", ""),
                            ("PYTHONINTMAXSTRDIGITS", "5000"),
                            ("PYTHONNODEBUGRANGES", "1"), ("PYTHONFAULTHANDLER", "1"),
                            ("PYTHONTRACEMALLOC", "2"), ("PYTHONMALLOC", "debug"),
                            ("PYTHONMALLOC", "nonsense"), ("PYTHONUSERBASE", "/some/base"),
                            ("PYTHONCOERCECLOCALE", "warn"), ("PYTHON_FROZEN_MODULES", "off")):
            self.same("-c", SHOW_PATH, env=clean_environment(**{name: value}),
                      comparable=without_addresses)

    def test_hash_seed(self):
        for seed in ("0", "42", "wrong"):
            self.same("-c", "print(hash('x'))", env=clean_environment(PYTHONHASHSEED=seed))

    def test_home(self):
        for home in (sys.base_prefix, "/nowhere"):
            self.same("-c", SHOW_PATH, env=clean_environment(PYTHONHOME=home),
                      comparable=without_addresses)

    def test_another_name_for_the_executable(self):
        # sys.executable stays a link to pyslow, so that delays apply in children.
        show = "import sys; print(sys._base_executable, sys.prefix, sys.path)"
        self.same("-c", show, env=clean_environment(PYTHONEXECUTABLE="/some/python"))

    def test_startup(self):
        startup = self.write("startup.py", "print('started', __name__)\nhere = 7\n")
        env = clean_environment(PYTHONSTARTUP=str(startup))
        done = self.same("-i", env=env, input="print(here)\n")
        self.assertIn("started", done.stdout)
        self.same("-c", "print('here' in globals())", env=env)
        self.same("-i", "-E", env=env, input="print('here' in globals())\n")

    def test_inspect(self):
        self.same("-c", "x = 5", env=clean_environment(PYTHONINSPECT="1"), input="print(x)\n")

    def test_the_standard_streams(self):
        show = ("import sys; print([(file.encoding, file.errors, file.line_buffering)"
                " for file in (sys.stdin, sys.stdout, sys.stderr)])")
        for variables in ({"PYTHONIOENCODING": "latin-1:replace"}, {"LC_ALL": "C"}, {"LC_ALL": "POSIX"},
                          {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}):
            self.same("-c", show, env=clean_environment(**variables))

    def test_usercustomize_and_sitecustomize(self):
        self.write("sitecustomize.py", "print('site customised')")
        env = clean_environment(PYTHONPATH=str(self.directory))
        self.assertIn("customised", self.same("-c", "print(1)", env=env).stdout)

    def test_the_environment_is_unchanged_without_targets(self):
        self.same("-c", "import os; print(list(os.environ.items()))", modes=[PLAIN],
                  env=clean_environment(A="1"))


class BytesThatAreNotText(DifferentialTest):
    LOCALES = ({}, {"LC_ALL": "C"}, {"LC_ALL": "C.UTF-8"}, {"PYTHONUTF8": "1"},
               {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})

    def test_arguments(self):
        for variables in self.LOCALES:
            self.same("-c", "import sys; print(ascii(sys.argv), ascii(sys.orig_argv[1:]))",
                      b"\xff\xfe", "ä".encode(), env=clean_environment(**variables))

    def test_the_environment(self):
        show = ("import os; print(ascii(os.environ.get('ODD')), os.environb[b'ODD'],"
                " os.environb.get(b'N\\xff'))")
        for variables in self.LOCALES:
            env = {os.fsencode(name): os.fsencode(value)
                   for name, value in clean_environment(**variables).items()}
            env |= {b"ODD": b"a\xffb", b"N\xff": b"\xfe"}
            self.same("-c", show, env=env, modes=[PLAIN])

    def test_the_path_of_modules(self):
        env = clean_environment(PYTHONPATH=os.fsdecode(b"/some\xff/where"))
        self.same("-c", "import sys; print(ascii(sys.path))", env=env)

    def test_the_name_of_a_script_and_of_its_directory(self):
        directory = os.fsencode(self.directory) + b"/d\xff"
        os.mkdir(directory)
        with open(directory + b"/s\xfe.py", "w") as file:
            file.write("import os, sys\nprint(ascii(sys.argv), ascii(__file__), ascii(sys.path[0]))\n"
                       "def f(): print(ascii(os.getcwd()))\nf()\n1/0\n")
        self.same(directory + b"/s\xfe.py", status=1)
        self.same(b"s\xfe.py", cwd=directory, status=1)
        self.same("-c", "import os; print(ascii(os.getcwd()))", cwd=directory, status=0)


if __name__ == "__main__":
    unittest.main()
