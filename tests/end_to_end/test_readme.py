"""Every command of the README, run as it is written, and what the README says that the programs print."""

import os
import pathlib
import re
import shlex
import shutil
import socket

from harness import BIN, PYSLOW, PYTHON, SWEEP, TestCase, clean_environment, run

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORKLOAD = pathlib.Path(__file__).resolve().parent / "readme_workload"
README = (ROOT / "README.md").read_text()
# Commands that another test runs, or that are this test run's own start.
ELSEWHERE = {
    "pip install pyslow-*.whl": "tests/wheel/test_wheel.py",
    "./bootstrap demo": "tests/end_to_end/test_docs.py",
    "./bootstrap test": ".ci/run",
}


def blocks(text, language):
    """The contents of the fenced blocks of this language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def commands(text):
    """The commands of all blocks of the shell, in order, without comments."""
    found = []
    for block in blocks(text, "sh"):
        for command in re.sub(r"\\\n\s*", "", block).splitlines():
            found.append(re.sub(r"\s+# .*", "", command))
    return found


class Readme(TestCase):
    def setUp(self):
        super().setUp()
        shutil.copytree(WORKLOAD, self.directory, dirs_exist_ok=True)
        (self.directory / "bin" / "pyslow").symlink_to(PYSLOW)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.env = clean_environment(
            PATH=f"{self.directory}/bin:{pathlib.Path(PYTHON).parent}:{os.environ['PATH']}",
            SPEED_BUMP_PYTHON=PYTHON, README_PORT=str(port), README_SWEEP=SWEEP, README_BUDGET="3s")

    def shell(self, command):
        result = run("bash", "-c", command, env=self.env, cwd=self.directory, timeout=280)
        # So short a sweep may not decide whether the condition holds.
        statuses = (0, 3) if "--fail-if" in command else (0,)
        self.assertIn(result.returncode, statuses, f"{command}\n{result.stdout}\n{result.stderr}")
        self.assertNotIn("error:", result.stderr, command)
        return result


class Commands(Readme):
    def test_each_command_runs(self):
        self.assertEqual(run(PYTHON, "-m", "venv", "--without-pip", self.directory / "venv").returncode, 0)
        shown = {}
        for command in commands(README):
            if command in ELSEWHERE:
                continue
            if "--diff" in command:
                for name in "before", "after":
                    shutil.copytree(self.directory / "results", self.directory / name)
            with self.subTest(command):
                shown[command] = self.shell(command)
        sweeps = {command: result.stdout for command, result in shown.items() if command.startswith("pyslow-sweep")}
        [diff] = [sweeps.pop(command) for command in list(sweeps) if "--diff" in command]
        self.assertIn("Control: ", diff)
        self.assertEqual(len(sweeps), 9)
        for command, output in sweeps.items():
            with self.subTest(command):
                self.assertIn("2. Global impact", output)
        [summary] = [result.stderr for command, result in shown.items() if "--summary" in command]
        self.assertIn("functions  calls  delayed", summary)
        [benchmark] = [result.stderr for command, result in shown.items() if "vllm bench" in command]
        self.assertIn("the output is that of vLLM, bench throughput", benchmark)
        self.assertFalse((self.directory / "venv" / "python-without-pyslow").exists())

    def test_the_sweep_of_the_demo_runs(self):
        """All of `./bootstrap demo` but the build, with a small budget."""
        demo = (ROOT / "bootstrap").read_text().partition("run_demo() {")[2].partition("\n}")[0]
        [sweep] = re.findall(r"build/release/bin/pyslow-sweep (.*?) \|\| fail", demo.replace("\\\n", ""), re.DOTALL)
        (self.directory / "build").mkdir()
        script = ROOT / re.search(r"script=(\S+)", demo)[1]
        shown = self.shell(f"script={shlex.quote(str(script))}; {shlex.quote(SWEEP)} --time-budget 10s {sweep}")
        self.assertIn("__main__:cold", shown.stdout)
        self.assertIn("2. Global impact", shown.stdout)  # so short a sweep may decide no more
        self.assertTrue((self.directory / "build" / "demo" / "report.html").exists())

    def test_the_diff_is_a_command_before_and_after(self):
        [diff] = blocks(README, "diff")
        before, after = (line[1:] for line in diff.splitlines())
        self.assertEqual(diff.splitlines(), ["-" + before, "+" + after])
        (self.directory / "bin" / "python").symlink_to(PYTHON)
        self.assertIn("tokens/s", self.shell(before).stdout)
        self.assertIn("2. Global impact", self.shell(after).stdout)

    def test_commands_that_run_elsewhere_are_there(self):
        for command, place in ELSEWHERE.items():
            with self.subTest(command):
                self.assertIn(command, commands(README))
                self.assertIn(command.removesuffix("-*.whl"), (ROOT / place).read_text())


class Statements(Readme):
    def test_the_output_is_that_of_the_stored_sweep(self):
        printed = (ROOT / "docs/examples/hot_and_cold/output.txt").read_text().splitlines()
        [shown] = [block for block in blocks(README, "") if "What to optimise first" in block]
        place = 0
        for line in shown.splitlines():
            self.assertIn(line, printed[place:], "not there, or in another order")
            place += printed[place:].index(line) + 1
        self.assertGreaterEqual(len(shown.splitlines()), 10)

    def test_the_target_file_is_right(self):
        [targets] = [block for block in blocks(README, "") if "[native, on=call]" in block]
        (self.directory / "targets.txt").write_text(targets)
        self.assertEqual(self.shell("pyslow --targets targets.txt --delay 0 bench.py").stderr, "")

    def test_the_errors_are_those_of_the_programs(self):
        [errors] = [block for block in blocks(README, "") if "pyslow: error: " in block]
        (self.directory / "targets.txt").write_text("*:*\n\nmodule:" + "f" * 24 + "[\n")
        found = [run("bash", "-c", command, env=self.env, cwd=self.directory)
                 for command in ("pyslow --targets targets.txt bench.py", "pyslow --dealy 10us bench.py")]
        self.assertEqual([result.returncode for result in found], [2, 2])
        self.assertEqual([result.stderr for result in found], errors.splitlines(keepends=True))

    def test_it_is_short(self):
        self.assertLess(len(README.splitlines()), 200)

    def test_each_option_that_it_names_exists(self):
        helps = "".join(run(BIN / name, "--help").stdout for name in ("pyslow", "pyslow-sweep", "pyslow-report"))
        for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
            named = re.findall(r"pyslow(?:-sweep|-report)? (--[a-z][a-z-]+)", page.read_text())
            for option in named:
                with self.subTest(page=page.name, option=option):
                    self.assertIn(option, helps)
