"""python -m torch.distributed.run with two ranks, and torch's functions as targets."""

import unittest

from compatible import PYSLOW, PYTHON, CompatibilityTest, needs, run

RANK = """
import os
import torch
import torch.distributed as distributed
import worked

distributed.init_process_group("gloo")
rank, size = distributed.get_rank(), distributed.get_world_size()
total = torch.tensor([float(sum(worked.call(number) for number in range(rank, 20, size)))])
distributed.all_reduce(total)
if rank == 0:
    print(size, total.item(), flush=True)
distributed.destroy_process_group()
"""


@needs("torch")
class TorchDistributed(CompatibilityTest):
    def test_two_ranks(self):
        script = self.write("rank.py", RANK)
        theirs, ours = self.both("-m", "torch.distributed.run", "--nproc-per-node", "2", "--standalone",
                                 script, processes=2, same=False, OMP_NUM_THREADS="1")
        answer = f"2 {float(sum(n * n for n in range(20)))}\n"
        self.assertEqual((theirs.stdout, ours.stdout), (answer, answer))


CALLS = """
import time
import torch

a = torch.ones(2, 2)
begin = time.perf_counter()
for _ in range(200):
    torch.matmul(a, a)
    a @ a
print(time.perf_counter() - begin)
"""


@needs("torch")
class TorchFunctions(CompatibilityTest):
    def test_calls_of_matmul_are_delayed_and_its_operator_is_not(self):
        self.link(PYTHON)
        result = run(PYSLOW, "--on", "call", "--target", "*:*matmul*", "--delay", "1ms", "--session",
                     self.session("torch"), self.write("calls.py", CALLS),
                     env=self.environment("torch", VIRTUAL_ENV=str(self.venv)))
        self.assertEqual(result.returncode, 0, result)
        self.assertGreater(float(result.stdout), 0.2 * 0.99)
        calls = {f"{f['module']}:{f['qualname']}": f["delayed"] for f in self.report("torch")["functions"]}
        self.assertEqual(calls, {"torch:matmul": 200})


if __name__ == "__main__":
    unittest.main()
