// All that a sweep found, as plain data: what the terminal, report.html, analysis.json and
// profile.coz show.
#ifndef PYSLOW_SWEEP_MODEL_FINDINGS_H_
#define PYSLOW_SWEEP_MODEL_FINDINGS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/function_id.h"
#include "sweep/model/comparison.h"
#include "sweep/model/curve_finding.h"
#include "sweep/model/estimate.h"
#include "sweep/model/gil_finding.h"
#include "sweep/model/gpu.h"
#include "sweep/model/prediction.h"
#include "sweep/model/verdict.h"
#include "sweep/model/warning.h"

namespace pyslow::model {

struct Timing {
  Estimate seconds_per_unit;
  size_t trials = 0;
};

// What a result is about.
enum class SubjectKind {
  kAllPython,   // all Python functions
  kAllTargets,  // all functions that the user's targets match
  kGroup,       // a subsystem
  kFunction,
};

// What a curve or a comparison shows of one subject.
struct Result {
  SubjectKind kind = SubjectKind::kGroup;
  std::string name;                    // a group's name or "module:qualname"; "" for all functions
  std::string group;                   // of a function: the subsystem that it belongs to
  std::optional<FunctionId> function;  // kFunction
  // Findings::lines: the first and the last line of the range. The qualname of `function` names
  // them too.
  std::optional<std::pair<uint32_t, uint32_t>> lines;
  double own_seconds_per_unit = 0;  // 0: not measured
  CurveFinding curve;               // two levels if one dose was compared with the control
  std::optional<GilFinding> gil;    // --gil hold,release: of all functions and of the first one
};

// A function in the counting trial.
struct CountedFunction {
  FunctionId id;
  double calls_per_unit = 0;
  uint32_t processes = 0;            // that called it
  bool only_outside_window = false;  // called only before or after the window
  Estimate own_seconds_per_unit;     // 0: not measured
  // It polls while the program waits: its calls per unit with the largest delay.
  std::optional<double> polls_per_unit;
};

// A line of the list of what to optimise first.
struct Priority {
  std::string name;
  Verdict verdict = Verdict::kInconclusive;
  std::optional<Prediction> prediction;  // the farthest one that has a gain
  // Without a prediction, why: no gain is expected, or else the figure is withheld.
  std::optional<NoGain> no_gain;
  Withheld withheld;
  // The evidence.
  size_t blocks = 0;
  size_t trials = 0;
  bool has_curve = false;  // false: one dose against the control
};
Priority PriorityOf(const Result& result);

// The steps of the methodology; each has a table.
// kCompare, of two versions, takes the place of all that follow kGlobal.
// kGil, with --gil hold,release, follows kGlobal and kOpportunity.
enum class Step {
  kCount,
  kGlobal,
  kOpportunity,
  kGil,
  kSubsystems,
  kFocus,
  kSites,
  kLines,
  kCompare
};

// How a step ended. The figures of its table are in Findings.
struct StepSummary {
  enum class Outcome {
    // kCount
    kCounted,
    kNothingCalled,
    kCalledOutsideWindow,  // no function was called in the window, `functions` were outside it
    kWindowNeverOpened,    // a trial of `trial_seconds` ended before `start_seconds`, or before the
                           // first call of `start_at`
    // kGlobal, kOpportunity, kGil: Findings::global
    kJudged,
    // kSubsystems, kFocus, kSites, kLines
    kRanked,            // Findings::groups, Findings::functions, Findings::sites, Findings::lines
    kOneSubject,        // there is only one subject, names.front()
    kNothingToCompare,  // no subject is called, or could gain enough
    kNoTime,            // the time budget has no time for a trial of one
    // kLines
    kNoLines,  // the lines of the function `function` cannot be counted, by `no_lines`
    // kCompare
    kCompared,  // Findings::comparison
  };
  // What happens next, or why the sweep ends.
  enum class Next {
    kImpact,        // slow all calls at once
    kOpportunity,   // predict the effect of faster Python
    kGil,           // the same delays with the GIL released
    kSubsystems,    // compare subsystems
    kFunctions,     // of the subsystems `names`
    kSites,         // calls of the function `names`, by their callers
    kLines,         // the lines of the function `function`
    kVersions,      // compare the versions
    kImpactAgain,   // slow all calls at once, which is not decided, in the time that is left
    kRequestedEnd,  // no further step was requested
    kLastStep,
    kNothingToSlow,
    kPythonHidden,      // Python is not the bottleneck
    kNoConclusion,      // the data support no further step
    kNothingStandsOut,  // no subsystem shows an effect beyond the comparison's error limit
    kNothingToCompare,
  };
  // kNoLines: why.
  enum class NoLines {
    kNone,            // they can be counted
    kNative,          // the function is no Python function
    kPartOfFunction,  // it is a call site or a range of lines itself
    kNoPattern,       // no target file can hold its name
    kNoneCounted,     // its code raised no events of lines in the measured time
  };
  Step step = Step::kCount;
  Outcome outcome = Outcome::kCounted;
  Next next = Next::kLastStep;
  std::vector<std::string> names = {};
  // kCounted; functions: kCalledOutsideWindow too.
  size_t functions = 0;
  size_t packages = 0;
  // kCounted: of all calls; kLines: of all entries of lines.
  double calls_per_unit = 0;
  // kCounted: with every call counted; kLines: at the control, with the events of the lines; 0: the
  // lines were not slowed.
  double seconds_per_unit = 0;
  // kLines: the function. Its T at the control of the steps before, without these events.
  std::string function = {};
  double control_seconds = 0;
  NoLines no_lines = NoLines::kNone;
  // kCounted: of the first trials of the next step, if the time budget is too short for them;
  // 0: it is not.
  double least_seconds = 0;
  // kWindowNeverOpened
  double trial_seconds = 0;
  double start_seconds = 0;
  std::string start_at = {};
};

struct Findings {
  std::string unit = "run";  // the name of a unit: "run", "unit", "request" …
  std::optional<Timing> plain;
  std::optional<Timing> control;
  std::optional<Result> global;
  std::vector<Result> groups;     // ranked by the time that faster calls could save
  std::vector<Result> functions;  // likewise
  // Likewise: calls of one function, by their callers. The group of each is that function.
  std::vector<Result> sites;
  // Likewise: ranges of lines of one function, which is their group.
  std::vector<Result> lines;
  std::vector<CountedFunction> counted;  // descending calls
  bool compares_versions = false;        // the sweep is to end with a comparison
  std::optional<Comparison> comparison;  // with the other version
  std::vector<Priority> priorities;
  std::vector<StepSummary> steps;
  std::vector<Warning> warnings;
  std::vector<std::string> metric_names;
  std::vector<std::pair<std::string, std::string>> settings;  // name and value, in order
  // The first figure that was not read as printed, and how it was read; "" if there is none.
  std::pair<std::string, std::string> converted;
  std::vector<GpuUse> gpus;  // those that worked, as the first such trial has them
  // Host, processor, kernel, Python, pyslow …
  std::vector<std::pair<std::string, std::string>> machine;
  std::vector<std::string> commands;  // that repeat the sweep, shell words quoted
  std::string started;                // UTC
  double seconds = 0;                 // duration of all trials
  size_t trials = 0;
  size_t disturbed = 0;
};

// All results, in the order of the steps. `findings` must outlive them.
std::vector<const Result*> ResultsOf(const Findings& findings);

}  // namespace pyslow::model

#endif  // PYSLOW_SWEEP_MODEL_FINDINGS_H_
