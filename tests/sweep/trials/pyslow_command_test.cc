#include "sweep/trials/pyslow_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "temporary_directory.h"

namespace pyslow::trials {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string TextOf(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

class PyslowCommandTest : public ::testing::Test {
 protected:
  void SetUp() override {
    settings_.pyslow = "/bin/pyslow";
    settings_.command = {"-m", "mod", "x"};
    setup_ = {"all groups", "[a]\n*:*", {"a"}};
  }

  Instrumentation Write() {
    const auto instrumentation = WriteTargets(setup_, settings_, dir_);
    EXPECT_TRUE(instrumentation.ok()) << instrumentation.status();
    return instrumentation.value_or(Instrumentation());
  }

  const TemporaryDirectory temporary_;
  const std::string dir_ = temporary_.path();
  TrialSettings settings_;
  trials::Setup setup_;
};

TEST_F(PyslowCommandTest, WritesTheTargetsToAFileNamedAfterTheSetup) {
  EXPECT_EQ(Write().targets_file, dir_ + "/all_groups.targets");
  EXPECT_EQ(TextOf(dir_ + "/all_groups.targets"), "[a]\n*:*");
}

TEST_F(PyslowCommandTest, CountsProgressInASeparateLastGroup) {
  settings_.measure = Measure::kProgress;
  settings_.progress = "m#1:C.f";
  setup_.groups = {"progress of the sweep"};
  const Instrumentation instrumentation = Write();
  EXPECT_EQ(instrumentation.progress_group, "progress of the sweep'");
  EXPECT_EQ(TextOf(instrumentation.targets_file),
            "[a]\n*:*\n[progress of the sweep']\nm\\#1:C.f\n");
  EXPECT_EQ(TextOf(instrumentation.plain_targets_file), "[progress of the sweep']\nm\\#1:C.f\n");
}

// Regression: three trials ended before the sweep said that this function was never called.
TEST_F(PyslowCommandTest, RejectsAProgressWithACallerOrLines) {
  settings_.measure = Measure::kProgress;
  for (const std::string text : {"m:f@12-15", "m:f -> m:g", "m:f@*"}) {
    settings_.progress = text;
    EXPECT_THAT(std::string(WriteTargets(setup_, settings_, dir_).status().message()),
                HasSubstr("'" + text + "' must name one function, without a caller and lines"));
  }
}

TEST_F(PyslowCommandTest, RejectsAProgressThatIsNotAFunction) {
  settings_.measure = Measure::kProgress;
  for (const char* text : {"step", "m:", "m:f\n[x]"}) {
    settings_.progress = text;
    EXPECT_THAT(std::string(WriteTargets(setup_, settings_, dir_).status().message()),
                HasSubstr("is not a MODULE:QUALNAME"));
  }
}

// Regression: the name of a function was expected that contains these characters.
TEST_F(PyslowCommandTest, RejectsAProgressThatIsAPattern) {
  settings_.measure = Measure::kProgress;
  for (const std::string text : {"*:step", "app:Engine.*", "app:ste?", "app:[st]*"}) {
    settings_.progress = text;
    EXPECT_THAT(std::string(WriteTargets(setup_, settings_, dir_).status().message()),
                HasSubstr("--progress: '" + text + "' must name one function, without *, ? and ["));
  }
  settings_.progress = "/tests[1]/app.py:step";
  EXPECT_TRUE(WriteTargets(setup_, settings_, dir_).ok());
}

TEST_F(PyslowCommandTest, ReportsATargetFileThatCannotBeWritten) {
  EXPECT_THAT(std::string(WriteTargets(setup_, settings_, dir_ + "/no").status().message()),
              HasSubstr("/no/all_groups.targets: cannot be written: No such file"));
}

TEST_F(PyslowCommandTest, PutsAllOptionsBeforeTheCommand) {
  settings_.launcher = {"mpirun", "-n", "4"};
  settings_.start_ns = 5'000'000;
  settings_.start_at = "m:f";
  settings_.on = "resume";
  settings_.gil = "release";
  Instrumentation instrumentation;
  instrumentation.targets_file = "/d/t.targets";
  instrumentation.groups = {"a", "b=c"};
  EXPECT_THAT(
      PyslowArgv(settings_, instrumentation, true, {{1, 10'000, 3}}, "/d/session-1"),
      ElementsAre("mpirun", "-n", "4", "/bin/pyslow", "--targets=/d/t.targets", "--delay=0",
                  "--group-delay=b=c=10us/3", "--start=5ms", "--duration=0ns", "--start-at=m:f",
                  "--on=resume", "--gil=release", "--session=/d/session-1", "-m", "mod", "x"));
}

TEST_F(PyslowCommandTest, ATrialMayReleaseTheGilAlthoughTheSweepHoldsIt) {
  settings_.gil = "hold";
  Instrumentation instrumentation;
  instrumentation.targets_file = "t";
  for (const bool releases : {false, true}) {
    EXPECT_THAT(PyslowArgv(settings_, instrumentation, true, {}, "s", releases),
                Contains(releases ? "--gil=release" : "--gil=hold"));
    EXPECT_THAT(PyslowArgv(settings_, instrumentation, true, {}, "s", releases),
                Not(Contains(releases ? "--gil=hold" : "--gil=release")));
  }
}

TEST_F(PyslowCommandTest, InstrumentsTheChosenGroupsAndProgress) {
  settings_.live = true;
  Instrumentation instrumentation;
  instrumentation.targets_file = "t";
  instrumentation.groups = {"a", "b"};
  instrumentation.chosen = {"b"};
  instrumentation.progress_group = "p";
  EXPECT_THAT(PyslowArgv(settings_, instrumentation, true, {}, "s"),
              ElementsAre("/bin/pyslow", "--targets=t", "--group=b", "--group=p", "--delay=0",
                          "--session=s", "-m", "mod", "x"));
}

TEST_F(PyslowCommandTest, MeasuresOwnTimeOnRequest) {
  settings_.live = true;
  Instrumentation instrumentation;
  instrumentation.targets_file = "t";
  instrumentation.own_time = true;
  EXPECT_THAT(PyslowArgv(settings_, instrumentation, true, {}, "s"),
              ElementsAre("/bin/pyslow", "--targets=t", "--delay=0", "--own-time", "--session=s",
                          "-m", "mod", "x"));
}

TEST_F(PyslowCommandTest, StartsPlainPythonIfNothingIsInstrumented) {
  EXPECT_THAT(PyslowArgv(settings_, Instrumentation(), false, {}, "/d/session-1"),
              ElementsAre("/bin/pyslow", "-m", "mod", "x"));
}

TEST_F(PyslowCommandTest, CountsProgressInPlainPython) {
  settings_.measure = Measure::kProgress;
  settings_.progress = "m:f";
  EXPECT_THAT(PyslowArgv(settings_, Write(), false, {}, "/s")[1],
              "--targets=" + dir_ + "/progress.targets");
}

TEST_F(PyslowCommandTest, SetsNoWindowInLiveMode) {
  settings_.live = true;
  settings_.start_ns = 5'000'000;
  Instrumentation instrumentation;
  instrumentation.targets_file = "t";
  EXPECT_THAT(
      PyslowArgv(settings_, instrumentation, true, {}, "s"),
      ElementsAre("/bin/pyslow", "--targets=t", "--delay=0", "--session=s", "-m", "mod", "x"));
}

TEST_F(PyslowCommandTest, NeverSearchesPathForPyslow) {
  settings_.pyslow = "pyslow";
  EXPECT_EQ(PyslowArgv(settings_, Instrumentation(), false, {}, "")[0], "./pyslow");
}

TEST_F(PyslowCommandTest, StartsTheOtherVersionWithItsPython) {
  settings_.against = OtherVersion{{"new.py", "-x"}, {"A=1"}, "venv"};
  const TrialSettings other = OtherVersionOf(settings_);
  EXPECT_FALSE(other.against.has_value());
  const auto argv = PyslowArgv(other, Instrumentation(), false, {}, "s");
  EXPECT_THAT(argv, ElementsAre("/bin/pyslow", "--python=venv", "new.py", "-x"));
}

TEST_F(PyslowCommandTest, StartsBothVersionsWithThePythonOfTheFirst) {
  settings_.python = "venv";
  settings_.against = OtherVersion{{"new.py"}, {}, ""};
  for (const TrialSettings& version : {settings_, OtherVersionOf(settings_)}) {
    EXPECT_THAT(PyslowArgv(version, Instrumentation(), false, {}, "s"), Contains("--python=venv"));
  }
}

TEST(EnvironmentForTrials, RemovesSettingsThatTheSweepMakes) {
  const TrialEnvironment result = EnvironmentForTrials(
      {"HOME=/h", "SPEED_BUMP_DELAY_NS=5", "SPEED_BUMP_TARGETS=", "SPEED_BUMP_SESSION_ID=x",
       "SPEED_BUMP_GIL=release", "SPEED_BUMP_ON=resume", "SPEED_BUMP_PYTHON=/p", "SPEED_BUMPY=1"});
  EXPECT_THAT(result.variables,
              ElementsAre("HOME=/h", "SPEED_BUMP_GIL=release", "SPEED_BUMP_ON=resume",
                          "SPEED_BUMP_PYTHON=/p", "SPEED_BUMPY=1", "PYTHONUNBUFFERED=1"));
  EXPECT_THAT(result.ignored, ElementsAre("SPEED_BUMP_DELAY_NS", "SPEED_BUMP_SESSION_ID"));
}

TEST(EnvironmentForTrials, KeepsTheBufferingThatTheUserSet) {
  for (const char* const given : {"PYTHONUNBUFFERED=", "PYTHONUNBUFFERED=0"}) {
    EXPECT_THAT(EnvironmentForTrials({given}).variables, ElementsAre(given));
  }
}

TEST(EnvironmentOfSession, AddsAUniqueSessionId) {
  const auto a = EnvironmentOfSession({"HOME=/h"});
  const auto b = EnvironmentOfSession({"HOME=/h"});
  ASSERT_EQ(a.size(), 2U);
  EXPECT_EQ(a[0], "HOME=/h");
  EXPECT_EQ(a[1].substr(0, 22), "SPEED_BUMP_SESSION_ID=");
  EXPECT_NE(a[1], b[1]);
}

}  // namespace
}  // namespace pyslow::trials
