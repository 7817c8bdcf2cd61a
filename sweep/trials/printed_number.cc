#include "sweep/trials/printed_number.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/sanitize.h"

namespace pyslow::trials {
namespace {

constexpr size_t kMaxQuotedNumber = 60;  // characters of a number in a message

bool IsNumberDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool IsNameCharacter(char c) {
  return absl::ascii_isalpha(static_cast<unsigned char>(c)) || c == '_';
}
bool IsSign(char c) { return c == '+' || c == '-'; }
bool IsExponent(char c) { return c == 'e' || c == 'E'; }

// Marks inside a number. Spaces are those that cannot separate columns: U+00A0, U+2009, U+202F.
constexpr absl::string_view kTypographicApostrophe = "\u2019";
constexpr std::array<absl::string_view, 8> kMarks = {
    ".", ",", "_", "'", kTypographicApostrophe, "\u00a0", "\u2009", "\u202f"};

// The length of the mark that `text` begins or ends with; 0: none.
size_t MarkAtBegin(absl::string_view text) {
  const auto mark = std::find_if(kMarks.begin(), kMarks.end(),
                                 [&](absl::string_view m) { return absl::StartsWith(text, m); });
  return mark == kMarks.end() ? 0 : mark->size();
}
size_t MarkAtEnd(absl::string_view text) {
  const auto mark = std::find_if(kMarks.begin(), kMarks.end(),
                                 [&](absl::string_view m) { return absl::EndsWith(text, m); });
  return mark == kMarks.end() ? 0 : mark->size();
}

// The digits of a number between its marks, and the marks as one character each: space for all
// spaces, ' for both apostrophes.
struct Groups {
  std::vector<std::string> digits = {""};
  std::string marks;
};

// False if there is anything else than digits and marks, or if a mark does not follow a digit.
bool SplitGroups(absl::string_view text, Groups* groups) {
  while (!text.empty()) {
    if (IsNumberDigit(text.front())) {
      groups->digits.back() += text.front();
      text.remove_prefix(1);
      continue;
    }
    const size_t mark = text.front() == ' ' ? 1 : MarkAtBegin(text);
    if (mark == 0) return false;
    const bool is_point = text.front() == '.';
    if (groups->digits.back().empty() && !(is_point && groups->marks.empty())) return false;
    const bool is_apostrophe = absl::StartsWith(text, kTypographicApostrophe);
    groups->marks += is_apostrophe ? '\'' : mark > 1 ? ' ' : text.front();
    groups->digits.emplace_back();
    text.remove_prefix(mark);
  }
  return true;
}

// Whether the first `count` groups are one to three digits that do not begin with 0, then threes.
bool AreThousands(const Groups& groups, size_t count) {
  const std::string& first = groups.digits.front();
  if (first.empty() || first.size() > 3 || first.front() == '0') return false;
  return std::all_of(groups.digits.begin() + 1,
                     groups.digits.begin() + static_cast<std::ptrdiff_t>(count),
                     [](const std::string& digits) { return digits.size() == 3; });
}

enum class Meaning { kNone, kThousands, kFraction, kBoth };

bool MaySeparateThousands(char mark, CommaMeaning comma) {
  if (mark == ',') return comma != CommaMeaning::kDecimal;
  return mark != '.' || comma != CommaMeaning::kThousands;
}

bool MayBeginFraction(char mark, CommaMeaning comma) {
  if (mark == ',') return comma != CommaMeaning::kThousands;
  return mark == '.' && comma != CommaMeaning::kDecimal;
}

// What the marks of a number mean; there is at least one. A single point is that of a fraction,
// unless --decimal-comma is given.
Meaning MeaningOf(const Groups& groups, CommaMeaning comma) {
  const std::string& marks = groups.marks;
  const char last = marks.back();
  const bool is_one_kind = marks.find_first_not_of(marks.front()) == std::string::npos;
  const bool is_single_point = marks == "." && comma != CommaMeaning::kDecimal;
  const bool separates = is_one_kind && !is_single_point && MaySeparateThousands(last, comma) &&
                         AreThousands(groups, groups.digits.size());
  bool is_fraction = MayBeginFraction(last, comma) && marks.find(last) == marks.size() - 1;
  if (marks.size() == 1) {
    is_fraction = is_fraction && !(groups.digits[0].empty() && groups.digits[1].empty());
  } else {
    is_fraction = is_fraction && marks.find_first_not_of(marks.front()) == marks.size() - 1 &&
                  MaySeparateThousands(marks.front(), comma) &&
                  AreThousands(groups, groups.digits.size() - 1);
  }
  if (separates && is_fraction) return Meaning::kBoth;
  if (separates) return Meaning::kThousands;
  return is_fraction ? Meaning::kFraction : Meaning::kNone;
}

absl::Status RefusedNumber(absl::string_view text, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("'", Excerpt(text, kMaxQuotedNumber), "' ", why));
}

// Where the exponent of a number begins: the end if there is none.
size_t ExponentOf(absl::string_view text) {
  return std::min(text.find_first_of("eE"), text.size());
}

// Extends the end of a number, which ends with a digit, over what touches it on the right. Up to
// `limit`, the expression names a mark itself.
size_t ExtendedEnd(absl::string_view line, size_t begin, size_t end, size_t limit) {
  const auto digit_at = [&](size_t at) { return at < line.size() && IsNumberDigit(line[at]); };
  bool has_exponent = ExponentOf(line.substr(begin, end - begin)) < end - begin;
  for (;;) {
    while (digit_at(end)) ++end;
    if (has_exponent || end == line.size()) return end;
    if (IsExponent(line[end])) {
      const size_t sign = end + 1 < line.size() && IsSign(line[end + 1]) ? 1 : 0;
      if (!digit_at(end + 1 + sign)) return end;
      end += 1 + sign;
      has_exponent = true;
      continue;
    }
    const size_t mark = MarkAtBegin(line.substr(end));
    const bool is_named = end < limit && line[end] != '.';
    if (mark == 0 || is_named || !digit_at(end + mark)) return end;
    end += mark;
  }
}

// The same on the left, before a digit or a point. From `limit` on, the expression names a mark.
size_t ExtendedBegin(absl::string_view line, size_t begin, size_t limit) {
  const auto digit_before = [&](size_t at) { return at > 0 && IsNumberDigit(line[at - 1]); };
  for (;;) {
    while (digit_before(begin)) --begin;
    if (begin == 0 || begin >= line.size() || !IsNumberDigit(line[begin])) return begin;
    const char before = line[begin - 1];
    const size_t sign = IsSign(before) ? 1 : 0;
    const size_t exponent = begin - sign;  // ends here
    if (exponent > 1 && IsExponent(line[exponent - 1]) && digit_before(exponent - 1)) {
      begin = exponent - 1;
      continue;
    }
    const size_t mark = MarkAtEnd(line.substr(0, begin));
    const bool is_named = begin > limit && before != '.';
    if (mark > 0 && !is_named && digit_before(begin - mark)) {
      begin -= mark;
      continue;
    }
    const bool is_bare_point =
        before == '.' &&
        (begin < 2 || (!IsNameCharacter(line[begin - 2]) && line[begin - 2] != '.'));
    return is_bare_point ? begin - 1 : begin;
  }
}

// A sign belongs to the number if it stands where a number may begin: not in "10-20" or "gpu-3".
bool HasSign(absl::string_view line, size_t begin, size_t limit) {
  if (begin == 0 || begin > limit || !IsSign(line[begin - 1])) return false;
  if (begin == 1) return true;
  const char before = line[begin - 2];
  return absl::StrContains(" \t:=([{|<>~,;\"'", absl::string_view(&before, 1));
}

// Whether `text` has exactly `digits` digits at `at`.
bool IsGroup(absl::string_view text, size_t at, size_t digits) {
  if (at + digits > text.size()) return false;
  const absl::string_view group = text.substr(at, digits);
  return std::all_of(group.begin(), group.end(), IsNumberDigit) &&
         (at + digits == text.size() || !IsNumberDigit(text[at + digits]));
}

// Groups of three digits after single spaces may be columns. After a label they are taken for one
// number, "n: 2 303", unless the expression names the space.
TextRange WithSpacedGroups(absl::string_view line, TextRange number, TextRange matched) {
  TextRange spaced = number;
  while (spaced.begin <= matched.begin && spaced.begin > 1 && line[spaced.begin - 1] == ' ' &&
         IsGroup(line, spaced.begin, 3) && IsNumberDigit(line[spaced.begin - 2])) {
    spaced.begin -= 2;
    while (spaced.begin > 0 && IsNumberDigit(line[spaced.begin - 1])) --spaced.begin;
  }
  while (spaced.end >= matched.end && spaced.end < line.size() && line[spaced.end] == ' ' &&
         IsGroup(line, spaced.end + 1, 3)) {
    spaced.end += 4;
  }
  if (spaced == number) return number;
  spaced.end = ExtendedEnd(line, spaced.begin, spaced.end, 0);
  const absl::string_view before = absl::StripTrailingAsciiWhitespace(line.substr(0, spaced.begin));
  const bool has_label = absl::EndsWith(before, ":") || absl::EndsWith(before, "=");
  const bool is_followed = spaced.end + 1 < line.size() && line[spaced.end] == ' ' &&
                           IsNumberDigit(line[spaced.end + 1]);
  const bool is_number = ReadPrintedNumber(spaced.In(line), CommaMeaning::kUnknown).ok();
  return has_label && !is_followed && is_number ? spaced : number;
}

}  // namespace

