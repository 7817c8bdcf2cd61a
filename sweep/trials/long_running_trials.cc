#include "sweep/trials/long_running_trials.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <set>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "session/snapshot.h"
#include "sweep/trials/interruptible_wait.h"
#include "sweep/trials/left_processes.h"
#include "sweep/trials/measure_interval.h"
#include "sweep/trials/run_process.h"
#include "sweep/trials/session_counts.h"
#include "sweep/trials/trial_gpus.h"
#include "sweep/trials/trial_outcome.h"

namespace pyslow::trials {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;
using std::chrono::nanoseconds;

// Rule R10 of docs/statistics.md.
constexpr double kUnknownSettlingSeconds = 1;
constexpr double kMinSettlingSeconds = 0.2;
constexpr double kSettlingConstants = 3;

// Whether --start-at opened no window in the session until `snapshot` was read.
bool HasNoWindow(const session::SessionSnapshot& snapshot, const TrialSettings& settings) {
  return !settings.start_at.empty() && snapshot.window_opened_ns == 0;
}

TrialOutcome Uncounted(const absl::Status& status) {
  return FailedOutcome(absl::StrCat("its calls could not be counted: ", status.message()), "");
}

}  // namespace

LongRunningTrials::LongRunningTrials(TrialSettings settings, OutputParser parser,
                                     std::vector<std::string> environment, std::string directory,
                                     SignalWatch* signals, gpu::GpuWatch* gpus)
    : settings_(std::move(settings)),
      parser_(std::move(parser)),
      environment_(std::move(environment)),
      directory_(std::move(directory)),
      signals_(signals),
      gpus_(gpus),
      functions_(absl::StrContains(settings_.on, "call")),
      program_(&settings_, environment_, directory_, &functions_, signals) {}

absl::Status LongRunningTrials::Prepare(const Setup& setup) {
  absl::StatusOr<Instrumentation> instrumentation = WriteTargets(setup, settings_, directory_);
  if (!instrumentation.ok()) return instrumentation.status();
  instrumentation_ = *std::move(instrumentation);
  if (settings_.live && functions_.has_base()) {
    const absl::StatusOr<bool> is_covered = functions_.Select(instrumentation_);
    if (!is_covered.ok()) return is_covered.status();
    if (*is_covered) return absl::OkStatus();
  }
  program_.Stop();
  return settings_.live ? functions_.SetBase(instrumentation_) : absl::OkStatus();
}

// Called a few times a second during a trial.
bool LongRunningTrials::MayContinue() {
  program_.Poll();
  return !program_.HasEnded();
}

void LongRunningTrials::SetGroupCounts(session::SessionSnapshot snapshot, Trial* trial) {
  if (!trial->spec.instrumented) return;
  if (settings_.live) snapshot = functions_.Regrouped(std::move(snapshot));
  SetCounts(snapshot, instrumentation_, trial);
}

std::optional<TrialOutcome> LongRunningTrials::RunShell(const char* option,
                                                        const std::string& command,
                                                        DisturbanceWatch* watch,
                                                        OutputReader* reader, ShellRun* run) {
  ProcessSpec spec;
  spec.argv = ShellArgv(command);
  spec.environment = environment_;
  spec.timeout_ns = timeout_ns_;
  spec.grace_ns = settings_.grace_ns.value_or(spec.grace_ns);
  spec.watch = watch;
  spec.is_program = false;
  spec.may_continue = [&] { return MayContinue(); };
  if (reader != nullptr) {
    spec.on_output = [reader](OutputStream stream, absl::string_view bytes) {
      reader->Append(stream, bytes);
    };
  }
  absl::StatusOr<ProcessResult> result = RunProcess(spec, *signals_);
  if (!result.ok()) return FailedOutcome(absl::StrCat(option, ": ", result.status().message()), "");
  // If the program ended, the load fails too; report the program.
  const bool interrupted = result->end == ProcessResult::End::kInterrupted;
  if (!interrupted && program_.HasEnded()) return program_.Died();
  auto failure = FailureOf(absl::StrCat("the ", option), *result, timeout_ns_);
  if (failure.has_value()) return failure;
  run->output = std::move(result->output);
  run->begin = result->begin;
  run->seconds = result->wall_seconds;
  return std::nullopt;
}

