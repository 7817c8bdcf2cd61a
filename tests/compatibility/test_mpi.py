"""mpirun -n 2 with mpi4py: ranks that are one session by SPEED_BUMP_SESSION_ID or by their ancestor."""

import unittest

from compatible import PYSLOW, CompatibilityTest, needs, run

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
    # As root, in a container without ssh, on a machine of one core.
    WORDS = ("mpirun", "-n", "2", "--oversubscribe")
    VARIABLES = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
                 "PRTE_MCA_plm_ssh_agent": "false", "OMPI_MCA_plm_rsh_agent": "false"}

    def test_ranks_that_share_a_session_id(self):
        script = self.write("rank.py", RANK)
        theirs, ours = self.both(script, launcher=self.WORDS, processes=2, same=False,
                                 SPEED_BUMP_SESSION_ID="compatibility", **self.VARIABLES)
        self.assertEqual((theirs.stdout, ours.stdout), (ANSWER, ANSWER))

    def test_ranks_below_a_driver(self):
        script = self.write("rank.py", RANK)
        driver = self.write("driver.py", "import subprocess, sys\nsys.exit(subprocess.call(sys.argv[1:]))")
        theirs, ours = self.both(driver, *self.WORDS, self.python, script, processes=2, same=False,
                                 **self.VARIABLES)
        self.assertEqual((theirs.stdout, ours.stdout), (ANSWER, ANSWER))

    def test_ranks_without_a_session_id_are_told_what_to_do(self):
        script = self.write("rank.py", RANK)
        self.link(PYSLOW)
        result = run(*self.WORDS, self.python, script, cwd=self.directory, env=self.environment(
            "lost", **self.settings("lost"), **self.VARIABLES))
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("pyslow: error: ", result.stderr)
        self.assertIn("SPEED_BUMP_SESSION_ID", result.stderr)


if __name__ == "__main__":
    unittest.main()
