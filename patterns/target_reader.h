// Parses one text of targets, line by line, into a TargetSet. For TargetSet only.
#ifndef PYSLOW_PATTERNS_TARGET_READER_H_
#define PYSLOW_PATTERNS_TARGET_READER_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "patterns/target_set.h"

namespace pyslow::patterns {

class TargetReader {
 public:
  enum class Headings { kAllowed, kRefused };

  // `text` and `set` must outlive the reader.
  TargetReader(TargetSet* set, absl::string_view text, absl::string_view source, Headings headings);

  // Parses all of the text. Errors as of TargetSet::AddText.
  absl::Status Read();

 private:
  static constexpr absl::string_view kExample = "expected MODULE:QUALNAME, such as numpy.*:*";

  absl::Status CheckText() const;
  absl::Status ReadLine();
  absl::Status ReadHeading(absl::string_view heading);
  absl::Status CheckGroupName(absl::string_view name) const;
  // Whether `content`, which begins with a bracket, is a heading.
  static bool IsHeading(absl::string_view content);
  // The options of a heading, and where they begin; nullptr: not given.
  struct GroupOptions {
    bool on_call = false;
    std::string process;
    const char* on_call_place = nullptr;
    const char* process_place = nullptr;
  };
  // Parses the text after the first comma of a heading.
  absl::Status ReadGroupOptions(absl::string_view options, GroupOptions* read) const;
  // The value of process=GLOB. Sets *rest to the comma behind it, or to nothing.
  absl::Status ReadProcess(absl::string_view text, std::string* process,
                           absl::string_view* rest) const;
  absl::Status ReadPattern(absl::string_view pattern);
  // Finds the ` -> ` in `globs` (a pattern without its `!`): the offset of its arrow in bytes, or
  // npos.
  absl::Status FindArrow(absl::string_view pattern, absl::string_view globs, size_t* arrow) const;
  // Where `globs` (a pattern, or the part of it on a side of the arrow, without `!`) is split, as
  // offsets in bytes.
  struct Split {
    size_t colon = absl::string_view::npos;
    size_t at = absl::string_view::npos;  // the `@` before lines
  };
  // Finds the split and checks the syntax of the parts before the lines.
  absl::Status FindSplit(absl::string_view pattern, absl::string_view globs, Split* split) const;
  // Parses the lines of `globs`, if it has any. `pattern`: the whole one, with its `!`.
  absl::Status ReadLines(absl::string_view pattern, absl::string_view globs, const Split& split,
                         Target* target) const;
  // Adds a target to the set, if there is room.
  absl::Status Add(absl::string_view pattern, Target target);

  // An error at `place`, which points into line_.
  absl::Status ErrorAt(const char* place, absl::string_view what) const;
  uint32_t ColumnOf(const char* place) const;

  TargetSet* set_;
  absl::string_view text_;
  std::string source_;  // the name of the text, printable
  Headings headings_;
  absl::string_view line_;  // the current line
  uint32_t line_number_ = 0;
  std::string group_;  // the current group
  bool found_pattern_ = false;
};

}  // namespace pyslow::patterns

#endif  // PYSLOW_PATTERNS_TARGET_READER_H_
