#include "base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

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

TEST_F(ReadRegularFileTest, ReadsBytesAsTheyAre) {
  const std::string bytes("a\0\xff\n", 4);
  std::ofstream(Path("f"), std::ios::binary) << bytes;
  const auto text = ReadRegularFile(Path("f"), 100);
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(*text, bytes);
}

TEST_F(ReadRegularFileTest, RefusesWhatIsNotARegularFileWithoutWaiting) {
  ASSERT_EQ(mkfifo(Path("pipe").c_str(), 0600), 0);
  EXPECT_THAT(Error(Path("pipe")), HasSubstr("a pipe"));
  EXPECT_THAT(Error(dir_), HasSubstr("a directory"));
  EXPECT_THAT(Error("/dev/zero"), HasSubstr("a device"));
  EXPECT_THAT(Error(Path("none")), HasSubstr("no such file"));
  EXPECT_THAT(Error(std::string("a\0b", 3)), HasSubstr("NUL"));
}

TEST_F(ReadRegularFileTest, StopsAtTheLimit) {
  std::ofstream(Path("f")) << std::string(101, 'x');
  EXPECT_THAT(Error(Path("f")), HasSubstr("larger than 100 bytes"));
}

}  // namespace
}  // namespace pyslow
