// What the text of a regular expression shows: its group, and the unit that it names.
#ifndef PYSLOW_SWEEP_TRIALS_REGEX_TEXT_H_
#define PYSLOW_SWEEP_TRIALS_REGEX_TEXT_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "sweep/trials/printed_number.h"

namespace pyslow::trials {

struct RegexText {
  std::optional<TextRange> group;  // between the parentheses of the first capturing group
  std::string thing;               // "it" of a literal it/s or s/it; "": none
  // The same expression, whose it/s also matches kit/s and s/it, as tqdm prints them in turn, and
  // whose s/it also matches it/s. The expression itself if it names no such unit.
  std::string with_other_units;
};

// `regex` is valid RE2 syntax.
RegexText ReadRegexText(absl::string_view regex);

// `regex` with a group that matches all characters of `number`; without a group, an expression that
// does.
std::string WithGroupFor(absl::string_view regex, const RegexText& text, absl::string_view number);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_REGEX_TEXT_H_
