#include "patterns/target_reader.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/sanitize.h"
#include "base/utf8.h"
#include "patterns/glob.h"

namespace pyslow::patterns {
namespace {

constexpr absl::string_view kCallExample =
    "expected CALLER -> CALLEE, such as app:step -> numpy:matmul";

constexpr absl::string_view kArrow = "->";

// The arrow of another language at the start of `text`, or "".
absl::string_view OtherArrowAt(absl::string_view text) {
  for (const absl::string_view arrow : {"=>", "\u2192"}) {
    if (absl::StartsWith(text, arrow)) return arrow;
  }
  return "";
}

bool IsSpace(char c) { return absl::ascii_isspace(static_cast<unsigned char>(c)); }

// Removes the comment and the surrounding white space of a line. A backslash keeps the next
// character.
absl::string_view Trimmed(absl::string_view line) {
  size_t end = 0;           // after the last character to keep
  bool after_space = true;  // the start of the line counts as space
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '#' && after_space) break;
    after_space = IsSpace(line[i]);
    if (line[i] == '\\' && i + 1 < line.size()) ++i;
    if (!after_space) end = i + 1;
  }
  return absl::StripLeadingAsciiWhitespace(line.substr(0, end));
}

}  // namespace

TargetReader::TargetReader(TargetSet* set, absl::string_view text, absl::string_view source,
                           Headings headings)
    : set_(set),
      text_(text),
      source_(Excerpt(source, std::numeric_limits<size_t>::max())),
      headings_(headings),
      group_(TargetSet::kDefaultGroup) {}

uint32_t TargetReader::ColumnOf(const char* place) const {
  const auto before = static_cast<size_t>(place - line_.data());
  return static_cast<uint32_t>(CountCharacters(line_.substr(0, before)) + 1);
}

absl::Status TargetReader::ErrorAt(const char* place, absl::string_view what) const {
  return absl::InvalidArgumentError(
      absl::StrCat(source_, ":", line_number_, ":", ColumnOf(place), ": ", what));
}

absl::Status TargetReader::Read() {
  if (text_.size() > TargetSet::kMaxBytes - set_->bytes_) {
    return absl::InvalidArgumentError(absl::StrCat(
        source_, ": with it the targets exceed the limit of ", TargetSet::kMaxBytes >> 20, " MiB"));
  }
  set_->bytes_ += text_.size();
  set_->sources_.push_back(source_);
  absl::ConsumePrefix(&text_, "\xef\xbb\xbf");  // a byte order mark
  if (absl::Status status = CheckText(); !status.ok()) return status;
  absl::string_view rest = text_;
  while (!rest.empty()) {
    const size_t end = rest.find('\n');
    line_ = rest.substr(0, end);
    rest.remove_prefix(end == absl::string_view::npos ? rest.size() : end + 1);
    ++line_number_;
    if (absl::Status status = ReadLine(); !status.ok()) return status;
  }
  if (found_pattern_) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(source_, ": it contains no pattern; ", kExample));
}

// Checks the whole text before the first line is parsed, so that the error of a binary file says
// that it is not text.
absl::Status TargetReader::CheckText() const {
  const size_t nul = text_.find('\0');
  const size_t bad = FindInvalidUtf8(text_.substr(0, nul));
  const size_t offset = bad != absl::string_view::npos ? bad : nul;
  if (offset == absl::string_view::npos) return absl::OkStatus();
  size_t line = 1;
  size_t start = 0;
  for (size_t end; (end = text_.find('\n', start)) < offset; start = end + 1) ++line;
  const size_t column = CountCharacters(text_.substr(start, offset - start)) + 1;
  return absl::InvalidArgumentError(absl::StrCat(
      source_, ":", line, ":", column, ": '", Excerpt(text_.substr(offset, 1)), "' is ",
      offset == nul ? "a NUL" : "not valid UTF-8", "; expected patterns as UTF-8 text"));
}

absl::Status TargetReader::ReadLine() {
  // Before trimming, so that a backslash at the end of the line does not escape the carriage
  // return.
  const absl::string_view content = Trimmed(absl::StripSuffix(line_, "\r"));
  if (content.empty()) return absl::OkStatus();
  if (content.front() == '[' && IsHeading(content)) return ReadHeading(content);
  return ReadPattern(content);
}

absl::Status TargetReader::FindSplit(absl::string_view pattern, absl::string_view globs,
                                     Split* split) const {
  GlobReader reader(globs);
  while (!reader.AtEnd()) {
    const size_t start = reader.offset();
    if (absl::Status status = reader.Next(); !status.ok()) {
      return ErrorAt(globs.data() + reader.offset(), status.message());
    }
    // Neither in an escape nor in a class. An @ in the module part is one of a file name.
    if (globs[start] == ':') *split = {start, absl::string_view::npos};
    if (globs[start] == '@') split->at = std::min(split->at, start);
  }
  const std::string shown = absl::StrCat("'", Excerpt(pattern), "' has ");
  if (split->colon == absl::string_view::npos) {
    return ErrorAt(pattern.data(), absl::StrCat(shown, "no ':'; ", kExample));
  }
  if (split->colon == 0) {
    return ErrorAt(globs.data(), absl::StrCat(shown, "nothing before its ':'; ", kExample,
                                              " (* matches every module)"));
  }
  if (split->colon + 1 == std::min(split->at, globs.size())) {
    return ErrorAt(
        globs.data() + split->colon,
        absl::StrCat(shown, "nothing after its ':'; ", kExample, " (* matches every function)"));
  }
  return absl::OkStatus();
}