absl::StatusOr<PrintedNumber> ReadPrintedNumber(absl::string_view text, CommaMeaning comma) {
  absl::string_view number = absl::StripAsciiWhitespace(text);
  const bool is_negative = absl::StartsWith(number, "-");
  if (!number.empty() && IsSign(number.front())) number.remove_prefix(1);
  const absl::string_view exponent = number.substr(ExponentOf(number));
  Groups groups;
  if (!SplitGroups(number.substr(0, ExponentOf(number)), &groups)) {
    return RefusedNumber(text, "is not a number");
  }
  const Meaning meaning = groups.marks.empty() ? Meaning::kThousands : MeaningOf(groups, comma);
  if (meaning == Meaning::kBoth) {
    return RefusedNumber(
        text, absl::StrCat("may be ", groups.digits[0], groups.digits[1], " or ", groups.digits[0],
                           ".", groups.digits[1], "; add --thousands or --decimal-comma"));
  }
  if (meaning == Meaning::kNone) return RefusedNumber(text, "is not a number");
  int power = 0;  // of ten, of the last digit
  if (!exponent.empty() && !absl::SimpleAtoi(exponent.substr(1), &power)) {
    return RefusedNumber(text, "is not a number");
  }
  std::string plain = is_negative ? "-" : "";
  for (size_t i = 0; i < groups.digits.size(); ++i) {
    if (meaning == Meaning::kFraction && i + 1 == groups.digits.size()) plain += '.';
    plain += groups.digits[i];
  }
  if (meaning == Meaning::kFraction) power -= static_cast<int>(groups.digits.back().size());
  absl::StrAppend(&plain, exponent);
  PrintedNumber result;
  if (!absl::SimpleAtod(plain, &result.value) || !std::isfinite(result.value)) {
    return RefusedNumber(text, "is not a number");
  }
  result.step = std::pow(10.0, power);
  return result;
}

TextRange WholeNumber(absl::string_view line, TextRange part, TextRange matched) {
  TextRange whole = part;
  whole.begin = ExtendedBegin(line, part.begin, matched.begin);
  // Digits in a name are not a longer number: "gpt2", "3f2e10".
  if (whole.begin > 0 && IsNameCharacter(line[whole.begin - 1])) whole.begin = part.begin;
  whole.end = ExtendedEnd(line, whole.begin, part.end, matched.end);
  if (HasSign(line, whole.begin, matched.begin)) --whole.begin;
  return WithSpacedGroups(line, whole, matched);
}

size_t LengthOfNumber(absl::string_view text) {
  size_t begin = !text.empty() && IsSign(text.front()) ? 1 : 0;
  if (begin < text.size() && text[begin] == '.') ++begin;
  if (begin >= text.size() || !IsNumberDigit(text[begin])) return 0;
  return ExtendedEnd(text, begin, begin + 1, 0);
}

}  // namespace pyslow::trials
