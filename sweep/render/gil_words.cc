#include "sweep/render/gil_words.h"

#include "absl/strings/str_cat.h"
#include "sweep/render/figures.h"
#include "sweep/render/words.h"

namespace pyslow::render {
namespace {

using model::GilFinding;
using model::Result;

constexpr char kWaiting[] = "other threads waiting for the GIL";

// "the cost of slower Python", "the cost of a slower app:f".
std::string CostOf(const Result& result) {
  switch (result.kind) {
    case model::SubjectKind::kAllPython:
      return "the cost of slower Python";
    case model::SubjectKind::kAllTargets:
      return "the cost of slower targets";
    case model::SubjectKind::kGroup:
    case model::SubjectKind::kFunction:
      return absl::StrCat("the cost of a slower ", NameText(result));
  }
  return "";
}

std::string PartSentence(const model::Estimate& share, const std::string& cost) {
  const std::string figure = PercentText(share);
  if (share.range->high < 1) return absl::StrCat(figure, " of ", cost, " is ", kWaiting);
  return absl::StrCat("At least ", PercentText({share.range->low, std::nullopt}),
                      " and up to all of ", cost, " is ", kWaiting, ": ", figure);
}

std::string Unknown(const std::string& cost, absl::string_view why) {
  return absl::StrCat("The GIL's share of ", cost, " is unknown: ", why);
}

// Why the released mode costs more.
std::string ReleasedSlower(const GilFinding& gil) {
  if (gil.wait_seconds > 0) {
    return absl::StrCat("with the GIL released, each delayed call waits ",
                        SecondsText(gil.wait_seconds),
                        " to get it back, so trials would exceed --max-slowdown");
  }
  return absl::StrCat(
      "with the GIL released, delayed threads wait to get it back, and the cost is higher "
      "(throughput ",
      PercentText(gil.released_change, true), " released, ", PercentText(gil.held_change, true),
      " held)");
}

}  // namespace

std::string GilSentence(const Result& result) {
  if (!result.gil.has_value()) return "";
  const GilFinding& gil = *result.gil;
  const std::string cost = CostOf(result);
  switch (gil.outcome) {
    case GilFinding::Outcome::kNone:
      return absl::StrCat("None of ", cost, " is ", kWaiting, ": ", PercentText(*gil.share));
    case GilFinding::Outcome::kPart:
      return PartSentence(*gil.share, cost);
    case GilFinding::Outcome::kReleasedSlower:
      return Unknown(cost, ReleasedSlower(gil));
    case GilFinding::Outcome::kUndecided:
      return absl::StrCat("Not decided: ", PercentText(*gil.share), " of ", cost, " is ", kWaiting,
                          "; more trials (--time-budget, --runs) would narrow the interval");
    case GilFinding::Outcome::kNoCost:
      return Unknown(cost, gil.blocks == 0
                               ? "the delay has no measurable cost"
                               : "there are too few trials, or they are too noisy; run more "
                                 "(--time-budget, --runs)");
  }
  return "";
}

std::vector<const Result*> GilResults(const model::Findings& findings) {
  std::vector<const Result*> results;
  if (findings.global.has_value() && findings.global->gil.has_value()) {
    results.push_back(&*findings.global);
  }
  for (const Result& function : findings.functions) {
    if (function.gil.has_value()) results.push_back(&function);
  }
  return results;
}

std::vector<std::vector<std::string>> GilRows(const std::vector<const Result*>& results,
                                              absl::string_view unit) {
  std::vector<std::vector<std::string>> rows = {{absl::StrCat("time/", unit), "delay", "GIL held",
                                                 "change", "GIL released", "change",
                                                 "waiting for the GIL", "name"}};
  for (const Result* result : results) {
    if (!result->gil.has_value() || result->gil->blocks == 0) continue;
    const GilFinding& gil = *result->gil;
    rows.push_back({SecondsText(gil.control_seconds), DelayText(gil.delay_ns),
                    SecondsText(gil.held_seconds), PercentText(gil.held_change, true),
                    SecondsText(gil.released_seconds), PercentText(gil.released_change, true),
                    gil.share.has_value() ? PercentText(*gil.share) : "-", NameText(*result)});
  }
  return rows;
}

}  // namespace pyslow::render
