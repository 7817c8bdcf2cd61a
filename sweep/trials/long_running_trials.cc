#include "sweep/trials/long_running_trials.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "session/snapshot.h"
#include "sweep/trials/interruptible_wait.h"
#include "sweep/trials/measure_interval.h"
#include "sweep/trials/run_process.h"
#include "sweep/trials/session_counts.h"
#include "sweep/trials/trial_outcome.h"

namespace pyslow::trials {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;
using std::chrono::nanoseconds;

// R10: what is measured before is not yet the delays' effect.
constexpr double kLeastSettlingSeconds = 1;
constexpr double kSettlingConstants = 3;

TrialOutcome Uncounted(const absl::Status& status) {
  return Failed(absl::StrCat("its calls could not be counted: ", status.message()), "");
}

}  // namespace

ServedTrials::ServedTrials(TrialSettings settings, OutputParser yardstick,
                           std::vector<std::string> environment, std::string directory,
                           SignalWatch* signals)
    : settings_(std::move(settings)),
      yardstick_(std::move(yardstick)),
      environment_(std::move(environment)),
      directory_(std::move(directory)),
      signals_(signals),
      service_(&settings_, environment_, directory_, signals) {}

absl::Status ServedTrials::Prepare(const Setup& setup) {
  service_.Stop();
  absl::StatusOr<Instruments> instruments = WriteTargets(setup, settings_, directory_);
  if (!instruments.ok()) return instruments.status();
  instruments_ = *std::move(instruments);
  return absl::OkStatus();
}

std::optional<TrialOutcome> ServedTrials::RunShell(const char* option, const std::string& command,
                                                   DisturbanceWatch* watch, std::string* output,
                                                   double* seconds) {
  ProcessSpec spec;
  spec.argv = ShellWords(command);
  spec.environment = environment_;
  spec.timeout_ns = settings_.timeout_ns;
  spec.watch = watch;
  spec.may_go_on = [&] { return !service_.HasEnded(); };
  absl::StatusOr<ProcessResult> result = RunProcess(spec, *signals_);
  if (!result.ok()) return Failed(absl::StrCat(option, ": ", result.status().message()), "");
  // A load whose server died fails too, and is not to blame.
  const bool interrupted = result->end == ProcessResult::End::kInterrupted;
  if (!interrupted && service_.HasEnded()) return service_.Died();
  auto trouble = Trouble(absl::StrCat("the ", option), *result, settings_.timeout_ns);
  if (trouble.has_value()) return trouble;
  *output = std::move(result->output);
  *seconds = result->wall_seconds;
  return std::nullopt;
}

std::optional<TrialOutcome> ServedTrials::MeasureLoad(DisturbanceWatch* watch, Trial* trial) {
  absl::StatusOr<session::SessionSnapshot> before = session::SessionSnapshot();
  if (service_.has_session()) before = service_.Read();
  if (!before.ok()) return Uncounted(before.status());
  std::string output;
  double seconds = 0;
  const bool has_load = !settings_.load.empty();
  auto trouble =
      RunShell(has_load ? "--load" : "--metric-command",
               has_load ? settings_.load : settings_.metric_command, watch, &output, &seconds);
  if (trouble.has_value()) return trouble;
  trial->window_seconds = seconds;
  std::optional<uint64_t> progress;
  if (service_.has_session()) {
    absl::StatusOr<session::SessionSnapshot> after = service_.Read();
    if (!after.ok()) return Uncounted(after.status());
    Subtract(*before, &*after);
    if (trial->spec.instrumented) SetCounts(*after, instruments_, trial);
    if (settings_.measure == Measure::kProgress) {
      progress = CallsOf(*after, settings_.progress, instruments_.progress_group);
    }
  }
  if (has_load && !settings_.metric_command.empty()) {
    double ignored = 0;
    trouble = RunShell("--metric-command", settings_.metric_command, nullptr, &output, &ignored);
    if (trouble.has_value()) return trouble;
  }
  const absl::StatusOr<Figures> figures = yardstick_.Read(output);
  if (!figures.ok()) return Failed(absl::StrCat(figures.status().message()), "");
  const absl::Status set = SetFigures(settings_, *figures, seconds, progress, trial);
  if (!set.ok()) return Failed(absl::StrCat(set.message()), std::move(output));
  return std::nullopt;
}

