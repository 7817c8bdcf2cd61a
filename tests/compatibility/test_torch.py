"""python -m torch.distributed.run with two ranks."""

import unittest

from compatible import CompatibilityTest, needs

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


if __name__ == "__main__":
    unittest.main()
