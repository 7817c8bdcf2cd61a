#include "sweep/render/advice_words.h"

#include <algorithm>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "sweep/render/figures.h"
#include "sweep/render/words.h"

namespace pyslow::render {
namespace {

using model::CurveFinding;
using model::Findings;
using model::Reason;
using model::Result;
using model::Verdict;

// Why faster code would not help; "" if it may.
std::string WhyLeft(const CurveFinding& curve) {
  if (curve.reason.kind == Reason::Kind::kLittleToGain && curve.gain_bound.has_value()) {
    return absl::StrCat("gains at most ", PercentText({*curve.gain_bound, std::nullopt}));
  }
  if (curve.verdict() == Verdict::kNone) {
    return curve.harmless_delay_seconds.has_value()
               ? absl::StrCat("hidden: ", SecondsText(*curve.harmless_delay_seconds),
                              " more per call costs less than 1%")
               : "hidden";
  }
  if (curve.verdict() != Verdict::kThreshold) return "";
  if (curve.slack_seconds_per_call.has_value()) {
    return absl::StrCat("hidden up to ", SecondsText(curve.slack_seconds_per_call->value),
                        " more per call");
  }
  if (curve.least_slack_seconds_per_call.has_value()) {
    return absl::StrCat("hidden up to ", SecondsText(*curve.least_slack_seconds_per_call),
                        " more per call or longer");
  }
  return "hidden up to a slack";
}

}  // namespace

std::string ToleranceText(const CurveFinding& curve) {
  if (curve.one_percent_delay_seconds.has_value()) {
    return SecondsText(*curve.one_percent_delay_seconds);
  }
  return curve.harmless_delay_seconds.has_value() ? SecondsText(*curve.harmless_delay_seconds) : "";
}

std::string ToleranceMeaning(const CurveFinding& curve) {
  return curve.one_percent_delay_seconds.has_value()
             ? "more per call costs 1% of the throughput"
             : "more per call costs less than 1% of the throughput";
}

std::string LeaveAlone(const Findings& findings, size_t most) {
  std::vector<const Result*> left;
  std::set<std::string> names;
  for (const std::vector<Result>* results : {&findings.functions, &findings.groups}) {
    for (const Result& result : *results) {
      if (!WhyLeft(result.curve).empty() && names.insert(NameText(result)).second) {
        left.push_back(&result);
      }
    }
  }
  std::stable_sort(left.begin(), left.end(), [](const Result* a, const Result* b) {
    return a->own_seconds_per_unit > b->own_seconds_per_unit;
  });
  std::vector<std::string> words;
  for (size_t i = 0; i < std::min(most, left.size()); ++i) {
    words.push_back(absl::StrCat(NameText(*left[i]), " (", WhyLeft(left[i]->curve), ")"));
  }
  if (left.size() > most) words.push_back(Counted(left.size() - most, "other"));
  return absl::StrJoin(words, ", ");
}

}  // namespace pyslow::render
