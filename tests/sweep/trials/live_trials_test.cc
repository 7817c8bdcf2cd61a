// Tests of the trials of a program that runs on while its delays change.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "pyslow_trials.h"

namespace pyslow::trials {
namespace {

using ::testing::HasSubstr;
using Kind = TrialOutcome::Kind;

constexpr char kLoop[] = R"(
import os, time
with open(os.environ['DIR'] + '/starts', 'a') as f:
    f.write('x')
with open(os.environ['DIR'] + '/pid', 'w') as f:
    f.write(str(os.getpid()))
def step():
    time.sleep(0.001)
while True:
    step()
)";

class LiveTrialsTest : public PyslowTrialsTest {
 protected:
  void SetUp() override {
    PyslowTrialsTest::SetUp();
    Script(kLoop);
    settings_.live = true;
    settings_.measure = Measure::kProgress;
    settings_.progress = "bench:step";
  }
};

TEST_F(LiveTrialsTest, ChangesTheDelaysAndCountsUnits) {
  const TrialOutcome slow = Run({{0, 2 * kMs, 1}});
  const GroupCounts counts = CountsOf(slow);
  EXPECT_GE(slow.trial.seconds_per_unit, 3e-3);
  EXPECT_NEAR(slow.trial.seconds_per_unit * *slow.trial.units, slow.trial.window_seconds, 1e-9);
  EXPECT_GE(slow.trial.window_seconds, 0.3);
  EXPECT_GE(slow.trial.wall_seconds, 1.3);
  EXPECT_EQ(counts.calls, *slow.trial.units);
  EXPECT_EQ(counts.asked_ns, counts.delayed * 2 * kMs);
  EXPECT_GE(slow.trial.course.size(), 10U);
  const TrialOutcome control = Run({});
  EXPECT_EQ(CountsOf(control).asked_ns, 0U);
  EXPECT_GT(CountsOf(control).calls, 0U);
}

TEST_F(LiveTrialsTest, NamesAFunctionSimilarToAProgressFunctionThatIsNeverCalled) {
  settings_.progress = "bench:stepp";
  settings_.ready_timeout_ns = 5'000 * kMs;
  EXPECT_THAT(Run({}).why, HasSubstr("bench:stepp was not called; similar: bench:step"));
}

TEST_F(LiveTrialsTest, WaitsThreeSettlingConstants) {
  ASSERT_EQ(Run({}).kind, Kind::kMeasured);
  runner_->SetSettlingConstant(0.6);
  EXPECT_GE(Run({}).trial.wall_seconds, 2.1);
}

// Expects that every call was delayed. A running program's counters are read one after another.
void ExpectDelayed(const GroupCounts& counts, int64_t delay_ns) {
  EXPECT_GT(counts.calls, 0U);
  EXPECT_NEAR(static_cast<double>(counts.asked_ns), static_cast<double>(counts.calls) * delay_ns,
              2.0 * delay_ns);
}

// What a program started with the second setup would count and delay.
TEST_F(LiveTrialsTest, RegroupsTheFunctionsOfARunningProgram) {
  Script(absl::StrCat("def inner(): pass\ndef other(): inner()\n", kLoop, "    other()\n"));
  setup_ = {"count", "*:*\n", {"default"}};
  EXPECT_GT(CountsOf(Run({})).calls, 0U);
  Prepare({"functions", "[a]\n__main__:inner\n[b]\n__main__:*\n!__main__:other\n", {"a", "b"}});
  const TrialOutcome slow_a = Run({{0, 2 * kMs, 1}});
  ASSERT_TRUE(slow_a.trial.counts.has_value()) << slow_a.why;
  const GroupCounts a = slow_a.trial.counts->at(0);
  const GroupCounts b = slow_a.trial.counts->at(1);
  ExpectDelayed(a, 2 * kMs);
  EXPECT_EQ(b.asked_ns, 0U);
  EXPECT_NEAR(static_cast<double>(a.calls), static_cast<double>(b.calls), 2);  // without `other`
  EXPECT_GE(slow_a.trial.seconds_per_unit, 3e-3);
  for (const FunctionCounts& function : slow_a.trial.functions) {
    EXPECT_EQ(function.group, function.id.qualname == "inner" ? 0U : 1U) << function.id.Name();
    EXPECT_NE(function.id.qualname, "other");
  }
  const TrialOutcome slow_b = Run({{1, 2 * kMs, 1}});
  EXPECT_EQ(slow_b.trial.counts->at(0).asked_ns, 0U);
  EXPECT_GT(slow_b.trial.counts->at(1).asked_ns, 0U);
  Prepare({"groups", "[x]\n__main__:other\n[y]\n*:*\n", {"x", "y"}, {"x"}});
  const TrialOutcome chosen = Run({{0, 2 * kMs, 1}});
  ExpectDelayed(chosen.trial.counts->at(0), 2 * kMs);
  EXPECT_EQ(chosen.trial.counts->at(1).calls, 0U);
  EXPECT_EQ(Starts(), 1U);
}

TEST_F(LiveTrialsTest, StartsAgainForASetupThatIsNotCovered) {
  setup_ = {"groups", "[a]\nbench:step\n", {"a"}};
  EXPECT_GT(CountsOf(Run({})).calls, 0U);
  Prepare({"functions", "__main__:step\n", {"default"}});
  EXPECT_GT(CountsOf(Run({{0, kMs, 1}})).asked_ns, 0U);
  EXPECT_EQ(Starts(), 1U);
  Prepare({"functions", "time:*\n", {"default"}});
  EXPECT_EQ(CountsOf(Run({})).calls, 0U);
  EXPECT_EQ(Starts(), 2U);
}

TEST_F(LiveTrialsTest, DelaysProcessesAndFunctionsThatAppearDuringATrial) {
  Script(R"(
import os, subprocess, sys, time
def step(): time.sleep(0.001)
def child():
    step()
if sys.argv[1:] == ['child']:
    for _ in range(20): child()
    sys.exit()
begin = time.monotonic()
n = 0
with open(os.environ['DIR'] + '/starts', 'a') as f: f.write('x')
while True:
    step()
    n += 1
    exec(f'def new{n // 300}(): pass\nnew{n // 300}()')
    if n % 300 == 0: subprocess.run([sys.executable, __file__, 'child'], check=True)
)");
  setup_ = {"count", "*:*\n", {"default"}};
  settings_.interval_ns = 2'000 * kMs;
  EXPECT_GT(CountsOf(Run({})).calls, 0U);
  Prepare({"functions",
           "[child]\n__main__:child\n[new]\n__main__:new*\n[s]\n__main__:step\n",
           {"child", "new", "s"}});
  const TrialOutcome outcome = Run({{0, kMs, 1}, {1, kMs, 1}});
  ASSERT_TRUE(outcome.trial.counts.has_value()) << outcome.why;
  const GroupCounts& child = outcome.trial.counts->at(0);
  const GroupCounts& added = outcome.trial.counts->at(1);
  EXPECT_GE(child.calls, 20U);
  ExpectDelayed(child, kMs);
  EXPECT_GT(added.calls, 0U);
  EXPECT_GE(added.asked_ns, added.calls * kMs / 4);
  EXPECT_EQ(outcome.trial.counts->at(2).asked_ns, 0U);
  EXPECT_EQ(Starts(), 1U);
}

TEST_F(LiveTrialsTest, SwitchesOwnTimeInARunningProgram) {
  Script(absl::StrCat("def work():\n    for _ in range(20_000): pass\n", kLoop, "    work()\n"));
  setup_ = {"count", "*:*\n", {"default"}, {}, true};
  const auto own_ns_of_work = [](const TrialOutcome& outcome) {
    for (const FunctionCounts& function : outcome.trial.functions) {
      if (function.id.qualname == "work") {
        return static_cast<double>(function.own_ns) / static_cast<double>(function.calls);
      }
    }
    return -1.0;
  };
  const double at_start = own_ns_of_work(Run({}));
  EXPECT_GT(at_start, 20'000);
  setup_.own_time = false;
  Prepare(setup_);
  EXPECT_EQ(own_ns_of_work(Run({})), 0);
  EXPECT_GT(CountsOf(Run({{0, kMs, 1}})).asked_ns, 0U);
  setup_.own_time = true;
  Prepare(setup_);
  const double later = own_ns_of_work(Run({}));
  EXPECT_GT(later, at_start / 2);
  EXPECT_LT(later, at_start * 2);
  EXPECT_EQ(Starts(), 1U);
}

TEST_F(LiveTrialsTest, StartsACommandThatEndsAfterATrialAgain) {
  // Each trial takes at least 1.3 s.
  Script(absl::StrCat("import threading, os\n",
                      "threading.Timer(3.5, lambda: os._exit(0)).start()\n", kLoop));
  for (int i = 0; i < 4; ++i) {
    const TrialOutcome outcome = Run({{0, kMs, 1}});
    ASSERT_EQ(outcome.kind, Kind::kMeasured) << outcome.why;
    EXPECT_GT(CountsOf(outcome).asked_ns, 0U);
  }
  EXPECT_GE(Starts(), 2U);
}

TEST_F(LiveTrialsTest, ReportsACommandThatFailsLater) {
  Script(absl::StrCat("import threading, os\n",
                      "threading.Timer(2.5, lambda: os._exit(3)).start()\n", kLoop));
  TrialOutcome outcome = Run({});
  ASSERT_EQ(outcome.kind, Kind::kMeasured);
  while (outcome.kind == Kind::kMeasured) outcome = Run({});
  EXPECT_THAT(outcome.why, HasSubstr("the command exited with status 3 while it was measured"));
  EXPECT_EQ(Starts(), 1U);
}

TEST_F(LiveTrialsTest, ReportsACommandThatEnds) {
  Script("def step(): pass\nstep()\nprint('bye')\n");
  const TrialOutcome outcome = Run({});
  EXPECT_EQ(outcome.kind, Kind::kFailed);
  EXPECT_THAT(outcome.why, HasSubstr("the command exited with status 0 while it was measured; "
                                     "it must run for at least one trial"));
  EXPECT_EQ(outcome.output, "bye\n");
}

TEST_F(LiveTrialsTest, StartsTheCommandAgainAfterAFailure) {
  Script(absl::StrCat("import os\nwho = open('", dir_, "/who', 'a')\nwho.write('x')\nwho.close()\n",
                      "if os.path.getsize('", dir_, "/who') == 1: raise SystemExit(1)\n", kLoop));
  EXPECT_EQ(Run({}).kind, Kind::kFailed);
  EXPECT_EQ(Run({}).kind, Kind::kMeasured);
}

TEST_F(LiveTrialsTest, LeavesNoProcessRunning) {
  ASSERT_EQ(Run({}).kind, Kind::kMeasured);
  runner_.reset();
  EXPECT_FALSE(std::filesystem::exists(dir_ + "/session-live"));
  pid_t pid = 0;
  std::ifstream(dir_ + "/pid") >> pid;
  ASSERT_GT(pid, 0);
  EXPECT_NE(kill(pid, 0), 0);
}

}  // namespace
}  // namespace pyslow::trials