std::optional<TrialOutcome> ServedTrials::MeasureInterval(DisturbanceWatch* watch, Trial* trial) {
  const UnitCounter counter = {[&] { return service_.Read(); },
                               [&](const session::SessionSnapshot& snapshot) {
                                 return CallsOf(snapshot, settings_.progress,
                                                instruments_.progress_group);
                               }};
  Waiter waiter(signals_, watch, [&] { return !service_.HasEnded(); });
  Waiter::Woken woken = Waiter::Woken::kTime;
  const Seconds settling(std::max(kLeastSettlingSeconds, kSettlingConstants * settling_constant_));
  auto interval =
      MeasureByUnits(counter, &waiter, std::chrono::duration_cast<nanoseconds>(settling),
                     nanoseconds(settings_.interval_ns), &trial->course, &woken);
  if (woken == Waiter::Woken::kInterrupted) return Interrupted(waiter.interrupt());
  if (woken == Waiter::Woken::kStopped) return service_.Died();
  if (!interval.ok()) return Uncounted(interval.status());
  session::SessionSnapshot& last = (*interval)->last;
  Subtract((*interval)->first, &last);
  trial->window_seconds = (*interval)->seconds;
  if (trial->spec.instrumented) SetCounts(last, instruments_, trial);
  const absl::Status set =
      SetFigures(settings_, Figures(), trial->window_seconds, (*interval)->units, trial);
  if (!set.ok()) return Failed(absl::StrCat(set.message()), "");
  return std::nullopt;
}

TrialOutcome ServedTrials::Measure(const TrialSpec& spec) {
  const bool is_there =
      settings_.live && service_.is_running() && service_.is_instrumented() == spec.instrumented;
  if (!is_there) {
    if (auto trouble = service_.Start(instruments_, spec.instrumented)) return *std::move(trouble);
  }
  if (service_.HasEnded()) return service_.Died();
  TrialOutcome outcome;
  outcome.trial.spec = spec;
  if (absl::Status set = service_.SetDelays(spec.treatments); !set.ok()) {
    return Failed(absl::StrCat("its delays could not be set: ", set.message()), "");
  }
  DisturbanceWatch watch;
  watch.Add(service_.pid());
  const bool by_interval = settings_.load.empty() && settings_.metric_command.empty();
  if (settings_.live && !by_interval) {
    Waiter waiter(signals_, nullptr, [&] { return !service_.HasEnded(); });
    const Seconds settling(
        std::max(kLeastSettlingSeconds, kSettlingConstants * settling_constant_));
    const auto woken =
        waiter.Until(Clock::now() + std::chrono::duration_cast<nanoseconds>(settling));
    if (woken == Waiter::Woken::kInterrupted) return Interrupted(waiter.interrupt());
    if (woken == Waiter::Woken::kStopped) return service_.Died();
  }
  watch.Begin();
  auto trouble =
      by_interval ? MeasureInterval(&watch, &outcome.trial) : MeasureLoad(&watch, &outcome.trial);
  if (trouble.has_value()) return *std::move(trouble);
  SetDisturbance(watch.Seen(), &outcome.trial);
  outcome.kind = TrialOutcome::Kind::kMeasured;
  return outcome;
}

TrialOutcome ServedTrials::Run(const TrialSpec& spec) {
  const Clock::time_point started = Clock::now();
  TrialOutcome outcome = Measure(spec);
  // Between trials it runs undelayed, so that what waits in its queues can drain.
  const absl::Status reset = service_.SetDelays({});
  const bool goes_on = settings_.live && spec.instrumented &&
                       outcome.kind == TrialOutcome::Kind::kMeasured && reset.ok();
  if (!goes_on) service_.Stop();
  outcome.trial.wall_seconds = Seconds(Clock::now() - started).count();
  return outcome;
}

}  // namespace pyslow::trials
