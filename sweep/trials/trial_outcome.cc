#include "sweep/trials/trial_outcome.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/duration_text.h"
#include "sweep/trials/session_counts.h"

namespace pyslow::trials {
namespace {

constexpr double kMinUnrecordedProcessors = 0.01;
// Times of children are whole ticks of 10 ms.
constexpr int64_t kMinUnseenNs = 40'000'000;

std::string NoWindow(const TrialSettings& settings, double seconds) {
  const std::string ended = absl::StrFormat("the trial ended after %.2f s", seconds);
  return settings.start_at.empty()
             ? absl::StrCat("the window never opened: ", ended, ", before --start ",
                            FormatTimeNs(settings.start_ns))
             : absl::StrCat("the window never opened: ", settings.start_at,
                            " (--start-at) was not called before ", ended);
}

}  // namespace

TrialOutcome FailedOutcome(std::string why, std::string output) {
  TrialOutcome outcome;
  outcome.kind = TrialOutcome::Kind::kFailed;
  outcome.why = std::move(why);
  outcome.output = std::move(output);
  return outcome;
}

TrialOutcome UnreadOutcome(const absl::Status& status, std::string output) {
  TrialOutcome outcome = FailedOutcome(std::string(status.message()), std::move(output));
  outcome.why_quotes_output = true;
  outcome.would_fail_again = absl::IsInvalidArgument(status);
  return outcome;
}

TrialOutcome InterruptedOutcome(int signal) {
  TrialOutcome outcome;
  outcome.kind = TrialOutcome::Kind::kInterrupted;
  outcome.signal = signal;
  return outcome;
}

std::optional<TrialOutcome> FailureOf(absl::string_view who, ProcessResult& result,
                                      int64_t timeout_ns) {
  switch (result.end) {
    case ProcessResult::End::kInterrupted:
      return InterruptedOutcome(result.number);
    case ProcessResult::End::kTimedOut:
      return FailedOutcome(
          absl::StrCat(who, " did not end within ", FormatTimeNs(timeout_ns), " (--timeout)"),
          std::move(result.output));
    case ProcessResult::End::kStopped:
      return FailedOutcome(absl::StrCat(who, " was stopped"), std::move(result.output));
    case ProcessResult::End::kKilled:
      return FailedOutcome(absl::StrCat(who, " ", Describe({true, result.number})),
                           std::move(result.output));
    case ProcessResult::End::kExited:
      break;
  }
  if (result.number == 0) return std::nullopt;
  return FailedOutcome(absl::StrCat(who, " ", Describe({false, result.number})),
                       std::move(result.output));
}

void SetDisturbance(const Disturbance& disturbance, Trial* trial) {
  trial->core_wait = disturbance.core_wait;
  trial->other_load = disturbance.other_load;
  trial->stolen_load = disturbance.stolen_load;
  trial->processor_mhz = disturbance.processor_mhz;
  trial->throttled = disturbance.throttled;
  trial->overheated = disturbance.overheated;
  int64_t run_ns = disturbance.unseen_program_ns;
  for (const auto& [pid, time] : disturbance.programs) run_ns += time.run_ns;
  if (disturbance.seconds > 0) {
    trial->processors = static_cast<double>(run_ns) * 1e-9 / disturbance.seconds;
  }
}

void SetUnrecorded(const Disturbance& disturbance, const session::SessionSnapshot& snapshot,
                   Trial* trial) {
  // In a PID namespace of its own, a process's record has another number, but the same start.
  std::set<int64_t> recorded;
  std::set<uint64_t> starts;
  for (const session::ProcessSnapshot& process : snapshot.processes) {
    recorded.insert(process.pid);
    starts.insert(process.start_ticks);
  }
  const auto has_record = [&](pid_t pid, const ProgramTime& time) {
    return recorded.count(pid) != 0 || starts.count(time.start_ticks) != 0;
  };
  const auto processors = [&](int64_t run_ns) {
    return static_cast<double>(run_ns) * 1e-9 / disturbance.seconds;
  };
  for (const auto& [pid, time] : disturbance.programs) {
    // A pyslow without a record makes all calls unknown: Trial::counts.
    if (time.program.empty() || absl::StartsWith(time.program, "pyslow")) continue;
    // A recorded process may execute another program, such as another Python.
    const bool is_recorded = has_record(pid, time);
    if (is_recorded && time.has_pyslow.value_or(true)) continue;
    trial->unrecorded[time.program] += processors(is_recorded ? time.program_ns : time.run_ns);
  }
  for (const auto& [pid, time] : disturbance.outside) {
    // A scheduler's daemon may have started it for the command.
    if (has_record(pid, time)) {
      trial->processors = trial->processors.value_or(0) + processors(time.run_ns);
    } else {
      trial->outside[time.program] += processors(time.run_ns);
    }
  }
  // Recorded processes may be among those that were not seen.
  const bool all_seen = std::all_of(recorded.begin(), recorded.end(), [&](int64_t pid) {
    return disturbance.programs.count(static_cast<pid_t>(pid)) != 0;
  });
  if (all_seen && disturbance.unseen_program_ns >= kMinUnseenNs) {
    trial->unrecorded[""] = processors(disturbance.unseen_program_ns);
  }
  std::erase_if(trial->unrecorded,
                [](const auto& program) { return program.second < kMinUnrecordedProcessors; });
}

void SetCounts(const session::SessionSnapshot& snapshot, const Instrumentation& instrumentation,
               Trial* trial) {
  trial->counts = CountsByGroup(snapshot, instrumentation.groups);
  if (trial->spec.wants_functions) {
    trial->functions = CountsByFunction(snapshot, instrumentation.groups);
  }
  trial->processes = static_cast<uint32_t>(snapshot.processes.size());
  trial->notes = NotesOf(snapshot);
}

absl::Status SetFigures(const TrialSettings& settings, const OutputFigures& figures,
                        double seconds_of_a_run, std::optional<uint64_t> progress, Trial* trial,
                        absl::string_view similar) {
  trial->metrics = figures.metrics;
  trial->metric_units = figures.metric_units;
  trial->reading = figures.reading;
  trial->benchmark = figures.benchmark;
  trial->units = figures.units;
  if (figures.seconds_per_unit.has_value()) {
    trial->seconds_per_unit = *figures.seconds_per_unit;
    return absl::OkStatus();
  }
  const bool is_counted_in_window =
      settings.measure == Measure::kProgress ||
      (settings.measure == Measure::kWallTime && figures.units.has_value());
  if (is_counted_in_window && trial->window_seconds <= 0) {
    return absl::NotFoundError(NoWindow(settings, seconds_of_a_run));
  }
  if (settings.measure == Measure::kWallTime && figures.units.has_value()) {
    trial->seconds_per_unit = trial->window_seconds / *figures.units;
    return absl::OkStatus();
  }
  if (settings.measure == Measure::kWallTime) {
    trial->seconds_per_unit = seconds_of_a_run;
    trial->units = 1;
    return absl::OkStatus();
  }
  if (progress.value_or(0) == 0) {
    return absl::NotFoundError(absl::StrCat("--progress: ", settings.progress,
                                            " was never called in the ", trial->window_seconds,
                                            " s of the window", similar));
  }
  trial->units = static_cast<double>(*progress);
  trial->seconds_per_unit = trial->window_seconds / *trial->units;
  return absl::OkStatus();
}

}  // namespace pyslow::trials
