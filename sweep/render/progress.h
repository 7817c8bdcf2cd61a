// The progress of a sweep as text.
#ifndef PYSLOW_SWEEP_RENDER_PROGRESS_H_
#define PYSLOW_SWEEP_RENDER_PROGRESS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sweep/model/trial.h"

namespace pyslow::render {

struct Progress {
  size_t done = 0;               // trials
  size_t total = 0;              // probably, at least done; 0: unknown
  double seconds_left = 0;       // probably
  double most_seconds_left = 0;  // by the budget; infinity: there is none
  std::string now;               // the current trial: "global, block 3, 10us"
};

// One line for a terminal, at most `width` columns (at least 20), that replaces the line before it:
// it begins with a carriage return and ends without a line feed.
std::string ProgressBar(const Progress& progress, size_t width);
// Erases the progress bar.
std::string ProgressBarEnd();

// For a log, without its line feed: "trial 12 of about 48, about 0:36 left, at most 9:20: global,
// block 3, 10us".
std::string ProgressLine(const Progress& progress);

// A warning about a trial that failed and is repeated, without "warning: ". `log`: the file with
// its output, or "".
struct FailedTrial {
  size_t number = 0;
  std::string now;  // as in Progress
  std::string why;
  std::string log;
  int64_t repetition = 0;
  int64_t repetitions = 0;  // at most
};
std::string FailedTrialLine(const FailedTrial& failed);

// How a figure that is not a plain number was read: "read '1.05 s/it' as 0.9524 it/s".
std::string ReadAsLine(const std::string& printed, const std::string& read_as);

// Which known benchmark the output is that of, its figure, and how to choose another.
std::string BenchmarkLine(const model::BenchmarkFound& found);

// A warning about the processes `left` of a trial.
std::string LeftProcessesLine(const std::vector<std::string>& left);

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_PROGRESS_H_
