#include "sweep/trials/trial_outcome.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/duration_text.h"
#include "sweep/trials/session_counts.h"

namespace pyslow::trials {

TrialOutcome FailedOutcome(std::string why, std::string output) {
  TrialOutcome outcome;
  outcome.kind = TrialOutcome::Kind::kFailed;
  outcome.why = std::move(why);
  outcome.output = std::move(output);
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
                        double seconds_of_a_run, std::optional<uint64_t> progress, Trial* trial) {
  trial->metrics = figures.metrics;
  if (settings.measure == Measure::kWallTime) {
    trial->seconds_per_unit = seconds_of_a_run;
    trial->units = 1;
    return absl::OkStatus();
  }
  if (settings.measure != Measure::kProgress) {
    trial->seconds_per_unit = figures.seconds_per_unit.value_or(0);
    return absl::OkStatus();
  }
  if (progress.value_or(0) == 0) {
    return absl::NotFoundError(absl::StrCat("--progress: ", settings.progress,
                                            " was never called in the ", trial->window_seconds,
                                            " s of the window"));
  }
  trial->units = static_cast<double>(*progress);
  trial->seconds_per_unit = trial->window_seconds / *trial->units;
  return absl::OkStatus();
}

}  // namespace pyslow::trials
