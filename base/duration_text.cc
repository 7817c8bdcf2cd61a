#include "base/duration_text.h"

#include <array>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace pyslow {
namespace {

struct Unit {
  absl::string_view name;
  int64_t ns;
};
// "s" is last because it is a suffix of all others. U+00B5 and U+03BC are both used for micro.
constexpr std::array<Unit, 6> kUnits = {{{"ns", 1},
                                         {"us", 1'000},
                                         {"ms", 1'000'000},
                                         {"\u00b5s", 1'000},
                                         {"\u03bcs", 1'000},
                                         {"s", 1'000'000'000}}};
constexpr absl::string_view kExpected =
    "expected a number with ns, us, ms or s, such as 500ns, 10us or 1.5ms";

absl::Status NotATime(absl::string_view text, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("'", text, "' ", why, "; ", kExpected));
}

// Whether `number` has only digits, at least one, and at most one point.
bool IsDecimal(absl::string_view number) {
  size_t points = 0;
  size_t digits = 0;
  for (const char c : number) {
    points += c == '.' ? 1 : 0;
    digits += absl::ascii_isdigit(static_cast<unsigned char>(c)) ? 1 : 0;
  }
  return points <= 1 && digits >= 1 && points + digits == number.size();
}

// Sets *ns to number × unit_ns, if that is a whole number of at most max_ns.
enum class Scaled { kOk, kTooLarge, kFraction };
Scaled Scale(absl::string_view number, int64_t unit_ns, int64_t max_ns, int64_t* ns) {
  const size_t point = number.find('.');
  const absl::string_view whole = number.substr(0, point);
  absl::string_view fraction = point == absl::string_view::npos ? "" : number.substr(point + 1);
  int64_t value = 0;
  for (const char c : whole) {
    const int64_t digit = c - '0';
    const int64_t max = max_ns / unit_ns;
    if (value > max / 10 || digit > max - value * 10) return Scaled::kTooLarge;
    value = value * 10 + digit;
  }
  value *= unit_ns;
  int64_t place = unit_ns;
  while (!fraction.empty() && fraction.back() == '0') fraction.remove_suffix(1);
  for (const char c : fraction) {
    if (place % 10 != 0) return Scaled::kFraction;
    place /= 10;
    const int64_t part = (c - '0') * place;
    if (value > max_ns - part) return Scaled::kTooLarge;
    value += part;
  }
  *ns = value;
  return Scaled::kOk;
}

}  // namespace

absl::StatusOr<int64_t> ParseTimeNs(absl::string_view text, int64_t max_ns) {
  if (text.empty()) return NotATime(text, "is empty");
  if (text.front() == '-') return NotATime(text, "is negative");
  if (text == "0") return 0;
  absl::string_view number = text;
  int64_t unit_ns = 0;
  for (const Unit& unit : kUnits) {
    if (absl::ConsumeSuffix(&number, unit.name)) {
      unit_ns = unit.ns;
      break;
    }
  }
  if (unit_ns == 0) return NotATime(text, IsDecimal(text) ? "has no unit" : "is not a time");
  if (!IsDecimal(number)) return NotATime(text, "is not a time");
  int64_t ns = 0;
  switch (Scale(number, unit_ns, max_ns, &ns)) {
    case Scaled::kTooLarge:
      return NotATime(text, absl::StrCat("is more than ", FormatTimeNs(max_ns)));
    case Scaled::kFraction:
      return NotATime(text, "is finer than a nanosecond");
    case Scaled::kOk:
      break;
  }
  return ns;
}

absl::StatusOr<int64_t> ParseInteger(absl::string_view text, int64_t min, int64_t max,
                                     absl::string_view unit) {
  const absl::string_view digits = text.substr(0, text.find_first_not_of("0123456789"));
  int64_t value = 0;
  // SimpleAtoi would accept "+5" and " 5". A number that it refuses is too large.
  const bool is_number = !text.empty() && digits.size() == text.size();
  if (is_number && absl::SimpleAtoi(text, &value) && value >= min && value <= max) return value;
  return absl::InvalidArgumentError(
      absl::StrCat("'", text, "' is not ", is_number ? "in range" : "a whole number", "; expected ",
                   unit.empty() ? "a whole number" : unit, " from ", min, " to ", max));
}

std::string FormatTimeNs(int64_t ns) {
  static constexpr std::array<Unit, 4> kShown = {
      {{"s", 1'000'000'000}, {"ms", 1'000'000}, {"us", 1'000}, {"ns", 1}}};
  for (const Unit& unit : kShown) {
    if (ns < unit.ns) continue;
    std::string fraction = absl::StrCat(unit.ns + ns % unit.ns).substr(1);
    while (!fraction.empty() && fraction.back() == '0') fraction.pop_back();
    return absl::StrCat(ns / unit.ns, fraction.empty() ? "" : ".", fraction, unit.name);
  }
  return "0ns";
}

}  // namespace pyslow