std::optional<TrialOutcome> LongRunningTrials::MeasureLoad(DisturbanceWatch* watch, Trial* trial) {
  absl::StatusOr<session::SessionSnapshot> before = session::SessionSnapshot();
  if (program_.has_session()) before = program_.Read();
  if (!before.ok()) return Uncounted(before.status());
  ShellRun run;
  OutputReader reader = parser_.NewReader();
  const bool has_load = !settings_.load.empty();
  const bool reads_load = !has_load || settings_.metric_command.empty();
  watch->Begin();
  auto failure = RunShell(has_load ? "--load" : "--metric-command",
                          has_load ? settings_.load : settings_.metric_command, watch,
                          reads_load ? &reader : nullptr, &run);
  if (failure.has_value()) return failure;
  const Disturbance disturbance = watch->End();
  SetDisturbance(disturbance, trial);
  const double seconds = run.seconds;
  trial->window_seconds = seconds;
  std::optional<uint64_t> progress;
  std::set<pid_t> recorded;
  if (program_.has_session()) {
    absl::StatusOr<session::SessionSnapshot> after = program_.Read();
    if (!after.ok()) return Uncounted(after.status());
    SetUnrecorded(disturbance, *after, trial);
    recorded = RecordedProcesses(*after);
    if (HasNoWindow(*after, settings_)) trial->window_seconds = 0;
    Subtract(*before, &*after);
    if (settings_.measure == Measure::kProgress) progress = program_.ProgressIn(*after);
    SetGroupCounts(*std::move(after), trial);
  }
  if (!reads_load) {
    failure = RunShell("--metric-command", settings_.metric_command, nullptr, &reader, &run);
    if (failure.has_value()) return failure;
  }
  const absl::StatusOr<OutputFigures> figures = reader.Read(
      has_load ? seconds : std::numeric_limits<double>::infinity());  // the program ran before
  if (!figures.ok()) return UnreadOutcome(figures.status(), std::move(run.output));
  const absl::Status set = SetFigures(settings_, *figures, seconds, progress, trial);
  if (!set.ok()) return FailedOutcome(absl::StrCat(set.message()), std::move(run.output));
  SetGpus(settings_, disturbance, recorded, SpanFrom(run.begin, seconds), trial);
  return std::nullopt;
}

std::optional<TrialOutcome> LongRunningTrials::MeasureInterval(DisturbanceWatch* watch,
                                                               Trial* trial) {
  const UnitCounter counter = {
      [&] { return program_.Read(); },
      [&](const session::SessionSnapshot& snapshot) { return program_.ProgressIn(snapshot); }};
  InterruptibleWait wait(signals_, watch, [&] { return MayContinue(); });
  InterruptibleWait::Wakeup wakeup = InterruptibleWait::Wakeup::kDeadline;
  auto interval = MeasureWholeUnits(counter, &wait, Settling(), nanoseconds(settings_.interval_ns),
                                    watch, &trial->course, &wakeup);
  if (wakeup == InterruptibleWait::Wakeup::kInterrupted)
    return InterruptedOutcome(wait.interrupt());
  if (wakeup == InterruptibleWait::Wakeup::kStopped) return program_.Died();
  if (!interval.ok()) return Uncounted(interval.status());
  session::SessionSnapshot& last = (*interval)->last;
  SetDisturbance((*interval)->disturbance, trial);
  SetUnrecorded((*interval)->disturbance, last, trial);
  const std::set<pid_t> recorded = RecordedProcesses(last);
  Subtract((*interval)->first, &last);
  trial->window_seconds = HasNoWindow(last, settings_) ? 0 : (*interval)->seconds;
  SetGroupCounts(std::move(last), trial);
  const absl::Status set =
      SetFigures(settings_, OutputFigures(), (*interval)->seconds, (*interval)->units, trial);
  if (!set.ok()) return FailedOutcome(absl::StrCat(set.message()), "");
  SetGpus(settings_, (*interval)->disturbance, recorded,
          SpanFrom((*interval)->begin, (*interval)->seconds), trial);
  return std::nullopt;
}

