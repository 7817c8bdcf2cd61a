"""sys.executable in an environment whose bin/ has no pyslow: what is beside it, and what its children are."""

import os
import pathlib
import pwd
import shutil
import subprocess
import unittest

from harness import CHILD_NAME, MINOR, PYSLOW, PYTHON, VERSION, TestCase, clean_environment, run

PYTHONS = {"python", "python3", f"python{MINOR}", f"python{VERSION}"}
# Prints the prefix and sys.executable of this process and of a child without any environment variable.
WITH_CHILD = """
import subprocess, sys
print(sys.prefix, sys.executable, flush=True)
if len(sys.argv) == 1:
    subprocess.run([sys.executable, "-c", sys.orig_argv[sys.orig_argv.index("-c") + 1], "child"], env={}, check=True)
"""


class StandIn(TestCase):
    def setUp(self):
        super().setUp()
        self.directory = self.directory.resolve()
        self.venv = self.directory / "venv"
        run(PYTHON, "-m", "venv", "--without-pip", self.venv)
        (self.venv / "bin" / "ninja").symlink_to("/bin/true")
        self.cache = self.directory / "cache"
        self.cache.mkdir()

    def active(self, **variables):
        return clean_environment(**{"VIRTUAL_ENV": str(self.venv), "XDG_CACHE_HOME": str(self.cache)} | variables)

    def executable(self, **variables):
        return pathlib.Path(self.output_of("-c", "import sys; print(sys.executable)", env=self.active(**variables)))

    def assert_holds_the_same(self, directory):
        self.assertEqual(set(os.listdir(directory)), set(os.listdir(self.venv / "bin")))
        for path in directory.iterdir():
            other = CHILD_NAME if path.name in PYTHONS else self.venv / "bin" / path.name
            self.assertTrue(os.path.samefile(path, other), path)

    def test_beside_it_are_the_programs_of_the_environment(self):
        executable = self.executable()
        self.assertEqual(executable.name, "python")
        self.assert_holds_the_same(executable.parent)
        found = shutil.which("ninja", path=str(executable.parent))
        self.assertEqual(run(found).returncode, 0)

    def test_programs_that_are_added_and_removed_later(self):
        executable = self.executable()
        (self.venv / "bin" / "cmake").symlink_to("/bin/true")
        self.assertEqual(self.executable(), executable)
        self.assert_holds_the_same(executable.parent)
        (self.venv / "bin" / "ninja").unlink()
        self.executable()
        self.assert_holds_the_same(executable.parent)

    def test_a_start_without_a_change_writes_nothing(self):
        root = self.executable().parent.parent
        before = {path: path.lstat().st_ctime_ns for path in [root, *root.rglob("*")]}
        self.executable()
        self.assertEqual({path: path.lstat().st_ctime_ns for path in [root, *root.rglob("*")]}, before)

    def test_a_child_without_environment_is_the_same_python(self):
        ways = {
            "VIRTUAL_ENV": ([], self.active()),
            "--python": (["--python", self.venv], self.active(VIRTUAL_ENV="")),
            "SPEED_BUMP_PYTHON": ([], self.active(VIRTUAL_ENV="", SPEED_BUMP_PYTHON=str(self.venv))),
        }
        for name, (words, env) in ways.items():
            with self.subTest(name):
                ours, child = self.output_of(*words, "-c", WITH_CHILD, env=env).splitlines()
                self.assertTrue(ours.startswith(f"{self.venv} {self.cache}/pyslow/environments/venv-"), ours)
                self.assertEqual(child, ours)

    def test_its_name_is_a_python_for_pyslow(self):
        executable = self.executable()
        shown = self.output_of("--python", executable, "-c", WITH_CHILD, env=self.active(VIRTUAL_ENV=""))
        self.assertEqual(shown.splitlines(), [f"{self.venv} {executable}"] * 2)

    def test_a_child_of_env_i_by_each_name(self):
        directory = self.executable().parent
        for name in sorted(PYTHONS):
            shown = run("env", "-i", directory / name, "-c", "import sys; print(sys.prefix, sys.executable)")
            self.assertEqual((shown.stdout, shown.stderr), (f"{self.venv} {directory}/{name}\n", ""))
        shown = run("env", "-i", f"PATH={directory}", "python", "-c", "import sys; print(sys.prefix)")
        self.assertEqual(shown.stdout, f"{self.venv}\n")

    def test_a_child_keeps_its_environment_if_another_one_is_active(self):
        other = self.directory / "other"
        run(PYTHON, "-m", "venv", "--without-pip", other)
        shown = run(self.executable(), "-c", "import sys; print(sys.prefix)", env=self.active(VIRTUAL_ENV=str(other)))
        self.assertEqual(shown.stdout, f"{self.venv}\n")

    def test_a_copy_of_its_directory_is_refused(self):
        # Else what is installed by the copy's python would be in the original.
        copy = self.directory / "copy"
        shutil.copytree(self.executable().parent.parent, copy, symlinks=True)
        for name in sorted(PYTHONS):
            self.assert_refused(run(copy / "bin" / name, "-c", "pass", env={}), f"{copy}/bin/{name}: it is in a copy "
                                f"of pyslow's directory for {self.venv}/bin", f"copy {self.venv} itself")
        self.assert_refused(self.pyslow("--python", copy / "bin" / "python", "-c", "pass"), "it is in a copy of pysl")

    def test_ray_clones_the_environment_that_it_stands_for(self):
        # As Ray's agent does for runtime_env={"pip": ...}, with its own sys.executable.
        script = self.write("_clonevirtualenv.py", "import shutil, sys; shutil.copytree(*sys.argv[1:], symlinks=True)")
        executable, made = self.executable(), self.directory / "made"
        done = run(executable, script, executable.parent.parent, made, env={})
        self.assertEqual((done.returncode, done.stderr), (0, ""), done)
        self.assertEqual(run(made / "bin" / "python", "-c", "import sys; print(sys.prefix)").stdout, f"{made}\n")
        self.assertTrue(os.path.samefile(made / "bin" / "python", PYTHON))

    def test_children_are_slowed(self):
        script = self.write("script.py", """
            import multiprocessing, subprocess, sys, time
            def target(): pass
            def measure():
                begin = time.monotonic()
                target()
                print(time.monotonic() - begin >= 0.05, flush=True)
            if __name__ == "__main__":
                measure()
                if len(sys.argv) == 1:
                    subprocess.run([sys.executable, __file__, "child"], check=True)
                    process = multiprocessing.get_context("spawn").Process(target=measure)
                    process.start()
                    process.join()
            """)
        shown = self.output_of("--target", "*:target", "--delay", "50ms", script, env=self.active())
        self.assertEqual(shown.split(), ["True"] * 3)

    def test_several_first_starts_at_once(self):
        starts = [subprocess.Popen([PYSLOW, "-c", WITH_CHILD], env=self.active(), text=True, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE) for _ in range(12)]
        shown = {start.communicate(timeout=120) for start in starts}
        self.assertEqual({errors for _, errors in shown}, {""})
        self.assertEqual(len({line for output, _ in shown for line in output.splitlines()}), 1, shown)
        self.assert_holds_the_same(self.executable().parent)

    def test_a_cache_that_does_not_exist_is_made(self):
        cache = self.directory / "not" / "yet"
        executable = self.executable(XDG_CACHE_HOME=str(cache))
        self.assertTrue(executable.is_relative_to(cache / "pyslow"), executable)
        self.assert_holds_the_same(executable.parent)
        self.assertEqual(cache.stat().st_mode & 0o777, 0o700)

    def test_home_is_used_without_a_cache_of_ones_own(self):
        home = self.directory / "home"
        home.mkdir()
        (shared := self.directory / "shared").mkdir()
        shared.chmod(0o777)
        places = ["", "relative", str(self.write("file", "")), "/proc", str(shared)]
        if os.geteuid() == 0:
            (foreign := self.directory / "foreign").mkdir()
            os.chown(foreign, 65534, 65534)
            places.append(str(foreign))
        for place in places:
            executable = self.executable(XDG_CACHE_HOME=place, HOME=str(home))
            self.assertTrue(executable.is_relative_to(home / ".cache/pyslow"), (place, executable))

    def test_without_home_it_is_that_of_the_account(self):
        home = pathlib.Path(pwd.getpwuid(os.geteuid()).pw_dir)
        if not os.access(home, os.W_OK):
            self.skipTest(f"{home} cannot be written")
        program = ["-c", "import sys; print(sys.executable)"]
        for variables in ([], ["HOME=/proc"], ["HOME=relative"], ["HOME=/nowhere"]):
            result = run("env", "-i", *variables, PYSLOW, "--python", self.venv, *program)
            self.assertEqual((result.returncode, result.stderr), (0, ""), result)
            executable = pathlib.Path(result.stdout.strip())
            self.addCleanup(shutil.rmtree, executable.parent.parent, ignore_errors=True)
            self.assertTrue(executable.is_relative_to(home / ".cache/pyslow"), executable)
            self.assert_holds_the_same(executable.parent)

    def test_where_none_can_be_made_it_warns_and_children_find_the_active_environment(self):
        if run("unshare", "--mount", "true").returncode != 0:
            self.skipTest("no mount namespace can be made")
        # No directory of the account can be written, and the names in /tmp are taken.
        cache = pathlib.Path(pwd.getpwuid(os.geteuid()).pw_dir) / ".cache"
        taken = pathlib.Path(f"/tmp/pyslow-{os.geteuid()}")
        for directory in (cache, taken):
            if not directory.exists():
                directory.mkdir(mode=0o700)
                self.addCleanup(shutil.rmtree, directory, ignore_errors=True)
        hidden = f"mount -t tmpfs -o ro none '{cache}' && mount -t tmpfs -o ro none {taken} && exec \"$@\""
        command = ["unshare", "--mount", "sh", "-c", hidden, "sh", PYSLOW, "-c", WITH_CHILD]
        result = run(*command, env={"VIRTUAL_ENV": str(self.venv), "PATH": os.environ["PATH"]})
        self.assertEqual(result.returncode, 0, result)
        self.assertTrue(result.stdout.startswith(f"{self.venv} {CHILD_NAME}\n"), result)
        self.assertEqual(result.stderr, f"pyslow: warning: sys.executable: it is {CHILD_NAME}, which has none of the "
                         f"programs of {self.venv}/bin beside it, because this user has no directory for caches that can "
                         "be written; set XDG_CACHE_HOME to one\n")
        shown = run(CHILD_NAME, "-c", "import sys; print(sys.prefix)", env=self.active())
        self.assertEqual(shown.stdout, f"{self.venv}\n")

    def test_a_program_that_is_gone_or_an_environment_that_is_gone(self):
        executable = self.executable()
        executable.unlink()
        self.assertEqual(self.executable(), executable)
        self.assert_holds_the_same(executable.parent)
        shutil.rmtree(self.venv)
        self.assert_refused(run(executable, "-c", "pass"), f"{self.venv}/bin/python: no such file")

    def test_an_environment_made_by_a_child_does_not_depend_on_it(self):
        made = self.directory / "made"
        result = run(self.executable(), "-m", "venv", "--without-pip", made, env={})
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        links = [os.readlink(path) for path in (made / "bin").iterdir() if path.is_symlink()]
        home = next(line for line in (made / "pyvenv.cfg").read_text().splitlines() if line.startswith("home = "))
        self.assertNotIn("pyslow", "".join(links) + home.replace(str(self.directory), ""))


if __name__ == "__main__":
    unittest.main()
