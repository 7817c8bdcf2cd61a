// How far a sweep is, for whoever waits.
#ifndef PYSLOW_SWEEP_RENDER_PROGRESS_H_
#define PYSLOW_SWEEP_RENDER_PROGRESS_H_

#include <cstddef>
#include <string>

namespace pyslow::render {

struct Progress {
  size_t done = 0;     // trials
  size_t total = 0;    // as far as they are planned by now; at least done
  double seconds = 0;  // since the first of them began
  std::string now;     // what runs: "global, block 3, 10us"
};

// One line for a terminal, at most `width` columns, that replaces the one before: begins with a
// carriage return, ends without a line feed. `width` is at least 20.
std::string ProgressBar(const Progress& progress, size_t width);
// Erases it.
std::string ProgressBarEnd();

// For a log, without its line feed: "trial 12 of 48, 0:36 left: global, block 3, 10us".
std::string ProgressLine(const Progress& progress);

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_PROGRESS_H_
