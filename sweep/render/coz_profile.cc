#include "sweep/render/coz_profile.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/sanitize.h"
#include "sweep/render/words.h"

namespace pyslow::render {
namespace {

using model::CurveFinding;
using model::Findings;
using model::Result;
using model::Shape;
using model::Verdict;

constexpr int kPoints = 20;  // beside the one at 0
constexpr double kLargestSpeedup = 0.5;
constexpr int64_t kUnits = 100'000;  // of an experiment: durations are whole nanoseconds

// The viewer shows the text after the last slash, and ignores the text before the first.
std::string LocationOf(const Result& result) {
  std::string location = NameOf(result);
  if (result.function.has_value() && !result.function->file.empty()) {
    location =
        absl::StrCat(result.function->file, ":", result.function->first_line, " (", location, ")");
  }
  if (location.empty() || location.front() != '/') location.insert(0, 1, '/');
  return Printable(location);
}

// The share of the saved time that the clock would show; nullopt if unknown.
std::optional<double> ShareSaved(const CurveFinding& curve) {
  switch (curve.verdict()) {
    case Verdict::kNone:
    case Verdict::kThreshold:
      return 0;
    case Verdict::kLinear:
    case Verdict::kSubLinear:
      break;
    case Verdict::kLoadLimited:
    case Verdict::kInconclusive:
    case Verdict::kUntested:
      return std::nullopt;
  }
  if (!curve.kappa.has_value() || !curve.calls_per_unit.has_value()) return std::nullopt;
  double kappa = curve.kappa->value;
  if (curve.shape.kind != Shape::Kind::kLine && curve.calls_per_unit->value > 0) {
    kappa = curve.shape.slope / curve.calls_per_unit->value;
  }
  return std::clamp(kappa, 0.0, 1.0);  // amplified delays do not make amplified savings
}

void AddResult(const Result& result, const std::string& unit, std::string* text) {
  const CurveFinding& curve = result.curve;
  const std::optional<double> share = ShareSaved(curve);
  if (curve.levels.size() < 3 || !share.has_value() || !(curve.control.value > 0)) return;
  for (int i = 0; i <= kPoints; ++i) {
    const double speedup = kLargestSpeedup * i / kPoints;
    const double seconds = curve.control.value * (1 - *share * speedup);
    absl::StrAppendFormat(text,
                          "experiment\tselected=%s\tspeedup=%.3f\tduration=%d\tselected-samples=1\n"
                          "throughput-point\tname=/%s\tdelta=%d\n",
                          LocationOf(result), speedup,
                          std::llround(seconds * 1e9 * static_cast<double>(kUnits)),
                          Printable(unit), kUnits);
  }
}

}  // namespace

std::string CozProfile(const Findings& findings) {
  std::string text = "startup\ttime=0\n";
  if (findings.global.has_value()) AddResult(*findings.global, findings.unit, &text);
  for (const Result& group : findings.groups) AddResult(group, findings.unit, &text);
  for (const Result& function : findings.functions) AddResult(function, findings.unit, &text);
  absl::StrAppend(&text, "runtime\ttime=", std::llround(findings.seconds * 1e9), "\n");
  return text;
}

}  // namespace pyslow::render
