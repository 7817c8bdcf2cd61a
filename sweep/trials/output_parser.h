// Reads throughput and further figures from the output of a trial.
#ifndef PYSLOW_SWEEP_TRIALS_OUTPUT_PARSER_H_
#define PYSLOW_SWEEP_TRIALS_OUTPUT_PARSER_H_

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "sweep/trials/metric_regex.h"
#include "sweep/trials/trial_settings.h"

namespace pyslow::trials {

struct OutputFigures {
  std::optional<double> seconds_per_unit;  // --throughput-regex or --time-regex
  std::optional<double> units;             // --units-regex
  std::map<std::string, double> metrics;   // --metric, by name
};

// Immutable, so any thread may use it.
class OutputParser {
 public:
  // Compiles the regular expressions of `settings`. InvalidArgument, with a complete message, if an
  // expression is invalid or two metrics have the same name.
  static absl::StatusOr<OutputParser> Compile(const TrialSettings& settings);

  // Error messages are complete and start with the option whose expression failed.
  absl::StatusOr<OutputFigures> Read(absl::string_view output) const;

 private:
  OutputParser() = default;
  bool is_rate_ = false;
  std::optional<MetricRegex> throughput_;
  std::optional<MetricRegex> units_;
  std::vector<std::pair<std::string, MetricRegex>> metrics_;
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_OUTPUT_PARSER_H_
