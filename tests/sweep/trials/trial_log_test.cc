#include "sweep/trials/trial_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "example_trial.h"
#include "sweep/trials/trial_json.h"
#include "temporary_directory.h"

namespace pyslow::trials {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class TrialLogTest : public ::testing::Test {
 protected:
  void Write(const std::vector<Trial>& trials) {
    const auto log = TrialLog::Create(path_, sweep_, origin_);
    ASSERT_TRUE(log.ok()) << log.status();
    ASSERT_TRUE((*log)->Append(setup_).ok());
    for (const Trial& trial : trials) ASSERT_TRUE((*log)->Append(trial).ok());
  }
  void AppendText(const std::string& text) { std::ofstream(path_, std::ios::app) << text; }
  RecordedSweep Read() {
    auto sweep = ReadTrialLog(path_);
    EXPECT_TRUE(sweep.ok()) << sweep.status();
    return sweep.ok() ? *std::move(sweep) : RecordedSweep();
  }
  RecordedSweep Resume(const Origin& origin, const nlohmann::ordered_json& settings = {}) {
    auto resumed = TrialLog::Continue(path_, origin, settings);
    EXPECT_TRUE(resumed.ok()) << resumed.status();
    return resumed.ok() ? std::move(resumed->second) : RecordedSweep();
  }

  const TemporaryDirectory temporary_;
  const std::string dir_ = temporary_.path();
  const std::string path_ = dir_ + "/trials.jsonl";
  const Origin origin_ = {"1.2.3", "2025-06-01T12:00:00Z", "host", "boot"};
  nlohmann::ordered_json sweep_ = {{"seed", 18'446'744'073'709'551'615U}, {"words", {"x.py"}}};
  const trials::Setup setup_ = {"groups", "[a]\n*:*\n", {"a", "b"}, {"a"}};
  const Trial trial_ = ExampleTrial();
};

TEST_F(TrialLogTest, ReadsWrittenTrials) {
  Trial bare;
  bare.spec.instrumented = false;
  Write({trial_, bare});
  const RecordedSweep sweep = Read();
  EXPECT_THAT(sweep.Trials(), ElementsAre(trial_, bare));
  EXPECT_EQ(std::get<trials::Setup>(sweep.entries.front()), setup_);
  EXPECT_EQ(sweep.sweep, sweep_);
  EXPECT_EQ(sweep.started, origin_.started);
  EXPECT_FALSE(sweep.torn);
  EXPECT_THAT(sweep.warnings, IsEmpty());
}

TEST_F(TrialLogTest, ReadsATrialOfAnEarlierVersion) {
  nlohmann::ordered_json json = ToJson(trial_);
  json.erase("throttled");
  json.erase("overheated");
  json.erase("other_seconds");
  Trial expected = trial_;
  expected.other_seconds = 0;
  expected.throttled.reset();
  expected.overheated.reset();
  EXPECT_EQ(TrialFrom(json), expected);
}

TEST_F(TrialLogTest, IgnoresAnIncompleteLastLine) {
  Write({trial_});
  AppendText(R"({"kind":"trial","trial":4,"blo)");
  const RecordedSweep sweep = Read();
  EXPECT_THAT(sweep.Trials(), ElementsAre(trial_));
  EXPECT_TRUE(sweep.torn);
}

TEST_F(TrialLogTest, ContinuesAfterTheLastCompleteLine) {
  Write({trial_});
  AppendText(R"({"kind":"trial","trial":4,"blo)");
  {
    auto resumed = TrialLog::Continue(path_, origin_);
    ASSERT_TRUE(resumed.ok()) << resumed.status();
    EXPECT_TRUE(resumed->second.torn);
    EXPECT_THAT(resumed->second.warnings, IsEmpty());
    ASSERT_TRUE(resumed->first->Append(trial_).ok());
  }
  const RecordedSweep sweep = Read();
  EXPECT_FALSE(sweep.torn);
  EXPECT_THAT(sweep.Trials(), ElementsAre(trial_, trial_));
}

// A null means "no limit", so it replaces a number.
TEST_F(TrialLogTest, KeepsTheSettingsOfEachContinuation) {
  sweep_["settings"] = {{"blocks", 1}, {"budget_seconds", nullptr}, {"seed", 7}};
  Write({trial_});
  nlohmann::ordered_json changes = {{"blocks", 8}, {"budget_seconds", nullptr}};
  nlohmann::ordered_json settings = {{"blocks", 8}, {"budget_seconds", nullptr}, {"seed", 7}};
  EXPECT_EQ(Resume(origin_, changes).sweep["settings"], settings);
  EXPECT_EQ(Read().sweep["settings"], settings);
  changes = {{"blocks", nullptr}, {"budget_seconds", 60.5}};
  settings = {{"blocks", nullptr}, {"budget_seconds", 60.5}, {"seed", 7}};
  EXPECT_EQ(Resume(origin_, changes).sweep["settings"], settings);
  EXPECT_EQ(Read().sweep["settings"], settings);
  EXPECT_EQ(Resume(origin_).sweep["settings"], settings) << "by an earlier version";
}

TEST_F(TrialLogTest, IsWrittenByOneProcessAtATime) {
  const auto log = TrialLog::Create(path_, sweep_, origin_);
  ASSERT_TRUE(log.ok());
  EXPECT_THAT(std::string(TrialLog::Continue(path_, origin_).status().message()),
              HasSubstr("another pyslow-sweep is writing it"));
}

TEST_F(TrialLogTest, WarnsOfAChangedProgram) {
  Origin origin = origin_;
  origin.files = {{"bench.py", "1"}, {"t.targets", "2"}};
  ASSERT_TRUE(TrialLog::Create(path_, sweep_, origin).ok());
  EXPECT_EQ(Read().last.files, origin.files);
  EXPECT_THAT(Resume(origin).warnings, IsEmpty());
  origin.files["bench.py"] = "3";
  origin.started = "2025-06-02T12:00:00Z";
  model::Warning changed;
  changed.kind = model::Warning::Kind::kProgramChanged;
  changed.since = origin.started;
  changed.text = "bench.py";
  EXPECT_THAT(Resume(origin).warnings, ElementsAre(changed));
  EXPECT_THAT(Read().warnings, ElementsAre(changed));
  EXPECT_EQ(Read().last.files, origin.files);
}

TEST_F(TrialLogTest, WarnsOfAnotherMachineBootOrVersion) {
  Write({trial_});
  Origin other = origin_;
  other.started = "2025-06-02T12:00:00Z";
  other.boot_id = "boot 2";
  model::Warning reboot;
  reboot.kind = model::Warning::Kind::kReboot;
  reboot.since = other.started;
  EXPECT_THAT(Resume(other).warnings, ElementsAre(reboot));
  other.version = "1.2.4";
  EXPECT_EQ(Resume(other).warnings.size(), 2U);
  other.host = "host 2";
  EXPECT_EQ(Resume(other).warnings.size(), 3U);
  model::Warning version = reboot;
  version.kind = model::Warning::Kind::kOtherVersion;
  version.text = "1.2.4";
  version.before = "1.2.3";
  model::Warning host = version;
  host.kind = model::Warning::Kind::kOtherHost;
  host.text = "host 2";
  host.before = "host";
  EXPECT_THAT(Read().warnings, ElementsAre(reboot, version, host));
}

TEST_F(TrialLogTest, IsUnchangedAfterAWriteToAFullDisk) {
  Write({trial_});
  auto resumed = TrialLog::Continue(path_, origin_);
  ASSERT_TRUE(resumed.ok()) << resumed.status();
  const uintmax_t before = std::filesystem::file_size(path_);
  // A limit on the file size simulates a full disk; part of the line can still be written.
  rlimit limit;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &limit), 0);
  const rlimit small = {before + 10, limit.rlim_max};
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const absl::Status full = resumed->first->Append(trial_);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_THAT(std::string(full.message()), HasSubstr("cannot be written: File too large"));
  EXPECT_EQ(std::filesystem::file_size(path_), before);
  EXPECT_THAT(Read().Trials(), ElementsAre(trial_));
}

