#include "trials/pyslow_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace pyslow::trials {
namespace {

using ::testing::ElementsAre;

Settings Example() {
  Settings settings;
  settings.pyslow = "/bin/pyslow";
  settings.targets_file = "t.txt";
  settings.targets = {"-a:b"};
  settings.groups = {"g"};
  settings.frequency = 2;
  settings.start_ns = 5'000'000;
  settings.command = {"-m", "mod", "x"};
  return settings;
}

TEST(PyslowWords, SayAllOfATrialAndThenTheCommand) {
  EXPECT_THAT(PyslowWords(Example(), 10'000, "d/session-1"),
              ElementsAre("/bin/pyslow", "--targets=t.txt", "--target=-a:b", "--group=g",
                          "--delay=10us", "--frequency=2", "--start=5ms", "--duration=0ns",
                          "--session=d/session-1", "-m", "mod", "x"));
}

TEST(DryStartWords, HaveTheSameTargetsAndRunNothing) {
  EXPECT_THAT(
      DryStartWords(Example()),
      ElementsAre("/bin/pyslow", "--targets=t.txt", "--target=-a:b", "--group=g", "--delay=0ns",
                  "--frequency=2", "--start=5ms", "--duration=0ns", "-I", "-S", "-c", "pass"));
}

TEST(EnvironmentForTrials, LeavesOutWhatTheSweepItselfSays) {
  const TrialEnvironment result = EnvironmentForTrials(
      {"HOME=/h", "SPEED_BUMP_DELAY_NS=5", "SPEED_BUMP_TARGETS=", "SPEED_BUMP_SESSION_ID=x",
       "SPEED_BUMP_GIL=release", "SPEED_BUMP_ON=resume", "SPEED_BUMPY=1"});
  EXPECT_THAT(result.variables, ElementsAre("HOME=/h", "SPEED_BUMP_GIL=release",
                                            "SPEED_BUMP_ON=resume", "SPEED_BUMPY=1"));
  EXPECT_THAT(result.ignored, ElementsAre("SPEED_BUMP_DELAY_NS", "SPEED_BUMP_SESSION_ID"));
}

}  // namespace
}  // namespace pyslow::trials
