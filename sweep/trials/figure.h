// From a match in a line to a figure: a number with its unit.
#ifndef PYSLOW_SWEEP_TRIALS_FIGURE_H_
#define PYSLOW_SWEEP_TRIALS_FIGURE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "sweep/trials/metric_regex.h"
#include "sweep/trials/printed_number.h"

namespace pyslow::trials {

enum class Quantity {
  kRate,   // units per second
  kTime,   // seconds per unit
  kCount,  // of units
  kOther,  // a further figure, in the unit in which it is printed
};

struct FigureRules {
  Quantity quantity = Quantity::kOther;
  CommaMeaning comma = CommaMeaning::kUnknown;
  std::string unit;  // --unit: of a time, whatever is printed; "": as printed, or seconds
};

struct Figure {
  double value = 0;
  double step = 0;          // the value of one in the last printed digit
  double unit_seconds = 0;  // kOther: of its unit, if that is one of time; 0: none
  PrintedNumber number;     // as printed, without the unit
  std::string word;         // that follows, if no prefix of thousands was read: "kfoo"
  std::string printed;      // with its unit: "1.05 s/it"
  std::string read_as;      // "0.9524 it/s"; "" if it was read as printed
};

// Reads a match of `regex`. Errors, with a message that follows "its match, ": OutOfRange if it is
// a part of a number, or multiplied by a power of ten that it leaves out, which is a fault of the
// expression; InvalidArgument if it is not a number, ambiguous, or in a unit of another quantity.
absl::StatusOr<Figure> ReadFigure(const MetricRegex& regex, const RegexMatch& match,
                                  const FigureRules& rules);

// Reads the text of a member of JSON. Its name may contain the unit: "mean_ms". Errors as above;
// the message quotes the text.
absl::StatusOr<Figure> ReadMember(absl::string_view name, absl::string_view value,
                                  const FigureRules& rules);

// InvalidArgument, with a message that quotes `printed`, if the words after two figures (see
// Figure::word) may be one unit with other prefixes, which were not read. `word` follows `printed`,
// `first` an earlier figure.
absl::Status CheckPrefix(absl::string_view printed, absl::string_view word,
                         absl::string_view first);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_FIGURE_H_
