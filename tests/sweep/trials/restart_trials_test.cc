#include "sweep/trials/restart_trials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/proc_stat.h"
#include "temporary_directory.h"

namespace pyslow::trials {
namespace {

using ::testing::HasSubstr;
using Kind = TrialOutcome::Kind;

// A shell script in place of pyslow: makes the directory of --session and evaluates the first word
// after the options as a shell command.
constexpr char kFakePyslow[] = R"(#!/bin/sh
words="$*"
for word; do
  case $word in
    --session=*) mkdir "${word#--session=}" ;;
    --*) ;;
    *) eval "$word"; exit ;;
  esac
done
)";

class RestartTrialsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    settings_.pyslow = dir_ + "/pyslow";
    std::ofstream(settings_.pyslow) << kFakePyslow;
    ASSERT_EQ(chmod(settings_.pyslow.c_str(), 0700), 0);
    settings_.measure = Measure::kThroughput;
    settings_.regex = "([0-9.]+) units/s";
    settings_.timeout_ns = 30'000'000'000;
    spec_.index = 2;
    spec_.block = 1;
    spec_.treatments = {{0, 10'000, 2}};
    snapshot_.settings.groups = {{"g", {}, true}};
    snapshot_.settings.epoch_monotonic_ns = 1'000'000'000;
    snapshot_.processes.resize(1);
    snapshot_.processes[0].end_monotonic_ns = 1'500'000'000;
    snapshot_.processes[0].functions = {{0, {20, 1, 10, 100'000, 100'500}}};
    snapshot_.functions = {{{"m", "f", "/m.py", 1}, 0, 0, {20, 1, 10, 100'000, 100'500}, 1}};
    auto signals = SignalWatch::Start();
    ASSERT_TRUE(signals.ok());
    signals_ = *std::move(signals);
  }

  TrialOutcome Run(const std::string& script) {
    settings_.command = {script};
    auto parser = OutputParser::Compile(settings_);
    EXPECT_TRUE(parser.ok()) << parser.status();
    const SessionReader reader =
        [&](const std::string& session) -> absl::StatusOr<session::SessionSnapshot> {
      if (!std::filesystem::is_directory(session)) return absl::NotFoundError("no session");
      return snapshot_;
    };
    RestartTrials trials(settings_, *std::move(parser), {"PATH=/usr/bin:/bin"}, dir_, reader,
                         signals_.get());
    const absl::Status prepared = trials.Prepare({"groups", "[g]\n*:*\n", {"g"}});
    EXPECT_TRUE(prepared.ok()) << prepared;
    if (limit_ns_ > 0) trials.SetTimeLimit(limit_ns_);
    return trials.Run(spec_);
  }

  const TemporaryDirectory temporary_;
  const std::string dir_ = temporary_.path();
  TrialSettings settings_;
  TrialSpec spec_;
  int64_t limit_ns_ = 0;
  session::SessionSnapshot snapshot_;
  std::unique_ptr<SignalWatch> signals_;
};

TEST_F(RestartTrialsTest, MeasuresThroughputAndCounts) {
  const TrialOutcome outcome = Run("echo 50 units/s");
  ASSERT_EQ(outcome.kind, Kind::kMeasured) << outcome.why;
  EXPECT_EQ(outcome.trial.spec, spec_);
  EXPECT_DOUBLE_EQ(outcome.trial.seconds_per_unit, 0.02);
  EXPECT_FALSE(outcome.trial.units.has_value());
  EXPECT_EQ(*outcome.trial.counts, (std::vector<GroupCounts>{{20, 10, 100'000, 100'500, 1, {20}}}));
  EXPECT_EQ(outcome.trial.processes, 1U);
  EXPECT_TRUE(outcome.trial.functions.empty());
}

