#include "sweep/statistics/calls.h"

#include <algorithm>
#include <cmath>

#include "sweep/statistics/block_mean.h"

namespace pyslow::statistics {

using model::Estimate;
using model::KappaWithheld;

namespace {

bool AllTrials(const std::vector<Block>& blocks, bool (*holds)(const Observation&)) {
  return std::all_of(blocks.begin(), blocks.end(), [holds](const Block& block) {
    return std::all_of(block.begin(), block.end(), holds);
  });
}

bool IsCounted(const Observation& o) { return o.calls_per_unit.has_value(); }
bool IsUncalled(const Observation& o) { return o.calls_per_unit == 0.0; }

// n of each block: at the control, or if some control was not counted, the mean of the counted
// trials.
std::vector<double> CallsByBlock(const std::vector<Block>& blocks) {
  const bool controls = std::all_of(blocks.begin(), blocks.end(),
                                    [](const Block& b) { return IsCounted(b.front()); });
  std::vector<double> calls;
  for (const Block& block : blocks) {
    double sum = 0;
    double count = 0;
    for (const Observation& o : block) {
      if (!IsCounted(o)) continue;
      sum += *o.calls_per_unit;
      ++count;
      if (controls) break;
    }
    if (count > 0) calls.push_back(sum / count);
  }
  return calls;
}

// The change of n from the control to the largest delay, as a ratio less 1, if it is over 5% and
// beyond noise; else nullopt. The test on the blocks' own changes is at 99%, since only a clear
// change justifies the loss of κ.
std::optional<double> ElasticChange(const std::vector<Block>& blocks) {
  constexpr double kElasticChange = 0.05;
  std::vector<double> changes;
  for (const Block& block : blocks) {
    if (*block.front().calls_per_unit <= 0) return std::nullopt;
    changes.push_back(*block.back().calls_per_unit / *block.front().calls_per_unit - 1);
  }
  const Estimate change = MeanOfBlocks(changes, 0.99);
  const bool beyond_noise = !change.range.has_value() || model::ExcludesZero(*change.range);
  if (std::abs(change.value) <= kElasticChange || !beyond_noise) return std::nullopt;
  return change.value;
}

// (Σn)²/Σn² is the number of processes if all make equally many calls, and smaller otherwise.
void AddProcesses(const std::vector<Block>& blocks, Calls& calls) {
  constexpr double kMinAlike = 0.75;  // of the processes that call
  double effective = 0;
  double calling = 0;
  double trials = 0;
  for (const Block& block : blocks) {
    for (const Observation& o : block) {
      effective += o.processes;
      calling += static_cast<double>(o.processes_calling);
      ++trials;
    }
  }
  effective /= trials;
  calling /= trials;
  if (std::max(effective, calling) < 1.01) return;
  calls.unlike_processes = effective < kMinAlike * calling;
  if (!calls.unlike_processes) calls.processes = effective;
}

}  // namespace

Calls CallsOf(const std::vector<Block>& blocks, double confidence) {
  Calls calls;
  const std::vector<double> by_block = CallsByBlock(blocks);
  if (!by_block.empty()) calls.per_unit = MeanOfBlocks(by_block, confidence);
  AddProcesses(blocks, calls);
  if (!AllTrials(blocks, IsCounted)) {
    calls.kappa_withheld.kind = KappaWithheld::Kind::kNotCounted;
    return calls;
  }
  calls.never = AllTrials(blocks, IsUncalled);
  double last = 0;
  for (const Block& block : blocks) last += *block.back().calls_per_unit;
  calls.at_largest_delay = last / static_cast<double>(blocks.size());
  const std::optional<double> change = ElasticChange(blocks);
  calls.elastic = change.has_value();
  if (calls.never) {
    calls.kappa_withheld.kind = KappaWithheld::Kind::kNeverCalled;
  } else if (calls.elastic) {
    calls.kappa_withheld = {KappaWithheld::Kind::kElastic, *change};
  } else {
    calls.kappa_withheld.kind = KappaWithheld::Kind::kNothing;
  }
  return calls;
}

}  // namespace pyslow::statistics
