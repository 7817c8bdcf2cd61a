#include "trials/restart_trials.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/duration_text.h"
#include "trials/process.h"
#include "trials/pyslow_command.h"

namespace pyslow::trials {
namespace {

TrialOutcome Failed(std::string why, std::string output) {
  TrialOutcome outcome;
  outcome.kind = TrialOutcome::Kind::kFailed;
  outcome.why = std::move(why);
  outcome.output = std::move(output);
  return outcome;
}

// nullopt: the command ended well.
std::optional<TrialOutcome> Trouble(ProcessResult& result, int64_t timeout_ns) {
  TrialOutcome interrupted;
  switch (result.end) {
    case ProcessResult::End::kInterrupted:
      interrupted.kind = TrialOutcome::Kind::kInterrupted;
      interrupted.signal = result.number;
      return interrupted;
    case ProcessResult::End::kTimedOut:
      return Failed(
          absl::StrCat("the command did not end within ", FormatTimeNs(timeout_ns), " (--timeout)"),
          std::move(result.output));
    case ProcessResult::End::kKilled:
      return Failed(absl::StrCat("the command was ended by signal ", result.number, " (",
                                 strsignal(result.number), ")"),
                    std::move(result.output));
    case ProcessResult::End::kExited:
      break;
  }
  if (result.number == 0) return std::nullopt;
  return Failed(absl::StrCat("the command exited with status ", result.number),
                std::move(result.output));
}

}  // namespace

double WindowSeconds(double life_seconds, int64_t start_ns, int64_t duration_ns) {
  const double start = static_cast<double>(start_ns) * 1e-9;
  const double left = std::max(0.0, life_seconds - start);
  return duration_ns == 0 ? left : std::min(left, static_cast<double>(duration_ns) * 1e-9);
}

RestartTrials::RestartTrials(Settings settings, std::optional<Metric> metric,
                             std::vector<std::string> environment, std::string directory,
                             SessionReader read_session, SignalWatch* signals)
    : settings_(std::move(settings)),
      metric_(std::move(metric)),
      environment_(std::move(environment)),
      directory_(std::move(directory)),
      read_session_(std::move(read_session)),
      signals_(signals) {}

absl::StatusOr<double> RestartTrials::SecondsPerUnit(double wall_seconds,
                                                     const std::string& output) const {
  if (!metric_.has_value()) return wall_seconds;
  const bool is_rate = settings_.measure == Measure::kThroughput;
  absl::StatusOr<double> value = metric_->Find(output);
  if (!value.ok()) {
    return absl::Status(value.status().code(),
                        absl::StrCat(is_rate ? "--throughput-regex: " : "--time-regex: ",
                                     value.status().message()));
  }
  return is_rate ? 1 / *value : *value;
}

TrialOutcome RestartTrials::Run(const PlannedTrial& planned) {
  const std::string session = absl::StrCat(directory_, "/session-", planned.index + 1);
  ProcessSpec spec;
  spec.argv = PyslowWords(settings_, planned.delay_ns, session);
  spec.environment = environment_;
  spec.timeout_ns = settings_.timeout_ns;
  absl::StatusOr<ProcessResult> result = RunProcess(spec, *signals_);
  if (!result.ok()) {
    return Failed(absl::StrCat(settings_.pyslow, ": ", result.status().message()), "");
  }
  const absl::StatusOr<SessionReading> reading = read_session_(session);
  std::error_code ignored;  // a directory left behind is harmless
  std::filesystem::remove_all(session, ignored);
  if (std::optional<TrialOutcome> trouble = Trouble(*result, settings_.timeout_ns)) {
    return *std::move(trouble);
  }
  if (!reading.ok()) {
    return Failed(absl::StrCat("its calls could not be counted: ", reading.status().message()),
                  std::move(result->output));
  }
  const absl::StatusOr<double> seconds = SecondsPerUnit(result->wall_seconds, result->output);
  if (!seconds.ok()) return Failed(absl::StrCat(seconds.status().message()), "");

  TrialOutcome outcome;
  outcome.kind = TrialOutcome::Kind::kMeasured;
  outcome.trial.index = planned.index;
  outcome.trial.block = planned.block;
  outcome.trial.delay_ns = planned.delay_ns;
  outcome.trial.wall_seconds = result->wall_seconds;
  outcome.trial.window_seconds = WindowSeconds(reading->life_seconds.value_or(result->wall_seconds),
                                               settings_.start_ns, settings_.duration_ns);
  outcome.trial.seconds_per_unit = *seconds;
  outcome.trial.core_wait_seconds = result->core_wait_seconds;
  outcome.trial.counts = reading->counts;
  return outcome;
}

}  // namespace pyslow::trials
