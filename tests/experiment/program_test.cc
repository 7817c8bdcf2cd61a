// The real pyslow-sweep with the real pyslow.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "experiment/process.h"
#include "experiment/trial_log.h"

namespace pyslow::experiment {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ProgramTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "pyslow-program-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
    auto signals = SignalWatch::Start();
    ASSERT_TRUE(signals.ok());
    signals_ = *std::move(signals);
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  // The sweep with these words between its options and the script; the script's text is a file.
  ProcessResult Sweep(std::vector<std::string> options, const std::string& script) {
    std::ofstream(dir_ + "/script.py") << script;
    ProcessSpec spec;
    spec.argv = {PYSLOW_SWEEP, "--pyslow", PYSLOW, "--out", Out()};
    spec.argv.insert(spec.argv.end(), options.begin(), options.end());
    spec.argv.insert(spec.argv.end(), {"--", dir_ + "/script.py"});
    spec.environment = {"PATH=/usr/bin:/bin", "SPEED_BUMP_DELAY_NS=7"};
    spec.timeout_ns = int64_t{100} * 1'000'000'000;
    auto result = RunProcess(spec, *signals_);
    EXPECT_TRUE(result.ok()) << result.status();
    return *std::move(result);
  }
  std::string Out() const { return dir_ + "/out"; }

  std::string dir_;
  std::unique_ptr<SignalWatch> signals_;
};

constexpr char kSerial[] = R"(
def step():
    pass
for _ in range(200):
    step()
)";

TEST_F(ProgramTest, MeasuresAndCountsEveryTrialOfAScript) {
  const ProcessResult result =
      Sweep({"--target", "script:step", "--delays", "2ms", "--runs", "2"}, kSerial);
  ASSERT_EQ(result.number, 0) << result.output;
  EXPECT_THAT(result.output, HasSubstr("the control, delay 0, is measured too"));
  EXPECT_THAT(result.output, HasSubstr("ignored from the environment: SPEED_BUMP_DELAY_NS"));
  const auto sweep = ReadTrialLog(Out() + "/trials.jsonl");
  ASSERT_TRUE(sweep.ok()) << sweep.status();
  ASSERT_EQ(sweep->trials.size(), 4U);
  for (const Trial& trial : sweep->trials) {
    EXPECT_EQ(trial.counts->delayed, 200U);
    EXPECT_EQ(trial.counts->asked_ns, 200U * static_cast<uint64_t>(trial.delay_ns));
    EXPECT_GE(trial.seconds_per_unit, 200e-9 * static_cast<double>(trial.delay_ns));
  }
  EXPECT_THAT(result.output, HasSubstr("2ms"));
  EXPECT_THAT(result.output, HasSubstr("200.0"));
  EXPECT_FALSE(std::filesystem::exists(Out() + "/session-1"));
}

TEST_F(ProgramTest, SaysSoWhereNothingWasCalled) {
  const ProcessResult result =
      Sweep({"--target", "nowhere:*", "--delays", "1us", "--runs", "1"}, kSerial);
  EXPECT_EQ(result.number, 0);
  EXPECT_THAT(result.output, HasSubstr("Untested: no function"));
}

TEST_F(ProgramTest, RunsNothingWhereTheTargetsAreWrong) {
  std::ofstream(dir_ + "/t.txt") << "a:b\nfoo\n";
  const std::string side = dir_ + "/ran";
  const ProcessResult result =
      Sweep({"--targets", dir_ + "/t.txt"}, "open('" + side + "', 'w').close()");
  EXPECT_EQ(result.number, 2);
  EXPECT_THAT(result.output, HasSubstr("pyslow-sweep: error: " + dir_ + "/t.txt:2:1: 'foo'"));
  EXPECT_EQ(std::vector<std::string>(absl::StrSplit(result.output, '\n')).size(), 2U);
  EXPECT_FALSE(std::filesystem::exists(side));
  EXPECT_FALSE(std::filesystem::exists(Out()));
}

TEST_F(ProgramTest, ShowsTheTracebackOfAScriptThatFailsAndKeepsWhatWasMeasured) {
  // Fails at the third trial: each leaves a mark.
  const ProcessResult result = Sweep({"--target", "script:*", "--delays", "1us", "--runs", "2"},
                                     "import os\n"
                                     "mark = os.path.dirname(__file__) + '/marks'\n"
                                     "with open(mark, 'a') as f: f.write('x')\n"
                                     "assert os.path.getsize(mark) < 3, 'enough'\n");
  EXPECT_EQ(result.number, 1);
  EXPECT_THAT(result.output, HasSubstr("AssertionError: enough"));
  EXPECT_THAT(result.output, HasSubstr("pyslow-sweep: error: trial 3 of 4, delay "));
  EXPECT_THAT(result.output, HasSubstr("2 of 4 trials measured, kept in " + Out()));
  EXPECT_THAT(result.output, HasSubstr("Means of 1 block"));
  EXPECT_EQ(ReadTrialLog(Out() + "/trials.jsonl")->trials.size(), 2U);
}

TEST_F(ProgramTest, LeavesNoDirectoryWhereNothingWasMeasured) {
  const ProcessResult result = Sweep({"--target", "script:*"}, "raise SystemExit(9)");
  EXPECT_EQ(result.number, 1);
  EXPECT_THAT(result.output, HasSubstr("exited with status 9"));
  EXPECT_FALSE(std::filesystem::exists(Out()));
}

TEST_F(ProgramTest, EndsTheTrialAtAnInterruptAndKeepsTheOthers) {
  // The second trial interrupts the sweep, as Ctrl-C would.
  const ProcessResult result = Sweep({"--target", "script:*", "--delays", "1us", "--runs", "2"},
                                     "import os, signal, time\n"
                                     "mark = os.path.dirname(__file__) + '/marks'\n"
                                     "with open(mark, 'a') as f: f.write('x')\n"
                                     "if os.path.getsize(mark) == 2:\n"
                                     "    os.kill(os.getppid(), signal.SIGINT)\n"
                                     "    time.sleep(60)\n");
  EXPECT_EQ(result.end, ProcessResult::End::kExited);
  EXPECT_EQ(result.number, 130);
  EXPECT_THAT(result.output, HasSubstr("interrupted; 1 of 4 trials measured, kept in " + Out()));
  EXPECT_THAT(result.output, Not(HasSubstr("Traceback")));
}

}  // namespace
}  // namespace pyslow::experiment
