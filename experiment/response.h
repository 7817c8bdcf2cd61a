// From what trials measured to what a model is fitted to: time and dose per unit, block by block.
#ifndef PYSLOW_EXPERIMENT_RESPONSE_H_
#define PYSLOW_EXPERIMENT_RESPONSE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "experiment/settings.h"
#include "experiment/trial.h"

namespace pyslow::experiment {

struct Response {
  int64_t delay_ns = 0;
  double seconds_per_unit = 0;           // T
  std::optional<double> calls_per_unit;  // n: delayed calls
};

// One response for each delay, in ascending order of the delay.
using Block = std::vector<Response>;

// The delayed calls of a unit. Where a run is the unit, the calls counted. Otherwise the units of a
// run are not known, and n is the rate of delayed calls in the window times T, which assumes that
// the window holds the same work as the stretch that the command measured.
std::optional<double> CallsPerUnit(const Trial& trial, Measure measure);

// The blocks that have every delay of `delays_ns` (ascending) once, in order of block number;
// trials of incomplete blocks are left out.
std::vector<Block> CompleteBlocks(const std::vector<Trial>& trials,
                                  const std::vector<int64_t>& delays_ns, Measure measure);

// T at one delay, of each block; `level` is the delay's place in them.
std::vector<double> SecondsPerUnit(const std::vector<Block>& blocks, size_t level);

}  // namespace pyslow::experiment

#endif  // PYSLOW_EXPERIMENT_RESPONSE_H_
