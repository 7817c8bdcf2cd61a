// How much of the cost of a delay is that other threads wait for the GIL (--gil hold,release).
#ifndef PYSLOW_SWEEP_MODEL_GIL_FINDING_H_
#define PYSLOW_SWEEP_MODEL_GIL_FINDING_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "sweep/model/estimate.h"

namespace pyslow::model {

// The same delay with the GIL held and with the GIL released, in the same blocks. The cost is the
// change of T, the seconds per unit, from the control to the delay with the GIL held.
struct GilFinding {
  enum class Outcome {
    kNone,            // the share is about 0
    kPart,            // the share is above 0; it may be all
    kReleasedSlower,  // the cost is higher with the GIL released: delayed threads wait for it
    kUndecided,       // the interval of the share is too wide
    kNoCost,          // the cost is not shown, or not well enough to be divided
  };
  Outcome outcome = Outcome::kNoCost;
  int64_t delay_ns = 0;  // per call; 0: nothing was tried, as no cost is known
  // Of the cost, what releasing the GIL saves. nullopt: it has no interval, or releasing the GIL
  // saves nothing because delayed threads wait for it.
  std::optional<Estimate> share;
  Estimate control_seconds;  // T
  Estimate held_seconds;
  Estimate released_seconds;
  // Of throughput against the control, as ratios less 1.
  Estimate held_change;
  Estimate released_change;
  size_t blocks = 0;
  // Not 0: with this wait for the GIL after each delayed call that releases it, in seconds, trials
  // would be longer than --max-slowdown allows. They were not run.
  double wait_seconds = 0;
};
// The name in analysis.json: "none", "part", "released_slower", "undecided", "no_cost".
const char* NameOf(GilFinding::Outcome outcome);

}  // namespace pyslow::model

#endif  // PYSLOW_SWEEP_MODEL_GIL_FINDING_H_
