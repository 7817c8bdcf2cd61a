#include "sweep/statistics/calls.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace pyslow::statistics {
namespace {

bool AllTrials(const std::vector<Block>& blocks, bool (*holds)(const Observation&)) {
  return std::all_of(blocks.begin(), blocks.end(), [holds](const Block& block) {
    return std::all_of(block.begin(), block.end(), holds);
  });
}

bool IsCounted(const Observation& o) { return o.calls_per_unit.has_value(); }
bool IsUncalled(const Observation& o) { return o.calls_per_unit == 0.0; }

// n of each block: at the control, or where a control was not counted, the mean of what was.
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

// From the control to the largest delay, as a ratio less 1, told from noise by the blocks' own
// changes; at 99%, since only a clear change is worth losing κ for.
std::string WhyElastic(const std::vector<Block>& blocks) {
  constexpr double kElasticChange = 0.05;
  std::vector<double> changes;
  for (const Block& block : blocks) {
    if (*block.front().calls_per_unit <= 0) return "";
    changes.push_back(*block.back().calls_per_unit / *block.front().calls_per_unit - 1);
  }
  const Estimate change = MeanOfBlocks(changes, 0.99);
  const bool beyond_noise =
      !change.range.has_value() || change.range->high < 0 || change.range->low > 0;
  if (std::abs(change.value) <= kElasticChange || !beyond_noise) return "";
  return absl::StrCat("the calls per unit change by ", std::lround(change.value * 100),
                      "% from the control to the largest delay, as those of polling loops do");
}

// (Σn)²/Σn² is the number of processes if all call alike, and less the more unlike they are.
void AddProcesses(const std::vector<Block>& blocks, Calls& calls) {
  constexpr double kAlike = 0.75;  // of the processes that call
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
  calls.unlike_processes = effective < kAlike * calling;
  if (!calls.unlike_processes) calls.processes = effective;
}

}  // namespace

Calls CallsOf(const std::vector<Block>& blocks, double confidence) {
  Calls calls;
  const std::vector<double> by_block = CallsByBlock(blocks);
  if (!by_block.empty()) calls.per_unit = MeanOfBlocks(by_block, confidence);
  AddProcesses(blocks, calls);
  if (!AllTrials(blocks, IsCounted)) {
    calls.kappa_withheld = "the calls per unit are not known";
    return calls;
  }
  calls.never = AllTrials(blocks, IsUncalled);
  double last = 0;
  for (const Block& block : blocks) last += *block.back().calls_per_unit;
  calls.at_largest_delay = last / static_cast<double>(blocks.size());
  calls.kappa_withheld = WhyElastic(blocks);
  calls.elastic = !calls.kappa_withheld.empty();
  return calls;
}

}  // namespace pyslow::statistics