TEST_F(RestartTrialsTest, PassesTargetsAndDelaysToPyslow) {
  const TrialOutcome outcome = Run("echo $words >" + dir_ + "/words; echo 50 units/s");
  ASSERT_EQ(outcome.kind, Kind::kMeasured) << outcome.why;
  std::ifstream file(dir_ + "/words");
  std::string words;
  std::getline(file, words);
  EXPECT_THAT(words, HasSubstr("--targets=" + dir_ + "/groups.targets --delay=0"));
  EXPECT_THAT(words, HasSubstr(" --group-delay=g=10us/2 "));
}

TEST_F(RestartTrialsTest, CountsFunctionsOnRequest) {
  spec_.wants_functions = true;
  const Trial trial = Run("echo 50 units/s").trial;
  EXPECT_EQ(trial.functions, (std::vector<FunctionCounts>{{{"m", "f", "/m.py", 1}, 0, 20, 1, 1}}));
}

TEST_F(RestartTrialsTest, ComputesTheWindowFromTheSession) {
  settings_.start_ns = 100'000'000;
  EXPECT_DOUBLE_EQ(Run("echo 50 units/s").trial.window_seconds, 0.4);
}

TEST_F(RestartTrialsTest, ComputesTheWindowFromTheWallTimeIfTheEndIsUnknown) {
  snapshot_.processes[0].end_monotonic_ns = 0;
  const Trial trial = Run("echo 50 units/s").trial;
  EXPECT_EQ(trial.window_seconds, trial.wall_seconds);
}

TEST_F(RestartTrialsTest, CountsTheCallsOfProgress) {
  settings_.measure = Measure::kProgress;
  settings_.progress = "m:f";
  const TrialOutcome outcome = Run("true");
  ASSERT_EQ(outcome.kind, Kind::kMeasured) << outcome.why;
  EXPECT_EQ(outcome.trial.units, 20);
  EXPECT_DOUBLE_EQ(outcome.trial.seconds_per_unit, 0.5 / 20);
}

TEST_F(RestartTrialsTest, ReportsAProgressFunctionThatIsNeverCalled) {
  settings_.measure = Measure::kProgress;
  settings_.progress = "m:g";
  EXPECT_THAT(Run("true").why, HasSubstr("--progress: m:g was never called in the 0.5 s"));
}

TEST_F(RestartTrialsTest, NamesAFunctionSimilarToAProgressFunctionThatIsNeverCalled) {
  snapshot_.functions[0].id.qualname = "step";
  settings_.measure = Measure::kProgress;
  settings_.progress = "m:stepp";
  EXPECT_THAT(Run("true").why, HasSubstr(" s of the window; similar: m:step"));
}

TEST_F(RestartTrialsTest, MakesNoSessionInPlainPython) {
  spec_.instrumented = false;
  spec_.treatments.clear();
  const TrialOutcome outcome = Run("echo 50 units/s; test \"$words\" = \"$word\"");
  ASSERT_EQ(outcome.kind, Kind::kMeasured) << outcome.why;
  EXPECT_FALSE(outcome.trial.counts.has_value());
}

TEST_F(RestartTrialsTest, StartsPyslowThroughTheLauncher) {
  settings_.launcher = {"env", "RANKS=3"};
  const Trial trial = Run("echo $RANKS units/s; test -n \"$SPEED_BUMP_SESSION_ID\"").trial;
  EXPECT_DOUBLE_EQ(trial.seconds_per_unit, 1.0 / 3);
}

TEST_F(RestartTrialsTest, ReadsMetrics) {
  settings_.metrics = {{"p99", "p99 ([0-9]+)"}, {"errors", "errors ([0-9]+)"}};
  const TrialOutcome outcome = Run("echo 50 units/s, p99 7, errors 0");
  ASSERT_EQ(outcome.kind, Kind::kMeasured) << outcome.why;
  EXPECT_EQ(outcome.trial.metrics, (std::map<std::string, double>{{"p99", 7}, {"errors", 0}}));
  EXPECT_THAT(Run("echo 50 units/s").why, HasSubstr("--metric p99: it matches nothing"));
}

