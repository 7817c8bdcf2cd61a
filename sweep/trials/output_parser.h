// Reads throughput and further figures from the output of a trial.
#ifndef PYSLOW_SWEEP_TRIALS_OUTPUT_PARSER_H_
#define PYSLOW_SWEEP_TRIALS_OUTPUT_PARSER_H_

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "sweep/model/trial.h"
#include "sweep/trials/figure.h"
#include "sweep/trials/match_summary.h"
#include "sweep/trials/metric_regex.h"
#include "sweep/trials/output_search.h"
#include "sweep/trials/run_process.h"
#include "sweep/trials/trial_settings.h"

namespace pyslow::trials {

struct OutputFigures {
  std::optional<double> seconds_per_unit;       // --throughput-regex or --time-regex
  std::optional<model::FigureReading> reading;  // of that figure
  std::optional<double> units;                  // --units-regex
  std::map<std::string, double> metrics;        // --metric, by name
};

class OutputReader;

// A time of --metric is in the unit that it has in the first trial, whatever the unit of later ones
// is. Not thread-safe.
class OutputParser {
 public:
  // Compiles the regular expressions of `settings`. InvalidArgument, with a complete message, if an
  // expression is invalid or two metrics have the same name.
  static absl::StatusOr<OutputParser> Compile(const TrialSettings& settings);

  // A reader for one trial, which the parser must outlive.
  OutputReader NewReader();

 private:
  friend class OutputReader;
  struct Expression {
    std::string option;  // "--throughput-regex", "--metric p99"
    MetricRegex regex;
    FigureRules rules;
    MatchRule matches = MatchRule::kLast;
    uint64_t skip = 0;
    std::string metric;  // its name, or ""
  };

  OutputParser() = default;
  absl::Status Add(const std::string& option, const std::string& regex, Quantity quantity,
                   const TrialSettings& settings, const std::string& metric = "");

  std::vector<Expression> expressions_;
  std::map<std::string, double> metric_units_;  // seconds, by metric
};

// Searches standard output, and standard error for what standard output does not have. Not
// thread-safe.
class OutputReader {
 public:
  explicit OutputReader(OutputParser* parser);

  void Append(OutputStream stream, absl::string_view bytes);

  // All figures; to be called once, at the end. `trial_seconds`: a time of a unit that is longer is
  // refused. Error messages are complete and start with the option whose expression failed.
  absl::StatusOr<OutputFigures> Read(double trial_seconds);

 private:
  struct Stream {
    OutputSearch search;
    std::vector<MatchSummary> summaries;  // by expression
  };

  const MatchSummary& SummaryOf(size_t expression) const;
  absl::StatusOr<CombinedFigure> Combined(size_t expression) const;
  absl::Status SetFigure(size_t expression, double trial_seconds, OutputFigures* figures);
  double InFirstUnit(const std::string& metric, const CombinedFigure& figure);
  void Add(Stream& stream, size_t expression, const RegexMatch& match);

  OutputParser& parser_;
  std::vector<Stream> streams_;  // by OutputStream
  std::string end_;              // the last bytes of both streams, in the order of reading
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_OUTPUT_PARSER_H_
