#include "sweep/cli/job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "sweep/cli/sweep_settings_json.h"
#include "temporary_directory.h"

namespace pyslow::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST(LoadSettings, MetricsKeepTheirUnits) {
  Job job;
  job.recorded.sweep["settings"] = ToJson(steps::Settings());
  trials::Trial trial;
  trial.metric_units = {{"p99", 1e-3}};
  job.recorded.entries.emplace_back(trial);
  trial.metric_units = {{"p50", 1e-6}, {"p99", 1e-3}};
  job.recorded.entries.emplace_back(trial);
  const absl::Status loaded = LoadSettings(CommandLine(), &job);
  ASSERT_TRUE(loaded.ok()) << loaded;
  EXPECT_THAT(job.settings.trials.metric_units,
              UnorderedElementsAre(Pair("p50", 1e-6), Pair("p99", 1e-3)));
}

// A log that a program or an editor changed.
TEST(Describe, LeavesOutWordsThatAreNoText) {
  Job job;
  job.directory = "d";
  job.recorded.sweep["words"] = {1, "x.py"};
  model::Findings findings;
  Describe(job, job.settings, 0, &findings);
  EXPECT_THAT(findings.commands, ElementsAre("pyslow-sweep x.py", "pyslow-sweep --from d"));
}

// Cannot run any trial.
class FailingRunner : public trials::TrialRunner {
 public:
  absl::Status Prepare(const trials::Setup& /*setup*/) override {
    return absl::UnavailableError("targets: they cannot be written");
  }
  trials::TrialOutcome Run(const trials::TrialSpec& /*spec*/) override { return {}; }
};

class RunJobTest : public ::testing::Test {
 protected:
  // The job of a sweep without trials in a directory that also has a file of the user.
  Job MakeJob() {
    Job job;
    job.directory = directory_;
    job.quiet = true;
    job.recorded.sweep["words"] = {"x.py"};
    std::filesystem::create_directory(directory_);
    std::ofstream(directory_ + "/notes.txt") << "of the user";
    auto log = trials::TrialLog::Create(job.LogPath(), job.recorded.sweep, {});
    EXPECT_TRUE(log.ok()) << log.status();
    job.log = *std::move(log);
    return job;
  }

  const TemporaryDirectory temporary_;
  const std::string directory_ = temporary_.path() + "/results";
  FailingRunner runner_;
};

TEST_F(RunJobTest, KeepsTheDirectoryOfAnEarlierRun) {
  EXPECT_EQ(RunJob(MakeJob(), &runner_), kFailed);
  EXPECT_TRUE(std::filesystem::exists(directory_ + "/notes.txt"));
  EXPECT_FALSE(std::filesystem::exists(directory_ + "/report.html"));
}

TEST_F(RunJobTest, RemovesANewDirectoryWithoutTrials) {
  Job job = MakeJob();
  job.is_new = true;
  EXPECT_EQ(RunJob(std::move(job), &runner_), kFailed);
  EXPECT_FALSE(std::filesystem::exists(directory_));
}

}  // namespace
}  // namespace pyslow::cli
