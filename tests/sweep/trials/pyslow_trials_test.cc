// Tests of trials that start the built pyslow.

#include "pyslow_trials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace pyslow::trials {
namespace {

using ::testing::HasSubstr;
using Kind = TrialOutcome::Kind;

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
