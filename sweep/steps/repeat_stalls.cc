#include "sweep/steps/repeat_stalls.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "sweep/statistics/stalls.h"
#include "sweep/steps/observe.h"

namespace pyslow::steps {
namespace {

constexpr size_t kMinBlocks = 3;
constexpr int kMaxRepetitions = 3;  // of one trial

// The stalled trials of `pooled` that may be measured again. The cost of waiting for other work is
// known (R16), and makes no stall.
std::vector<size_t> StallsOf(const BlockedTrials& trials, const PooledTrials& pooled) {
  std::vector<statistics::PooledTrial> without_waiting = pooled.trials;
  for (statistics::PooledTrial& trial : without_waiting) {
    trial.y -= statistics::SecondsWaited(trials.waiting, trial.waited.value_or(0), trial.y);
  }
  std::vector<size_t> stalls = statistics::FindStalls(without_waiting, pooled.arms, GridOf(trials));
  std::erase_if(stalls, [&](size_t stall) {
    const auto [block, place] = pooled.places[stall];
    return trials.blocks[block][place].trial.spec.attempt >= kMaxRepetitions;
  });
  return stalls;
}

// How much longer a stalled trial is than the others of its arm that did not stall.
double RatioToOthers(const PooledTrials& pooled, const std::vector<size_t>& stalls, size_t stall) {
  double sum = 0;
  double count = 0;
  for (size_t i = 0; i < pooled.trials.size(); ++i) {
    if (pooled.arms[i] != pooled.arms[stall]) continue;
    if (std::binary_search(stalls.begin(), stalls.end(), i)) continue;
    sum += pooled.trials[i].y;
    ++count;
  }
  return sum > 0 ? pooled.trials[stall].y * count / sum - 1 : 0;
}

}  // namespace

absl::Status RepeatStalls(const StepContext& context, double until_seconds, BlockedTrials* trials) {
  if (trials->blocks.size() < kMinBlocks) return absl::OkStatus();
  const bool is_fixed = context.settings.blocks.has_value();
  Conductor& conductor = context.conductor;
  for (int round = 0; round < kMaxRepetitions; ++round) {
    UpdateWaiting(trials);
    const PooledTrials pooled = Pooled(*trials);
    const std::vector<size_t> stalls = StallsOf(*trials, pooled);
    if (stalls.empty()) break;
    for (const size_t stall : stalls) {
      if (!is_fixed && conductor.seconds() + conductor.TrialSeconds() > until_seconds) {
        return absl::OkStatus();
      }
      const auto [block, place] = pooled.places[stall];
      absl::Status status =
          conductor.Repeat(block, place, RatioToOthers(pooled, stalls, stall), trials);
      // A log of another version may lack it.
      if (conductor.LacksTrial(status)) return absl::OkStatus();
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace pyslow::steps