absl::Status TargetReader::ReadLines(absl::string_view pattern, absl::string_view globs,
                                     const Split& split, Target* target) const {
  if (split.at == absl::string_view::npos) return absl::OkStatus();
  const char* const at = globs.data() + split.at;
  const std::string shown = absl::StrCat("'", Excerpt(pattern), "' ");
  if (target->HasCaller()) {
    return ErrorAt(at, absl::StrCat(shown, "has a '->' and lines; ", kCallExample));
  }
  if (absl::StartsWith(pattern, "!")) {
    return ErrorAt(at, absl::StrCat(shown, "excludes lines; expected !MODULE:QUALNAME"));
  }
  const auto group = set_->group_index_.find(group_);
  if (group != set_->group_index_.end() && set_->groups_[group->second].on_call) {
    return ErrorAt(at, absl::StrCat(shown, "has lines, but its group has on=call; expected it in ",
                                    "a group of Python functions"));
  }
  const absl::StatusOr<LineRange> lines = ParseLineRange(globs.substr(split.at + 1));
  if (!lines.ok()) return ErrorAt(at, lines.status().message());
  target->lines = *lines;
  target->at = static_cast<uint32_t>(at - pattern.data());
  return absl::OkStatus();
}

absl::Status TargetReader::FindArrow(absl::string_view pattern, absl::string_view globs,
                                     size_t* arrow) const {
  *arrow = absl::string_view::npos;
  GlobReader reader(globs);
  while (!reader.AtEnd()) {
    const size_t start = reader.offset();
    if (absl::Status status = reader.Next(); !status.ok()) {
      return ErrorAt(globs.data() + reader.offset(), status.message());
    }
    const size_t end = start + kArrow.size();
    if (const absl::string_view other = OtherArrowAt(globs.substr(start)); !other.empty()) {
      return ErrorAt(globs.data() + start, absl::StrCat("'", Excerpt(pattern), "' has a '", other,
                                                        "' in place of ' -> '; ", kCallExample,
                                                        " (\\", other, " is plain text)"));
    }
    if (globs.substr(start, kArrow.size()) != kArrow) continue;
    const std::string shown = absl::StrCat("'", Excerpt(pattern), "' has ");
    if ((start > 0 && !IsSpace(globs[start - 1])) || (end < globs.size() && !IsSpace(globs[end]))) {
      return ErrorAt(globs.data() + start,
                     absl::StrCat(shown, "a '->' without a blank on both sides; ", kCallExample,
                                  " (\\-> is plain text)"));
    }
    if (*arrow != absl::string_view::npos) {
      return ErrorAt(globs.data() + start, absl::StrCat(shown, "two '->'; ", kCallExample));
    }
    if (start == 0 || end == globs.size()) {
      return ErrorAt(globs.data() + start,
                     absl::StrCat(shown, "nothing ", start == 0 ? "before" : "after", " its '->'; ",
                                  kCallExample));
    }
    const absl::string_view callee = absl::StripLeadingAsciiWhitespace(globs.substr(end));
    if (absl::StartsWith(callee, "!")) {
      return ErrorAt(callee.data(), absl::StrCat(shown, "a '!' after its '->'; expected it before ",
                                                 "the caller, such as !app:step -> numpy:matmul"));
    }
    *arrow = start;
  }
  return absl::OkStatus();
}

absl::Status TargetReader::ReadPattern(absl::string_view pattern) {
  absl::string_view globs = pattern;
  const bool excludes = absl::ConsumePrefix(&globs, "!");
  globs = absl::StripLeadingAsciiWhitespace(globs);
  if (globs.empty()) {
    return ErrorAt(pattern.data(), "'!' excludes nothing; expected !MODULE:QUALNAME");
  }
  size_t arrow = 0;
  if (absl::Status status = FindArrow(pattern, globs, &arrow); !status.ok()) return status;
  const bool has_caller = arrow != absl::string_view::npos;
  const absl::string_view caller =
      has_caller ? absl::StripTrailingAsciiWhitespace(globs.substr(0, arrow)) : "";
  if (has_caller) globs = absl::StripLeadingAsciiWhitespace(globs.substr(arrow + 2));
  Target target;
  Split split;
  if (has_caller) {
    if (absl::Status status = FindSplit(caller, caller, &split); !status.ok()) return status;
    target.caller_module = static_cast<uint32_t>(caller.data() - pattern.data());
    target.caller_colon = target.caller_module + static_cast<uint32_t>(split.colon);
    target.caller_end = target.caller_module + static_cast<uint32_t>(caller.size());
    if (absl::Status status = ReadLines(pattern, caller, split, &target); !status.ok()) {
      return status;
    }
  }
  split = {};
  if (absl::Status status = FindSplit(has_caller ? globs : pattern, globs, &split); !status.ok()) {
    return status;
  }
  target.module = static_cast<uint32_t>(globs.data() - pattern.data());
  target.colon = target.module + static_cast<uint32_t>(split.colon);
  if (absl::Status status = ReadLines(pattern, globs, split, &target); !status.ok()) return status;
  target.excludes = excludes;
  return Add(pattern, std::move(target));
}

absl::Status TargetReader::Add(absl::string_view pattern, Target target) {
  if (set_->targets_.size() >= TargetSet::kMaxTargets) {
    return ErrorAt(pattern.data(),
                   absl::StrCat("'", Excerpt(pattern), "' is one too many; expected ", "at most ",
                                TargetSet::kMaxTargets, " patterns"));
  }
  target.text = std::string(pattern);
  target.line = line_number_;
  target.column = ColumnOf(pattern.data());
  target.source = static_cast<uint32_t>(set_->sources_.size() - 1);
  target.group = set_->GroupNamed(group_);
  set_->targets_.push_back(std::move(target));
  found_pattern_ = true;
  return absl::OkStatus();
}

}  // namespace pyslow::patterns
