#include "sweep/render/comparison_words.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "base/sanitize.h"
#include "sweep/render/figures.h"
#include "sweep/render/words.h"

namespace pyslow::render {
namespace {

using model::Comparison;
using model::FunctionDifference;
using model::VersionTimes;

constexpr double kSameCalls = 0.01;  // a smaller change of the calls is no difference

// "+100us [95, 105]", in the unit of the estimate.
std::string SignedSeconds(const model::Estimate& seconds) {
  return absl::StrCat(seconds.value > 0 ? "+" : "", SecondsText(seconds));
}

std::string Change(const model::Estimate& change) { return PercentText(change, true); }

std::string NotPredicted(const Comparison& comparison) {
  switch (comparison.no_prediction) {
    case Comparison::NoPrediction::kNothing:
      return "";
    case Comparison::NoPrediction::kNoOwnTime:
      return "no function's own time was measured in both versions";
    case Comparison::NoPrediction::kNoShare:
      return "it is not known what slower functions cost (see Global impact)";
    case Comparison::NoPrediction::kNoControl:
      return "the versions were not compared with every function instrumented";
  }
  return "";
}

// "their own time predicts +9.8% [9.1, 10.5]; +10.1% [9.0, 11.2] was measured with every function
// instrumented".
std::string Evidence(const Comparison& comparison) {
  return absl::StrCat("their own time predicts ", Change(*comparison.predicted_change), "; ",
                      Change(comparison.control->change),
                      " was measured with every function instrumented");
}

// A difference that is worth a row.
bool Differs(const FunctionDifference& function) {
  if (model::ExcludesZero(function.own_change_seconds)) return true;
  const double most = std::max(function.first_calls, function.other_calls);
  return std::abs(function.other_calls - function.first_calls) > kSameCalls * most;
}

std::string CallsText(double calls) { return calls == 0 ? "-" : NumberText(calls); }

}  // namespace

std::string ComparisonSentence(const Comparison& comparison, absl::string_view unit) {
  const VersionTimes* const times = comparison.answer();
  if (times == nullptr) return "The versions were not compared";
  const std::string change = absl::StrCat(Change(times->change), " ", unit, "s/s");
  const std::string smallest = PercentText({comparison.smallest_change, std::nullopt});
  switch (times->outcome) {
    case VersionTimes::Outcome::kFaster:
      return absl::StrCat("The other version is faster: ", change);
    case VersionTimes::Outcome::kSlower:
      return absl::StrCat("The other version is slower: ", change);
    case VersionTimes::Outcome::kEqual:
      return absl::StrCat("Both versions are equally fast: ", change, "; less than ", smallest,
                          " does not matter (--min-gain)");
    case VersionTimes::Outcome::kUndecided:
      return absl::StrCat("Not decided: ", change, "; ",
                          times->is_coarse
                              ? "the figure has too few digits for a narrower interval"
                              : "more trials (--time-budget, --runs) would narrow the interval");
  }
  return "";
}

std::string PlaceSentence(const Comparison& comparison) {
  switch (comparison.place) {
    case Comparison::Place::kNothingToPlace:
      if (!comparison.control.has_value()) return "";
      return absl::StrCat(model::ExcludesZero(comparison.control->change)
                              ? "A change is shown only with every function instrumented: "
                              : "With every function instrumented no change is shown: ",
                          Change(comparison.control->change));
    case Comparison::Place::kNotPredicted:
      return absl::StrCat("Where the change lies is not known: ", NotPredicted(comparison));
    case Comparison::Place::kInFunctions:
      return absl::StrCat("The change lies in the functions below: ", Evidence(comparison));
    case Comparison::Place::kPartly:
      return absl::StrCat(
          "A part of the change lies in the functions below: ", Evidence(comparison),
          ". The rest lies elsewhere: waiting, the processor's caches, other "
          "processes, or native threads");
    case Comparison::Place::kElsewhere:
      return absl::StrCat(
          "The change does not lie in the functions' own time: ", Evidence(comparison),
          ". Look at waiting, other processes, native threads and functions that "
          "are no targets");
    case Comparison::Place::kUnclear:
      return absl::StrCat("Where the change lies is not clear: ", Evidence(comparison));
  }
  return "";
}

std::vector<std::vector<std::string>> VersionRows(const Comparison& comparison,
                                                  absl::string_view unit) {
  std::vector<std::vector<std::string>> rows = {{absl::StrCat("time/", unit), "other version",
                                                 "change of throughput", "trials", "functions"}};
  const auto add = [&rows](const std::optional<VersionTimes>& times, absl::string_view name) {
    if (!times.has_value()) return;
    rows.push_back({SecondsText(times->first_seconds), SecondsText(times->other_seconds),
                    Change(times->change),
                    absl::StrCat(times->first_trials, " + ", times->other_trials),
                    std::string(name)});
  };
  add(comparison.plain, "as they are");
  add(comparison.control, "instrumented, no delay");
  return rows;
}

size_t DifferenceCount(const Comparison& comparison) {
  return static_cast<size_t>(
      std::count_if(comparison.functions.begin(), comparison.functions.end(), Differs));
}

std::vector<std::vector<std::string>> DifferenceRows(const Comparison& comparison,
                                                     absl::string_view unit, size_t most) {
  std::vector<std::vector<std::string>> rows = {
      {absl::StrCat("own time/", unit), "other version", "difference", "predicts",
       absl::StrCat("calls/", unit), "other version", "function"}};
  for (const FunctionDifference& function : comparison.functions) {
    if (rows.size() > most) break;
    if (!Differs(function)) continue;
    rows.push_back(
        {OwnTimeText(function.first_own_seconds), OwnTimeText(function.other_own_seconds),
         SignedSeconds(function.own_change_seconds),
         function.predicted_change.has_value() ? Change(*function.predicted_change) : "-",
         CallsText(function.first_calls), CallsText(function.other_calls),
         Printable(function.name)});
  }
  return rows;
}

}  // namespace pyslow::render
