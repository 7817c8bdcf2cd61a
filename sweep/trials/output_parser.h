// What a trial's output says: throughput and further figures.
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

struct Figures {
  std::optional<double> seconds_per_unit;  // where the output tells it
  std::map<std::string, double> metrics;
};

class OutputParser {
 public:
  // InvalidArgument, a whole message: an expression is wrong, or a metric's name is there twice.
  static absl::StatusOr<OutputParser> Compile(const TrialSettings& settings);

  // Errors are whole messages, with the option that found nothing.
  absl::StatusOr<Figures> Read(absl::string_view output) const;

 private:
  OutputParser() = default;
  bool is_rate_ = false;
  std::optional<Metric> throughput_;
  std::vector<std::pair<std::string, Metric>> metrics_;
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_OUTPUT_PARSER_H_
