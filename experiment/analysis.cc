#include "experiment/analysis.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "experiment/response.h"

namespace pyslow::experiment {
namespace {

// n of one delay, the mean over blocks; nullopt where a trial of it was not counted.
std::optional<double> MeanCalls(const std::vector<Block>& blocks, size_t level) {
  double sum = 0;
  for (const Block& block : blocks) {
    if (!block[level].calls_per_unit.has_value()) return std::nullopt;
    sum += *block[level].calls_per_unit;
  }
  return sum / static_cast<double>(blocks.size());
}

// T0/T − 1, from pairs of one block, so that drift between blocks cancels.
Estimate ChangeOfThroughput(const std::vector<Block>& blocks, size_t level) {
  return Plus(RatioOfMeans(SecondsPerUnit(blocks, 0), SecondsPerUnit(blocks, level)), -1);
}

// Throughput has no interval where that of T reaches 0.
Estimate Throughput(const Estimate& seconds_per_unit) {
  Estimate seconds = seconds_per_unit;
  if (seconds.range.has_value() && seconds.range->low <= 0) seconds.range.reset();
  return Reciprocal(seconds, 1);
}

std::vector<LevelResult> Levels(const std::vector<Block>& blocks) {
  std::vector<LevelResult> levels;
  for (size_t level = 0; level < blocks.front().size(); ++level) {
    LevelResult result;
    result.delay_ns = blocks.front()[level].delay_ns;
    result.seconds_per_unit = MeanOfBlocks(SecondsPerUnit(blocks, level));
    result.throughput = Throughput(result.seconds_per_unit);
    if (level > 0) result.change = ChangeOfThroughput(blocks, level);
    result.calls_per_unit = MeanCalls(blocks, level);
    if (result.calls_per_unit.has_value()) {
      result.dose_seconds = *result.calls_per_unit * static_cast<double>(result.delay_ns) * 1e-9;
    }
    levels.push_back(result);
  }
  return levels;
}

// Elastic calls: loops that poll while they wait call less often as everything slows, and dT/dD
// means nothing where n moves with the delay. Told from noise by the blocks' own relative changes
// from the smallest delay to the largest.
constexpr double kElasticChange = 0.05;
std::string WhyElastic(const std::vector<Block>& blocks) {
  std::vector<double> changes;
  for (const Block& block : blocks) {
    const double at_least_delay = block[1].calls_per_unit.value_or(0);
    if (block.size() < 3 || at_least_delay <= 0) return "";
    changes.push_back(block.back().calls_per_unit.value_or(0) / at_least_delay - 1);
  }
  const Estimate change = MeanOfBlocks(changes);
  const bool beyond_noise =
      !change.range.has_value() || change.range->high < 0 || change.range->low > 0;
  if (std::abs(change.value) <= kElasticChange || !beyond_noise) return "";
  return absl::StrCat("the calls per unit change by ", std::lround(change.value * 100),
                      "% from the smallest delay to the largest, as those of polling loops do");
}

void AddKappa(const std::vector<Block>& blocks, Analysis& analysis) {
  const std::optional<Fit> fit = FitDose(blocks);
  analysis.kappa_withheld = fit.has_value() ? WhyElastic(blocks) : "calls could not be counted";
  if (analysis.kappa_withheld.empty()) analysis.kappa = fit->slope;
}

constexpr double kDisturbedShare = 0.01;
size_t CountDisturbed(const std::vector<Trial>& trials) {
  return static_cast<size_t>(std::count_if(trials.begin(), trials.end(), [](const Trial& t) {
    return t.core_wait_seconds.value_or(0) > kDisturbedShare * t.wall_seconds;
  }));
}

bool NeverCalled(const std::vector<Block>& blocks) {
  for (const Block& block : blocks) {
    for (const Response& r : block) {
      if (!r.calls_per_unit.has_value() || *r.calls_per_unit > 0) return false;
    }
  }
  return true;
}

}  // namespace

Analysis Analyse(const std::vector<Trial>& trials, const std::vector<int64_t>& delays_ns,
                 Measure measure, const std::vector<int64_t>& faster_ns) {
  const std::vector<Block> blocks = CompleteBlocks(trials, delays_ns, measure);
  Analysis analysis;
  analysis.measure = measure;
  analysis.blocks = blocks.size();
  analysis.trials_left_out = trials.size() - blocks.size() * delays_ns.size();
  analysis.trials_disturbed = CountDisturbed(trials);
  analysis.levels = Levels(blocks);
  analysis.never_called = NeverCalled(blocks);
  if (analysis.never_called) return analysis;
  analysis.delay_fit = FitDelay(blocks);
  AddKappa(blocks, analysis);
  for (const int64_t faster : faster_ns) {
    analysis.predictions.push_back(PredictFaster(blocks, *analysis.delay_fit, faster));
  }
  return analysis;
}

size_t CountCompleteBlocks(const std::vector<Trial>& trials,
                           const std::vector<int64_t>& delays_ns) {
  return CompleteBlocks(trials, delays_ns, Measure::kWallTime).size();
}

}  // namespace pyslow::experiment