TEST_F(RestartTrialsTest, ReadsTheMetricCommandInsteadOfTheOutput) {
  settings_.metric_command = "cat " + dir_ + "/result";
  EXPECT_DOUBLE_EQ(
      Run("echo 4 units/s >" + dir_ + "/result; echo 9 units/s").trial.seconds_per_unit, 0.25);
  settings_.metric_command = "echo no server; exit 4";
  const TrialOutcome outcome = Run("true");
  EXPECT_EQ(outcome.why, "the --metric-command exited with status 4");
  EXPECT_EQ(outcome.output, "no server\n");
}

TEST_F(RestartTrialsTest, MeasuresCoreWait) {
  const Trial trial = Run("sleep 0.2; echo 50 units/s").trial;
  ASSERT_TRUE(trial.core_wait.has_value());
  EXPECT_GE(*trial.core_wait, 0);
}

TEST_F(RestartTrialsTest, ReplacesASessionThatAKilledSweepLeft) {
  ASSERT_TRUE(std::filesystem::create_directory(dir_ + "/session-3"));
  EXPECT_EQ(Run("echo 50 units/s").kind, Kind::kMeasured);
}

TEST_F(RestartTrialsTest, MeasuresSecondsPerUnit) {
  settings_.measure = Measure::kTime;
  EXPECT_DOUBLE_EQ(Run("sleep 0.2; echo 50 units/s").trial.seconds_per_unit, 1.0 / 50);
  settings_.regex = "t=([0-9.]+)";
  const Trial trial = Run("sleep 0.2; echo t=0.15").trial;
  EXPECT_DOUBLE_EQ(trial.seconds_per_unit, 0.15);
  ASSERT_TRUE(trial.reading.has_value());
  EXPECT_EQ(trial.reading->printed, "0.15");
}

TEST_F(RestartTrialsTest, RefusesATimeLongerThanTheTrial) {
  settings_.measure = Measure::kTime;
  settings_.regex = "t=([0-9.]+)";
  const TrialOutcome outcome = Run("echo t=100");
  EXPECT_EQ(outcome.kind, Kind::kFailed);
  EXPECT_TRUE(outcome.would_fail_again);
  EXPECT_THAT(outcome.why, HasSubstr("longer than the whole trial"));
}

TEST_F(RestartTrialsTest, ReadsTheUnitsOfATrial) {
  settings_.units_regex = "([0-9.-]+) steps";
  const Trial trial = Run("echo 50 units/s, 20 steps").trial;
  EXPECT_EQ(trial.units, 20);
  EXPECT_DOUBLE_EQ(trial.seconds_per_unit, 0.02);
  settings_.measure = Measure::kWallTime;
  EXPECT_DOUBLE_EQ(Run("echo 20 steps").trial.seconds_per_unit, 0.5 / 20);
}

TEST_F(RestartTrialsTest, RejectsANumberOfUnitsThatIsNotPositive) {
  settings_.units_regex = "([0-9.-]+) steps";
  const TrialOutcome outcome = Run("echo 50 units/s, 0 steps");
  EXPECT_EQ(outcome.kind, Kind::kFailed);
  EXPECT_EQ(outcome.why,
            "--units-regex: its last match in the command's output, '0', is not above 0");
}

TEST_F(RestartTrialsTest, MeasuresTheWallTimeOfTheCommand) {
  settings_.measure = Measure::kWallTime;
  const Trial trial = Run("sleep 0.2").trial;
  EXPECT_GE(trial.seconds_per_unit, 0.2);
  EXPECT_EQ(trial.seconds_per_unit, trial.wall_seconds);
}

TEST_F(RestartTrialsTest, RemovesTheSession) {
  ASSERT_EQ(Run("echo 50 units/s").kind, Kind::kMeasured);
  EXPECT_FALSE(std::filesystem::exists(dir_ + "/session-3"));
}

TEST_F(RestartTrialsTest, SucceedsWithoutCountsIfAProcessWasNotCounted) {
  snapshot_.uncounted = 1;
  const TrialOutcome outcome = Run("echo 50 units/s");
  EXPECT_EQ(outcome.kind, Kind::kMeasured);
  EXPECT_FALSE(outcome.trial.counts.has_value());
}

