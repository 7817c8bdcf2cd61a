#include "trials/trial_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace pyslow::trials {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TrialLogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "pyslow-log-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
    path_ = dir_ + "/trials.jsonl";
    settings_.pyslow = "/p/pyslow";
    settings_.targets = {"a:\"b\""};
    settings_.delays_ns = {0, 1'000};
    settings_.measure = Measure::kThroughput;
    settings_.regex = R"(([0-9.]+)\s)";
    settings_.seed = 18'446'744'073'709'551'615U;
    settings_.command = {"x.py", "--n=3"};
    trial_.index = 3;
    trial_.block = 1;
    trial_.delay_ns = 1'000;
    trial_.wall_seconds = 1.0 / 3;
    trial_.window_seconds = 0.1;
    trial_.seconds_per_unit = 1e-7 / 3;
    trial_.core_wait_seconds = 0.25;
    trial_.counts = TrialCounts{18'446'744'073'709'551'615U, 2, 3, 4.25};
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  void Write(const std::vector<Trial>& trials) {
    const auto log = TrialLog::Create(path_, settings_, "1.2.3", "2025-06-01T12:00:00Z");
    ASSERT_TRUE(log.ok()) << log.status();
    for (const Trial& trial : trials) ASSERT_TRUE((*log)->Append(trial).ok());
  }
  void AppendText(const std::string& text) { std::ofstream(path_, std::ios::app) << text; }

  std::string dir_;
  std::string path_;
  Settings settings_;
  Trial trial_;
};

TEST_F(TrialLogTest, ReadsBackWhatWasWritten) {
  Trial uncounted = trial_;
  uncounted.counts.reset();
  uncounted.core_wait_seconds.reset();
  Write({trial_, uncounted});
  const auto sweep = ReadTrialLog(path_);
  ASSERT_TRUE(sweep.ok()) << sweep.status();
  EXPECT_THAT(sweep->trials, ElementsAre(trial_, uncounted));
  EXPECT_FALSE(sweep->torn);
  EXPECT_EQ(sweep->settings.pyslow, settings_.pyslow);
  EXPECT_EQ(sweep->settings.targets, settings_.targets);
  EXPECT_EQ(sweep->settings.delays_ns, settings_.delays_ns);
  EXPECT_EQ(sweep->settings.measure, settings_.measure);
  EXPECT_EQ(sweep->settings.regex, settings_.regex);
  EXPECT_EQ(sweep->settings.seed, settings_.seed);
  EXPECT_EQ(sweep->settings.command, settings_.command);
}

TEST_F(TrialLogTest, LeavesOutALastLineThatWasTorn) {
  Write({trial_});
  AppendText(R"({"kind":"trial","trial":4,"blo)");
  const auto sweep = ReadTrialLog(path_);
  ASSERT_TRUE(sweep.ok()) << sweep.status();
  EXPECT_THAT(sweep->trials, ElementsAre(trial_));
  EXPECT_TRUE(sweep->torn);
}

TEST_F(TrialLogTest, RefusesALineThatIsDamagedAndNamesIt) {
  Write({trial_});
  AppendText("{\"kind\":\"trial\",\"trial\":\"four\"}\n");
  EXPECT_THAT(std::string(ReadTrialLog(path_).status().message()),
              HasSubstr("line 3: it is damaged"));
}

TEST_F(TrialLogTest, RefusesAnotherSchema) {
  std::ofstream(path_) << "{\"kind\":\"sweep\",\"schema\":99}\n";
  EXPECT_THAT(std::string(ReadTrialLog(path_).status().message()), HasSubstr("its schema is 99"));
}

TEST_F(TrialLogTest, RefusesWhatIsNoLog) {
  std::ofstream(path_) << "hello\n";
  EXPECT_THAT(std::string(ReadTrialLog(path_).status().message()), HasSubstr("line 1"));
  EXPECT_FALSE(ReadTrialLog(dir_ + "/none").ok());
  std::ofstream(path_, std::ios::trunc) << "";
  EXPECT_FALSE(ReadTrialLog(path_).ok());
}

TEST_F(TrialLogTest, IsNeverWrittenOverAnother) {
  Write({});
  EXPECT_FALSE(TrialLog::Create(path_, settings_, "", "").ok());
}

TEST_F(TrialLogTest, TakesWordsThatAreNoText) {
  settings_.command = {"x.py", "\xff"};
  Write({});
  EXPECT_THAT(ReadTrialLog(path_)->settings.command, ElementsAre("x.py", "\ufffd"));
}

TEST_F(TrialLogTest, KeepsALineForEachTrial) {
  Write({trial_});
  std::ifstream file(path_);
  std::string header;
  std::string line;
  std::getline(file, header);
  std::getline(file, line);
  EXPECT_THAT(
      header,
      HasSubstr(
          R"({"kind":"sweep","schema":1,"version":"1.2.3","started":"2025-06-01T12:00:00Z")"));
  EXPECT_THAT(line, HasSubstr(R"({"kind":"trial","trial":3,"block":1,"delay_ns":1000,)"));
}

}  // namespace
}  // namespace pyslow::trials
