"""Ray: tasks and actors in two workers whose py_executable is pyslow."""

import json
import pathlib
import re
import unittest

from compatible import MINOR, PYSLOW, PYTHON, SWEEP, VENV, CompatibilityTest, needs, run
from harness import CACHE, make_wheel

# The daemon of Ray starts the workers. It inherits the environment of the driver, and they inherit its.
PROGRAM = """
import os
import sys
import time
import ray

worker = sys.argv[1] if len(sys.argv) > 1 else sys.executable
environment = {name: os.environ[name] for name in os.environ if name.startswith(("PYTHON", "WORK_"))}
ray.init(num_cpus=2, include_dashboard=False, logging_level="error", log_to_driver=False,
         runtime_env={"py_executable": worker, "env_vars": environment})

@ray.remote
def task(number):
    import worked
    time.sleep(0.2)  # so that the other worker gets a task too
    return worked.call(number), os.getpid(), os.readlink("/proc/self/exe")

@ray.remote
class Actor:
    def __init__(self): self.total = 0
    def add(self, number):
        import worked
        self.total += worked.call(number)
        return self.total

answers = ray.get([task.remote(number) for number in range(12)])
actor = Actor.options(num_cpus=0).remote()
print([answer[0] for answer in answers], ray.get([actor.add.remote(number) for number in range(5)]))
print(len({answer[1] for answer in answers}) >= 2, {os.path.basename(answer[2]) for answer in answers})
ray.shutdown()
"""

# Prints the prefix of a task in an environment with a package of its own, and sys.executable of one without.
PIP = """
import sys
import ray

ray.init(num_cpus=1, include_dashboard=False, logging_level="error", log_to_driver=False)

@ray.remote
def with_package():
    import greeter, sys
    return sys.prefix

@ray.remote
def executable():
    import sys
    return sys.executable

print(ray.get(with_package.options(runtime_env={"pip": [sys.argv[1]]}).remote()))
print(ray.get(executable.options(runtime_env={"env_vars": {"A": "1"}}).remote()))
ray.shutdown()
"""


@needs("ray")
class Ray(CompatibilityTest):
    ANSWER = str([number ** 2 for number in range(12)]) + " [0, 1, 5, 14, 30]\nTrue "

    def test_a_driver_and_its_workers(self):
        script = self.write("program.py", PROGRAM)
        theirs, ours = self.both(script, same=False, processes=3, RAY_DISABLE_IMPORT_WARNING="1")
        self.assertEqual(theirs.stdout.rpartition("{")[0], self.ANSWER)
        self.assertEqual(ours.stdout.rpartition("{")[0], self.ANSWER)
        self.assertIn("pyslow", ours.stdout)

    def test_workers_of_a_driver_under_python(self):
        script = self.write("program.py", PROGRAM)
        self.link(PYSLOW)
        plain = self.directory / "venv" / "bin" / "plain"
        plain.symlink_to(PYTHON)
        environment = self.environment("workers", **self.settings("workers"),
                                       SPEED_BUMP_SESSION_ID="compatibility")
        result = run(plain, script, self.python, env=environment, cwd=self.directory)
        self.assertEqual(result.returncode, 0, result)
        self.assertEqual(result.stdout.rpartition("{")[0], self.ANSWER, result)
        self.check_calls("workers", processes=3)

    def test_a_pip_environment_is_one_of_its_own(self):
        venv = self.directory.resolve() / "active"
        self.assertEqual(run(PYTHON, "-m", "venv", venv).returncode, 0)
        packages = f"lib/python{MINOR}/site-packages"
        (venv / packages / "ray.pth").write_text(f"{VENV / packages}\n")
        result = run(PYSLOW, self.write("pip_environment.py", PIP), make_wheel(self.directory), timeout=300,
                     env=self.environment("pip", VIRTUAL_ENV=str(venv), RAY_DISABLE_IMPORT_WARNING="1"))
        self.assertEqual(result.returncode, 0, result)
        prefix, executable = result.stdout.splitlines()
        self.assertTrue(prefix.endswith("/virtualenv"), result)
        self.assertTrue(executable.startswith(f"{CACHE}/pyslow/environments/active-"), result)
        self.assertFalse((venv / packages / "greeter.py").exists(), "it is installed in the user's environment")

    def test_a_sweep_on_a_cluster(self):
        # On a cluster of one machine, the sweeps run one after the other.
        self.write("steps.py", """
            import time
            def step(): time.sleep(0.002)
            begin = time.perf_counter()
            for _ in range(50): step()
            print(50 / (time.perf_counter() - begin), "steps/s")
            """)
        self.link(PYTHON)
        driver = pathlib.Path(__file__).parents[2] / "examples" / "ray_sweep.py"
        out = self.directory / "merged"
        result = run(self.python, driver, "--sweeps", "2", "--pyslow-sweep", SWEEP, "--out", out, "--",
                     "--target", "steps:step", "--delays", "0,500us,1ms", "--runs", "3",
                     "--throughput-regex", "([0-9.]+) steps/s", "--", self.directory / "steps.py",
                     cwd=self.directory, env=self.environment("cluster"))
        if "nothing to analyse" in result.stderr:
            self.skipTest("other processes disturbed all blocks")
        self.assertEqual(result.returncode, 0, result)
        lines = [json.loads(line) for line in (out / "trials.jsonl").read_text().splitlines()]
        blocks = {line["block"] for line in lines if line["kind"] == "trial" and line["part"] == "global"}
        match = re.match(r"[12] sweeps, (\d+) blocks; (\d+) of them were disturbed", result.stdout)
        self.assertTrue(match, result)
        self.assertEqual(int(match[1]) - int(match[2]), len(blocks))
        self.assertEqual(blocks, set(range(len(blocks))))
        self.assertEqual(lines[0]["sweep"]["settings"]["blocks"], len(blocks))
        answer = json.loads((out / "analysis.json").read_text())["global"]
        self.assertGreater(answer["critical_calls_per_unit"][0], 0.5)


if __name__ == "__main__":
    unittest.main()
