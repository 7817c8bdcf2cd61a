// Numbers as programs print them: 1234.5, 1.2e+03, 2,303.5, 1.234,5, 2_303.
#ifndef PYSLOW_SWEEP_TRIALS_PRINTED_NUMBER_H_
#define PYSLOW_SWEEP_TRIALS_PRINTED_NUMBER_H_

#include <cstddef>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace pyslow::trials {

// The meaning of a comma between digits if the number of digits allows both: 2,303.
enum class CommaMeaning {
  kUnknown,    // such a number is refused
  kThousands,  // --thousands
  kDecimal,    // --decimal-comma
};

struct PrintedNumber {
  double value = 0;
  double step = 0;  // the value of one in the last printed digit: 0.01 for 1.25
};

// Reads a whole text. Groups of three digits may be separated by commas, points, underscores,
// apostrophes or spaces, and the fraction by a point or a comma, if the number of digits allows
// only one meaning. InvalidArgument otherwise; the message quotes the text and names a remedy.
absl::StatusOr<PrintedNumber> ReadPrintedNumber(absl::string_view text, CommaMeaning comma);

// Bytes begin to end of a line.
struct TextRange {
  size_t begin = 0;
  size_t end = 0;
  absl::string_view In(absl::string_view text) const { return text.substr(begin, end - begin); }
  bool empty() const { return begin >= end; }
  friend bool operator==(const TextRange&, const TextRange&) = default;
};

// The whole number that the digits in `part` of `line` belong to: digits, signs, separators and an
// exponent that touch them. A separator between numbers that lies in `matched`, outside of `part`,
// does not belong to the number: the expression names it. `part` lies in `matched`.
TextRange WholeNumber(absl::string_view line, TextRange part, TextRange matched);

// The length of the number that `text` begins with, by the same rules; 0: it begins with none.
size_t LengthOfNumber(absl::string_view text);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_PRINTED_NUMBER_H_
