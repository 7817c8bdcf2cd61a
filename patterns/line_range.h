// A range of lines in a target: @12-15, @12, @+2-+5; or each line: @*.
#ifndef PYSLOW_PATTERNS_LINE_RANGE_H_
#define PYSLOW_PATTERNS_LINE_RANGE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/function_id.h"

namespace pyslow::patterns {

struct LineRange {
  static constexpr uint32_t kMaxLine = 100'000'000;

  uint32_t first = 0;
  uint32_t last = 0;  // included
  // Whether 0 is the first line of the function, that of its first decorator or of `def`. Otherwise
  // the lines are those of the file, from 1.
  bool is_relative = false;
  // Each line of the function that has code is a range by itself; the others are then 0 and unused.
  bool is_each = false;

  bool Contains(uint32_t line) const { return first <= line && line <= last; }
  // The same range in lines of the file, for a function whose first line is `first_line`.
  LineRange InFile(uint32_t first_line) const {
    return is_relative ? LineRange{first + first_line, last + first_line, false} : *this;
  }
  // Whether a target with these lines of the file selects the range `lines` of a function.
  bool Selects(const LineRange& lines) const {
    return is_each ? lines.first == lines.last : *this == lines;
  }
  // "@12-15", "@12", "@+2-+5", "@*".
  std::string Text() const;

  friend bool operator==(const LineRange&, const LineRange&) = default;
};

// Parses the text after the `@`. InvalidArgument with a message that quotes the wrong part.
absl::StatusOr<LineRange> ParseLineRange(absl::string_view text);

// The qualname in records of the range of lines of a function: "f@12-15". `lines` are of the file.
std::string QualnameOfLines(absl::string_view qualname, const LineRange& lines);
// The inverse: whether `qualname`, without the processes of a GLOB, is that of such a record. If
// so, sets *function and *lines.
bool SplitQualnameOfLines(absl::string_view qualname, absl::string_view* function,
                          LineRange* lines);

// Whether `id` names lines of a function, also if a group with process=GLOB counts them.
bool IsLinesOfFunction(const FunctionIdView& id);

// Whether `id` names a part of a function: the calls that a caller makes, or lines.
bool IsPartOfFunction(const FunctionIdView& id);

}  // namespace pyslow::patterns

#endif  // PYSLOW_PATTERNS_LINE_RANGE_H_
