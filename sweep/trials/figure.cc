#include "sweep/trials/figure.h"

#include <re2/re2.h>
#include <re2/stringpiece.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "base/sanitize.h"
#include "sweep/trials/printed_unit.h"

namespace pyslow::trials {
namespace {

constexpr size_t kMaxShownLine = 120;  // characters of a line in a message

absl::Status RefusedFigure(absl::string_view what, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("'", Excerpt(what, kMaxShownLine), "' ", why));
}

// As RefusedFigure, for a match that is a part of a number.
absl::Status CutFigure(absl::string_view what, absl::string_view why) {
  return absl::OutOfRangeError(RefusedFigure(what, why).message());
}

// The number in a matched text: all of it, or what it begins with.
TextRange NumberIn(absl::string_view line, TextRange part, CommaMeaning comma) {
  while (!part.empty() && absl::ascii_isspace(static_cast<unsigned char>(line[part.begin])))
    ++part.begin;
  while (!part.empty() && absl::ascii_isspace(static_cast<unsigned char>(line[part.end - 1])))
    --part.end;
  if (ReadPrintedNumber(part.In(line), comma).ok() && part.In(line).back() != '.') return part;
  return {part.begin, part.begin + LengthOfNumber(part.In(line))};
}

absl::Status PartOfNumber(const MetricRegex& regex, absl::string_view line, TextRange number,
                          TextRange whole) {
  std::string why = absl::StrCat("is a part of '", Excerpt(whole.In(line)), "' in the line '",
                                 Excerpt(absl::StripAsciiWhitespace(line), kMaxShownLine),
                                 "'; match the whole number");
  if (const std::optional<std::string> corrected = regex.Corrected(line, whole)) {
    absl::StrAppend(&why, ", as with '", Excerpt(*corrected, kMaxShownLine), "'");
  }
  return CutFigure(number.In(line), why);
}

// Whether the number is a part of a time of several units: "1 min 3 s", "1h 2m", "0:01:05". Colons
// that the expression matches separate numbers.
bool IsPartOfDuration(absl::string_view line, TextRange number, TextRange matched) {
  static const LazyRE2 kRest = {
      " ?(?:h|hrs?|hours?|m|mins?|minutes?),? ?[0-9.]+ ?(?:m|mins?|minutes?|s|secs?|seconds?)\\b"};
  static const LazyRE2 kBegin = {"[0-9] ?(?:h|hrs?|hours?|m|mins?|minutes?),? ?$"};
  const auto is_digit = [&](size_t at) {
    return at < line.size() && absl::ascii_isdigit(static_cast<unsigned char>(line[at]));
  };
  const re2::StringPiece before(line.data(), number.begin);
  const re2::StringPiece after(line.data() + number.end, line.size() - number.end);
  if (RE2::PartialMatch(before, *kBegin) ||
      kRest->Match(after, 0, after.size(), RE2::ANCHOR_START, nullptr, 0)) {
    return true;
  }
  const size_t begin = number.begin;
  const bool follows_colon = begin > 1 && begin <= matched.begin && line[begin - 1] == ':';
  const bool has_colon =
      number.end >= matched.end && number.end < line.size() && line[number.end] == ':';
  return (follows_colon && is_digit(begin - 2)) || (has_colon && is_digit(number.end + 1));
}

// Whether a power of ten follows the number: "1.2x10^3", "1.2 × 10³", "1.2·10^3".
bool IsTimesPowerOfTen(absl::string_view rest) {
  static const LazyRE2 kPower = {" ?(?:x|X|\\*|×|·|⋅) ?10(?:\\^|\\*\\*|[⁰¹²³⁴⁵⁶⁷⁸⁹⁻])"};
  const re2::StringPiece text(rest.data(), rest.size());
  return kPower->Match(text, 0, text.size(), RE2::ANCHOR_START, nullptr, 0);
}

// The unit of the number `whole`, after it or in its label.
PrintedUnit UnitOf(absl::string_view line, TextRange whole, Quantity quantity,
                   absl::string_view thing) {
  using Kind = PrintedUnit::Kind;
  PrintedUnit unit = UnitAfter(line.substr(whole.end), thing);
  if (unit.kind != Kind::kNone || quantity == Quantity::kCount) return unit;
  bool is_near = false;
  PrintedUnit before = UnitBefore(line.substr(0, whole.begin), &is_near);
  const bool is_time = before.kind == Kind::kTime || before.kind == Kind::kTimePer;
  // "requests in 10 seconds: 523" is no time.
  const bool is_count =
      quantity == Quantity::kRate && before.kind == Kind::kTime && before.seconds >= 1;
  if (before.kind == Kind::kNone || is_count ||
      (!is_near && !(is_time && quantity == Quantity::kTime))) {
    return unit;
  }
  before.multiplier = unit.multiplier;
  before.size = unit.size;
  before.text = absl::StrCat(unit.text, " ", before.text);
  return before;
}

// Sets the figure's value to 1/value. A 0 has none: infinity is no number of JSON.
absl::Status Invert(Figure* figure) {
  const double inverse = 1 / figure->value;
  if (!(inverse > 0) || !std::isfinite(inverse)) {
    return RefusedFigure(figure->printed, "is not above 0");
  }
  figure->step *= inverse * inverse;
  figure->value = inverse;
  return absl::OkStatus();
}

void Scale(double factor, Figure* figure) {
  figure->value *= factor;
  figure->step *= factor;
}

absl::Status ApplyUnit(const FigureRules& rules, const PrintedUnit& unit, Figure* figure) {
  using Kind = PrintedUnit::Kind;
  Scale(unit.multiplier, figure);
  if (rules.quantity == Quantity::kTime && !rules.unit.empty()) {
    if (unit.kind == Kind::kPerTime) {
      return RefusedFigure(figure->printed, "is a rate, which has no --unit; remove --unit");
    }
    Scale(*SecondsOfUnit(rules.unit), figure);
    return absl::OkStatus();
  }
  const bool is_time = unit.kind == Kind::kTime || unit.kind == Kind::kTimePer;
  switch (rules.quantity) {
    case Quantity::kCount:
      break;
    case Quantity::kOther:
      if (is_time) figure->unit_seconds = unit.seconds;
      break;
    case Quantity::kRate:
      if (unit.kind == Kind::kTime) {
        return RefusedFigure(figure->printed,
                             "is a time, not units per second; use --time-regex or --time-json");
      }
      if (unit.kind == Kind::kPerTime) Scale(1 / unit.seconds, figure);
      if (unit.kind == Kind::kTimePer) {
        Scale(unit.seconds, figure);
        return Invert(figure);
      }
      break;
    case Quantity::kTime:
      if (is_time) Scale(unit.seconds, figure);
      if (unit.kind == Kind::kPerTime) {
        Scale(1 / unit.seconds, figure);
        return Invert(figure);
      }
      break;
  }
  return absl::OkStatus();
}

// "5m", "5 m".
bool IsFollowedByM(absl::string_view rest) {
  absl::ConsumePrefix(&rest, " ");
  if (!absl::ConsumePrefix(&rest, "m")) return false;
  return rest.empty() || !absl::ascii_isalnum(static_cast<unsigned char>(rest.front()));
}

// With four digits, or all those before the point: no exponent of a large number.
std::string WithFourDigits(double value) {
  return value < 1e4 ? absl::StrFormat("%.4g", value) : absl::StrFormat("%.0f", value);
}

std::string ReadAs(const FigureRules& rules, const Figure& figure, const std::string& thing) {
  switch (rules.quantity) {
    case Quantity::kRate:
      return absl::StrCat(WithFourDigits(figure.value),
                          thing.empty() ? " per second" : absl::StrCat(" ", thing, "/s"));
    case Quantity::kTime:
      return absl::StrFormat("%.4g s", figure.value);
    case Quantity::kCount:
    case Quantity::kOther:
      break;
  }
  return absl::StrFormat("%.10g", figure.value);
}

// The figure of the number `whole` in `line`. `text`, which begins with it, must be a number
// with its unit; `matched` as in RegexMatch.
absl::StatusOr<Figure> FigureIn(absl::string_view line, TextRange whole, TextRange text,
                                TextRange matched, const FigureRules& rules,
                                const std::string& thing) {
  if (rules.quantity == Quantity::kTime && IsPartOfDuration(line, whole, matched)) {
    return RefusedFigure(
        whole.In(line),
        absl::StrCat("is a part of a time of several units in the line '",
                     Excerpt(absl::StripAsciiWhitespace(line), kMaxShownLine), "'; print seconds"));
  }
  if (IsTimesPowerOfTen(line.substr(whole.end))) {
    return CutFigure(whole.In(line),
                     absl::StrCat("is multiplied by a power of ten in the line '",
                                  Excerpt(absl::StripAsciiWhitespace(line), kMaxShownLine),
                                  "'; print it as 1.2e3"));
  }
  const PrintedUnit unit = UnitOf(line, whole, rules.quantity, thing);
  const size_t end = text.end - std::min(text.end, whole.end);
  const absl::string_view rest = line.substr(whole.end, end);
  const bool is_unit = rest.find_first_not_of(" \t.,;:)]", unit.size) == absl::string_view::npos;
  if (!is_unit) return RefusedFigure(text.In(line), "is not a number");
  const absl::StatusOr<PrintedNumber> read = ReadPrintedNumber(whole.In(line), rules.comma);
  if (!read.ok()) return read.status();
  Figure figure;
  figure.number = *read;
  figure.value = read->value;
  figure.step = read->step;
  const bool has_option = rules.quantity == Quantity::kTime && !rules.unit.empty();
  figure.printed =
      absl::StrCat(whole.In(line), has_option ? absl::StrCat(" ", rules.unit) : unit.text);
  if (rules.quantity == Quantity::kTime && !has_option && IsFollowedByM(line.substr(whole.end))) {
    return RefusedFigure(absl::StrCat(figure.printed, "m"),
                         "may be minutes or milliseconds; give the unit, such as --unit min");
  }
  if (unit.multiplier == 1) figure.word = WordAfter(line.substr(whole.end));
  if (absl::Status applied = ApplyUnit(rules, unit, &figure); !applied.ok()) return applied;
  double plain = 0;
  const bool is_plain = absl::SimpleAtod(whole.In(line), &plain) && plain == figure.value;
  if (!is_plain && std::isfinite(figure.value)) {
    figure.read_as = ReadAs(rules, figure, unit.thing.empty() ? thing : unit.thing);
  }
  return figure;
}

}  // namespace

