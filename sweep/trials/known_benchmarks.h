// The benchmarks whose output is read without an expression.
#ifndef PYSLOW_SWEEP_TRIALS_KNOWN_BENCHMARKS_H_
#define PYSLOW_SWEEP_TRIALS_KNOWN_BENCHMARKS_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "sweep/model/trial.h"
#include "sweep/trials/trial_settings.h"

namespace pyslow::trials {

struct KnownBenchmark {
  const char* name;     // the value of --benchmark
  const char* program;  // for people
  const char* figure;   // what the figure is
  Measure measure = Measure::kThroughput;
  // As in TrialSettings. Without an expression, the figure is at `pointer` in a JSON file.
  const char* regex = "";
  const char* units_regex = "";  // "": the format has no number of units
  MatchRule matches = MatchRule::kLast;
  CommaMeaning comma = CommaMeaning::kUnknown;
  const char* pointer = "";
  const char* file = "";         // its name, with globs; "": the value of `file_option`
  const char* file_option = "";  // of the command
};

// The value of --benchmark for a run as the unit.
inline constexpr char kNoBenchmark[] = "none";

// In the order in which one is taken, if the output fits several.
absl::Span<const KnownBenchmark> KnownBenchmarks();

// nullptr: there is none of this name.
const KnownBenchmark* FindBenchmark(absl::string_view name);

// Sets where the figure and the units are, and how they are read. NotFound, with a message that
// follows "--benchmark: ", if the command of `settings` does not write the file.
absl::Status UseBenchmark(const KnownBenchmark& benchmark, TrialSettings* settings);

// Replaces the search for a known benchmark in `settings` by its result, if a trial has one.
// Settings that look for none stay as they are.
void UseBenchmarkFound(const std::optional<model::BenchmarkFound>& found, TrialSettings* settings);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_KNOWN_BENCHMARKS_H_
