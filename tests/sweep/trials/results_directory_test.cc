#include "sweep/trials/results_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "temporary_directory.h"

namespace pyslow::trials {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

class ResultsDirectoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    before_ = std::filesystem::current_path();
    std::filesystem::current_path(dir_);
  }
  void TearDown() override { std::filesystem::current_path(before_); }

  const TemporaryDirectory temporary_;
  const std::string dir_ = temporary_.path();
  std::filesystem::path before_;
};

TEST_F(ResultsDirectoryTest, HasANameWithTheTimeByDefault) {
  const auto name = MakeResultsDirectory("", 1'700'000'000);
  ASSERT_TRUE(name.ok()) << name.status();
  EXPECT_THAT(*name, MatchesRegex("pyslow-sweep-202311[0-9]+-[0-9]+"));
  EXPECT_TRUE(std::filesystem::is_directory(*name));
}

TEST_F(ResultsDirectoryTest, HasANumberForASecondSweepInTheSameSecond) {
  const auto first = MakeResultsDirectory("", 1'700'000'000);
  const auto second = MakeResultsDirectory("", 1'700'000'000);
  EXPECT_EQ(*second, *first + "-2");
}

TEST_F(ResultsDirectoryTest, MustNotExist) {
  ASSERT_TRUE(MakeResultsDirectory("d", 0).ok());
  EXPECT_THAT(std::string(MakeResultsDirectory("d", 0).status().message()),
              HasSubstr("d: it exists; results are written to a new directory"));
}

TEST_F(ResultsDirectoryTest, NeedsItsParentDirectory) {
  EXPECT_THAT(std::string(MakeResultsDirectory("no/d", 0).status().message()),
              HasSubstr("make that first"));
}

TEST_F(ResultsDirectoryTest, HasSessionsWithAbsolutePaths) {
  EXPECT_EQ(SessionDirectory("d", "7"), dir_ + "/d/session-7");
  EXPECT_EQ(SessionDirectory("/x", "live"), "/x/session-live");
}

TEST_F(ResultsDirectoryTest, IsNamedAsGivenIfTheWorkingDirectoryWasRemoved) {
  std::filesystem::create_directory("gone");
  std::filesystem::current_path("gone");
  std::filesystem::remove(dir_ + "/gone");
  EXPECT_EQ(SessionDirectory("d", "7"), "d/session-7");
}

TEST(FormatUtc, WritesIso8601) { EXPECT_EQ(FormatUtc(1'700'000'000), "2023-11-14T22:13:20Z"); }

}  // namespace
}  // namespace pyslow::trials
