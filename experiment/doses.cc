#include "experiment/doses.h"

#include <algorithm>
#include <cmath>

namespace pyslow::experiment {
namespace {

constexpr int64_t kMostPerCallNs = 1'000'000;  // the interpreter's switch interval is 5 ms
constexpr int64_t kShortestExactNs = 300;      // exact to 2%, pyslow(1)
constexpr double kFewestDelayed = 20;
constexpr double kFewestShare = 0.01;

}  // namespace

CallDelay DelayPerCall(int64_t per_call_ns, double calls_per_trial, int64_t least_frequency) {
  CallDelay delay{per_call_ns, least_frequency};
  if (per_call_ns == 0) return delay;
  const int64_t exact = (kShortestExactNs + per_call_ns - 1) / per_call_ns;
  const auto most = static_cast<int64_t>(std::max(1.0, calls_per_trial / kFewestDelayed));
  delay.frequency = std::max(least_frequency, std::min(exact, most));
  return delay;
}

int64_t PerCallNs(double calls_per_unit, double dose_seconds) {
  if (calls_per_unit <= 0) return kMostPerCallNs;
  const double ns = dose_seconds / calls_per_unit * 1e9;
  return std::clamp<int64_t>(std::llround(std::min(ns, 1e9)), 1, kMostPerCallNs);
}

bool HasTooFewCalls(double calls_per_unit, double control_seconds) {
  return calls_per_unit * static_cast<double>(kMostPerCallNs) * 1e-9 <
         kFewestShare * control_seconds;
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

std::vector<int64_t> Bounded(std::vector<int64_t> delays_ns, int64_t most_ns) {
  int64_t next = most_ns;
  int64_t above = INT64_MAX;
  for (auto delay = delays_ns.rbegin(); delay != delays_ns.rend(); ++delay) {
    if (*delay <= most_ns && *delay < above) break;
    *delay = above = next;
    next /= 2;
  }
  delays_ns.erase(std::unique(delays_ns.begin(), delays_ns.end()), delays_ns.end());
  return delays_ns;
}

}  // namespace pyslow::experiment
