// The subjects that a sweep slows (all functions, a subsystem, a function), and the target files in
// which each is a group.
#ifndef PYSLOW_SWEEP_STEPS_SUBJECTS_H_
#define PYSLOW_SWEEP_STEPS_SUBJECTS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/function_id.h"
#include "sweep/model/findings.h"
#include "sweep/model/trial.h"

namespace pyslow::steps {

// A function in the counting trial.
struct CalledFunction : model::FunctionCounts {
  std::vector<double> own_seconds_per_unit;  // one for each trial that measured it
  // R23: it polls while the program waits. Its calls per unit with the largest delay.
  std::optional<double> polls_per_unit;
};

struct Subject {
  model::SubjectKind kind = model::SubjectKind::kGroup;
  std::string name;              // "" for all functions
  std::vector<uint32_t> groups;  // of the setup: slowed together
  double calls_per_unit = 0;     // in the counting trial
  double calls_per_trial = 0;
  std::vector<double> own_seconds_per_unit;  // one for each trial that measured it
  // Of these trials, T or the own time of all functions, if that is less; 0 if there is none.
  double own_trial_seconds = 0;
  double all_calls_per_unit = 0;  // of all functions
  // Of these, of functions that are called once or twice in a trial; the one with the most.
  std::vector<double> seldom_own_seconds_per_unit;
  std::string seldom;
  double seldom_seconds = 0;           // per unit, of that one
  bool polls = false;                  // PollsAsSubject
  std::optional<FunctionId> function;  // kFunction
  std::string subsystem;               // of a function: the name of the subject that it belongs to
  std::optional<std::pair<uint32_t, uint32_t>> lines;  // model::Result::lines
};

// A setup and the subjects that it can slow.
struct Subjects {
  model::Setup setup;
  std::vector<Subject> subjects;
};

// The top-level package of a dotted module name.
std::string PackageOf(const std::string& module);

// The mean over the trials that measured own time, without those far above the median: the caches
// of a program that waits for a core are cold. 0 if none measured it.
model::Estimate OwnTimeOf(const std::vector<double>& own_seconds_per_unit);
double OwnSecondsOf(const std::vector<double>& own_seconds_per_unit);  // its value
// The own time of a subject in a unit of `control_seconds`. If the own time of all functions is
// more than that unit, measuring added the difference to the calls: each call's part is subtracted.
model::Estimate OwnTimeIn(const Subject& subject, double control_seconds);
// The value of the first of these trials. Decisions about which trials to run use this one, so that
// a sweep resumed with more of these trials repeats its earlier decisions.
double FirstOwnSecondsOf(const std::vector<double>& own_seconds_per_unit);

// The counted functions as findings, in descending order of calls. `units`: of the counting trial.
std::vector<model::CountedFunction> CountedFunctionsOf(const std::vector<CalledFunction>& counted,
                                                       double units);

// Each top-level package that was called, as a group; the rest is "other modules". At most
// `max_groups` groups: those with the most own time, or if it was not measured, with the most
// calls. Sets the group of each function. `units`: of the counting trial.
Subjects PackagesOf(size_t max_groups, double units, std::vector<CalledFunction>* counted);

// Each function of `counted` as a group, in that order. A function whose name a target file cannot
// hold is left out. `all`: all counted functions. What they count in the processes of a GLOB is
// kept apart from a function of `counted` of the same name that was counted in other processes.
Subjects FunctionsOf(const std::vector<CalledFunction>& counted,
                     const std::vector<CalledFunction>& all, double units);

// Groups, each with its heading, of the same function in the processes of GLOBs, as `all` counted
// it. They come before a group of `id`, which was counted in other processes; empty if `id` was
// counted in those of a GLOB itself. Appends their names to *groups. `lines`: "@*" if the group of
// `id` selects lines.
std::string SameElsewhere(const FunctionId& id, const std::vector<CalledFunction>& all,
                          std::vector<std::string>* groups, absl::string_view lines = "");

// Adds `lines`, counted lines of one function in ascending order, as a group: each of them is
// delayed. Lines that were never entered get no group. `units`: as above. Returns false and adds
// nothing if a target file cannot hold their name.
bool AddLines(const std::vector<CalledFunction>& lines, double units, Subjects* subjects);

// The groups of a target file and of --target patterns, without calls. `groups`: the selected ones,
// or empty for all. Errors are complete messages.
absl::StatusOr<Subjects> GroupsOf(const std::string& targets_file,
                                  const std::vector<std::string>& targets,
                                  const std::vector<std::string>& groups);

// Sets own_trial_seconds and all_calls_per_unit.
void SetOwnTrials(double seconds, double all_calls_per_unit, Subjects* subjects);

// Adds the own time of a part to that of the whole, trial by trial.
void AddOwnTime(const std::vector<double>& part, std::vector<double>* whole);

// Sets the calls and own time of `subjects` from a counting trial, by the functions' groups.
void SetCalls(const std::vector<CalledFunction>& counted, double units, Subjects* subjects);

// R23. Moves the functions that poll to a subject of their own, the first groups of the setup: one
// for each GLOB of processes, and one for all other processes. Returns false, and changes nothing,
// if no pattern names such functions alone.
bool PollsAsSubject(double units, std::vector<CalledFunction>* counted, Subjects* subjects);

// Writes a line of a target file that matches only functions, or calls, of this name. False if
// there is none. It belongs to a group whose heading has the option of ProcessOption.
bool ExactPattern(const FunctionId& id, std::string* pattern);

// ", process=GLOB", or empty.
std::string ProcessOption(const FunctionId& id);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_SUBJECTS_H_
