#include "base/text.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace pyslow {
namespace {

// `value`, which is 0 or more, with three significant digits and no exponent.
std::string ThreeDigits(double value) {
  const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return absl::StrFormat("%.*f", decimals, value);
}

// The length of the UTF-8 sequence that `bytes` begin with, 0 where they begin with none (RFC 3629:
// no overlong forms, no surrogates, nothing above U+10FFFF).
size_t SequenceLength(absl::string_view bytes) {
  const auto byte = [bytes](size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || bytes.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xbf) return 0;
  }
  const unsigned char second = byte(1);
  const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
  const bool beyond = (lead == 0xed && second > 0x9f) || (lead == 0xf4 && second > 0x8f);
  return overlong || beyond ? 0 : length;
}

// C0 and C1 controls, and the marks that turn the direction of text around.
bool IsControl(absl::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return first < 0x20 || first == 0x7f;
  if (sequence.size() == 2) return first == 0xc2 && static_cast<unsigned char>(sequence[1]) < 0xa0;
  static constexpr std::array<absl::string_view, 9> kDirections = {
      "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"};
  return std::find(kDirections.begin(), kDirections.end(), sequence) != kDirections.end();
}

// What a lone surrogate is shown as, which `bytes` begin with where CPython's names have one; ""
// where they do not. Those from U+DC80 to U+DCFF stand for a byte that was not UTF-8 (PEP 383).
std::string SurrogateText(absl::string_view bytes) {
  const auto byte = [bytes](size_t i) { return static_cast<unsigned char>(bytes[i]); };
  if (bytes.size() < 3 || byte(0) != 0xed || byte(1) < 0xa0 || byte(1) > 0xbf) return "";
  if (byte(2) < 0x80 || byte(2) > 0xbf) return "";
  const unsigned code = 0xd000U | (byte(1) & 0x3fU) << 6 | (byte(2) & 0x3fU);
  if (code >= 0xdc80 && code <= 0xdcff) return absl::StrFormat("\\x%02x", code - 0xdc00);
  return absl::StrFormat("\\u%04x", code);
}

std::string Cleaned(absl::string_view bytes, bool keep_controls) {
  std::string text;
  while (!bytes.empty()) {
    if (const std::string surrogate = SurrogateText(bytes); !surrogate.empty()) {
      absl::StrAppend(&text, surrogate);
      bytes.remove_prefix(3);
      continue;
    }
    const size_t length = SequenceLength(bytes);
    const absl::string_view sequence = bytes.substr(0, std::max<size_t>(length, 1));
    if (length > 0 && (keep_controls || !IsControl(sequence))) {
      text.append(sequence.data(), sequence.size());
    } else {
      for (const char c : sequence) {
        absl::StrAppendFormat(&text, "\\x%02x", static_cast<unsigned char>(c));
      }
    }
    bytes.remove_prefix(sequence.size());
  }
  return text;
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

std::string Printable(absl::string_view bytes) { return Cleaned(bytes, false); }
std::string ValidUtf8(absl::string_view bytes) { return Cleaned(bytes, true); }

absl::Status At(absl::string_view where, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(where, ": ", status.message()));
}

}  // namespace pyslow
