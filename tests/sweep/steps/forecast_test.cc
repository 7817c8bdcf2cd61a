// How well the number of trials that are left is known, on simulated sweeps.
#include "sweep/steps/forecast.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "coverage.h"
#include "simulated_trials.h"
#include "sweep/steps/sweep.h"

namespace pyslow::steps {
namespace {

using statistics::Coverage;
using statistics::SimulatedSweeps;

// Keeps the forecast after each trial.
class Forecasts : public NoObserver {
 public:
  void PartBegins(const std::string& /*part*/, size_t trials) override { of_part_ = trials; }
  void LaterParts(size_t trials) override {
    later_ = trials;
    is_known_ = true;
  }
  void TrialDone(const model::Trial&, const std::string&, bool, double) override {
    of_part_ -= std::min(of_part_, size_t{1});
    left_.push_back(is_known_ ? of_part_ + later_ : 0);
  }

  // The forecast of all trials, after the first tenth of them.
  double Total() const {
    const size_t tenth = std::max<size_t>(left_.size() / 10, 1);
    for (size_t i = tenth; i < left_.size(); ++i) {
      if (left_[i] > 0) return static_cast<double>(i + 1 + left_[i]);
    }
    return 0;
  }
  double Trials() const { return static_cast<double>(left_.size()); }

 private:
  size_t of_part_ = 0;
  size_t later_ = 0;
  bool is_known_ = false;
  std::vector<size_t> left_;
};

TEST(TrialsUntilLook, IsThatOfTheUsualPartUntilThat) {
  Settings settings;
  EXPECT_EQ(TrialsUntilLook(settings, 0, 2, 4, 5), 20U);
  EXPECT_EQ(TrialsUntilLook(settings, 3, 4, 4, 5), 5U);
  EXPECT_EQ(TrialsUntilLook(settings, 8, 12, 4, 5), 20U);
  settings.blocks = 2;
  EXPECT_EQ(TrialsUntilLook(settings, 0, 2, 4, 5), 10U);
}

// Packages of two functions each: two packages count.
SimulatedProgram Packages(int packages, double sigma) {
  std::vector<SimulatedProgram::Name> names;
  for (int i = 0; i < 2 * packages; ++i) {
    names.push_back({"package" + std::to_string(i / 2), "f" + std::to_string(i), 50'000});
  }
  SimulatedProgram program = ProgramOf(std::move(names), 10, [](const std::vector<double>& doses) {
    return doses[0] + doses[1] + doses[2];
  });
  program.workload.disturbance.noise = sigma;
  program.workload.disturbance.block_drift = sigma;
  return program;
}

TEST(TimeLeft, IsRightWithinThirtyPercentAfterATenth) {
  const int sweeps = SimulatedSweeps(40);
  Coverage all;
  for (const int packages : {2, 6}) {
    for (const double sigma : {0.01, 0.03, 0.1}) {
      Coverage within;
      for (int number = 0; number < sweeps; ++number) {
        Settings settings;
        settings.seed = static_cast<uint64_t>(number) + 1;
        settings.trials.measure = trials::Measure::kProgress;
        settings.budget_seconds = 1e6;
        SimulatedTrials runner(Packages(packages, sigma), 200, settings.seed);
        Forecasts forecasts;
        EXPECT_TRUE(RunSweep(settings, &runner, &forecasts).status.ok());
        const double ratio = forecasts.Total() / forecasts.Trials();
        within.Add(ratio > 0.7 && ratio < 1.3);
      }
      RecordProperty(std::to_string(packages) + " packages, noise " + std::to_string(sigma),
                     within.Text());
      all.held += within.held;
      all.given += within.given;
    }
  }
  // Noise decides how many looks a step takes, and so the rest are longer or shorter.
  EXPECT_GE(all.Percent(), 80);
}

}  // namespace
}  // namespace pyslow::steps
