// All that a sweep found, as plain data ready to be shown: on a terminal, as report.html,
// analysis.json and profile.coz.
#ifndef PYSLOW_SWEEP_RENDER_FINDINGS_H_
#define PYSLOW_SWEEP_RENDER_FINDINGS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sweep/statistics/estimate.h"
#include "sweep/statistics/judge.h"

namespace pyslow::render {

struct Timing {
  statistics::Estimate seconds_per_unit;
  size_t trials = 0;
};

// What a curve or a comparison says of everything, of a group or of a function.
struct Result {
  std::string name;   // "all Python functions", a group's name, or "module:qualname"
  std::string group;  // of a function: the group that it was found in
  std::string file;   // of a function, with its first line
  uint32_t first_line = 0;
  double own_seconds_per_unit = 0;  // of its calls; 0 where it was not measured
  // Where only one dose was compared with the control (isolate), the curve has two levels.
  statistics::CurveFinding curve;
};

// A function as the counting run saw it.
struct CountedFunction {
  std::string module;
  std::string qualname;
  std::string file;
  uint32_t first_line = 0;
  double calls_per_unit = 0;
  uint32_t processes = 0;
  bool only_outside_window = false;  // called before or after it alone
  double own_seconds_per_unit = 0;   // 0 where it was not measured
};

// The methodology's steps; each has its table.
enum class Step { kCount, kGlobal, kOpportunity, kSubsystems, kFocus };

// One step of the methodology as it was told when it ended.
struct StepTold {
  Step step = Step::kCount;
  std::string
      name;  // "1. Count", "2. Global impact", "3. Opportunity", "4. Subsystems", "5. Focus"
  std::string sentence;  // in plain words, with figures
  std::string next;      // what the next step does, or why there is none
};

// What to optimise first: step 5's list.
struct Priority {
  std::string name;
  statistics::Verdict verdict = statistics::Verdict::kInconclusive;
  // Of throughput as a ratio, where each call took as much less as `worth` says.
  std::optional<statistics::Estimate> gain_up_to;
  std::string worth;  // in words: "up to 12% [10, 14] more units/s …", "no gain expected: hidden"
  std::string how_sure;  // in words
};

struct Findings {
  std::string unit = "run";  // the name of one: "run", "unit", "request" …
  std::optional<Timing> plain;
  std::optional<Timing> control;
  std::optional<Result> global;
  std::vector<Result> groups;            // ranked: what faster calls would be worth, most first
  std::vector<Result> functions;         // likewise
  std::vector<CountedFunction> counted;  // by calls, most first
  std::vector<Priority> priorities;
  std::vector<StepTold> steps;
  std::vector<std::string> warnings;  // whole sentences
  std::vector<std::string> metric_names;
  std::vector<std::pair<std::string, std::string>> settings;  // name and value, in order
  std::vector<std::pair<std::string, std::string>>
      machine;                        // host, processor, kernel, Python, pyslow …
  std::vector<std::string> commands;  // to repeat it, shell words quoted
  std::string started;                // UTC
  double seconds = 0;                 // that the sweep took
  size_t trials = 0;
  size_t disturbed = 0;
};

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_FINDINGS_H_
