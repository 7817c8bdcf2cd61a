// In which order the arms of a block are run.
#ifndef PYSLOW_SWEEP_STEPS_PLAN_H_
#define PYSLOW_SWEEP_STEPS_PLAN_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"

namespace pyslow::steps {

// A random order of 0 … arms − 1 for a block of a part of the sweep (rule R1 of docs/statistics.md:
// complete blocks, each arm once, in an order of its own). The same arguments give the same order
// on every machine, whatever was run before.
std::vector<size_t> OrderOfBlock(size_t arms, uint64_t seed, absl::string_view part, int block);

// A seed of its own for a part of the sweep.
uint64_t SeedOf(uint64_t seed, absl::string_view part);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_PLAN_H_
