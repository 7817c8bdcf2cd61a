"""pyslow --into VENV and --out-of VENV: pyslow as the python of an environment, and back."""

import os
import pathlib
import re
import shutil
import unittest

from harness import BIN, MINOR, PYSLOW, PYTHON, VENV, clean_environment, copy_installation, run
from into_venv import KEPT, NAMES, IntoTest, tree


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
