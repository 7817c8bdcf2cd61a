"""pyslow is the same Python under every name and from every directory."""

import os
import unittest

from differential import DifferentialTest, as_python
from harness import CHILD_NAME, MINOR, PYSLOW, PYTHON, run

SHOW = """
import os, sys
print(sys.executable, sys.prefix, sys.exec_prefix, sys.base_prefix, sys.path, sys.argv)
print(os.path.realpath(sys._base_executable))
"""


class SysExecutable(DifferentialTest):
    def test_is_the_name_that_starts_children(self):
        self.assertEqual(self.output_of("-c", "import sys; print(sys.executable)"), CHILD_NAME)

    def test_children_behave_as_python(self):
        for words in (["--version"], ["-V"], ["-VV"], ["--help"], ["-h"], ["-c", "print(1)"], ["--nonsense"],
                      ["--target", "x"], ["-X", "importtime=1", "-c", "pass"]):
            ours, theirs = run(CHILD_NAME, *words), run(PYTHON, *words)
            self.assertEqual(as_python(ours.stdout), theirs.stdout)
            self.assertEqual(ours.returncode, theirs.returncode)

    def test_multiprocessing_starts_children_through_it(self):
        script = self.write("spawn.py", """
            import multiprocessing, os, sys
            def child(queue):
                queue.put((os.readlink("/proc/self/exe"), sys.executable))
            if __name__ == "__main__":
                for method in ("spawn", "forkserver", "fork"):
                    context = multiprocessing.get_context(method)
                    queue = context.Queue()
                    process = context.Process(target=child, args=(queue,))
                    process.start()
                    print(*queue.get())
                    process.join()
            """)
        # pyslow's file, or python's executable after a handoff.
        own = self.output_of("-c", "import os; print(os.readlink('/proc/self/exe'))").strip()
        for line in self.output_of(script).splitlines():
            self.assertEqual(line.split(), [own, CHILD_NAME])


class Names(DifferentialTest):
    def linked(self, name, **options):
        """same() with a link of this name to each program, in separate directories."""
        def link(program):
            path = self.directory / ("theirs" if program == PYTHON else "ours") / "bin" / name
            if not path.is_symlink():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.symlink_to(program)
            return str(path)

        command = options.pop("through", lambda path: [path])
        return self.same("-c", SHOW, "x", through=lambda program: command(link(program)), status=0,
                         comparable=lambda text: text.replace("/ours/", "/theirs/"), **options)

    def test_found_on_path(self):
        def through(program):
            directory, name = os.path.split(program)
            return ["env", f"PATH={directory}:{os.environ['PATH']}", name]

        self.same("-c", SHOW, "x", through=through, status=0)
        self.linked("python-of-mine", through=through)

    def test_found_in_an_empty_part_of_path(self):
        def through(path):
            directory, name = os.path.split(path)
            return ["sh", "-c", f'cd {directory} && PATH=:/usr/bin exec {name} "$@"', "sh"]

        self.linked("python-of-mine", through=through)

    def test_links_called_python(self):
        for name in ("python", "python3", f"python{MINOR}", "python-of-mine"):
            self.linked(name)

    def test_a_relative_path(self):
        for directory in ("/", "/usr", str(self.directory)):
            self.linked("python", cwd=directory, through=lambda path: [os.path.relpath(path, directory)])

    def test_an_odd_path(self):
        for between in ("//", "/./", "/../bin/"):
            self.linked("python", through=lambda path: [between.join(os.path.split(path))])

    def test_without_path(self):
        for without in (["-u", "PATH"], ["-i"]):
            self.same("-c", SHOW, through=lambda program: ["env", *without, program], status=0)
            self.linked("python", through=lambda path: ["env", *without, path])

    def test_pyslow_by_a_relative_path(self):
        # sys.executable is the name that starts children, not the name in use.
        done = run(os.path.relpath(PYSLOW, "/usr"), "-c", SHOW, cwd="/usr")
        self.assertEqual(as_python(done.stdout), run(PYTHON, "-c", SHOW).stdout)

    def test_a_name_of_no_file(self):
        # Python has no sys.executable in this case; pyslow still needs one for children.
        for name in ("made-up", "python-made-up", "/nowhere/python3", ""):
            ours = run("bash", "-c", f'exec -a "{name}" {PYSLOW} -c "$0"', SHOW)
            theirs = run(PYTHON, "-c", SHOW)
            self.assertEqual((as_python(ours.stdout), ours.stderr), (theirs.stdout, theirs.stderr), name)


class Directories(DifferentialTest):
    def test_a_deleted_current_directory(self):
        leave = 'mkdir gone && cd gone && rmdir ../gone && exec "$0" "$@"'
        gone = lambda program: ["sh", "-c", leave, program]
        self.same("-c", "import sys; print(sys.path, sys.argv)", through=gone, status=0)
        self.same("-c", "import os; print(os.getcwd())", through=gone, status=1)
        self.same("script.py", through=gone, status=2)
        self.same(self.write("there.py", SHOW), through=gone, status=0)
        self.same(input="print(1)", through=gone, status=0)

    def test_a_read_only_current_directory(self):
        self.same("-c", "import os; print(os.getcwd())", cwd="/proc", status=0)

    def test_a_name_with_spaces_and_newlines(self):
        odd = self.directory / "a b\nc:d"
        odd.mkdir()
        self.write("a b\nc:d/s.py", SHOW)
        self.same("s.py", cwd=odd, status=0)
        self.same(odd / "s.py", status=0)


if __name__ == "__main__":
    unittest.main()
