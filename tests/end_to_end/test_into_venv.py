"""pyslow --into VENV and --out-of VENV: pyslow as the python of an environment, and back."""

import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import time
import unittest

from harness import (BIN, MINOR, PYSLOW, PYTHON, VENV, VERSION, TestCase, clean_environment, copy_installation, run)

# venv gives a free-threaded Python the name python3.13 too.
NAMES = sorted({"python", "python3", f"python{MINOR}", f"python{VERSION}"})
KEPT = "python-without-pyslow"
# Begins as pip's scripts do if the name of the interpreter has a blank.
SCRIPT = ("#!/bin/sh\n'''exec' \"{python}\" \"$0\" \"$@\"\n' '''\nimport sys\n"
          "print('tool', sys.prefix, 'pyslow' in map(sys.monitoring.get_tool, range(6)))\n")


def tree(directory):
    """All that an environment contains: each file's bytes, mode and time, and each link's target."""
    found = {}
    for path in sorted(directory.rglob("*")):
        status = path.lstat()
        content = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else None
        time_ns = None if content is None else status.st_mtime_ns
        found[str(path.relative_to(directory))] = (status.st_mode, content, time_ns)
    return found


class IntoTest(TestCase):
    def setUp(self):
        super().setUp()
        self.directory = self.directory.resolve()
        self.venv = self.directory / "a venv"

    def make(self, *words):
        made = run(*(words or (PYTHON, "-m", "venv", "--without-pip")), self.venv)
        self.assertEqual(made.returncode, 0, made)
        for name in ("python", "python3"):
            script = self.venv / "bin" / f"tool-of-{name}"
            script.write_text(SCRIPT.format(python=f"{self.venv}/bin/{name}"))
            script.chmod(0o755)
        return tree(self.venv)

    def into(self):
        return self.output_of("--into", self.venv)

    def out_of(self):
        return self.output_of("--out-of", self.venv)

    def programs(self):
        return [self.venv / "bin" / name for name in NAMES if os.path.lexists(self.venv / "bin" / name)]

    def assert_runs(self, *programs, is_pyslow=True):
        """Each program is Python in the environment, with or without pyslow."""
        env = clean_environment(SPEED_BUMP_PATTERNS="*:*", SPEED_BUMP_DELAY_NS="0")
        show = "import sys; print(sys.prefix, 'pyslow' in map(sys.monitoring.get_tool, range(6)))"
        for program in programs:
            shown = run(program, "-c", show, env=env)
            self.assertEqual((shown.stdout, shown.stderr), (f"{self.venv} {is_pyslow}\n", ""), program)

    def check_both_ways(self):
        before = tree(self.venv)
        names = [program.name for program in self.programs()]
        self.assertGreaterEqual(len(names), 3)
        self.assertIn(f"{', '.join(names)} run a copy of {PYSLOW}; ", self.into())
        self.assert_runs(*self.programs())
        self.assert_runs(*(self.venv / KEPT / name for name in names), is_pyslow=False)
        for name in ("python", "python3"):
            tool = run(self.venv / "bin" / f"tool-of-{name}",
                       env=clean_environment(SPEED_BUMP_PATTERNS="*:*", SPEED_BUMP_DELAY_NS="0"))
            self.assertEqual(tool.stdout, f"tool {self.venv} True\n", tool)
        again = tree(self.venv)
        self.into()
        # The links may be new ones.
        self.assertEqual([(name, state[:2]) for name, state in tree(self.venv).items()],
                         [(name, state[:2]) for name, state in again.items()])
        self.out_of()
        self.assertEqual(tree(self.venv), before)
        self.assertIn("it has its own python", self.out_of())
        self.assertEqual(tree(self.venv), before)
        self.assert_runs(*self.programs(), is_pyslow=False)


