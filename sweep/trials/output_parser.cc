#include "sweep/trials/output_parser.h"

#include <set>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/text.h"

namespace pyslow::trials {
namespace {

const char* OptionOf(bool is_rate) { return is_rate ? "--throughput-regex" : "--time-regex"; }

}  // namespace

absl::StatusOr<OutputParser> OutputParser::Compile(const TrialSettings& settings) {
  OutputParser parser;
  parser.is_rate_ = settings.measure == Measure::kThroughput;
  if (parser.is_rate_ || settings.measure == Measure::kTime) {
    absl::StatusOr<MetricRegex> metric = MetricRegex::Compile(settings.regex);
    if (!metric.ok()) return At(OptionOf(parser.is_rate_), metric.status());
    parser.throughput_ = *std::move(metric);
  }
  if (!settings.units_regex.empty()) {
    absl::StatusOr<MetricRegex> units = MetricRegex::Compile(settings.units_regex);
    if (!units.ok()) return At("--units-regex", units.status());
    parser.units_ = *std::move(units);
  }
  std::set<std::string> names;
  for (const auto& [name, regex] : settings.metrics) {
    if (!names.insert(name).second) {
      return absl::InvalidArgumentError(absl::StrCat("--metric: '", name, "' is given twice"));
    }
    absl::StatusOr<MetricRegex> metric = MetricRegex::Compile(regex);
    if (!metric.ok()) return At(absl::StrCat("--metric ", name), metric.status());
    parser.metrics_.emplace_back(name, *std::move(metric));
  }
  return parser;
}

absl::StatusOr<OutputFigures> OutputParser::Read(absl::string_view output) const {
  OutputFigures figures;
  if (throughput_.has_value()) {
    const absl::StatusOr<double> value = throughput_->Find(output);
    if (!value.ok()) return At(OptionOf(is_rate_), value.status());
    figures.seconds_per_unit = is_rate_ ? 1 / *value : *value;
  }
  if (units_.has_value()) {
    const absl::StatusOr<double> value = units_->Find(output);
    if (!value.ok()) return At("--units-regex", value.status());
    figures.units = *value;
  }
  for (const auto& [name, metric] : metrics_) {
    const absl::StatusOr<double> value = metric.FindNumber(output);
    if (!value.ok()) return At(absl::StrCat("--metric ", name), value.status());
    figures.metrics[name] = *value;
  }
  return figures;
}

}  // namespace pyslow::trials
