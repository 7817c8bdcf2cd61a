#include "sweep/trials/pyslow_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "temporary_directory.h"

namespace pyslow::trials {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

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

  Instruments Write() {
    const auto instruments = WriteTargets(setup_, settings_, dir_);
    EXPECT_TRUE(instruments.ok()) << instruments.status();
    return instruments.value_or(Instruments());
  }

  const TemporaryDirectory temporary_;
  const std::string dir_ = temporary_.path();
  TrialSettings settings_;
  trials::Setup setup_;
};

TEST_F(PyslowCommandTest, WritesTheSetupsTargetsToAFileOfItsName) {
  EXPECT_EQ(Write().targets_file, dir_ + "/all_groups.targets");
  EXPECT_EQ(TextOf(dir_ + "/all_groups.targets"), "[a]\n*:*");
}

TEST_F(PyslowCommandTest, CountsProgressInALastGroupOfItsOwn) {
  settings_.measure = Measure::kProgress;
  settings_.progress = "m[1]:C.*";
  setup_.groups = {"progress of the sweep"};
  const Instruments instruments = Write();
  EXPECT_EQ(instruments.progress_group, "progress of the sweep'");
  EXPECT_EQ(TextOf(instruments.targets_file),
            "[a]\n*:*\n[progress of the sweep']\nm\\[1\\]:C.\\*\n");
  EXPECT_EQ(TextOf(instruments.plain_targets_file), "[progress of the sweep']\nm\\[1\\]:C.\\*\n");
}

TEST_F(PyslowCommandTest, RefusesAProgressThatIsNoFunction) {
  settings_.measure = Measure::kProgress;
  for (const char* text : {"step", "m:", "m:f\n[x]"}) {
    settings_.progress = text;
    EXPECT_THAT(std::string(WriteTargets(setup_, settings_, dir_).status().message()),
                HasSubstr("is no MODULE:QUALNAME"));
  }
}

TEST_F(PyslowCommandTest, SaysWhereTargetsCannotBeWritten) {
  EXPECT_THAT(std::string(WriteTargets(setup_, settings_, dir_ + "/no").status().message()),
              HasSubstr("/no/all_groups.targets: cannot be written: No such file"));
}

TEST_F(PyslowCommandTest, SaysAllOfATrialAndThenTheCommand) {
  settings_.launcher = {"mpirun", "-n", "4"};
  settings_.start_ns = 5'000'000;
  settings_.start_at = "m:f";
  settings_.on = "resume";
  settings_.gil = "release";
  Instruments instruments;
  instruments.targets_file = "/d/t.targets";
  instruments.groups = {"a", "b=c"};
  EXPECT_THAT(
      StartWords(settings_, instruments, true, {{1, 10'000, 3}}, "/d/session-1"),
      ElementsAre("mpirun", "-n", "4", "/bin/pyslow", "--targets=/d/t.targets", "--delay=0",
                  "--group-delay=b=c=10us/3", "--start=5ms", "--duration=0ns", "--start-at=m:f",
                  "--on=resume", "--gil=release", "--session=/d/session-1", "-m", "mod", "x"));
}

TEST_F(PyslowCommandTest, InstrumentsTheGroupsChosenAndProgress) {
  settings_.live = true;
  Instruments instruments;
  instruments.targets_file = "t";
  instruments.groups = {"a", "b"};
  instruments.chosen = {"b"};
  instruments.progress_group = "p";
  EXPECT_THAT(StartWords(settings_, instruments, true, {}, "s"),
              ElementsAre("/bin/pyslow", "--targets=t", "--group=b", "--group=p", "--delay=0",
                          "--session=s", "-m", "mod", "x"));
}

TEST_F(PyslowCommandTest, MeasuresOwnTimeWhereItIsAskedFor) {
  settings_.live = true;
  Instruments instruments;
  instruments.targets_file = "t";
  instruments.own_time = true;
  EXPECT_THAT(StartWords(settings_, instruments, true, {}, "s"),
              ElementsAre("/bin/pyslow", "--targets=t", "--delay=0", "--own-time", "--session=s",
                          "-m", "mod", "x"));
}

TEST_F(PyslowCommandTest, IsPlainPythonWhereNothingIsInstrumented) {
  EXPECT_THAT(StartWords(settings_, Instruments(), false, {}, "/d/session-1"),
              ElementsAre("/bin/pyslow", "-m", "mod", "x"));
}

TEST_F(PyslowCommandTest, CountsProgressInPlainPythonToo) {
  settings_.measure = Measure::kProgress;
  settings_.progress = "m:f";
  EXPECT_THAT(StartWords(settings_, Write(), false, {}, "/s")[1],
              "--targets=" + dir_ + "/progress.targets");
}

TEST_F(PyslowCommandTest, LeavesTheWindowToTheCellsOfALiveProcess) {
  settings_.live = true;
  settings_.start_ns = 5'000'000;
  Instruments instruments;
  instruments.targets_file = "t";
  EXPECT_THAT(
      StartWords(settings_, instruments, true, {}, "s"),
      ElementsAre("/bin/pyslow", "--targets=t", "--delay=0", "--session=s", "-m", "mod", "x"));
}

TEST_F(PyslowCommandTest, NeverLooksForPyslowOnThePath) {
  settings_.pyslow = "pyslow";
  EXPECT_EQ(StartWords(settings_, Instruments(), false, {}, "")[0], "./pyslow");
}

TEST(EnvironmentForTrials, LeavesOutWhatTheSweepItselfSays) {
  const TrialEnvironment result = EnvironmentForTrials(
      {"HOME=/h", "SPEED_BUMP_DELAY_NS=5", "SPEED_BUMP_TARGETS=", "SPEED_BUMP_SESSION_ID=x",
       "SPEED_BUMP_GIL=release", "SPEED_BUMP_ON=resume", "SPEED_BUMPY=1"});
  EXPECT_THAT(result.variables, ElementsAre("HOME=/h", "SPEED_BUMP_GIL=release",
                                            "SPEED_BUMP_ON=resume", "SPEED_BUMPY=1"));
  EXPECT_THAT(result.ignored, ElementsAre("SPEED_BUMP_DELAY_NS", "SPEED_BUMP_SESSION_ID"));
}

TEST(EnvironmentOfSession, HasAnIdNobodyElseHas) {
  const auto a = EnvironmentOfSession({"HOME=/h"});
  const auto b = EnvironmentOfSession({"HOME=/h"});
  ASSERT_EQ(a.size(), 2U);
  EXPECT_EQ(a[0], "HOME=/h");
  EXPECT_EQ(a[1].substr(0, 22), "SPEED_BUMP_SESSION_ID=");
  EXPECT_NE(a[1], b[1]);
}

}  // namespace
}  // namespace pyslow::trials
