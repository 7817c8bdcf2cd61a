"""--into and --out-of: what they refuse, and kills between any two steps."""

import os
import pathlib
import random
import shutil
import signal
import subprocess
import time
import unittest

from harness import MINOR, PYSLOW, PYTHON, VERSION, clean_environment, copy_installation, run
from into_venv import KEPT, NAMES, IntoTest, tree


class Interrupted(IntoTest):
    """A kill between two system calls: python works, and --into and --out-of continue from there."""

    def steps(self):
        """After each, the environment is as a call of --into that was killed leaves it."""
        unfinished = self.venv / "bin" / "python.pyslow-new"
        kept = self.venv / KEPT
        yield kept.mkdir()
        copy = kept / "pyslow-0123456789abcdef"
        program = copy_installation(copy.with_suffix(".new"))
        yield
        yield copy.with_suffix(".new").rename(copy)
        program = copy / "bin" / program.name
        yield unfinished.symlink_to(f"../{program.relative_to(self.venv)}")
        yield unfinished.unlink()
        yield (kept / "pyslow-new").symlink_to(program.relative_to(kept))
        yield (kept / "pyslow-new").rename(kept / "pyslow")
        for program in self.programs():
            yield os.link(program, kept / program.name, follow_symlinks=False)
            yield unfinished.symlink_to(f"../{KEPT}/pyslow")
            yield unfinished.rename(program)

    def test_after_each_step_of_into(self):
        before = self.make()
        count = len(list(self.steps()))
        self.out_of()
        for end in range(1, count + 1):
            for finish in (True, False):
                steps = self.steps()
                for _ in range(end):
                    next(steps)
                with self.subTest(end=end, finish=finish):
                    self.assert_names_work()
                    self.check_end(before, again=finish)

    def test_after_each_step_of_out_of(self):
        before = self.make()
        kept = self.venv / KEPT
        for count in range(len(NAMES) + 4):
            self.into()
            [copy] = kept.glob("pyslow-*")
            for name in NAMES[:count]:
                (kept / name).rename(self.venv / "bin" / name)
            if count > len(NAMES):
                (kept / "pyslow").unlink()
            if count > len(NAMES) + 1:
                shutil.rmtree(copy / "bin")
            if count > len(NAMES) + 2:
                copy.rmdir()
            self.assert_names_work()
            self.check_end(before, again=count % 2 == 0)

    def test_by_sigkill_at_any_time(self):
        before = self.make()
        begin = time.monotonic()
        self.into()
        duration = time.monotonic() - begin
        generator = random.Random(1)
        for number in range(24):
            option = "--into" if number % 2 else "--out-of"
            process = subprocess.Popen([PYSLOW, option, self.venv], env=clean_environment(),
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(generator.uniform(0, duration))
            process.send_signal(signal.SIGKILL)
            process.wait()
            self.assert_names_work()
            self.assertEqual([program.name for program in self.programs()], NAMES)
        self.out_of()
        self.assertEqual(tree(self.venv), before)

    def test_several_at_once(self):
        before = self.make()
        calls = [subprocess.Popen([PYSLOW, option, self.venv], env=clean_environment(), text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                 for option in ("--into", "--out-of") * 4]
        for call in calls:
            _, errors = call.communicate(timeout=120)
            self.assertEqual((call.returncode, errors), (0, ""))
        self.out_of()
        self.assertEqual(tree(self.venv), before)


class Refused(IntoTest):
    def refuse(self, *words, parts):
        before = tree(self.directory)
        self.assert_refused(self.pyslow(*words), *parts)
        self.assertEqual(tree(self.directory), before)

    def refuse_both(self, *parts):
        self.refuse("--into", self.venv, parts=parts)
        self.refuse("--out-of", self.venv, parts=parts)

    def test_what_is_no_virtual_environment(self):
        self.refuse_both("a venv: No such file or directory; name the directory of a virtual environment")
        self.venv.mkdir()
        self.refuse_both("it has no pyvenv.cfg, so it is no virtual environment; name the directory of a")
        (self.venv / "conda-meta").mkdir()
        self.refuse_both("in a conda environment", "activate it and run pyslow")

    def test_an_environment_without_a_python(self):
        (self.venv / "bin").mkdir(parents=True)
        (self.venv / "lib" / f"python{MINOR}").mkdir(parents=True)
        (self.venv / "pyvenv.cfg").write_text(f"home = {pathlib.Path(PYTHON).parent}\nversion = {VERSION}.0\n")
        self.refuse_both("a venv/bin: there is no python; make the environment again")
        self.refuse("--into", self.venv / "bin", parts=[f"so it is no virtual environment; name {self.venv}"])
        (self.venv / "bin" / "python").mkdir()
        self.refuse("--into", self.venv, parts=["bin/python: it is neither a program nor a link"])

    def test_a_link_that_another_hand_made(self):
        self.make()
        (self.venv / "bin" / "python3").unlink()
        (self.venv / "bin" / "python3").symlink_to(PYSLOW)
        self.refuse_both("bin/python3: a link to pyslow that --into did not make")

    def test_a_python_that_was_replaced_since(self):
        self.make()
        self.into()
        (self.venv / "bin" / "python3").unlink()
        (self.venv / "bin" / "python3").symlink_to(PYTHON)
        self.refuse_both("bin/python3: it was replaced after --into kept another one; remove "
                         f"{self.venv}/{KEPT}/python3")

    def test_an_environment_of_a_minor_version_that_is_too_old(self):
        self.make()
        config = self.venv / "pyvenv.cfg"
        config.write_text(config.read_text().replace(f"version = {VERSION}.", "version = 3.11."))
        self.refuse("--into", self.venv,
                    parts=["for Python 3.11 (chosen: --into)", "3.12 or later; make the environment with another"])

    def test_an_environment_whose_base_is_gone(self):
        self.make()
        config = self.venv / "pyvenv.cfg"
        config.write_text(config.read_text().replace("home = ", "home = /gone"))
        self.refuse("--into", self.venv, parts=["its Python is not in /gone", "make the environment again"])
        self.assert_refused(self.pyslow("--python", self.venv, "-c", "pass"), "its Python is not in /gone")
        active = clean_environment(VIRTUAL_ENV=str(self.venv))
        self.assert_refused(self.pyslow("-c", "pass", env=active), "chosen: VIRTUAL_ENV=")

    def test_a_file_where_python_is_to_be_kept(self):
        self.make()
        (self.venv / KEPT).write_text("")
        self.refuse("--into", self.venv, parts=[f"{KEPT}: it is no directory; move it away"])

    def test_what_does_not_run_before_names_are_replaced_or_at_the_end(self):
        self.make()
        site = next((self.venv / "lib").glob("python3.*")) / "site-packages"
        for name in ("python.pyslow-new", "python3"):
            (site / "broken.pth").write_text(f"import os, sys; sys.executable.endswith('/{name}') and "
                                             "(print('the disk is on fire', file=sys.stderr), os._exit(9))\n")
            self.refuse("--into", self.venv, parts=[f"bin/{name}: as pyslow it fails: the disk is on fire"])

    def test_a_directory_that_cannot_be_changed(self):
        if os.geteuid() == 0:
            self.skipTest("root may change it")
        self.make()
        (self.venv / "bin").chmod(0o555)
        self.addCleanup((self.venv / "bin").chmod, 0o755)
        self.refuse("--into", self.venv, parts=["bin: no file can be made there: Permission denied"])

    def test_other_options_and_words(self):
        self.make()
        for option in ("--into", "--out-of"):
            for words in (["x.py"], ["-c", "1"], ["--version"], ["--delay", "1us"], ["--python", "x"]):
                self.refuse(option, self.venv, *words,
                            parts=[f"{option}: it changes an environment and runs nothing; remove '{words[0]}'"])
            self.refuse(option, self.venv, option, "x", parts=[f"{option}: it was given twice"])
            self.refuse(option, "", parts=[f"{option}: the value is empty"])
        self.refuse("--into", self.venv, "--out-of", self.venv, parts=["remove '--out-of'"])


if __name__ == "__main__":
    unittest.main()
