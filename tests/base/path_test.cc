#include "base/path.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/temporary_directory.h"

namespace pyslow {
namespace {

// In a directory with the program here/bin/tool, and with the link link -> there/deep.
class PathTest : public ::testing::Test {
 protected:
  PathTest() : old_(std::filesystem::current_path()) {
    std::filesystem::current_path(directory_.path());
    std::filesystem::create_directories("here/bin");
    std::filesystem::create_directories("there/deep");
    std::filesystem::create_directory_symlink("there/deep", "link");
    WriteProgram("here/bin/tool");
  }
  ~PathTest() override { std::filesystem::current_path(old_); }

  static void WriteProgram(const std::string& file) {
    std::ofstream(file) << "a program";
    chmod(file.c_str(), 0755);
  }
  std::string In(const std::string& name) const { return directory_.path() + "/" + name; }

  TemporaryDirectory directory_;
  const std::filesystem::path old_;
};

TEST_F(PathTest, AnAbsolutePathHasNoDots) {
  EXPECT_EQ(FullPath("./here/bin/../bin/./tool"), In("here/bin/tool"));
  EXPECT_EQ(FullPath("./none"), In("none"));
  EXPECT_EQ(FullPath("link"), In("link"));
}

TEST_F(PathTest, AnAbsolutePathKeepsDotsBehindALink) {
  std::filesystem::create_directory("there/venv");
  EXPECT_EQ(FullPath("link/../venv"), In("link/../venv"));
  std::filesystem::create_directory("venv");
  EXPECT_EQ(FullPath("link/../venv"), In("link/../venv"));
}

TEST_F(PathTest, AnEmptyPartOfPathIsTheCurrentDirectoryAndAnUnsetPathIsNone) {
  WriteProgram("tool");
  EXPECT_EQ(FindOnPath("here/bin:", "tool"), In("here/bin/tool"));
  EXPECT_EQ(FindOnPath(":here/bin", "tool"), In("tool"));
  EXPECT_EQ(FindOnPath("", "tool"), "");
}

}  // namespace
}  // namespace pyslow
