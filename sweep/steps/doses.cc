#include "sweep/steps/doses.h"

#include <algorithm>

#include "sweep/statistics/design.h"

namespace pyslow::steps {

CallDelay DelayFor(const Subject& subject, double dose_seconds, int64_t min_frequency) {
  CallDelay delay;
  delay.per_call_ns = statistics::PerCallNs(subject.calls_per_unit, dose_seconds);
  delay.frequency =
      statistics::FrequencyFor({delay.per_call_ns}, subject.calls_per_trial, min_frequency);
  return delay;
}

Arm ArmOf(const std::string& name, const Subject& subject, const CallDelay& delay) {
  Arm arm;
  arm.name = name;
  if (delay.per_call_ns == 0) return arm;
  for (const uint32_t group : subject.groups) {
    arm.treatments.push_back({group, delay.per_call_ns * delay.frequency, delay.frequency});
  }
  return arm;
}

std::vector<int64_t> Bounded(std::vector<int64_t> delays_ns, int64_t max_ns) {
  int64_t next = max_ns;
  int64_t above = INT64_MAX;
  for (auto delay = delays_ns.rbegin(); delay != delays_ns.rend(); ++delay) {
    if (*delay <= max_ns && *delay < above) break;
    *delay = above = next;
    next /= 2;
  }
  delays_ns.erase(std::unique(delays_ns.begin(), delays_ns.end()), delays_ns.end());
  return delays_ns;
}

}  // namespace pyslow::steps
