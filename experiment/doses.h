// From a dose to what each call is delayed by, and how often.
#ifndef PYSLOW_EXPERIMENT_DOSES_H_
#define PYSLOW_EXPERIMENT_DOSES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "experiment/conductor.h"
#include "experiment/subjects.h"

namespace pyslow::experiment {

// A delay per call, of which it is the mean: where that is too short to be exact, every Nth call is
// delayed by N times as much (rule R12).
struct CallDelay {
  int64_t per_call_ns = 0;
  int64_t frequency = 1;
};

// `calls_per_trial`: so many that 20 delayed calls are left. `least_frequency`: the user's.
CallDelay DelayPerCall(int64_t per_call_ns, double calls_per_trial, int64_t least_frequency);

// The delay per call that makes `calls_per_unit` calls a dose of `dose_seconds`, 1 ns to 1 ms.
int64_t PerCallNs(double calls_per_unit, double dose_seconds);

// Whether 1 ms a call is under 1% of a unit, so that nothing can be seen (R12).
bool HasTooFewCalls(double calls_per_unit, double control_seconds);

// An arm that delays all of `subject`'s calls so.
Arm ArmOf(const std::string& name, const Subject& subject, const CallDelay& delay);

// Delays, ascending, none above `most_ns`: those that were are replaced by `most_ns` and its
// halves.
std::vector<int64_t> Bounded(std::vector<int64_t> delays_ns, int64_t most_ns);

}  // namespace pyslow::experiment

#endif  // PYSLOW_EXPERIMENT_DOSES_H_
