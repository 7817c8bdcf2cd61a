#include "base/text.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace pyslow {
namespace {

// `value`, which is not negative, with three significant digits and no exponent.
std::string ThreeDigits(double value) {
  const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return absl::StrFormat("%.*f", decimals, value);
}

}  // namespace

std::string CountText(uint64_t count) {
  std::string text = absl::StrCat(count);
  for (size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, 1, ',');
  }
  return text;
}

std::string DurationText(double ns) {
  if (!(ns > 0)) return "0";
  if (ns < 999.5) return absl::StrFormat("%.0fns", std::max(ns, 1.0));
  if (ns < 999.5e3) return ThreeDigits(ns / 1e3) + "us";
  if (ns < 999.5e6) return ThreeDigits(ns / 1e6) + "ms";
  return ThreeDigits(ns / 1e9) + "s";
}

std::string ShareText(double part, double whole) {
  if (!(whole > 0)) return "-";
  const double percent = 100 * part / whole;
  if (!(percent > 0)) return "0";
  if (percent < 0.01) return "<0.01%";
  return ThreeDigits(percent) + "%";
}

std::string CountedText(uint64_t count, absl::string_view one, absl::string_view many) {
  return absl::StrCat(CountText(count), " ", count == 1 ? one : many);
}

std::string ListText(const std::vector<std::string>& texts, size_t most) {
  const size_t shown = std::min(texts.size(), most);
  const auto end = texts.begin() + static_cast<std::ptrdiff_t>(shown);
  std::string text = absl::StrJoin(texts.begin(), end, ", ");
  if (shown < texts.size()) absl::StrAppend(&text, " and ", texts.size() - shown, " more");
  return text;
}

absl::Status At(absl::string_view where, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(where, ": ", status.message()));
}

}  // namespace pyslow
