// Finds a number, such as a throughput, in the output of a command by a regular expression.
#ifndef PYSLOW_SWEEP_TRIALS_METRIC_REGEX_H_
#define PYSLOW_SWEEP_TRIALS_METRIC_REGEX_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace re2 {
class RE2;
}

namespace pyslow::trials {

// Parses a decimal number such as 1234.5 or 1e3; space around it is ignored. Thousands commas are
// accepted if they cannot be decimal commas: 1,234.5 and 1,234,567, but not 1,234. InvalidArgument
// otherwise; the message follows "PLACE: ".
absl::StatusOr<double> ParseNumber(absl::string_view text);

// An RE2 expression whose only capturing group, or whose whole match if it has none, is a number.
// `^` and `$` match at the ends of lines. Immutable, so any thread may use it.
class MetricRegex {
 public:
  // InvalidArgument if the expression is empty, malformed or has several groups; the message
  // follows "--throughput-regex: ".
  static absl::StatusOr<MetricRegex> Compile(absl::string_view regex);

  MetricRegex(MetricRegex&&) noexcept;
  MetricRegex& operator=(MetricRegex&&) noexcept;
  ~MetricRegex();

  // The number in the last match in `output`. NotFound if nothing matches; the message quotes the
  // last lines of the output and a line that looks like a metric. InvalidArgument if the last match
  // is not a number above 0.
  absl::StatusOr<double> Find(absl::string_view output) const;
  // The same for any number, also 0 and negative ones.
  absl::StatusOr<double> FindNumber(absl::string_view output) const;

 private:
  absl::StatusOr<absl::string_view> LastMatch(absl::string_view output) const;

  explicit MetricRegex(std::unique_ptr<re2::RE2> regex);
  std::unique_ptr<re2::RE2> regex_;
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_METRIC_REGEX_H_
