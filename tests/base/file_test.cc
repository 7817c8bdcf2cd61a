#include "base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>

#include "temporary_directory.h"

namespace pyslow {
namespace {

using ::testing::HasSubstr;

class ReadRegularFileTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const { return dir_ + "/" + name; }
  std::string Error(const std::string& path, size_t max_bytes = 100) const {
    const auto text = ReadRegularFile(path, max_bytes);
    return text.ok() ? "no error" : std::string(text.status().message());
  }

  const TemporaryDirectory temporary_;
  const std::string dir_ = temporary_.path();
};

TEST_F(ReadRegularFileTest, ReadsBytesUnchanged) {
  const std::string bytes("a\0\xff\n", 4);
  std::ofstream(Path("f"), std::ios::binary) << bytes;
  const auto text = ReadRegularFile(Path("f"), 100);
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(*text, bytes);
}

TEST_F(ReadRegularFileTest, RefusesOtherFilesWithoutBlocking) {
  ASSERT_EQ(mkfifo(Path("pipe").c_str(), 0600), 0);
  EXPECT_THAT(Error(Path("pipe")), HasSubstr("a pipe"));
  EXPECT_THAT(Error(dir_), HasSubstr("a directory"));
  EXPECT_THAT(Error("/dev/zero"), HasSubstr("a device"));
  EXPECT_THAT(Error(Path("none")), HasSubstr("no such file"));
  EXPECT_THAT(Error(std::string("a\0b", 3)), HasSubstr("NUL"));
}

TEST_F(ReadRegularFileTest, StopsAtTheLimit) {
  std::ofstream(Path("f")) << std::string(101, 'x');
  EXPECT_THAT(Error(Path("f")), HasSubstr("larger than the limit of 100 bytes"));
}

TEST(WriteFile, ReplacesAFileWhole) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/f";
  ASSERT_TRUE(WriteFile(path, "a longer first text").ok());
  const std::string bytes("b\0c", 3);
  ASSERT_TRUE(WriteFile(path, bytes).ok());
  EXPECT_EQ(ReadRegularFile(path, 100).value(), bytes);
  EXPECT_FALSE(std::filesystem::exists(path + ".new"));
}

TEST(WriteFile, LeavesTheOldFileAfterAnError) {
  const TemporaryDirectory directory;
  EXPECT_EQ(WriteFile(directory.path() + "/none/f", "x").message(),
            "cannot be written: No such file or directory");
  std::filesystem::create_directories(directory.path() + "/taken/f");
  EXPECT_FALSE(WriteFile(directory.path() + "/taken", "x").ok());
  EXPECT_TRUE(std::filesystem::is_directory(directory.path() + "/taken/f"));
  EXPECT_FALSE(std::filesystem::exists(directory.path() + "/taken.new"));
}

TEST(WriteFile, ReportsAFullDisk) {
  const TemporaryDirectory directory;
  std::filesystem::create_symlink("/dev/full", directory.path() + "/f.new");
  EXPECT_EQ(WriteFile(directory.path() + "/f", "x").message(),
            "cannot be written: No space left on device");
  EXPECT_FALSE(std::filesystem::exists(directory.path() + "/f"));
}

TEST(ReplaceByLink, ReplacesAFileOrALinkInOneStep) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/name";
  const std::string unfinished = directory.path() + "/unfinished";
  ASSERT_TRUE(WriteFile(path, "old").ok());
  for (const char* target : {"a", "a", "b"}) {
    EXPECT_TRUE(ReplaceByLink(target, unfinished, path));
    EXPECT_EQ(std::filesystem::read_symlink(path), target);
    std::filesystem::create_symlink("left by a kill", unfinished);
  }
  const std::string full = directory.path() + "/full";
  std::filesystem::create_directories(full + "/a");
  EXPECT_FALSE(ReplaceByLink("c", unfinished, full));
  EXPECT_EQ(errno, EISDIR);
  EXPECT_FALSE(std::filesystem::is_symlink(unfinished)) << "nothing is left";
}

}  // namespace
}  // namespace pyslow
