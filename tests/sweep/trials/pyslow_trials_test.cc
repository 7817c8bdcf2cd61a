// Tests of trials that start the built pyslow.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "sweep/trials/make_trial_runner.h"
#include "temporary_directory.h"

namespace pyslow::trials {
namespace {

using ::testing::HasSubstr;
using Kind = TrialOutcome::Kind;
constexpr int64_t kMs = 1'000'000;

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
  // The number of times that the program was started; kLoop and kEnds write one byte each time.
  size_t Starts() const { return std::filesystem::file_size(dir_ + "/starts"); }
  void Prepare(const trials::Setup& setup) {
    const absl::Status prepared = runner_->Prepare(setup);
    EXPECT_TRUE(prepared.ok()) << prepared;
  }
  static GroupCounts CountsOf(const TrialOutcome& outcome) {
    EXPECT_EQ(outcome.kind, Kind::kMeasured) << outcome.why << "\n" << outcome.output;
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

constexpr char kSteps[] = R"(
def step():
    pass
for _ in range(200):
    step()
)";

TEST_F(PyslowTrialsTest, RestartTrialsDelayTheGroupsWithTreatments) {
  Script(kSteps);
  const TrialOutcome outcome = Run({{0, 2 * kMs, 2}});
  EXPECT_EQ(CountsOf(outcome).calls, 200U);
  EXPECT_EQ(CountsOf(outcome).delayed, 100U);
  EXPECT_EQ(CountsOf(outcome).asked_ns, 200U * kMs);
  EXPECT_GE(outcome.trial.seconds_per_unit, 0.2);
  EXPECT_EQ(outcome.trial.counts->at(1).asked_ns, 0U);
  ASSERT_TRUE(outcome.trial.core_wait.has_value());
  const FunctionCounts* step = nullptr;
  for (const FunctionCounts& function : outcome.trial.functions) {
    if (function.id.qualname == "step") step = &function;
  }
  ASSERT_NE(step, nullptr);
  EXPECT_EQ(step->group, 0U);
  EXPECT_EQ(step->calls, 200U);
}

TEST_F(PyslowTrialsTest, CountsProgressInAnotherGroup) {
  Script(kSteps);
  settings_.measure = Measure::kProgress;
  settings_.progress = "bench:step";
  const TrialOutcome outcome = Run({{0, kMs, 1}});
  EXPECT_EQ(CountsOf(outcome).delayed, 200U);
  EXPECT_EQ(outcome.trial.units, 200);
  EXPECT_GE(outcome.trial.seconds_per_unit, 1e-3);
}

TEST_F(PyslowTrialsTest, CountsProgressInNoGroupAndInPlainPython) {
  Script(kSteps);
  setup_ = {"groups", "nowhere:*\n", {"default"}};
  settings_.measure = Measure::kProgress;
  settings_.progress = "bench:step";
  EXPECT_EQ(Run({}).trial.units, 200);
  const TrialOutcome plain = Run({}, false);
  EXPECT_EQ(plain.trial.units, 200);
  EXPECT_FALSE(plain.trial.counts.has_value());
}

TEST_F(PyslowTrialsTest, AddsUpAllProcessesOfALauncher) {
  Script(kSteps);
  settings_.launcher = {"/bin/sh", "-c", "\"$@\" & \"$@\" & wait", "launcher"};
  const TrialOutcome outcome = Run({});
  EXPECT_EQ(CountsOf(outcome).calls, 400U);
  EXPECT_EQ(CountsOf(outcome).by_process, (std::vector<uint64_t>{200, 200}));
  EXPECT_EQ(outcome.trial.processes, 2U);
}

constexpr char kServer[] = R"(
import os, socket
def step(line):
    return line
def serve(connection):
    for line in connection.makefile('rb'):
        connection.sendall(step(line))
listener = socket.create_server(('127.0.0.1', 0))
print('listening', flush=True)
with open(os.environ['DIR'] + '/pid', 'w') as f:
    f.write(str(os.getpid()))
for _ in range(3):
    step(b'start')
with open(os.environ['DIR'] + '/new', 'w') as f:
    f.write(str(listener.getsockname()[1]))
os.rename(os.environ['DIR'] + '/new', os.environ['DIR'] + '/port')
while True:
    serve(listener.accept()[0])
)";
constexpr char kLoad[] = R"(
import os, socket, time
port = int(open(os.environ['DIR'] + '/port').read())
with socket.create_connection(('127.0.0.1', port)) as server:
    answers = server.makefile('rb')
    start = time.perf_counter()
    for _ in range(100):
        server.sendall(b'x\n')
        answers.readline()
    print(100 / (time.perf_counter() - start), 'requests/s')
)";

class ServerTrialsTest : public PyslowTrialsTest {
 protected:
  void SetUp() override {
    PyslowTrialsTest::SetUp();
    Script(kServer);
    std::ofstream(dir_ + "/load.py") << kLoad;
    settings_.is_server = true;
    settings_.ready_command = "test -e $DIR/port";
    settings_.load = absl::StrCat(PYSLOW, " $DIR/load.py");
    settings_.measure = Measure::kThroughput;
    settings_.regex = "(.*) requests/s";
  }
};

