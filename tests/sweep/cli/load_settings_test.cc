// The settings of a recorded sweep that is continued or analysed again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "sweep/cli/job.h"
#include "sweep/cli/sweep_command_line.h"
#include "sweep/cli/sweep_settings_json.h"

namespace pyslow::cli {
namespace {

using ::testing::HasSubstr;

// The job of a sweep that was started with `words` and is now read with the options `resume`.
// `*status` is the result of LoadSettings.
Job Loaded(std::vector<std::string> words, const std::vector<std::string>& resume,
           absl::Status* status) {
  Job job;
  words.insert(words.end(), {"--", "x.py"});
  const auto started = ParseCommandLine(words);
  const auto line = ParseCommandLine(resume);
  EXPECT_TRUE(started.ok()) << started.status();
  EXPECT_TRUE(line.ok()) << line.status();
  if (!started.ok() || !line.ok()) return job;
  job.recorded.sweep["settings"] = ToJson(started->settings);
  *status = LoadSettings(*line, &job);
  return job;
}

// The message of LoadSettings, or "".
std::string ErrorOf(const std::vector<std::string>& words, const std::vector<std::string>& resume) {
  absl::Status status;
  Loaded(words, resume, &status);
  return std::string(status.message());
}

// Such a condition can never hold.
TEST(LoadSettings, RefusesAConditionOnAFigureThatTheSweepDoesNotMeasure) {
  for (const char* const option : {"--from", "--resume"}) {
    EXPECT_THAT(ErrorOf({}, {option, "d", "--fail-if", "verdict=slower"}),
                HasSubstr("--fail-if: 'verdict=slower': only a comparison of two versions has it"));
    EXPECT_THAT(ErrorOf({}, {option, "d", "--fail-if", "gil>50%"}),
                HasSubstr("--fail-if: 'gil>50%': only a comparison of both GIL modes has it"));
    EXPECT_EQ(ErrorOf({}, {option, "d", "--fail-if", "verdict=hidden"}), "");
  }
  EXPECT_EQ(ErrorOf({"--against-env", "A=1"}, {"--from", "d", "--fail-if", "verdict=slower"}), "");
  EXPECT_EQ(ErrorOf({"--gil", "hold,release"}, {"--from", "d", "--fail-if", "gil>50%"}), "");
}

// With --runs, nothing else decides when a sweep ends.
TEST(LoadSettings, APrecisionReplacesTheRuns) {
  absl::Status status;
  const Job job = Loaded({"--runs", "4"}, {"--resume", "d", "--precision", "1%"}, &status);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_DOUBLE_EQ(job.settings.precision.value_or(0), 0.01);
  EXPECT_EQ(job.settings.blocks, std::nullopt);
  const auto both = ParseCommandLine({"--resume", "d", "--runs", "4", "--precision", "1%"});
  EXPECT_EQ(both.status().message(), "--precision: --runs is given too; remove one");
}

// Blocks of delays that followed from the trials would be lost.
TEST(LoadSettings, RefusesRunsIfTheSweepHadNone) {
  EXPECT_THAT(ErrorOf({}, {"--resume", "d", "--runs", "8"}),
              HasSubstr("--runs: that sweep goes on until its question is answered"));
  EXPECT_EQ(ErrorOf({"--runs", "4"}, {"--resume", "d", "--runs", "8"}), "");
  EXPECT_EQ(ErrorOf({}, {"--resume", "d", "--time-budget", "20m"}), "");
}

TEST(LoadSettings, UsesTheLimitsOfAnEarlierContinuation) {
  absl::Status status;
  const Job resumed = Loaded({"--runs", "1"}, {"--resume", "d", "--runs", "8"}, &status);
  ASSERT_TRUE(status.ok()) << status;
  Job again = Loaded({"--runs", "1"}, {"--from", "d"}, &status);
  EXPECT_EQ(again.settings.blocks, 1U);
  again.recorded.sweep["settings"].update(nlohmann::ordered_json(LimitsToJson(resumed.settings)));
  ASSERT_TRUE(LoadSettings(CommandLine(), &again).ok());
  EXPECT_EQ(again.settings.blocks, 8U);
}

}  // namespace
}  // namespace pyslow::cli
