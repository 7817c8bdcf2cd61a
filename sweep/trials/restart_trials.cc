#include "sweep/trials/restart_trials.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "base/variables.h"
#include "sweep/trials/disturbance.h"
#include "sweep/trials/left_processes.h"
#include "sweep/trials/results_directory.h"
#include "sweep/trials/trial_gpus.h"
#include "sweep/trials/trial_outcome.h"

namespace pyslow::trials {

namespace {

// The processes with records that still run, outside of the process group of the command.
uint32_t RanOn(const session::SessionSnapshot& snapshot, pid_t group) {
  return static_cast<uint32_t>(
      std::count_if(snapshot.processes.begin(), snapshot.processes.end(),
                    [group](const session::ProcessSnapshot& process) {
                      const pid_t its_group = getpgid(static_cast<pid_t>(process.pid));
                      return process.running && its_group > 0 && its_group != group;
                    }));
}

}  // namespace

RestartTrials::RestartTrials(TrialSettings settings, OutputParser parser,
                             std::vector<std::string> environment, std::string directory,
                             SessionReader read_session, SignalWatch* signals, gpu::GpuWatch* gpus)
    : settings_(std::move(settings)),
      parser_(std::move(parser)),
      directory_(std::move(directory)),
      read_session_(std::move(read_session)),
      signals_(signals),
      gpus_(gpus) {
  versions_.push_back({settings_, environment});
  if (settings_.against.has_value()) {
    versions_.push_back({OtherVersionOf(settings_),
                         WithVariables(std::move(environment), settings_.against->environment)});
  }
}

absl::Status RestartTrials::Prepare(const Setup& setup) {
  absl::StatusOr<Instrumentation> instrumentation = WriteTargets(setup, settings_, directory_);
  if (!instrumentation.ok()) return instrumentation.status();
  instrumentation_ = *std::move(instrumentation);
  return absl::OkStatus();
}

std::optional<TrialOutcome> RestartTrials::RunMetricCommand(const Version& version,
                                                            OutputReader* reader,
                                                            std::string* output) {
  ProcessSpec spec;
  spec.argv = ShellArgv(settings_.metric_command);
  spec.environment = version.environment;
  spec.timeout_ns = timeout_ns_;
  spec.grace_ns = settings_.grace_ns.value_or(spec.grace_ns);
  spec.on_output = [reader](OutputStream stream, absl::string_view bytes) {
    reader->Append(stream, bytes);
  };
  absl::StatusOr<ProcessResult> result = RunProcess(spec, *signals_);
  if (!result.ok()) {
    return FailedOutcome(absl::StrCat("--metric-command: ", result.status().message()), "");
  }
  auto failure = FailureOf("the --metric-command", *result, timeout_ns_);
  if (!failure.has_value()) *output = std::move(result->output);
  return failure;
}

absl::Status RestartTrials::Count(const std::string& session, ProcessResult& result,
                                  const OutputFigures& figures, const Disturbance& disturbance,
                                  Trial* trial) {
  trial->wall_seconds = result.wall_seconds;
  trial->window_seconds =
      WindowSeconds(result.wall_seconds, settings_.start_ns, settings_.duration_ns);
  std::optional<uint64_t> progress;
  std::string similar;
  std::optional<WindowTimes> window;
  std::set<pid_t> recorded;
  if (HasSession(instrumentation_, trial->spec.instrumented)) {
    const absl::StatusOr<session::SessionSnapshot> snapshot = read_session_(session);
    if (!snapshot.ok()) {
      return absl::Status(snapshot.status().code(), absl::StrCat("its calls could not be counted: ",
                                                                 snapshot.status().message()));
    }
    trial->window_seconds = WindowSeconds(*snapshot, settings_).value_or(trial->window_seconds);
    window = WindowOf(*snapshot, settings_);
    recorded = RecordedProcesses(*snapshot);
    if (trial->spec.instrumented) SetCounts(*snapshot, instrumentation_, trial);
    SetUnrecorded(disturbance, *snapshot, trial);
    const bool is_wall_time =
        settings_.measure == Measure::kWallTime && !figures.seconds_per_unit.has_value();
    if (is_wall_time) trial->ran_on = RanOn(*snapshot, result.pid);
    if (settings_.measure == Measure::kProgress) {
      progress = ProgressOf(*snapshot, settings_, instrumentation_.progress_group);
      if (*progress == 0) similar = SimilarToProgress(*snapshot, settings_);
    }
  }
  absl::Status set = SetFigures(settings_, figures, result.wall_seconds, progress, trial, similar);
  if (!set.ok()) return set;
  GpuWindow span = SpanFrom(result.begin, result.wall_seconds);
  // The time of a run is that of all of it, whatever the window.
  if (settings_.measure != Measure::kWallTime || figures.units.has_value()) {
    if (HasWindow(settings_) && !window.has_value()) return absl::OkStatus();
    if (window.has_value()) span = SpanOf(*window);
  }
  SetGpus(settings_, disturbance, recorded, span, trial);
  return absl::OkStatus();
}

TrialOutcome RestartTrials::RunWith(const TrialSpec& spec, const Version& version,
                                    const std::string& session,
                                    const std::vector<std::string>& environment, pid_t* group) {
  DisturbanceWatch watch;
  watch.WatchGpus(gpus_);
  ProcessSpec process;
  process.argv = PyslowArgv(version.settings, instrumentation_, spec.instrumented, spec.treatments,
                            session, spec.releases_gil);
  process.environment = environment;
  process.input = settings_.input;
  process.timeout_ns = timeout_ns_;
  process.grace_ns = settings_.grace_ns.value_or(process.grace_ns);
  process.watch = &watch;
  OutputReader reader = parser_.NewReader();
  if (settings_.metric_command.empty()) {
    process.on_output = [&](OutputStream stream, absl::string_view bytes) {
      reader.Append(stream, bytes);
    };
  }
  watch.Begin();
  absl::StatusOr<ProcessResult> result = RunProcess(process, *signals_);
  if (!result.ok()) {
    return FailedOutcome(absl::StrCat(process.argv.front(), ": ", result.status().message()), "");
  }
  *group = result->pid;
  TrialOutcome outcome;
  const Disturbance disturbance = watch.End();
  SetDisturbance(disturbance, &outcome.trial);
  if (auto failure = FailureOf("the command", *result, timeout_ns_)) {
    return *std::move(failure);
  }
  if (!settings_.metric_command.empty()) {
    if (auto failure = RunMetricCommand(version, &reader, &result->output))
      return *std::move(failure);
  }
  // A metric command may report the time of a program that ran before.
  const double longest = settings_.metric_command.empty() ? result->wall_seconds
                                                          : std::numeric_limits<double>::infinity();
  const absl::StatusOr<OutputFigures> figures = reader.Read(longest);
  if (!figures.ok()) return UnreadOutcome(figures.status(), std::move(result->output));
  outcome.trial.spec = spec;
  const absl::Status counted = Count(session, *result, *figures, disturbance, &outcome.trial);
  if (!counted.ok())
    return FailedOutcome(absl::StrCat(counted.message()), std::move(result->output));
  outcome.kind = TrialOutcome::Kind::kMeasured;
  return outcome;
}

TrialOutcome RestartTrials::Run(const TrialSpec& spec) {
  const std::string session = SessionDirectory(directory_, absl::StrCat(spec.index + 1));
  RemoveSession(session);
  const auto remove_after = absl::MakeCleanup([&] { RemoveSession(session); });
  if (spec.is_other && versions_.size() < 2) {
    return FailedOutcome("there is no other version to run", "");
  }
  const Version& version = versions_[spec.is_other ? 1 : 0];
  const std::vector<std::string> environment = EnvironmentOfSession(version.environment);
  pid_t group = 0;
  TrialOutcome outcome = RunWith(spec, version, session, environment, &group);
  // After --metric-command, which may read figures from a daemon.
  outcome.trial.left = EndLeftProcesses(
      {SessionVariable(environment), group},
      std::chrono::nanoseconds(settings_.grace_ns.value_or(ProcessSpec().grace_ns)), signals_);
  return outcome;
}

}  // namespace pyslow::trials
