#include "patterns/glob.h"

#include <algorithm>
#include <cassert>

#include "absl/strings/str_cat.h"
#include "base/sanitize.h"
#include "base/utf8.h"

namespace pyslow::patterns {
namespace {

// Sorts the ranges and merges those that overlap or are adjacent.
void Normalise(CharSet* set) {
  std::sort(set->begin(), set->end());
  CharSet joined;
  for (const auto& [low, high] : *set) {
    if (!joined.empty() && low <= joined.back().second + 1) {
      joined.back().second = std::max(joined.back().second, high);
    } else {
      joined.emplace_back(low, high);
    }
  }
  *set = std::move(joined);
}

// All characters that are not in `set`, which is normalised.
CharSet Complement(const CharSet& set) {
  CharSet others;
  char32_t low = 0;
  for (const auto& [first, last] : set) {
    if (low < first) others.emplace_back(low, first - 1);
    low = last + 1;
  }
  others.emplace_back(low, kInvalidByte);  // a set in a glob never contains kInvalidByte
  return others;
}

}  // namespace

bool Contains(const CharSet& set, char32_t character) {
  auto after = std::upper_bound(
      set.begin(), set.end(), character,
      [](char32_t c, const std::pair<char32_t, char32_t>& range) { return c < range.first; });
  return after != set.begin() && character <= std::prev(after)->second;
}

bool TokenMatches(const Glob& glob, uint32_t token, char32_t character) {
  if (token >= kFirstSet) return Contains(glob.sets[token - kFirstSet], character);
  return token == kAnyCharacter || token == character;
}

// After a mismatch the latest run grows by one.
bool GlobMatches(const Glob& glob, absl::Span<const char32_t> name) {
  const std::vector<uint32_t>& tokens = glob.tokens;
  size_t t = 0;
  size_t n = 0;
  size_t run = tokens.size();
  size_t run_end = 0;
  while (n < name.size()) {
    if (t < tokens.size() && tokens[t] == kAnyRun) {
      run = t++;
      run_end = n;
    } else if (t < tokens.size() && TokenMatches(glob, tokens[t], name[n])) {
      ++t;
      ++n;
    } else if (run < tokens.size()) {
      t = run + 1;
      n = ++run_end;
    } else {
      return false;
    }
  }
  while (t < tokens.size() && tokens[t] == kAnyRun) ++t;
  return t == tokens.size();
}

char32_t GlobReader::TakeMaybeEscaped() {
  absl::string_view rest = text_.substr(offset_);
  const bool is_escaped = rest.front() == '\\' && rest.size() > 1;
  if (is_escaped) rest.remove_prefix(1);
  const char32_t c = TakeCharacter(&rest);
  offset_ = text_.size() - rest.size();
  return c;
}

absl::Status GlobReader::Next() {
  const char first = text_[offset_];
  if (first == '[') return TakeClass();
  if (first == '*' || first == '?') {
    ++offset_;
    kind_ = first == '*' ? Kind::kAnyRun : Kind::kAnyCharacter;
    return absl::OkStatus();
  }
  if (first == '\\' && offset_ + 1 == text_.size()) {
    return absl::InvalidArgumentError(
        R"('\' at the end escapes nothing; write \\ for a plain backslash)");
  }
  kind_ = Kind::kLiteral;
  literal_ = TakeMaybeEscaped();
  return absl::OkStatus();
}

absl::Status GlobReader::ClassWithoutEnd(size_t start) {
  offset_ = start;
  const absl::string_view shown = text_.substr(start);
  if (shown == "[]" || shown == "[!]") {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", shown, "' is an empty class; expected characters in it, such as [abc] or [!a-z]"));
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "'", Excerpt(shown), R"(' is a class without its ']'; write \[ for a plain bracket)"));
}

// `[`, an optional `!`, then characters and ranges up to `]`. A `]` in the first place is a member.
// A `^` there is refused: it negates in regular expressions and in some shells, and would be a
// member here.
absl::Status GlobReader::TakeClass() {
  const size_t start = offset_++;
  const bool negated = offset_ < text_.size() && text_[offset_] == '!';
  if (negated) ++offset_;
  const size_t first = offset_;
  set_.clear();
  for (;;) {
    if (offset_ >= text_.size()) return ClassWithoutEnd(start);
    if (text_[offset_] == ']' && offset_ != first) break;
    if (absl::Status status = TakeRange(start); !status.ok()) return status;
  }
  ++offset_;
  if (text_[start + 1] == '^') {
    const absl::string_view shown = text_.substr(start, offset_ - start);
    offset_ = start;
    return absl::InvalidArgumentError(
        absl::StrCat("'", Excerpt(shown), "' begins with '^'; write [!abc] for other characters, ",
                     "or \\^ for a plain '^'"));
  }
  Normalise(&set_);
  kind_ = Kind::kSet;
  if (negated) {
    set_ = Complement(set_);
  } else if (set_.size() == 1 && set_[0].first == set_[0].second) {
    kind_ = Kind::kLiteral;
    literal_ = set_[0].first;
  }
  return absl::OkStatus();
}

// One member of a class: a character, or a range with `-`.
absl::Status GlobReader::TakeRange(size_t class_start) {
  const size_t start = offset_;
  const char32_t low = TakeMaybeEscaped();
  char32_t high = low;
  // A `-` before the closing bracket is a member.
  if (offset_ + 1 < text_.size() && text_[offset_] == '-' && text_[offset_ + 1] != ']') {
    ++offset_;
    high = TakeMaybeEscaped();
  }
  if (high < low) {
    const absl::string_view range = text_.substr(start, offset_ - start);
    // A missing `]` is the more useful error, so look for it first.
    while (offset_ < text_.size() && text_[offset_] != ']') TakeMaybeEscaped();
    if (offset_ == text_.size()) return ClassWithoutEnd(class_start);
    offset_ = start;
    return absl::InvalidArgumentError(
        absl::StrCat("'", Excerpt(range), "' is a reversed range; expected the lower end first"));
  }
  set_.emplace_back(low, high);
  return absl::OkStatus();
}

absl::Status ParseGlob(absl::string_view text, Glob* glob) {
  glob->tokens.clear();
  glob->sets.clear();
  GlobReader reader(text);
  while (!reader.AtEnd()) {
    if (absl::Status status = reader.Next(); !status.ok()) return status;
    const bool after_run = !glob->tokens.empty() && glob->tokens.back() == kAnyRun;
    switch (reader.kind()) {
      case GlobReader::Kind::kLiteral:
        glob->tokens.push_back(reader.literal());
        break;
      case GlobReader::Kind::kSet:
        glob->tokens.push_back(kFirstSet + static_cast<uint32_t>(glob->sets.size()));
        glob->sets.push_back(reader.set());
        break;
      case GlobReader::Kind::kAnyRun:
        if (!after_run) glob->tokens.push_back(kAnyRun);
        break;
      case GlobReader::Kind::kAnyCharacter:
        if (after_run) glob->tokens.back() = kAnyCharacter;
        glob->tokens.push_back(after_run ? kAnyRun : kAnyCharacter);
        break;
    }
  }
  return absl::OkStatus();
}

Glob GlobOf(absl::string_view text) {
  Glob glob;
  [[maybe_unused]] const absl::Status status = ParseGlob(text, &glob);
  assert(status.ok());
  return glob;
}

}  // namespace pyslow::patterns
