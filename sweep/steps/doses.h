// From a dose to a delay per call and its frequency.
#ifndef PYSLOW_SWEEP_STEPS_DOSES_H_
#define PYSLOW_SWEEP_STEPS_DOSES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "sweep/steps/conductor.h"
#include "sweep/steps/subjects.h"
#include "sweep/steps/sweep_settings.h"

namespace pyslow::steps {

// The mean delay per call. Every Nth call is delayed, by N times this delay.
struct CallDelay {
  int64_t per_call_ns = 0;
  int64_t frequency = 1;
};

// The delay that makes `subject`'s calls a dose of `dose_seconds` per unit, at most 10 s per
// call (rule R12 of docs/statistics.md). `min_frequency`: the user's.
CallDelay DelayFor(const Subject& subject, double dose_seconds, int64_t min_frequency);

// --delays, per call: the user's are per delayed call. Empty if there are none.
std::vector<int64_t> GivenDelays(const Settings& settings);

// The dose of a comparison: that of the largest of --delays, if they are given, but at most
// `most_seconds` per unit; otherwise `usual_seconds`.
double DoseOf(const Settings& settings, const Subject& subject, double usual_seconds,
              double most_seconds);

// An arm that delays all of `subject`'s calls by `delay`.
Arm ArmOf(const std::string& name, const Subject& subject, const CallDelay& delay);

// Replaces the delays above `max_ns` by `max_ns` and its halves. `delays_ns` is ascending, and so
// is the result.
std::vector<int64_t> Bounded(std::vector<int64_t> delays_ns, int64_t max_ns);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_DOSES_H_