class Layouts(IntoTest):
    def test_links_made_by_venv_from_any_name(self):
        for name in NAMES:
            program = pathlib.Path(PYTHON).parent / name
            if not program.exists() or not os.path.samefile(program, PYTHON):
                continue
            with self.subTest(name=name):
                self.make(program, "-m", "venv", "--without-pip")
                self.check_both_ways()
                shutil.rmtree(self.venv)

    def test_copies(self):
        self.make(PYTHON, "-m", "venv", "--without-pip", "--copies")
        self.check_both_ways()

    def test_links_in_the_other_direction(self):
        # python3.X -> python3 -> python -> the interpreter.
        self.make()
        target = str(pathlib.Path(PYTHON).resolve())
        for name in NAMES:
            (self.venv / "bin" / name).unlink()
            (self.venv / "bin" / name).symlink_to(target)
            target = name
        self.check_both_ways()

    def test_one_made_by_pyslow(self):
        self.make(PYSLOW, "-m", "venv", "--without-pip")
        self.check_both_ways()

    @unittest.skipUnless((VENV / "bin" / "virtualenv").exists(), "virtualenv is not installed")
    def test_virtualenv(self):
        for words in ([], ["--copies"]):
            with self.subTest(words=words):
                self.make(VENV / "bin" / "virtualenv", "--no-download", "--python", PYTHON, *words)
                self.check_both_ways()
                shutil.rmtree(self.venv)

    @unittest.skipUnless((VENV / "bin" / "uv").exists(), "uv is not installed")
    def test_uv(self):
        for words in ([], ["--relocatable"]):
            with self.subTest(words=words):
                self.make(VENV / "bin" / "uv", "venv", "--offline", "--no-config", "--python", PYTHON, *words)
                self.check_both_ways()
                shutil.rmtree(self.venv)

    def test_pips_scripts(self):
        # In a directory without a blank, the first line names the interpreter.
        self.venv = self.directory / "venv"
        self.make(PYTHON, "-m", "venv")
        self.check_both_ways()
        self.into()
        env = clean_environment(SPEED_BUMP_PATTERNS="pip.*:*", SPEED_BUMP_DELAY_NS="0", SPEED_BUMP_SUMMARY="1")
        shown = run(self.venv / "bin" / "pip", "--version", env=env)
        self.assertIn(str(self.venv), shown.stdout)
        self.assertIn("  pip._", shown.stderr)

    def test_a_name_that_is_missing_stays_missing(self):
        self.make()
        for name in NAMES:
            (self.venv / "bin" / name).unlink()
        (self.venv / "bin" / "tool-of-python3").unlink()
        (self.venv / "bin" / "python").symlink_to(PYTHON)
        for missing in NAMES[1:]:
            before = tree(self.venv)
            self.into()
            self.assertFalse(os.path.lexists(self.venv / "bin" / missing))
            self.out_of()
            self.assertEqual(tree(self.venv), before)

    def test_the_environment_of_a_tool(self):
        self.make()
        (self.venv / "uv-receipt.toml").write_text("")
        self.check_both_ways()

    def test_each_minor_version_gets_its_pyslow(self):
        for other in BIN.glob("pyslow3.*"):
            minor = other.name.removeprefix("pyslow")
            made = run(BIN / f"python{minor}-pyslow", "-m", "venv", "--without-pip", self.venv)
            self.assertEqual(made.returncode, 0, made)
            self.assertIn(f"python{minor} run a copy of {other}; ", self.into())
            self.assertEqual((self.venv / "bin" / "python3").read_bytes(), other.read_bytes())
            shutil.rmtree(self.venv)


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
                    for program in self.programs():
                        self.assertEqual(run(program, "-c", "import sys; print(sys.prefix)").stdout,
                                         f"{self.venv}\n")
                    if finish:
                        self.into()
                        self.assert_runs(*self.programs())
                    self.out_of()
                    self.assertEqual(tree(self.venv), before)

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
            for program in self.programs():
                self.assertEqual(run(program, "-c", "import sys; print(sys.prefix)").stdout, f"{self.venv}\n")
            if count % 2 == 0:
                self.into()
                self.assert_runs(*self.programs())
            self.out_of()
            self.assertEqual(tree(self.venv), before)

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
            for program in self.programs():
                self.assertEqual(run(program, "-c", "import sys; print(sys.prefix)").stdout, f"{self.venv}\n")
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


class WithoutTheOriginal(IntoTest):
    """The pyslow that was called is gone, or the environment is elsewhere."""

    def test_python_is_still_pyslow(self):
        for place in (self.venv, self.directory / "opt"):
            with self.subTest(place=place):
                before = self.make()
                program = copy_installation(place)
                installed = tree(place)
                made = run(program, "--into", self.venv)
                self.assertEqual((made.returncode, made.stderr), (0, ""))
                for path in installed.keys() - before.keys():
                    if not (place / path).is_dir():
                        (place / path).unlink()
                self.assertFalse(program.exists())
                self.assert_runs(*self.programs())
                # By the copy, because no other pyslow need be left.
                self.assertEqual(run(self.venv / KEPT / "pyslow", "--out-of", self.venv).returncode, 0)
                self.assert_runs(*self.programs(), is_pyslow=False)
                self.assertLessEqual(before.items(), tree(self.venv).items())
                shutil.rmtree(self.venv)

    def test_the_line_of_the_manual_puts_back_what_was_there(self):
        before = self.make()
        self.into()
        page = (pathlib.Path(__file__).parents[2] / "man" / "pyslow.1").read_text().replace("\\-", "-")
        [command] = re.findall(r"^mv VENV/.*$", page, re.MULTILINE)
        self.assertEqual(run("sh", "-c", command.replace("VENV", f"'{self.venv}'")).returncode, 0)
        self.assertEqual(tree(self.venv), before)

    def test_a_moved_environment_has_it(self):
        self.make()
        self.into()
        moved = self.directory / "elsewhere"
        self.venv.rename(moved)
        self.venv = moved
        self.assert_runs(*self.programs())
        self.assertTrue((moved / "bin" / "python3").resolve().is_relative_to(moved / KEPT))


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


class Afterwards(IntoTest):
    def test_a_script_of_another_python_is_named(self):
        self.make()
        script = self.venv / "bin" / "stranger"
        script.write_text(f"#!{PYTHON}\n")
        result = self.pyslow("--into", self.venv)
        self.assertEqual(result.returncode, 0)
        self.assertRegex(result.stderr, r"\Apyslow: warning: .*/bin: the first line of stranger names .*, which is "
                                        r"not this environment's python, so it does not run pyslow\n\Z")

    def test_children_of_a_pyslow_elsewhere_run_that_one_in_the_active_environment(self):
        self.make()
        self.into()
        env = clean_environment(VIRTUAL_ENV=str(self.venv), SPEED_BUMP_PATTERNS="*:*", SPEED_BUMP_DELAY_NS="0")
        show = ("import os, subprocess, sys; print(sys.prefix, os.path.realpath(sys.executable)); sys.stdout.flush(); "
                "sys.argv[1:] or subprocess.run([sys.executable, '-c', sys.orig_argv[-1], 'child'])")
        self.assertEqual(self.output_of("-c", show, env=env), "\n".join([f"{self.venv} {PYSLOW}"] * 2))

    def test_a_child_without_environment_is_the_environments_python(self):
        self.make()
        self.into()
        child = ("import subprocess, sys; print(subprocess.run([sys.executable, '-c', 'import sys; "
                 "print(sys.prefix, sys.executable)'], env={}, capture_output=True, text=True).stdout)")
        for program in self.programs():
            self.assertEqual(run(program, "-c", child).stdout.strip(), f"{self.venv} {program}")


if __name__ == "__main__":
    unittest.main()
