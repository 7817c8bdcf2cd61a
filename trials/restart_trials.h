// Trials that are each a fresh process: pyslow with the sweep's command.
#ifndef PYSLOW_TRIALS_RESTART_TRIALS_H_
#define PYSLOW_TRIALS_RESTART_TRIALS_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "trials/metric.h"
#include "trials/settings.h"
#include "trials/signals.h"
#include "trials/trial.h"

namespace pyslow::trials {

// Reads what a session left in its directory.
using SessionReader = std::function<absl::StatusOr<SessionReading>(const std::string& directory)>;

class RestartTrials : public TrialRunner {
 public:
  // `metric` is there unless a run is the unit. Each trial's session directory is made in
  // `directory` and removed once read. `signals` is kept, not owned.
  RestartTrials(Settings settings, std::optional<Metric> metric,
                std::vector<std::string> environment, std::string directory,
                SessionReader read_session, SignalWatch* signals);

  TrialOutcome Run(const PlannedTrial& planned) override;

 private:
  absl::StatusOr<double> SecondsPerUnit(double wall_seconds, const std::string& output) const;

  const Settings settings_;
  const std::optional<Metric> metric_;
  const std::vector<std::string> environment_;
  const std::string directory_;
  const SessionReader read_session_;
  SignalWatch* const signals_;
};

// How much of a session that lived for `life_seconds` lies in the window.
double WindowSeconds(double life_seconds, int64_t start_ns, int64_t duration_ns);

}  // namespace pyslow::trials

#endif  // PYSLOW_TRIALS_RESTART_TRIALS_H_
