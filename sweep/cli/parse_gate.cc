#include "sweep/cli/parse_gate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/limits.h"
#include "base/parse_value.h"
#include "base/sanitize.h"

namespace pyslow::cli {
namespace {

using model::Gate;
using model::Verdict;

constexpr std::array<std::pair<absl::string_view, Gate::Figure>, 6> kFigures = {
    {{"change", Gate::Figure::kChange},
     {"kappa", Gate::Figure::kKappa},
     {"n*", Gate::Figure::kCriticalCalls},
     {"slack", Gate::Figure::kSlack},
     {"gil", Gate::Figure::kGil},
     {"time", Gate::Figure::kTime}}};

// The names in analysis.json, and those of the report.
constexpr std::array<std::pair<absl::string_view, Verdict>, 9> kVerdicts = {
    {{"critical", Verdict::kLinear},
     {"linear", Verdict::kLinear},
     {"sub-linear", Verdict::kSubLinear},
     {"threshold", Verdict::kThreshold},
     {"hidden", Verdict::kNone},
     {"none", Verdict::kNone},
     {"load-limited", Verdict::kLoadLimited},
     {"inconclusive", Verdict::kInconclusive},
     {"untested", Verdict::kUntested}}};

using model::VersionTimes;

constexpr std::array<std::pair<absl::string_view, VersionTimes::Outcome>, 4> kOutcomes = {
    {{"faster", VersionTimes::Outcome::kFaster},
     {"slower", VersionTimes::Outcome::kSlower},
     {"equal", VersionTimes::Outcome::kEqual},
     {"undecided", VersionTimes::Outcome::kUndecided}}};

absl::Status NoGate(absl::string_view text, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("'", Excerpt(text), "': ", why));
}

// A ratio: "0.5", "-2%".
bool ParseNumber(absl::string_view text, double* value) {
  const bool is_percentage = absl::ConsumeSuffix(&text, "%");
  if (!absl::SimpleAtod(text, value) || !std::isfinite(*value)) return false;
  if (is_percentage) *value /= 100;
  return true;
}

template <typename Table>
auto FindIn(const Table& table, absl::string_view name) {
  return std::find_if(table.begin(), table.end(),
                      [&](const auto& entry) { return entry.first == name; });
}

}  // namespace

absl::StatusOr<Gate> ParseGate(absl::string_view text) {
  Gate gate;
  gate.text = std::string(text);
  const size_t sign = std::min(text.find_first_of("<>="), text.size());
  const absl::string_view name = absl::StripAsciiWhitespace(text.substr(0, sign));
  const absl::string_view value =
      absl::StripAsciiWhitespace(text.substr(std::min(sign + 1, text.size())));
  const char operation = sign < text.size() ? text[sign] : '\0';
  if (name == "verdict" && operation == '=') {
    const auto* const outcome = FindIn(kOutcomes, value);
    if (outcome != kOutcomes.end()) {
      gate.figure = Gate::Figure::kOutcome;
      gate.outcome = outcome->second;
      return gate;
    }
    const auto* const verdict = FindIn(kVerdicts, value);
    if (verdict == kVerdicts.end()) {
      return NoGate(text,
                    "expected a verdict: critical, sub-linear, threshold, hidden, load-limited, "
                    "inconclusive or untested; with --against: faster, slower, equal or undecided");
    }
    gate.figure = Gate::Figure::kVerdict;
    gate.verdict = verdict->second;
    return gate;
  }
  const auto* const figure = FindIn(kFigures, name);
  if (figure == kFigures.end() || (operation != '<' && operation != '>')) {
    return NoGate(text,
                  "expected change, kappa, n*, slack, gil or time with < or > and a value, or "
                  "verdict=VERDICT, such as 'change<-2%' or 'verdict=critical'");
  }
  gate.figure = figure->second;
  gate.is_below = operation == '<';
  if (gate.figure == Gate::Figure::kSlack || gate.figure == Gate::Figure::kTime) {
    const absl::StatusOr<double> seconds = ParseLongTime(value, kMaxWindowNs);
    if (!seconds.ok()) return NoGate(text, seconds.status().message());
    gate.limit = *seconds;
  } else if (!ParseNumber(value, &gate.limit)) {
    return NoGate(text, "expected a number or a percentage after the sign");
  }
  return gate;
}

absl::Status CheckGates(const std::vector<Gate>& gates, const steps::Settings& settings) {
  for (const Gate& gate : gates) {
    if (gate.figure == Gate::Figure::kOutcome && !settings.trials.against.has_value()) {
      return NoGate(gate.text,
                    "only a comparison of two versions has it; add --against to a new sweep, or "
                    "remove this condition");
    }
    if (gate.figure == Gate::Figure::kGil && !settings.steps.gil) {
      return NoGate(gate.text,
                    "only a comparison of both GIL modes has it; add --gil hold,release to a new "
                    "sweep, or remove this condition");
    }
  }
  return absl::OkStatus();
}

}  // namespace pyslow::cli
