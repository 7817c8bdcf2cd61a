// Runs trials with the built pyslow, in a temporary directory.
#ifndef PYSLOW_TESTS_SWEEP_TRIALS_PYSLOW_TRIALS_H_
#define PYSLOW_TESTS_SWEEP_TRIALS_PYSLOW_TRIALS_H_

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "sweep/trials/make_trial_runner.h"
#include "temporary_directory.h"

namespace pyslow::trials {

inline constexpr int64_t kMs = 1'000'000;

class PyslowTrialsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    settings_.pyslow = PYSLOW;
    settings_.timeout_ns = 60'000 * kMs;
    settings_.ready_timeout_ns = 60'000 * kMs;
    settings_.interval_ns = 300 * kMs;
    auto signals = SignalWatch::Start();
    ASSERT_TRUE(signals.ok());
    signals_ = *std::move(signals);
  }
  void TearDown() override { runner_.reset(); }

  // Makes the command of the sweep: bench.py with this text.
  void Script(const std::string& text) {
    std::ofstream(dir_ + "/bench.py") << text;
    settings_.command = {dir_ + "/bench.py"};
  }
  TrialOutcome Run(const std::vector<Treatment>& treatments, bool instrumented = true) {
    if (runner_ == nullptr) {
      auto runner =
          MakeTrialRunner(settings_, {"PATH=/usr/bin:/bin", "DIR=" + dir_}, dir_, signals_.get());
      EXPECT_TRUE(runner.ok()) << runner.status();
      runner_ = *std::move(runner);
      const absl::Status prepared = runner_->Prepare(setup_);
      EXPECT_TRUE(prepared.ok()) << prepared;
    }
    TrialSpec spec;
    spec.treatments = treatments;
    spec.instrumented = instrumented;
    spec.wants_functions = true;
    return runner_->Run(spec);
  }
  // The number of times that the program was started; the program writes one byte each time.
  size_t Starts() const { return std::filesystem::file_size(dir_ + "/starts"); }
  void Prepare(const trials::Setup& setup) {
    const absl::Status prepared = runner_->Prepare(setup);
    EXPECT_TRUE(prepared.ok()) << prepared;
  }
  static GroupCounts CountsOf(const TrialOutcome& outcome) {
    EXPECT_EQ(outcome.kind, TrialOutcome::Kind::kMeasured) << outcome.why << "\n" << outcome.output;
    return outcome.trial.counts.has_value() ? outcome.trial.counts->at(0) : GroupCounts();
  }

  const TemporaryDirectory temporary_;
  const std::string dir_ = temporary_.path();
  TrialSettings settings_;
  trials::Setup setup_ = {
      "groups", "[step = of it]\nbench:step\n[rest]\n*:*\n", {"step = of it", "rest"}};
  std::unique_ptr<SignalWatch> signals_;
  std::unique_ptr<TrialRunner> runner_;
};

}  // namespace pyslow::trials

#endif  // PYSLOW_TESTS_SWEEP_TRIALS_PYSLOW_TRIALS_H_