// The time after a change of the delays that is not measured.
nanoseconds LongRunningTrials::Settling() const {
  // A program that waits for its load has queues of the last trial only.
  const bool is_known =
      settling_constant_.has_value() || !settings_.load.empty() || !changes_delays_;
  const Seconds settling(std::max(is_known ? kMinSettlingSeconds : kUnknownSettlingSeconds,
                                  kSettlingConstants * settling_constant_.value_or(0)));
  return std::chrono::duration_cast<nanoseconds>(settling);
}

// Returns an outcome on failure.
std::optional<TrialOutcome> LongRunningTrials::StartOrContinue(const TrialSpec& spec) {
  const bool is_there =
      settings_.live && program_.is_running() && program_.is_instrumented() == spec.instrumented;
  if (!is_there) {
    has_measured_ = false;
    Instrumentation instrumentation = settings_.live ? functions_.base() : instrumentation_;
    if (settings_.live) instrumentation.own_time = false;  // switched by SetDelays
    if (auto failure = program_.Start(instrumentation, spec.instrumented)) return failure;
  }
  if (program_.HasEnded()) return program_.Died();
  return std::nullopt;
}

TrialOutcome LongRunningTrials::Measure(const TrialSpec& spec) {
  if (auto failure = StartOrContinue(spec)) return *std::move(failure);
  ReapOrphans(program_.pid());
  changes_delays_ = !has_measured_ || !treatments_.empty() || !spec.treatments.empty();
  treatments_ = spec.treatments;
  TrialOutcome outcome;
  outcome.trial.spec = spec;
  if (absl::Status set =
          program_.SetDelays(spec.treatments, spec.releases_gil, instrumentation_.own_time);
      !set.ok()) {
    return FailedOutcome(absl::StrCat("its delays could not be set: ", set.message()), "");
  }
  DisturbanceWatch watch;
  watch.WatchGpus(gpus_);
  watch.Add(program_.pid());
  const bool by_interval = settings_.load.empty() && settings_.metric_command.empty();
  if (settings_.live && !by_interval) {
    InterruptibleWait wait(signals_, nullptr, [&] { return MayContinue(); });
    const auto wakeup = wait.Until(Clock::now() + Settling());
    if (wakeup == InterruptibleWait::Wakeup::kInterrupted)
      return InterruptedOutcome(wait.interrupt());
    if (wakeup == InterruptibleWait::Wakeup::kStopped) return program_.Died();
  }
  auto failure =
      by_interval ? MeasureInterval(&watch, &outcome.trial) : MeasureLoad(&watch, &outcome.trial);
  if (failure.has_value()) return *std::move(failure);
  outcome.kind = TrialOutcome::Kind::kMeasured;
  return outcome;
}

TrialOutcome LongRunningTrials::Run(const TrialSpec& spec) {
  const Clock::time_point started = Clock::now();
  TrialOutcome outcome = Measure(spec);
  if (settings_.live && spec.instrumented && has_measured_ && program_.EndedWell()) {
    outcome = Measure(spec);
  }
  if (outcome.kind == TrialOutcome::Kind::kFailed && program_.is_running()) {
    outcome.server_output = program_.Output();
  }
  // No delays between trials, so that the queues of the program can drain.
  const absl::Status reset = program_.SetDelays({}, false, instrumentation_.own_time);
  const bool goes_on = settings_.live && spec.instrumented &&
                       outcome.kind == TrialOutcome::Kind::kMeasured && reset.ok();
  has_measured_ = goes_on;
  if (!goes_on) program_.Stop();
  outcome.trial.left = program_.TakeLeft();
  outcome.trial.wall_seconds = Seconds(Clock::now() - started).count();
  return outcome;
}

std::vector<std::string> LongRunningTrials::Finish() {
  program_.Stop();
  return program_.TakeLeft();
}

}  // namespace pyslow::trials
