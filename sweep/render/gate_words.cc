#include "sweep/render/gate_words.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/sanitize.h"
#include "base/text.h"
#include "sweep/render/figures.h"
#include "sweep/render/words.h"

namespace pyslow::render {
namespace {

constexpr size_t kMaxCases = 3;

std::string FigureText(model::Gate::Figure figure, const model::Estimate& estimate) {
  switch (figure) {
    case model::Gate::Figure::kChange:
    case model::Gate::Figure::kOutcome:
      return PercentText(estimate, true);
    case model::Gate::Figure::kGil:
      return PercentText(estimate);
    case model::Gate::Figure::kSlack:
    case model::Gate::Figure::kTime:
      return SecondsText(estimate);
    case model::Gate::Figure::kKappa:
    case model::Gate::Figure::kCriticalCalls:
    case model::Gate::Figure::kVerdict:
      break;
  }
  return EstimateText(estimate);
}

std::string CaseText(const model::Gate& gate, const model::GateCase& one) {
  std::vector<std::string> words;
  if (one.is_comparison) words.push_back("the other version");
  if (one.result != nullptr) words.push_back(NameText(*one.result));
  if (one.estimate.has_value()) words.push_back(FigureText(gate.figure, *one.estimate));
  return absl::StrJoin(words, " ");
}

std::string CasesText(const model::Gate& gate, const std::vector<model::GateCase>& cases) {
  std::vector<std::string> texts;
  texts.reserve(cases.size());
  for (const model::GateCase& one : cases) texts.push_back(CaseText(gate, one));
  return ListText(texts, kMaxCases);
}

// A subject without trials stays as it is.
bool MoreBlocksHelp(const std::vector<model::GateCase>& open) {
  return std::any_of(open.begin(), open.end(), [](const model::GateCase& one) {
    return one.estimate.has_value() ||
           (one.result != nullptr && one.result->curve.verdict() == model::Verdict::kInconclusive);
  });
}

}  // namespace

std::string GateLine(const model::Gate& gate, const model::GateJudgement& judgement) {
  const std::string condition = absl::StrCat("--fail-if ", Printable(gate.text));
  if (judgement.judged == 0) {
    return absl::StrCat(condition, " cannot be judged: no result has this figure");
  }
  if (!judgement.holds.empty()) {
    return absl::StrCat(condition, " holds: ", CasesText(gate, judgement.holds));
  }
  if (judgement.open.empty()) return absl::StrCat(condition, " does not hold");
  return absl::StrCat(
      condition, " is not decided: ", CasesText(gate, judgement.open),
      MoreBlocksHelp(judgement.open) ? "; more blocks (--runs) would narrow the intervals" : "");
}

}  // namespace pyslow::render
