// The share of a delay's cost that is other threads waiting for the GIL: rule R30 of
// docs/statistics.md.
#ifndef PYSLOW_SWEEP_STATISTICS_GIL_SHARE_H_
#define PYSLOW_SWEEP_STATISTICS_GIL_SHARE_H_

#include <cstddef>
#include <vector>

#include "sweep/model/gil_finding.h"

namespace pyslow::statistics {

// T of one block, in seconds per unit.
struct GilTimes {
  double control = 0;
  double held = 0;      // a delay with the GIL held
  double released = 0;  // the same delay with the GIL released
};

struct GilBlock {
  GilTimes measured;
  GilTimes without_waiting;  // without the cost of waiting for other programs (R16)
};

struct GilLimits {
  size_t looks = 1;          // at the data
  double confidence = 0.95;  // of the intervals
  double grid_seconds = 0;   // R25; 0: unknown
};

// The share is the mean of held − released over that of held − control, with Fieller's interval
// over blocks (RatioByFieller), and holds with and without the cost of waiting. Sets all members
// but delay_ns and wait_seconds. `blocks` is not empty.
model::GilFinding JudgeGil(const std::vector<GilBlock>& blocks, const GilLimits& limits);

// Whether more blocks are of no use: the outcome is known, and the share to 10 percentage points.
bool IsDecided(const model::GilFinding& finding);

}  // namespace pyslow::statistics

#endif  // PYSLOW_SWEEP_STATISTICS_GIL_SHARE_H_