absl::StatusOr<Figure> ReadFigure(const MetricRegex& regex, const RegexMatch& match,
                                  const FigureRules& rules) {
  const absl::string_view line = match.line;
  const TextRange number = NumberIn(line, match.number, rules.comma);
  if (number.empty()) return RefusedFigure(match.number.In(line), "is not a number");
  const bool has_group = !(match.number == match.matched);
  const TextRange whole = WholeNumber(line, number, has_group ? match.matched : number);
  if (!(whole == number)) return PartOfNumber(regex, line, number, whole);
  return FigureIn(line, whole, match.number, match.matched, rules, regex.thing());
}

absl::StatusOr<Figure> ReadMember(absl::string_view name, absl::string_view value,
                                  const FigureRules& rules) {
  const std::string line = absl::StrCat(name, ": ", value);
  const TextRange text = {line.size() - value.size(), line.size()};
  const TextRange number = NumberIn(line, text, rules.comma);
  if (number.empty()) return RefusedFigure(value, "is not a number");
  return FigureIn(line, number, text, text, rules, "");
}

absl::Status CheckPrefix(absl::string_view printed, absl::string_view word,
                         absl::string_view first) {
  if (!MayDifferByPrefix(word, first)) return absl::OkStatus();
  return RefusedFigure(printed,
                       absl::StrCat("is followed by '", Excerpt(word), "', an earlier figure by '",
                                    Excerpt(first), "'; print all of them in one unit"));
}

}  // namespace pyslow::trials