TEST_F(ServerTrialsTest, DelaysAServerDuringItsLoad) {
  const TrialOutcome outcome = Run({{0, 2 * kMs, 1}});
  // Calls before the server was ready do not count.
  EXPECT_EQ(CountsOf(outcome).calls, 100U);
  EXPECT_EQ(CountsOf(outcome).delayed, 100U);
  EXPECT_GE(outcome.trial.seconds_per_unit, 2e-3);
  EXPECT_GE(outcome.trial.window_seconds, 0.2);
  std::filesystem::remove(dir_ + "/port");  // each trial starts a server
  EXPECT_EQ(CountsOf(Run({})).asked_ns, 0U);
}

TEST_F(ServerTrialsTest, ChangesTheDelaysOfARunningServer) {
  settings_.live = true;
  EXPECT_EQ(CountsOf(Run({{0, 2 * kMs, 1}})).delayed, 100U);
  EXPECT_EQ(CountsOf(Run({})).asked_ns, 0U);
  const TrialOutcome again = Run({{0, kMs, 2}});
  EXPECT_EQ(CountsOf(again).asked_ns, 50U * kMs);
}

TEST_F(ServerTrialsTest, MeasuresPlainPython) {
  const TrialOutcome outcome = Run({}, false);
  ASSERT_EQ(outcome.kind, Kind::kMeasured) << outcome.why;
  EXPECT_FALSE(outcome.trial.counts.has_value());
  EXPECT_GT(outcome.trial.seconds_per_unit, 0);
}

TEST_F(ServerTrialsTest, ShowsTheOutputOfAServerThatIsNeverReady) {
  settings_.ready_command = "exit 7";
  settings_.ready_timeout_ns = 1'500 * kMs;
  const TrialOutcome outcome = Run({});
  EXPECT_EQ(outcome.kind, Kind::kFailed);
  EXPECT_THAT(outcome.why, HasSubstr("not ready within 1.5s (--ready-timeout): --ready-command "
                                     "exited with status 7"));
  EXPECT_EQ(outcome.output, "listening\n");
}

TEST_F(ServerTrialsTest, ShowsTheOutputOfAServerThatEndsBeforeItIsReady) {
  Script("print('no model here')\nraise SystemExit(3)");
  settings_.ready_command = "sleep 100";
  const TrialOutcome outcome = Run({});
  EXPECT_EQ(outcome.kind, Kind::kFailed);
  EXPECT_THAT(outcome.why, HasSubstr("the server exited with status 3"));
  EXPECT_EQ(outcome.output, "no model here\n");
}

TEST_F(ServerTrialsTest, ReportsAServerThatEndsDuringItsLoad) {
  settings_.load = "kill -9 $(cat $DIR/pid); sleep 100";
  const TrialOutcome outcome = Run({});
  EXPECT_EQ(outcome.kind, Kind::kFailed);
  EXPECT_THAT(outcome.why, HasSubstr("the server was ended by signal 9 (Killed)"));
  EXPECT_EQ(outcome.output, "listening\n");
}

TEST_F(ServerTrialsTest, ShowsTheOutputOfALoadThatFails) {
  settings_.load = "echo refused; exit 5";
  const TrialOutcome outcome = Run({});
  EXPECT_EQ(outcome.why, "the --load exited with status 5");
  EXPECT_EQ(outcome.output, "refused\n");
}

TEST_F(ServerTrialsTest, StopsAtAnInterruptBeforeTheServerIsReady) {
  settings_.ready_command = absl::StrCat("kill -INT ", getpid(), "; exit 1");
  const TrialOutcome outcome = Run({});
  EXPECT_EQ(outcome.kind, Kind::kInterrupted);
  EXPECT_EQ(outcome.signal, SIGINT);
}

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
  ASSERT_EQ(Run({}).kind, Kind::kMeasured);
  EXPECT_THAT(Run({}).why, HasSubstr("the command exited with status 3 while it was measured"));
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

TEST_F(PyslowTrialsTest, RejectsSettingsThatCannotBeMeasured) {
  settings_.live = true;
  EXPECT_THAT(std::string(MakeTrialRunner(settings_, {}, dir_, signals_.get()).status().message()),
              HasSubstr("add --load, --metric-command or --progress"));
  settings_.measure = Measure::kProgress;
  settings_.progress = "step";
  EXPECT_THAT(std::string(MakeTrialRunner(settings_, {}, dir_, signals_.get()).status().message()),
              HasSubstr("--progress: 'step' is not a MODULE:QUALNAME"));
  settings_.metrics = {{"a", "("}};
  EXPECT_THAT(std::string(MakeTrialRunner(settings_, {}, dir_, signals_.get()).status().message()),
              HasSubstr("--metric a: '(' is not a regular expression"));
}

}  // namespace
}  // namespace pyslow::trials
