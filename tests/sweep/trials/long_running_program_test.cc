#include "sweep/trials/long_running_program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "temporary_directory.h"

namespace pyslow::trials {
namespace {

using ::testing::HasSubstr;

// pyslow refuses a directory with another session.
TEST(LongRunningProgram, RemovesTheSessionThatAKilledSweepLeft) {
  const TemporaryDirectory directory;
  const std::string session = directory.path() + "/session-live";
  ASSERT_TRUE(std::filesystem::create_directory(session));
  const auto signals = SignalWatch::Start();
  ASSERT_TRUE(signals.ok()) << signals.status();
  TrialSettings settings;
  settings.pyslow = "/nowhere/pyslow";
  LiveFunctions functions;
  LongRunningProgram program(&settings, {}, directory.path(), &functions, signals->get());
  const auto failure = program.Start(Instrumentation(), true);
  ASSERT_TRUE(failure.has_value());
  EXPECT_THAT(failure->why, HasSubstr("/nowhere/pyslow: cannot be started"));
  EXPECT_FALSE(std::filesystem::exists(session));
}

}  // namespace
}  // namespace pyslow::trials
