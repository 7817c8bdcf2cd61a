// From a dose to what each call is delayed by, and how often.
#ifndef PYSLOW_SWEEP_STEPS_DOSES_H_
#define PYSLOW_SWEEP_STEPS_DOSES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "sweep/steps/conductor.h"
#include "sweep/steps/subjects.h"

namespace pyslow::steps {

// A delay a call, of which it is the mean: every Nth call is delayed by N times as much.
struct CallDelay {
  int64_t per_call_ns = 0;
  int64_t frequency = 1;
};

// What makes `subject`'s calls a dose of `dose_seconds` a unit, as far as 1 ms a call does (rule
// R12). `least_frequency`: the user's.
CallDelay DelayFor(const Subject& subject, double dose_seconds, int64_t least_frequency);

// An arm that delays all of `subject`'s calls so.
Arm ArmOf(const std::string& name, const Subject& subject, const CallDelay& delay);

// Delays, ascending, none above `most_ns`: those that were are replaced by `most_ns` and its
// halves.
std::vector<int64_t> Bounded(std::vector<int64_t> delays_ns, int64_t most_ns);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_DOSES_H_
