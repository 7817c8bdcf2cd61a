// Whether a live sweep finds out how long its program takes to follow a change of the delays (R10).
#include "sweep/steps/settle.h"

#include <gtest/gtest.h>

#include <vector>

#include "simulated_trials.h"
#include "sweep/steps/sweep.h"

namespace pyslow::steps {
namespace {

bool Settles(const Settings& settings) {
  SimulatedTrials runner(ProgramOf({{"a", "f"}, {"b", "g"}}, 10,
                                   [](const std::vector<double>& doses) { return doses[0]; }),
                         100, settings.seed);
  Silent observer;
  const SweepEnd end = RunSweep(settings, &runner, &observer);
  EXPECT_TRUE(end.status.ok()) << end.status;
  return observer.parts.contains("settling");
}

TEST(FindSettling, RunsInEachLiveSweepWhoseCourseIsSeen) {
  Settings settings = SettingsOf(1);
  EXPECT_FALSE(Settles(settings));
  settings.trials.live = true;
  EXPECT_TRUE(Settles(settings));
  settings.steps = {false, true, false};
  EXPECT_TRUE(Settles(settings)) << "without the global step";
}

TEST(FindSettling, DoesNotRunIfACommandMeasures) {
  Settings settings = SettingsOf(1);
  settings.trials.live = true;
  settings.trials.metric_command = "curl localhost/metrics";
  EXPECT_FALSE(Settles(settings));
  settings.trials.metric_command.clear();
  settings.trials.load = "wrk localhost";
  EXPECT_FALSE(Settles(settings));
}

}  // namespace
}  // namespace pyslow::steps