TEST_F(TrialLogTest, RejectsADamagedLine) {
  Write({trial_});
  AppendText("{\"kind\":\"trial\",\"trial\":\"four\"}\n");
  EXPECT_THAT(std::string(ReadTrialLog(path_).status().message()),
              HasSubstr("line 4: it is damaged"));
}

TEST_F(TrialLogTest, RejectsAnotherSchema) {
  std::ofstream(path_) << "{\"kind\":\"sweep\",\"schema\":99}\n";
  EXPECT_THAT(std::string(ReadTrialLog(path_).status().message()), HasSubstr("its schema is 99"));
}

TEST_F(TrialLogTest, RejectsOtherFiles) {
  std::ofstream(path_) << "hello\n";
  EXPECT_THAT(std::string(ReadTrialLog(path_).status().message()), HasSubstr("line 1"));
  EXPECT_FALSE(ReadTrialLog(dir_ + "/none").ok());
  std::ofstream(path_, std::ios::trunc) << "";
  EXPECT_FALSE(ReadTrialLog(path_).ok());
}

TEST_F(TrialLogTest, NeverReplacesAFile) {
  Write({});
  EXPECT_FALSE(TrialLog::Create(path_, sweep_, origin_).ok());
}

TEST_F(TrialLogTest, AcceptsWordsThatAreNotUtf8) {
  sweep_["words"] = {"\xff"};
  Write({});
  EXPECT_EQ(Read().sweep["words"][0], "\ufffd");
}

TEST_F(TrialLogTest, WritesOneLineForEachTrial) {
  Write({trial_});
  std::ifstream file(path_);
  std::string header;
  std::string line;
  std::getline(file, header);
  std::getline(file, line);
  std::getline(file, line);
  EXPECT_THAT(header, HasSubstr(R"({"kind":"sweep","schema":3,"version":"1.2.3","started":)"));
  EXPECT_THAT(line, HasSubstr(R"({"kind":"trial","trial":3,"part":"groups","block":1,)"));
}

}  // namespace
}  // namespace pyslow::trials
