#include "launcher/stand_in.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "tests/temporary_directory.h"

namespace pyslow::launcher {
namespace {

class CacheDirectoryTest : public ::testing::Test {
 protected:
  std::string In(const std::string& name) const { return directory_.path() + "/" + name; }
  // Without a home; the account's is `account`.
  std::string Cache(const std::string& account) const {
    return CacheDirectory({"", "", [account] { return account; }, directory_.path()});
  }
  std::string Private() const { return In(absl::StrCat("pyslow-", geteuid())); }

  TemporaryDirectory directory_;
};

TEST_F(CacheDirectoryTest, WithoutAHomeIsPrivateBelowTheTemporaryDirectory) {
  EXPECT_EQ(Cache("/nonexistent"), Private());
  EXPECT_EQ(Cache(""), Private()) << "the second time it exists";
  struct stat info;
  ASSERT_EQ(stat(Private().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700U);
  std::filesystem::create_directory(In("home"));
  EXPECT_EQ(Cache(In("home")), In("home/.cache"));
}

TEST_F(CacheDirectoryTest, DoesNotFollowALinkThatAnybodyCouldHaveMade) {
  std::filesystem::create_directory(In("victim"));
  std::filesystem::create_directory_symlink(In("victim"), Private());
  EXPECT_EQ(Cache(""), "");
  EXPECT_TRUE(std::filesystem::is_empty(In("victim")));
}

TEST_F(CacheDirectoryTest, IsNoneThatOthersCanOpen) {
  std::filesystem::create_directory(Private());
  chmod(Private().c_str(), 0755);
  EXPECT_EQ(Cache(""), "");
  std::filesystem::remove(Private());
  std::ofstream(Private()) << "a file";
  EXPECT_EQ(Cache(""), "");
}

TEST_F(CacheDirectoryTest, IsNoneOfAnotherUser) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root, to make one";
  constexpr uid_t kNobody = 65534;
  std::filesystem::create_directory(Private());
  chmod(Private().c_str(), 0700);
  ASSERT_EQ(chown(Private().c_str(), kNobody, kNobody), 0);
  EXPECT_EQ(Cache(""), "");
  std::filesystem::create_directory(In("home"));
  ASSERT_EQ(chown(In("home").c_str(), kNobody, kNobody), 0);
  EXPECT_EQ(Cache(In("home")), "");
}

TEST_F(CacheDirectoryTest, AsksForTheAccountOnlyIfNothingElseIsThere) {
  bool asked = false;
  const auto account = [&asked] {
    asked = true;
    return std::string();
  };
  std::filesystem::create_directory(In("home"));
  EXPECT_EQ(CacheDirectory({In("new/cache"), In("home"), account, directory_.path()}),
            In("new/cache"));
  EXPECT_EQ(CacheDirectory({"", In("home"), account, directory_.path()}), In("home/.cache"));
  EXPECT_FALSE(asked);
}

}  // namespace
}  // namespace pyslow::launcher
