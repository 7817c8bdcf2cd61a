#include "sweep/render/figures.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/duration_text.h"
#include "base/text.h"

namespace pyslow::render {
namespace {

using model::Estimate;
using model::Range;

constexpr int kMaxDecimals = 9;

// Digits after the point, for a number of significant digits.
int Decimals(int significant, double value) {
  if (!(value > 0) || !std::isfinite(value)) return 0;
  const int magnitude = static_cast<int>(std::floor(std::log10(value)));
  return std::clamp(significant - 1 - magnitude, 0, kMaxDecimals);
}

std::string Rounded(double value, int decimals) {
  std::string text = absl::StrFormat("%.*f", decimals, value);
  const bool is_zero = text.find_first_of("123456789") == std::string::npos;
  return is_zero && text.front() == '-' ? text.substr(1) : text;  // no "-0.0"
}

std::string RangeText(const Range& range, int decimals) {
  return absl::StrCat(" [", Rounded(range.low, decimals), ", ", Rounded(range.high, decimals), "]");
}

// For two significant digits of the half-width of the interval; four of the value if that is 0, as
// when all readings are equal.
int DecimalsOf(const Estimate& estimate) {
  const double half = (estimate.range->high - estimate.range->low) / 2;
  return half > 0 ? Decimals(2, half) : Decimals(4, std::abs(estimate.value));
}

struct TimeUnit {
  double seconds;
  absl::string_view name;
};
TimeUnit UnitFor(double seconds) {
  static constexpr std::array<TimeUnit, 4> kUnits = {
      {{1, "s"}, {1e-3, "ms"}, {1e-6, "us"}, {1e-9, "ns"}}};
  return *std::find_if(kUnits.begin(), kUnits.end() - 1, [&](const TimeUnit& unit) {
    return std::abs(seconds) >= unit.seconds * 0.99995;  // rounds to 1.000 of it
  });
}

}  // namespace

std::string NumberText(double value) { return Rounded(value, Decimals(4, std::abs(value))); }

std::string EstimateText(const Estimate& estimate) {
  if (!std::isfinite(estimate.value)) return "-";
  if (!estimate.range.has_value()) return NumberText(estimate.value);
  const int decimals = DecimalsOf(estimate);
  return absl::StrCat(Rounded(estimate.value, decimals), RangeText(*estimate.range, decimals));
}

std::string SecondsText(double seconds) {
  if (seconds == 0) return "0";
  const TimeUnit unit = UnitFor(seconds);
  const double value = seconds / unit.seconds;
  return absl::StrCat(Rounded(value, Decimals(4, std::max(std::abs(value), 1.0))), unit.name);
}

std::string SecondsText(const Estimate& seconds) {
  if (!seconds.range.has_value()) return SecondsText(seconds.value);
  const TimeUnit unit = UnitFor(seconds.value);
  const Estimate scaled = model::Times(seconds, 1 / unit.seconds);
  const int decimals = DecimalsOf(scaled);
  return absl::StrCat(Rounded(scaled.value, decimals), unit.name,
                      RangeText(*scaled.range, decimals));
}

std::string DelayText(int64_t delay_ns) { return delay_ns == 0 ? "0" : FormatTimeNs(delay_ns); }

std::string PercentText(const Estimate& ratio, bool signed_change) {
  const Estimate percent = model::Times(ratio, 100);
  const int decimals = std::min(
      percent.range.has_value() ? DecimalsOf(percent) : Decimals(3, std::abs(percent.value)), 2);
  std::string text = absl::StrCat(Rounded(percent.value, decimals), "%");
  if (signed_change && percent.value > 0) text.insert(0, 1, '+');
  if (percent.range.has_value()) absl::StrAppend(&text, RangeText(*percent.range, decimals));
  return text;
}

std::string Counted(size_t count, absl::string_view noun) {
  return CountedText(count, noun, absl::StrCat(noun, "s"));
}

std::string Ended(absl::string_view sentence) {
  const bool is_open = !sentence.empty() && sentence.back() != '.' && sentence.back() != '?';
  return absl::StrCat(sentence, is_open ? "." : "");
}

}  // namespace pyslow::render
