#include "simulated_trials.h"

#include <cmath>
#include <utility>

#include "patterns/line_matcher.h"
#include "patterns/matcher.h"
#include "patterns/roles.h"
#include "patterns/target_set.h"

namespace pyslow::steps {

SimulatedProgram ProgramOf(std::vector<SimulatedProgram::Name> names, double calls_per_unit,
                           std::function<double(const std::vector<double>&)> added) {
  SimulatedProgram program;
  program.workload.functions.assign(names.size(), {});
  for (auto& function : program.workload.functions) function.calls_per_unit = calls_per_unit;
  program.workload.added = std::move(added);
  program.names = std::move(names);
  return program;
}

namespace {

size_t ProcessesOf(const SimulatedProgram& program) {
  size_t processes = 1;
  for (const auto& function : program.workload.functions) {
    processes = std::max(processes, function.processes);
  }
  return processes;
}

// If the processes are not alike, the first makes 90% of the calls.
void AddByProcess(const statistics::SimulatedFunction& function, uint64_t calls,
                  std::vector<uint64_t>* by_process) {
  const uint64_t first = function.processes_alike ? calls / function.processes : calls - calls / 10;
  (*by_process)[0] += function.processes > 1 ? first : calls;
  for (size_t i = 1; i < function.processes; ++i) {
    (*by_process)[i] += (calls - first) / (function.processes - 1);
  }
}

// A name with lines, "f@3", is that of lines, which only targets with lines match.
patterns::Match MatchOf(const SimulatedProgram::Name& name, patterns::Matcher* functions,
                        patterns::LineMatcher* lines) {
  constexpr char kFile[] = "/lib/file.py";
  absl::string_view function;
  patterns::LineRange range;
  if (!patterns::SplitQualnameOfLines(name.qualname, &function, &range)) {
    return functions->Find(name.module, "", kFile, name.qualname);
  }
  for (const patterns::LinesMatch& match : lines->Find({name.module, "", kFile, function}, 1)) {
    if (match.lines.Selects(range)) return match.match;
  }
  return {};
}

}  // namespace

SimulatedTrials::SimulatedTrials(SimulatedProgram program, size_t trials, uint64_t seed)
    : trials_(trials), seed_(seed) {
  versions_.push_back(VersionOf(std::move(program), seed));
}

SimulatedTrials::Version SimulatedTrials::VersionOf(SimulatedProgram program, uint64_t seed) const {
  statistics::Simulation simulation(program.workload, trials_, seed);
  return {std::move(program), std::move(simulation)};
}

void SimulatedTrials::SetOther(SimulatedProgram program) {
  versions_.push_back(VersionOf(std::move(program), seed_ + 1'000'000));
}

void SimulatedTrials::SetReleased(SimulatedProgram program) {
  released_.emplace(VersionOf(std::move(program), seed_ + 2'000'000));
}

absl::Status SimulatedTrials::Prepare(const model::Setup& setup) {
  setups_.push_back(setup);
  patterns::TargetSet targets;
  absl::Status status = targets.AddText(setup.targets, setup.name);
  if (status.ok()) status = targets.SelectGroups(setup.chosen);
  if (!status.ok()) return status;
  patterns::Matcher functions(targets);
  const patterns::Roles roles(targets);
  patterns::LineMatcher lines(targets, roles);
  group_of_.clear();
  for (const auto& name : versions_.front().program.names) {
    const patterns::Match match = MatchOf(name, &functions, &lines);
    group_of_.push_back(match.selected ? match.group : -1);
  }
  return absl::OkStatus();
}

model::TrialOutcome SimulatedTrials::Run(const model::TrialSpec& spec) {
  ++run_;
  auto& [program, simulation] = spec.releases_gil ? *released_ : versions_[spec.is_other ? 1 : 0];
  std::vector<int64_t> per_call_ns(group_of_.size());
  std::vector<int64_t> every(group_of_.size(), 1);
  for (size_t f = 0; f < group_of_.size(); ++f) {
    for (const model::Treatment& treatment : spec.treatments) {
      if (static_cast<int>(treatment.group) != group_of_[f]) continue;
      per_call_ns[f] = treatment.delay_ns / treatment.frequency;
      every[f] = treatment.frequency;
    }
  }
  const statistics::SimulatedTrial simulated = simulation.Run(per_call_ns, spec.block);
  model::TrialOutcome outcome;
  outcome.kind = model::TrialOutcome::Kind::kMeasured;
  model::Trial& trial = outcome.trial;
  trial.spec = spec;
  const bool has_lines = setups_.back().targets.find('@') != std::string::npos;
  trial.seconds_per_unit =
      simulated.seconds_per_unit + (has_lines ? program.line_events_seconds : 0);
  trial.window_seconds = trial.seconds_per_unit * program.units;
  trial.wall_seconds = trial.window_seconds;
  if (program.units_are_counted) trial.units = program.units;
  for (size_t m = 0; m < simulated.metrics.size(); ++m) {
    trial.metrics[program.metric_names[m]] = simulated.metrics[m];
  }
  const double pace =
      program.own_time_varies ? trial.seconds_per_unit / program.workload.seconds_per_unit : 1;
  std::vector<model::GroupCounts> counts(setups_.back().groups.size());
  for (size_t f = 0; f < group_of_.size(); ++f) {
    const auto calls = static_cast<uint64_t>(
        std::llround(std::max(0.0, simulated.calls_per_unit[f]) * program.units));
    if (group_of_[f] < 0) continue;
    model::GroupCounts& group = counts[static_cast<size_t>(group_of_[f])];
    group.calls += calls;
    const uint64_t delayed = calls / static_cast<uint64_t>(every[f]);
    group.delayed += delayed;
    group.spun_ns += static_cast<double>(delayed) * static_cast<double>(per_call_ns[f] * every[f]);
    group.by_process.resize(ProcessesOf(program));
    AddByProcess(program.workload.functions[f], calls, &group.by_process);
    if (spec.wants_functions) {
      trial.functions.push_back(
          {{program.names[f].module, program.names[f].qualname, "/lib/file.py", 1},
           static_cast<uint32_t>(group_of_[f]),
           calls,
           0,
           1,
           setups_.back().own_time
               ? static_cast<uint64_t>(static_cast<double>(calls * program.names[f].own_ns) * pace)
               : 0});
    }
  }
  if (spec.instrumented) trial.counts = std::move(counts);
  return outcome;
}

model::TrialOutcome NotRecorded() {
  model::TrialOutcome outcome;
  outcome.kind = model::TrialOutcome::Kind::kNotMeasured;
  return outcome;
}

Settings SettingsOf(uint64_t seed) {
  Settings settings;
  settings.seed = seed;
  settings.trials.measure = trials::Measure::kProgress;
  return settings;
}

const model::Result* Named(const std::vector<model::Result>& results, const std::string& name) {
  const auto found = std::find_if(results.begin(), results.end(),
                                  [&](const model::Result& result) { return result.name == name; });
  return found == results.end() ? nullptr : &*found;
}

}  // namespace pyslow::steps
