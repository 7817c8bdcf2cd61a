// The order in which the arms of a block are run.
#ifndef PYSLOW_SWEEP_STEPS_BLOCK_ORDER_H_
#define PYSLOW_SWEEP_STEPS_BLOCK_ORDER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"

namespace pyslow::steps {

// A random order of 0 … arms − 1 for a block of a part of the sweep (rule R13 of
// docs/statistics.md). The same arguments give the same order on every machine, independent of
// earlier calls.
std::vector<size_t> OrderOfBlock(size_t arms, uint64_t seed, absl::string_view part, int block);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_BLOCK_ORDER_H_
