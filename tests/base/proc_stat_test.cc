#include "base/proc_stat.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "temporary_directory.h"

namespace pyslow {
namespace {

using ::testing::Contains;

TEST(ReadProcessStat, ReadsAProcessWhoseNameLooksLikeFields) {
  const TemporaryDirectory root;
  std::filesystem::create_directory(root.path() + "/7");
  std::ofstream(root.path() + "/7/stat")
      << "7 (a) Z 1 (b) S 3 5 5 0 -1 0 0 0 0 0 11 2 30 4 20 0 1 0 4321 0 0\n";
  const auto stat = ReadProcessStat(root.path(), 7);
  ASSERT_TRUE(stat.has_value());
  EXPECT_EQ(stat->state, 'S');
  EXPECT_EQ(stat->parent, 3);
  EXPECT_EQ(stat->group, 5);
  EXPECT_EQ(stat->run_ticks, 13U);
  EXPECT_EQ(stat->children_ticks, 34U);
  EXPECT_EQ(stat->start_ticks, 4321U);
}

TEST(ReadProcessStat, ReadsThisProcess) {
  const auto stat = ReadProcessStat("/proc", getpid());
  ASSERT_TRUE(stat.has_value());
  EXPECT_EQ(stat->state, 'R');
  EXPECT_EQ(stat->parent, getppid());
  EXPECT_EQ(stat->group, getpgrp());
  EXPECT_GT(stat->start_ticks, 0U);
}

TEST(ReadProcessStat, ReportsAMissingProcess) {
  const TemporaryDirectory root;
  EXPECT_FALSE(ReadProcessStat(root.path(), 7).has_value());
  std::filesystem::create_directory(root.path() + "/7");
  std::ofstream(root.path() + "/7/stat") << "7 (cut";
  EXPECT_FALSE(ReadProcessStat(root.path(), 7).has_value());
}

TEST(NumbersIn, ListsThisProcess) {
  EXPECT_THAT(NumbersIn("/proc"), Contains(getpid()));
  EXPECT_TRUE(NumbersIn("/no/such/directory").empty());
}

TEST(ReadSmallFile, StopsAtItsLimit) {
  EXPECT_EQ(ReadSmallFile("/proc/self/stat", 3).size(), 3U);
  EXPECT_EQ(ReadSmallFile("/no/such/file"), "");
}

// The limit of the environment of a process is 8 MiB, and every process of the machine is read.
TEST(ReadSmallFile, TakesMemoryForWhatItReads) {
  const TemporaryDirectory root;
  const std::string text(10'000, 'x');
  std::ofstream(root.path() + "/file") << text;
  const std::string read = ReadSmallFile(root.path() + "/file", 8 << 20);
  EXPECT_EQ(read, text);
  EXPECT_LT(read.capacity(), 1U << 20);
}

}  // namespace
}  // namespace pyslow
