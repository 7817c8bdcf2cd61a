// A simulated program with a known truth, as a TrialRunner.
#ifndef PYSLOW_TESTS_SWEEP_STEPS_SIMULATED_TRIALS_H_
#define PYSLOW_TESTS_SWEEP_STEPS_SIMULATED_TRIALS_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "simulated_workload.h"
#include "sweep/model/findings.h"
#include "sweep/steps/observer.h"
#include "sweep/steps/sweep_settings.h"
#include "sweep/trials/trial_runner.h"

namespace pyslow::steps {

// The functions of a program, by name, with the workload that their doses make.
struct SimulatedProgram {
  statistics::SimulatedWorkload workload;
  struct Name {
    std::string module;
    std::string qualname;
    uint64_t own_ns = 0;  // of each call
  };
  std::vector<Name> names;  // by function of the workload
  double units = 100;       // of a trial
  bool units_are_counted = true;
  std::vector<std::string> metric_names;
  bool own_time_varies = false;    // with the noise of T
  double line_events_seconds = 0;  // of a unit, if a target has lines
};

// `functions` of module `package.module`, n calls a unit each, that add `added(doses)` to a unit.
SimulatedProgram ProgramOf(std::vector<SimulatedProgram::Name> names, double calls_per_unit,
                           std::function<double(const std::vector<double>&)> added);

// T0 of such a program.
inline constexpr double kT0 = 0.010;

class SimulatedTrials : public trials::TrialRunner {
 public:
  SimulatedTrials(SimulatedProgram program, size_t trials, uint64_t seed);

  // The program of trials of the other version, with the functions of the first one.
  void SetOther(SimulatedProgram program);

  // The program of trials whose delays release the GIL, with the functions of the first one.
  void SetReleased(SimulatedProgram program);

  // Matches the setup's target file as pyslow does.
  absl::Status Prepare(const model::Setup& setup) override;
  model::TrialOutcome Run(const model::TrialSpec& spec) override;

  size_t trials() const { return run_; }
  const std::vector<model::Setup>& setups() const { return setups_; }

 private:
  struct Version {
    SimulatedProgram program;
    statistics::Simulation simulation;
  };
  Version VersionOf(SimulatedProgram program, uint64_t seed) const;

  const size_t trials_;
  const uint64_t seed_;
  std::vector<Version> versions_;
  std::optional<Version> released_;
  std::vector<model::Setup> setups_;
  std::vector<int> group_of_;  // by function; -1: not a target
  size_t run_ = 0;
};

// Ignores all events but `parts`, the parts that began.
class Silent : public NoObserver {
 public:
  void PartBegins(const std::string& what, size_t /*trials*/) override { parts.insert(what); }
  std::set<std::string> parts;
};

// Of a trial that a replayed log lacks.
model::TrialOutcome NotRecorded();

// Of a sweep that counts units.
Settings SettingsOf(uint64_t seed);

// nullptr if there is none.
const model::Result* Named(const std::vector<model::Result>& results, const std::string& name);

}  // namespace pyslow::steps

#endif  // PYSLOW_TESTS_SWEEP_STEPS_SIMULATED_TRIALS_H_
