// Which trial is run when.
#ifndef PYSLOW_EXPERIMENT_PLAN_H_
#define PYSLOW_EXPERIMENT_PLAN_H_

#include <cstdint>
#include <vector>

namespace pyslow::experiment {

struct PlannedTrial {
  int index = 0;  // in order of running, from 0
  int block = 0;  // from 0
  int64_t delay_ns = 0;
};

// Complete blocks (rule R1 of docs/statistics.md): each of `blocks` blocks has every delay once, in
// an order of its own drawn from `seed`. The same arguments give the same plan on every machine.
std::vector<PlannedTrial> PlanBlocks(const std::vector<int64_t>& delays_ns, int blocks,
                                     uint64_t seed);

}  // namespace pyslow::experiment

#endif  // PYSLOW_EXPERIMENT_PLAN_H_
