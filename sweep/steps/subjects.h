// What a sweep slows: all of it, a subsystem, a function; and the target files that make each a
// group.
#ifndef PYSLOW_SWEEP_STEPS_SUBJECTS_H_
#define PYSLOW_SWEEP_STEPS_SUBJECTS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/function_id.h"
#include "sweep/trials/trial.h"

namespace pyslow::steps {

// A function as the counting run found it.
struct CalledFunction : trials::FunctionCounts {
  std::vector<double> own_seconds_per_unit;  // in each of the trials that measured it
};

struct Subject {
  std::string name;
  std::vector<uint32_t> groups;  // of the setup: those that are slowed together
  double calls_per_unit = 0;     // as the counting run saw it
  double calls_per_trial = 0;
  std::vector<double> own_seconds_per_unit;  // in each of the trials that measured it
  std::optional<FunctionId> function;        // if the subject is one function
  std::string subsystem;  // of a function: the name of the subject it was found in
};

// A setup and what it can slow.
struct Subjects {
  trials::Setup setup;
  std::vector<Subject> subjects;
};

// The first part of a dotted module name: its top-level package.
std::string PackageOf(const std::string& module);

// The mean over the trials that measured it; 0 where none did.
double OwnSecondsOf(const std::vector<double>& own_seconds_per_unit);
// Of the first of these trials alone, for what decides which trials are run: a sweep that goes on
// with more of them is to find its earlier ones.
double FirstOwnSecondsOf(const std::vector<double>& own_seconds_per_unit);

// Each top-level package that was called, as a group; what is left over is "other modules". At most
// `most` groups, those with the least own time being left over, or where it was not measured, with
// the fewest calls. `units`: in the counting run.
Subjects PackagesOf(const std::vector<CalledFunction>& counted, size_t most, double units);

// Each function of `counted` as a group, in that order. Those whose names a target file cannot hold
// are left out.
Subjects FunctionsOf(const std::vector<CalledFunction>& counted, double units);

// The groups of a target file and of patterns in place, with their calls. `groups`: those chosen,
// or empty for all. Errors are whole messages.
absl::StatusOr<Subjects> GroupsOf(const std::string& targets_file,
                                  const std::vector<std::string>& targets,
                                  const std::vector<std::string>& groups);

// Adds what was measured of a part to what was measured of the whole, trial by trial.
void AddOwnTime(const std::vector<double>& part, std::vector<double>* whole);

// Fills the calls in from a counting run of the same setup.
void AddCalls(const std::vector<CalledFunction>& counted, double units, Subjects* subjects);

// `text` as a glob that matches it alone; false where none can be written (a line break, say).
bool EscapeGlob(const std::string& text, std::string* glob);

}  // namespace pyslow::steps

#endif  // PYSLOW_SWEEP_STEPS_SUBJECTS_H_
