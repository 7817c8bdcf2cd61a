// Prints the progress of a sweep: a bar on a terminal, or a line for each trial in a log, and each
// step when it ends.
#ifndef PYSLOW_SWEEP_CLI_TERMINAL_OBSERVER_H_
#define PYSLOW_SWEEP_CLI_TERMINAL_OBSERVER_H_

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <optional>
#include <string>

#include "sweep/render/progress.h"
#include "sweep/render/terminal_report.h"
#include "sweep/steps/observer.h"

namespace pyslow::cli {

class TerminalObserver : public steps::Observer {
 public:
  // Prints steps to `out` and progress to `progress`, unless `quiet`. Does not own the streams. The
  // sweep ends after `budget_seconds` of trials.
  TerminalObserver(std::FILE* out, std::FILE* progress, bool quiet,
                   double budget_seconds = std::numeric_limits<double>::infinity());

  void PartBegins(const std::string& what, size_t trials) override;
  void LaterParts(size_t trials) override;
  void TrialDone(const model::Trial& trial, const std::string& arm, bool disturbed,
                 double trial_seconds) override;
  void TrialRepeated(const model::TrialSpec& spec, const std::string& arm,
                     const model::TrialOutcome& failure, int64_t repetition,
                     int64_t repetitions) override;
  void StepDone(const model::StepSummary& step, const model::Findings& findings) override;

  // Removes the progress bar, so that other text can be printed.
  void Pause();
  const render::TerminalOptions& options() const { return options_; }

 private:
  // What is left, if the next trials take `trial_seconds` each.
  render::Progress ProgressAfter(double trial_seconds) const;
  // Which known benchmark was found, once.
  void ShowBenchmark(const model::Trial& trial);
  // How the first figure was read, and that matches differ: each once.
  void ShowReading(const model::Trial& trial);

  std::FILE* const out_;
  std::FILE* const progress_;
  const bool quiet_;
  const bool has_bar_;
  const double budget_seconds_;
  render::TerminalOptions options_;
  bool bar_shown_ = false;
  std::string part_;
  size_t planned_ = 0;  // trials of the part
  size_t done_ = 0;
  std::optional<size_t> later_;  // trials of the later parts
  size_t trials_ = 0;            // of the sweep
  double seconds_ = 0;           // likewise
  bool left_shown_ = false;
  bool matches_shown_ = false;
  bool converted_shown_ = false;
  bool benchmark_shown_ = false;
};

}  // namespace pyslow::cli

#endif  // PYSLOW_SWEEP_CLI_TERMINAL_OBSERVER_H_
