#include "trials/session_counts.h"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace pyslow::trials {
namespace {

std::optional<TrialCounts> SumCounts(const session::SessionSnapshot& snapshot) {
  if (snapshot.uncounted > 0) return std::nullopt;
  for (const session::ProcessSnapshot& process : snapshot.processes) {
    if (process.lost > 0) return std::nullopt;
  }
  TrialCounts sum;
  for (const session::FunctionSnapshot& function : snapshot.functions) {
    if (!snapshot.settings.groups[function.group].chosen) continue;
    sum.calls += function.counts.calls;
    sum.delayed += function.counts.delayed;
    sum.asked_ns += function.counts.asked_ns;
    sum.spun_ns += function.counts.spun_ns;
  }
  return sum;
}

std::optional<double> LifeSeconds(const session::SessionSnapshot& snapshot) {
  int64_t end_ns = 0;
  for (const session::ProcessSnapshot& process : snapshot.processes) {
    // Another machine's or boot's clock cannot be compared.
    const bool same_clock = process.boot_id == snapshot.settings.boot_id;
    if (process.end_monotonic_ns == 0 || !same_clock) return std::nullopt;
    end_ns = std::max(end_ns, process.end_monotonic_ns);
  }
  if (end_ns <= snapshot.settings.epoch_monotonic_ns) return std::nullopt;
  return static_cast<double>(end_ns - snapshot.settings.epoch_monotonic_ns) * 1e-9;
}

}  // namespace

SessionReading Summarise(const session::SessionSnapshot& snapshot) {
  return {SumCounts(snapshot), LifeSeconds(snapshot)};
}

absl::StatusOr<SessionReading> ReadSessionCounts(const std::string& directory) {
  const absl::StatusOr<session::SessionSnapshot> snapshot = session::ReadSession(directory);
  if (!snapshot.ok()) return snapshot.status();
  return Summarise(*snapshot);
}

}  // namespace pyslow::trials