TEST_F(RestartTrialsTest, ShowsTheOutputOfACommandThatFails) {
  const TrialOutcome outcome = Run("echo Traceback of mine >&2; exit 3");
  EXPECT_EQ(outcome.kind, Kind::kFailed);
  EXPECT_EQ(outcome.why, "the command exited with status 3");
  EXPECT_EQ(outcome.output, "Traceback of mine\n");
}

TEST_F(RestartTrialsTest, NamesTheSignal) {
  EXPECT_THAT(Run("kill -SEGV $$").why, HasSubstr("signal 11 (Segmentation fault)"));
}

TEST_F(RestartTrialsTest, StopsAtTheTimeout) {
  settings_.timeout_ns = 100'000'000;
  const TrialOutcome outcome = Run("echo started; sleep 100");
  EXPECT_EQ(outcome.kind, Kind::kFailed);
  EXPECT_THAT(outcome.why, HasSubstr("did not end within 100ms (--timeout)"));
  EXPECT_EQ(outcome.output, "started\n");
}

TEST_F(RestartTrialsTest, EndsACommandThatHangs) {
  settings_.timeout_ns = 0;
  limit_ns_ = 100'000'000;
  const TrialOutcome outcome = Run("sleep 100");
  EXPECT_EQ(outcome.kind, Kind::kFailed);
  EXPECT_THAT(outcome.why, HasSubstr("did not end within 100ms (--timeout)"));
}

TEST_F(RestartTrialsTest, TheTimeoutOfTheUserReplacesTheLimit) {
  limit_ns_ = 1;
  EXPECT_EQ(Run("sleep 0.2; echo 50 units/s").kind, Kind::kMeasured);
}

TEST_F(RestartTrialsTest, NamesTheOptionIfNothingMatches) {
  EXPECT_THAT(Run("echo hello").why, HasSubstr("--throughput-regex: it matches nothing"));
}

TEST_F(RestartTrialsTest, KeepsTheOutputWithoutAFigure) {
  const TrialOutcome outcome = Run("echo hello");
  EXPECT_EQ(outcome.output, "hello\n");
  EXPECT_TRUE(outcome.why_quotes_output);
}

TEST_F(RestartTrialsTest, GivesEachTrialItsInput) {
  settings_.input = dir_ + "/input";
  std::ofstream(settings_.input) << "50 units/s\n";
  for (int i = 0; i < 2; ++i) EXPECT_EQ(Run("cat").kind, Kind::kMeasured);
}

// Otherwise the daemons of all trials would run at the same time.
TEST_F(RestartTrialsTest, EndsADaemonAfterTheMetricCommand) {
  settings_.metric_command = "kill -0 $(cat " + dir_ + "/daemon) && echo 50 units/s";
  const TrialOutcome outcome =
      Run("setsid sleep 100 </dev/null >/dev/null 2>&1 & echo $! >" + dir_ + "/daemon; sleep 0.3");
  ASSERT_EQ(outcome.kind, Kind::kMeasured) << outcome.why;
  pid_t daemon = 0;
  std::ifstream(dir_ + "/daemon") >> daemon;
  EXPECT_EQ(outcome.trial.left, std::vector{absl::StrCat("sleep (pid ", daemon, ")")});
  const auto stat = ReadProcessStat("/proc", daemon);
  EXPECT_TRUE(!stat.has_value() || stat->state == 'Z');
}

TEST_F(RestartTrialsTest, NamesNoProcessOfTheGroupOfTheCommand) {
  EXPECT_TRUE(Run("sleep 100 & echo 50 units/s").trial.left.empty());
}

TEST_F(RestartTrialsTest, ReportsASessionThatCannotBeRead) {
  EXPECT_THAT(Run("rmdir session* 2>/dev/null; rmdir " + dir_ + "/session-3; echo 5 units/s").why,
              HasSubstr("its calls could not be counted: no session"));
}

}  // namespace
}  // namespace pyslow::trials
