#include "sweep/trials/printed_unit.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace pyslow::trials {
namespace {

using UnitKind = PrintedUnit::Kind;

struct TimeName {
  absl::string_view name;
  double seconds;
};
constexpr std::array<TimeName, 32> kTimes = {{
    {"ns", 1e-9},
    {"nsec", 1e-9},
    {"nsecs", 1e-9},
    {"nanosecond", 1e-9},
    {"nanoseconds", 1e-9},
    {"us", 1e-6},
    {"\u00b5s", 1e-6},
    {"\u03bcs", 1e-6},
    {"usec", 1e-6},
    {"\u00b5sec", 1e-6},
    {"\u03bcsec", 1e-6},
    {"usecs", 1e-6},
    {"microsecond", 1e-6},
    {"microseconds", 1e-6},
    {"ms", 1e-3},
    {"msec", 1e-3},
    {"msecs", 1e-3},
    {"millisecond", 1e-3},
    {"milliseconds", 1e-3},
    {"s", 1},
    {"sec", 1},
    {"secs", 1},
    {"second", 1},
    {"seconds", 1},
    {"min", 60},
    {"mins", 60},
    {"minute", 60},
    {"minutes", 60},
    {"h", 3600},
    {"hr", 3600},
    {"hour", 3600},
    {"hours", 3600},
}};

// Units of work, singular: a prefix may touch them, as in "kit/s" and "MB/s".
constexpr std::array<absl::string_view, 32> kThings = {
    "it",    "iter",   "iteration", "tok", "token",   "b",    "byte",   "bit",
    "op",    "req",    "request",   "img", "image",   "step", "row",    "rec",
    "frame", "record", "item",      "msg", "message", "flop", "sample", "example",
    "tps",   "qps",    "rps",       "bps", "pps",     "iop",  "elem",   "element"};

bool IsUnitLetter(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); }
bool IsWordByte(char c) { return IsUnitLetter(c) || static_cast<unsigned char>(c) >= 0x80; }

// Cuts the word at the begin of `text`: letters, also those outside ASCII.
absl::string_view TakeWord(absl::string_view* text) {
  const auto end = std::find_if_not(text->begin(), text->end(), IsWordByte);
  const absl::string_view word = text->substr(0, static_cast<size_t>(end - text->begin()));
  text->remove_prefix(word.size());
  return word;
}

bool IsThing(absl::string_view word, absl::string_view thing) {
  if (!thing.empty() && word == thing) return true;
  std::string lower = absl::AsciiStrToLower(word);
  const auto is_known = [&] {
    return std::find(kThings.begin(), kThings.end(), lower) != kThings.end();
  };
  if (is_known()) return true;
  if (lower.size() < 2 || lower.back() != 's') return false;
  lower.pop_back();
  return is_known();
}

double MultiplierOf(char prefix) {
  switch (prefix) {
    case 'k':
    case 'K':
      return 1e3;
    case 'M':
      return 1e6;
    case 'G':
      return 1e9;
    case 'T':
      return 1e12;
  }
  return 1;
}

double BinaryMultiplierOf(char prefix) {
  switch (prefix) {
    case 'k':
    case 'K':
      return 1024.0;
    case 'M':
      return 1024.0 * 1024;
    case 'G':
      return 1024.0 * 1024 * 1024;
    case 'T':
      return 1024.0 * 1024 * 1024 * 1024;
  }
  return 1;
}

bool ConsumeSpace(absl::string_view* text) {
  return absl::ConsumePrefix(text, " ") || absl::ConsumePrefix(text, "\u00a0") ||
         absl::ConsumePrefix(text, "\u202f");
}

// Removes a prefix of thousands: one that stands alone, or one of a word that is a unit of work.
double TakeMultiplier(absl::string_view thing, absl::string_view* text) {
  absl::string_view rest = *text;
  const bool touches = !ConsumeSpace(&rest);
  if (rest.empty() || MultiplierOf(rest.front()) == 1) return 1;
  absl::string_view after = rest.substr(1);
  absl::string_view word_rest = after;
  const absl::string_view word = TakeWord(&word_rest);
  // "iops" is not "ops" with a binary prefix.
  if (absl::StartsWith(word, "i") && !IsThing(word, "") && IsThing(word.substr(1), "")) {
    *text = after.substr(1);
    return BinaryMultiplierOf(rest.front());
  }
  const bool is_alone = word.empty() && (after.empty() || after.front() != '=');
  absl::string_view next = after;
  const bool is_before_thing =
      absl::StartsWith(after, "/") || (ConsumeSpace(&next) && IsThing(TakeWord(&next), thing));
  if ((is_alone && (touches || is_before_thing)) || IsThing(word, thing)) {
    *text = after;
    return MultiplierOf(rest.front());
  }
  return 1;
}

