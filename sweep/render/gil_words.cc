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

// What the released mode costs more.
std::string ReleasedSlower(const GilFinding& gil, const std::string& cost) {
  const std::string what =
      absl::StrCat("How much of ", cost, " is ", kWaiting, " cannot be told: ");
  if (gil.wait_seconds > 0) {
    return absl::StrCat(what, "with the GIL released, each delayed call waits for it again, ",
                        SecondsText(gil.wait_seconds),
                        ", and trials would be longer than --max-slowdown allows");
  }
  return absl::StrCat(what,
                      "with the GIL released, delayed threads wait for it themselves, and "
                      "the cost is higher (throughput ",
                      PercentText(gil.released_change, true), " instead of ",
                      PercentText(gil.held_change, true), ")");
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
      return ReleasedSlower(gil, cost);
    case GilFinding::Outcome::kUndecided:
      return absl::StrCat("Not decided how much of ", cost, " is ", kWaiting, ": ",
                          PercentText(*gil.share),
                          "; more trials (--time-budget, --runs) would narrow the interval");
    case GilFinding::Outcome::kNoCost:
      return absl::StrCat("How much of ", cost, " is ", kWaiting, " cannot be told: ",
                          gil.blocks == 0 ? "no cost is shown"
                                          : "the trials are too few or too noisy; more of them "
                                            "(--time-budget, --runs) may divide it");
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
