#include "launcher/stand_in.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

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

// A stand-in for venv/bin.
class StandInTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(venv_ + "/bin");
    std::ofstream(venv_ + "/bin/python") << "a program";
    stand_in_ = StandIn(directory_.path() + "/cache", venv_ + "/bin/python", "/opt/bin/pyslow");
    ASSERT_EQ(StandsFor(stand_in_), venv_ + "/bin");
    root_ = std::filesystem::path(stand_in_).parent_path().string();
  }

  const TemporaryDirectory directory_;
  const std::string venv_ = directory_.path() + "/venv";
  std::string stand_in_;
  std::string root_;
};

TEST_F(StandInTest, ACopyIsKnown) {
  EXPECT_FALSE(IsCopiedStandIn(stand_in_));
  const std::string copy = directory_.path() + "/copy";
  std::filesystem::copy(
      root_, copy,
      std::filesystem::copy_options::recursive | std::filesystem::copy_options::copy_symlinks);
  EXPECT_EQ(StandsFor(copy + "/bin"), venv_ + "/bin");
  EXPECT_TRUE(IsCopiedStandIn(copy + "/bin"));
}

TEST_F(StandInTest, OneOfAnOlderPyslowIsNoCopyAndGetsTheLink) {
  std::filesystem::remove(root_ + "/at");
  EXPECT_FALSE(IsCopiedStandIn(stand_in_));
  EXPECT_TRUE(UpdateStandIn(stand_in_, venv_ + "/bin/python", "/opt/bin/pyslow"));
  EXPECT_EQ(std::filesystem::read_symlink(root_ + "/at").string(), stand_in_);
}

TEST_F(StandInTest, RaysScriptCopiesTheEnvironmentThatItStandsFor) {
  std::vector<std::string> words = {"-u", "/ray/_private/runtime_env/_clonevirtualenv.py", root_,
                                    "/tmp/made"};
  NameEnvironmentToCopy(&words);
  EXPECT_EQ(words[2], venv_);
  EXPECT_EQ(words[3], "/tmp/made");
  words = {"other.py", root_};
  NameEnvironmentToCopy(&words);
  EXPECT_EQ(words[1], root_);
}

// A stand-in whose environment is gone for a day, beside which a new one is made.
class UnusedStandInTest : public StandInTest {
 protected:
  void SetUp() override {
    StandInTest::SetUp();
    std::filesystem::remove_all(venv_);
  }
  static void MakeOld(const std::string& directory) {
    constexpr time_t kTwoDays = 2 * 24 * 60 * 60;
    const struct timespec old = {time(nullptr) - kTwoDays, 0};
    const struct timespec times[] = {old, old};
    ASSERT_EQ(utimensat(AT_FDCWD, directory.c_str(), times, AT_SYMLINK_NOFOLLOW), 0);
  }
  void MakeAnother() const {
    const std::string bin = directory_.path() + "/another/bin";
    std::filesystem::create_directories(bin);
    std::ofstream(bin + "/python") << "a program";
    const std::string made = StandIn(directory_.path() + "/cache", bin + "/python", "/opt/pyslow");
    EXPECT_EQ(StandsFor(made), bin);
  }
};

TEST_F(UnusedStandInTest, IsRemovedWhenAnotherIsMade) {
  MakeOld(root_);
  MakeAnother();
  EXPECT_FALSE(std::filesystem::exists(std::filesystem::symlink_status(root_)));
}

TEST_F(UnusedStandInTest, IsKeptOnTheFirstDayAndIfTheOtherIsNotNew) {
  MakeAnother();
  EXPECT_EQ(StandsFor(stand_in_), venv_ + "/bin");
  MakeOld(root_);
  MakeAnother();
  EXPECT_EQ(StandsFor(stand_in_), venv_ + "/bin");
}

TEST_F(UnusedStandInTest, IsKeptIfItsEnvironmentExists) {
  std::filesystem::create_directories(venv_ + "/bin");
  MakeOld(root_);
  MakeAnother();
  EXPECT_EQ(StandsFor(stand_in_), venv_ + "/bin");
}

TEST_F(UnusedStandInTest, IsKeptWithAFileInIt) {
  std::ofstream(stand_in_ + "/notes") << "mine";
  MakeOld(root_);
  MakeAnother();
  EXPECT_TRUE(std::filesystem::exists(stand_in_ + "/notes"));
  EXPECT_EQ(StandsFor(stand_in_), venv_ + "/bin");
}

TEST_F(UnusedStandInTest, ALinkToOneACopyOfOneAndOthersDirectoriesAreKept) {
  const std::string elsewhere = directory_.path() + "/elsewhere";
  std::filesystem::rename(root_, elsewhere);
  std::filesystem::remove(elsewhere + "/at");
  std::filesystem::create_symlink(elsewhere + "/bin", elsewhere + "/at");
  std::filesystem::create_directory_symlink(elsewhere, root_);
  const std::string copy = root_ + "-copy";
  std::filesystem::copy(
      elsewhere, copy,
      std::filesystem::copy_options::recursive | std::filesystem::copy_options::copy_symlinks);
  const std::string other = root_ + "-other";
  std::filesystem::create_directories(other + "/bin");
  for (const std::string& directory : {root_, elsewhere, copy, other}) MakeOld(directory);
  MakeAnother();
  EXPECT_EQ(std::filesystem::read_symlink(root_).string(), elsewhere);
  EXPECT_EQ(StandsFor(elsewhere + "/bin"), venv_ + "/bin");
  EXPECT_EQ(StandsFor(copy + "/bin"), venv_ + "/bin");
  EXPECT_TRUE(std::filesystem::exists(other + "/bin"));
}

}  // namespace
}  // namespace pyslow::launcher