// Removes "/" or "per", with spaces around it.
bool TakePer(absl::string_view* text) {
  absl::string_view rest = *text;
  absl::ConsumePrefix(&rest, " ");
  if (absl::ConsumePrefix(&rest, "/")) {
    absl::ConsumePrefix(&rest, " ");
  } else if (!absl::ConsumePrefix(&rest, "per ") && !absl::ConsumePrefix(&rest, "per_")) {
    return false;
  }
  if (rest.empty() || !IsWordByte(rest.front())) return false;
  *text = rest;
  return true;
}

// Removes a unit without prefix from the begin of `text`: "ms", "s/it", "it/s", "tokens per
// second".
PrintedUnit TakeUnit(absl::string_view* text) {
  constexpr size_t kMaxWords = 3;  // "generated tokens per second"
  PrintedUnit unit;
  absl::string_view rest = *text;
  std::string thing;
  for (size_t words = 0; words <= kMaxWords; ++words) {
    const absl::string_view word = TakeWord(&rest);
    const std::optional<double> seconds = SecondsOfUnit(word);
    absl::string_view after = rest;
    if (words == 0 && seconds.has_value()) {
      unit.kind = UnitKind::kTime;
      unit.seconds = *seconds;
      if (TakePer(&after)) {
        unit.kind = UnitKind::kTimePer;
        unit.thing = std::string(TakeWord(&after));
        rest = after;
      }
      break;
    }
    absl::StrAppend(&thing, thing.empty() ? "" : " ", word);
    if (TakePer(&after)) {
      const std::optional<double> per = SecondsOfUnit(TakeWord(&after));
      if (!per.has_value()) return {};
      unit.kind = UnitKind::kPerTime;
      unit.seconds = *per;
      unit.thing = thing;
      rest = after;
      break;
    }
    if (word.empty() || !absl::ConsumePrefix(&rest, " ")) return {};
  }
  if (unit.kind == UnitKind::kNone) return {};
  *text = rest;
  return unit;
}

// A word before "=" or ":" is the label of the next figure: "rate=5 min=3". So is "min" before
// another number.
bool IsLabel(const PrintedUnit& unit, absl::string_view after) {
  if (after.empty()) return false;
  if (absl::StrContains("=:_", after.substr(0, 1))) return true;
  const absl::string_view next = absl::StripLeadingAsciiWhitespace(after);
  return unit.kind == UnitKind::kTime && unit.seconds >= 60 && !next.empty() &&
         absl::ascii_isdigit(static_cast<unsigned char>(next.front()));
}

// The unit that is all of `text`, a label or a part of one.
PrintedUnit WholeUnit(absl::string_view text) {
  absl::ConsumePrefix(&text, "in ");
  const absl::string_view whole = text;
  PrintedUnit unit = TakeUnit(&text);
  // "min" in a label is a minimum.
  if (!text.empty() || (unit.kind == UnitKind::kTime && unit.seconds >= 60)) return {};
  unit.text = std::string(whole);
  return unit;
}

// The unit at the end of a word such as "mean_ms", or of words such as "ms per step".
PrintedUnit UnitAtEnd(absl::string_view label) {
  std::vector<absl::string_view> words = absl::StrSplit(label, absl::ByAnyChar(" \t_.-,("));
  PrintedUnit best;
  for (size_t count = 1; count <= std::min<size_t>(words.size(), 3); ++count) {
    const absl::string_view first = words[words.size() - count];
    const absl::string_view text = label.substr(static_cast<size_t>(first.data() - label.data()));
    const std::string spaced =
        absl::StrJoin(std::vector<absl::string_view>(
                          words.end() - static_cast<std::ptrdiff_t>(count), words.end()),
                      " ");
    PrintedUnit unit = WholeUnit(spaced);
    if (unit.kind == UnitKind::kNone) continue;
    unit.text = std::string(text);
    best = unit;
  }
  return best;
}

