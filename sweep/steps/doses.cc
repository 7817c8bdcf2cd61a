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

std::vector<int64_t> GivenDelays(const Settings& settings) {
  std::vector<int64_t> per_call;
  per_call.reserve(settings.delays_ns.size());
  for (const int64_t ns : settings.delays_ns) {
    per_call.push_back(ns == 0 ? 0 : std::max<int64_t>(1, ns / settings.frequency));
  }
  return per_call;
}

double DoseOf(const Settings& settings, const Subject& subject, double usual_seconds,
              double most_seconds) {
  const std::vector<int64_t> given = GivenDelays(settings);
  if (given.empty()) return usual_seconds;
  return std::min(static_cast<double>(given.back()) * 1e-9 * subject.calls_per_unit, most_seconds);
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
