#include "sweep/trials/regex_text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace pyslow::trials {
namespace {

bool IsAsciiLetter(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); }

// Where the character class that begins at `at` ends: after its bracket.
size_t EndOfClass(absl::string_view regex, size_t at) {
  ++at;
  if (at < regex.size() && regex[at] == '^') ++at;
  if (at < regex.size() && regex[at] == ']') ++at;
  while (at < regex.size() && regex[at] != ']') {
    if (regex[at] == '\\') {
      ++at;
    } else if (absl::StartsWith(regex.substr(at), "[:")) {
      at = std::min(regex.find(":]", at), regex.size() - 1) + 1;
    }
    ++at;
  }
  return at + 1;
}

// Which bytes of an expression stand for themselves: not escaped, and in no class.
std::vector<bool> LiteralBytes(absl::string_view regex) {
  std::vector<bool> literal(regex.size(), false);
  for (size_t at = 0; at < regex.size();) {
    if (regex[at] == '\\') {
      at += 2;
    } else if (regex[at] == '[') {
      at = EndOfClass(regex, at);
    } else {
      literal[at++] = true;
    }
  }
  return literal;
}

bool OpensGroup(absl::string_view at) {
  return absl::StartsWith(at, "(") && (!absl::StartsWith(at, "(?") ||
                                       absl::StartsWith(at, "(?P<") || absl::StartsWith(at, "(?<"));
}

std::optional<TextRange> GroupIn(absl::string_view regex, const std::vector<bool>& literal) {
  for (size_t at = 0; at < regex.size(); ++at) {
    if (!literal[at] || !OpensGroup(regex.substr(at))) continue;
    const size_t begin = absl::StartsWith(regex.substr(at), "(?") ? regex.find('>', at) : at;
    size_t depth = 1;
    for (size_t end = begin + 1; end < regex.size(); ++end) {
      if (literal[end] && regex[end] == '(') ++depth;
      if (literal[end] && regex[end] == ')' && --depth == 0) return TextRange{begin + 1, end};
    }
  }
  return std::nullopt;
}

// A unit in an expression: where "it/s" or "s/it" stands.
struct NamedUnit {
  TextRange range;
  std::string thing;
};

// Letters, a slash and letters, one side of which is "s", all of them literal.
std::optional<NamedUnit> UnitIn(absl::string_view regex, const std::vector<bool>& literal) {
  const auto is_letter = [&](size_t at) {
    return at < regex.size() && literal[at] && IsAsciiLetter(regex[at]);
  };
  for (size_t slash = 1; slash + 1 < regex.size(); ++slash) {
    if (regex[slash] != '/' || !literal[slash]) continue;
    TextRange range = {slash, slash + 1};
    while (range.begin > 0 && is_letter(range.begin - 1)) --range.begin;
    while (is_letter(range.end)) ++range.end;
    const bool is_repeated =
        range.end < regex.size() && absl::StrContains("?*+{", regex.substr(range.end, 1));
    const absl::string_view before = regex.substr(range.begin, slash - range.begin);
    const absl::string_view after = regex.substr(slash + 1, range.end - slash - 1);
    if (is_repeated || before.empty() || after.empty() || (before == "s") == (after == "s")) {
      continue;
    }
    return NamedUnit{range, std::string(after == "s" ? before : after)};
  }
  return std::nullopt;
}

std::string WithOtherUnits(absl::string_view regex, const std::optional<TextRange>& group,
                           const NamedUnit& unit) {
  constexpr std::array<absl::string_view, 8> kSpaces = {"",   " ",    " ?",   " *",
                                                        " +", "\\s*", "\\s+", "\\s?"};
  const size_t after_group = group->end + 1;
  std::string result(regex.substr(0, unit.range.begin));
  // A prefix may touch the number: "1.2k it/s".
  const bool is_beside =
      unit.range.begin >= after_group &&
      std::find(kSpaces.begin(), kSpaces.end(),
                regex.substr(after_group, unit.range.begin - after_group)) != kSpaces.end();
  if (is_beside) result.insert(after_group, "[kKMGT]?");
  return absl::StrCat(result, "(?:[kKMGT]?", unit.thing, "/s|[mun]?s/", unit.thing, ")",
                      regex.substr(unit.range.end));
}

}  // namespace

RegexText ReadRegexText(absl::string_view regex) {
  RegexText text;
  text.with_other_units = std::string(regex);
  // Quoted text and flags such as (?x) would need more than this reader.
  if (absl::StrContains(regex, "\\Q")) return text;
  const std::vector<bool> literal = LiteralBytes(regex);
  text.group = GroupIn(regex, literal);
  const std::optional<NamedUnit> unit = UnitIn(regex, literal);
  if (!unit.has_value()) return text;
  text.thing = unit->thing;
  const bool is_outside = text.group.has_value() && (unit->range.begin > text.group->end ||
                                                     unit->range.end < text.group->begin);
  if (is_outside) text.with_other_units = WithOtherUnits(regex, text.group, *unit);
  return text;
}

std::string WithGroupFor(absl::string_view regex, const RegexText& text, absl::string_view number) {
  std::string characters = "0-9.";
  for (const absl::string_view more :
       {",", "_", "'", "\u2019", " ", "\u00a0", "\u2009", "\u202f"}) {
    if (absl::StrContains(number, more)) absl::StrAppend(&characters, more);
  }
  if (number.find_first_of("eE") != absl::string_view::npos) {
    characters += "eE+-";  // the next number may have another sign
  } else {
    for (const absl::string_view sign : {"+", "-"}) {
      if (absl::StrContains(number, sign)) absl::StrAppend(&characters, sign);
    }
  }
  const std::string content = absl::StrCat("[", characters, "]+");
  if (!text.group.has_value()) return content;
  return absl::StrCat(regex.substr(0, text.group->begin), content, regex.substr(text.group->end));
}

}  // namespace pyslow::trials