// The label of the number that follows `text`: what stands after the last other number. A number in
// brackets, as "(n=5)", is part of a label.
absl::string_view LabelOf(absl::string_view text) {
  size_t depth = 0;
  for (size_t i = text.size(); i > 0; --i) {
    const char c = text[i - 1];
    if (c == ')' || c == ']') ++depth;
    if ((c == '(' || c == '[') && depth > 0) --depth;
    if (depth > 0) continue;
    if (!absl::ascii_isdigit(static_cast<unsigned char>(text[i - 1]))) continue;
    size_t begin = i;
    while (begin > 0 && absl::ascii_isalnum(static_cast<unsigned char>(text[begin - 1]))) --begin;
    const bool is_in_word = IsUnitLetter(text[begin]);  // "p50"
    if (!is_in_word) return text.substr(i);
    i = begin + 1;
  }
  return text;
}

// "foo" of "kfoo"; nullopt: it has no prefix.
std::optional<absl::string_view> WithoutPrefix(absl::string_view word) {
  if (word.empty() || MultiplierOf(word.front()) == 1) return std::nullopt;
  return word.substr(1);
}

}  // namespace

std::optional<double> SecondsOfUnit(absl::string_view unit) {
  const auto found = std::find_if(kTimes.begin(), kTimes.end(),
                                  [&](const TimeName& time) { return time.name == unit; });
  if (found == kTimes.end()) return std::nullopt;
  return found->seconds;
}

PrintedUnit UnitAfter(absl::string_view text, absl::string_view thing) {
  absl::string_view rest = text;
  const double multiplier = TakeMultiplier(thing, &rest);
  absl::string_view at_unit = rest;
  ConsumeSpace(&at_unit);
  absl::string_view after = at_unit;
  absl::string_view inside = at_unit;
  const bool is_bracketed = absl::ConsumePrefix(&inside, "(") || absl::ConsumePrefix(&inside, "[");
  if (is_bracketed) after = inside;
  PrintedUnit unit = TakeUnit(&after);
  if (unit.kind != UnitKind::kNone && !is_bracketed && IsLabel(unit, after)) {
    unit = {};
  } else if (is_bracketed && !absl::ConsumePrefix(&after, ")") &&
             !absl::ConsumePrefix(&after, "]")) {
    unit = {};
  }
  if (unit.kind == UnitKind::kNone) after = rest;
  unit.multiplier = multiplier;
  unit.size = text.size() - after.size();
  unit.text = std::string(text.substr(0, unit.size));
  return unit;
}

std::string WordAfter(absl::string_view text) {
  ConsumeSpace(&text);
  const absl::string_view word = TakeWord(&text);
  if (absl::StartsWith(text, "=") || absl::StartsWith(text, ":")) return "";
  if (word.size() != 1 || !WithoutPrefix(word).has_value() || !ConsumeSpace(&text)) {
    return std::string(word);
  }
  return absl::StrCat(word, TakeWord(&text));
}

bool MayDifferByPrefix(absl::string_view a, absl::string_view b) {
  if (a == b) return false;
  const std::optional<absl::string_view> rest_a = WithoutPrefix(a);
  const std::optional<absl::string_view> rest_b = WithoutPrefix(b);
  return rest_a == b || rest_b == a || (rest_a.has_value() && rest_a == rest_b);
}

PrintedUnit UnitBefore(absl::string_view text, bool* is_near) {
  absl::string_view label = LabelOf(text);
  while (!label.empty() && absl::StrContains(" \t:=\"'|>~", label.substr(label.size() - 1))) {
    label.remove_suffix(1);
  }
  *is_near = true;
  for (size_t begin = label.size(); begin-- > 0;) {
    if (label[begin] != '(' && label[begin] != '[') continue;
    const size_t end = label.find(label[begin] == '(' ? ')' : ']', begin);
    if (end == absl::string_view::npos) continue;
    PrintedUnit unit = WholeUnit(label.substr(begin + 1, end - begin - 1));
    if (unit.kind == UnitKind::kNone) continue;
    *is_near = end + 1 == label.size();
    return unit;
  }
  return UnitAtEnd(label);
}

}  // namespace pyslow::trials
