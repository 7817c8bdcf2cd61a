// Throughput as a regular expression finds it in what a command printed.
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

// A number as programs print them: 1234.5, 1e3, and with thousands commas where these can be
// nothing else (1,234.5 or 1,234,567; 1,234 alone could be a decimal comma). Space around it does
// not matter. InvalidArgument, to follow "WHERE: ".
absl::StatusOr<double> ParseNumber(absl::string_view text);

// A regular expression with the number in its one group, or with no group and a number as the whole
// match. `^` and `$` are the ends of a line.
class Metric {
 public:
  // InvalidArgument, to follow "--throughput-regex: ", with what is wrong in the expression.
  static absl::StatusOr<Metric> Compile(absl::string_view regex);

  Metric(Metric&&) noexcept;
  Metric& operator=(Metric&&) noexcept;
  ~Metric();

  // The last match in `output`, always above 0. NotFound where nothing matches, with the last lines
  // of the output and one that looks like a metric; InvalidArgument where the last match is not a
  // number above 0.
  absl::StatusOr<double> Find(absl::string_view output) const;
  // Likewise, whatever the number is.
  absl::StatusOr<double> FindNumber(absl::string_view output) const;

 private:
  absl::StatusOr<absl::string_view> LastMatch(absl::string_view output) const;

  explicit Metric(std::unique_ptr<re2::RE2> regex);
  std::unique_ptr<re2::RE2> regex_;
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_METRIC_REGEX_H_
