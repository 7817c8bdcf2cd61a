"""mpirun -n 2 with mpi4py: ranks share a session by SPEED_BUMP_SESSION_ID or by a common ancestor."""

import json
import unittest

from compatible import PYSLOW, SWEEP, CompatibilityTest, needs, run

RANK = """
from mpi4py import MPI
import worked

world = MPI.COMM_WORLD
squares = [worked.call(number) for number in range(world.rank, 20, world.size)]
total = world.allreduce(sum(squares))
gathered = world.gather(sorted(squares))
if world.rank == 0:
    print(world.size, total, gathered)
"""

ANSWER = f"2 {sum(n * n for n in range(20))} {[[n * n for n in range(r, 20, 2)] for r in (0, 1)]}\n"


@needs("mpi4py", programs=("mpirun",))
class Mpi(CompatibilityTest):
    # Options and variables for root, containers without ssh, and machines with one core.
    WORDS = ("mpirun", "-n", "2", "--oversubscribe")
    VARIABLES = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
                 "PRTE_MCA_plm_ssh_agent": "false", "OMPI_MCA_plm_rsh_agent": "false"}

    def test_ranks_that_share_a_session_id(self):
        script = self.write("rank.py", RANK)
        theirs, ours = self.both(script, launcher=self.WORDS, processes=2, same=False,
                                 SPEED_BUMP_SESSION_ID="compatibility", **self.VARIABLES)
        self.assertEqual((theirs.stdout, ours.stdout), (ANSWER, ANSWER))

    def test_ranks_that_a_driver_under_pyslow_starts(self):
        script = self.write("rank.py", RANK)
        driver = self.write("driver.py", "import subprocess, sys\nsys.exit(subprocess.call(sys.argv[1:]))")
        theirs, ours = self.both(driver, *self.WORDS, self.python, script, processes=2, same=False,
                                 **self.VARIABLES)
        self.assertEqual((theirs.stdout, ours.stdout), (ANSWER, ANSWER))

    def test_an_error_for_ranks_without_a_session_id_names_the_variable(self):
        script = self.write("rank.py", RANK)
        self.link(PYSLOW)
        result = run(*self.WORDS, self.python, script, cwd=self.directory, env=self.environment(
            "lost", **self.settings("lost"), **self.VARIABLES))
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("pyslow: error: ", result.stderr)
        self.assertIn("SPEED_BUMP_SESSION_ID", result.stderr)

    def test_a_sweep_adds_up_the_calls_of_all_ranks(self):
        # Two ranks make ten calls each, one after the other, so ten calls are critical.
        script = self.write("rank.py", RANK)
        self.link(PYSLOW)
        out = self.directory / "sweep"
        result = run(SWEEP, "--launcher", " ".join(self.WORDS), "--target", "worked:work", "--delays",
                     "0,100ms", "--runs", "3", "--steps", "impact", "--out", out, "--", script,
                     cwd=self.directory, env=self.environment("swept", VIRTUAL_ENV=str(self.venv),
                                                          **self.VARIABLES))
        self.assertEqual(result.returncode, 0, result)
        answer = json.loads((out / "analysis.json").read_text())["global"]
        self.assertEqual(answer["calls_per_unit"][0], 20, answer)
        self.assertAlmostEqual(answer["critical_calls_per_unit"][0], 10, delta=5)


if __name__ == "__main__":
    unittest.main()
