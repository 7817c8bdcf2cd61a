#include "launcher/venv_python.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "choose_python_testing.h"

namespace pyslow::launcher {
namespace {

using ::testing::EndsWith;

class PutIntoVenvTest : public ChoosePythonTest {
 protected:
  void SetUp() override {
    ChoosePythonTest::SetUp();
    venv_ = MakeVenv("venv", minor_, base_);
    kept_ = venv_ + "/python-without-pyslow";
  }
  // A pyslow that prints `text` and ends with this status, whatever it is to run.
  std::string Pyslow(const std::string& prefix, const std::string& text = "",
                     int status = 0) const {
    std::string program = Program(prefix + "/bin/pyslow" + minor_);
    std::ofstream(program) << "#!/bin/sh\necho " << text << "\nexit " << status << "\n";
    const std::string child = root_ + "/" + prefix + "/bin/python" + minor_ + "-pyslow";
    if (!fs::exists(child)) fs::create_symlink(program, child);
    return program;
  }
  std::string ErrorOf(const std::string& program) const {
    const auto result = PutIntoVenv(venv_, {program, program, "", ""});
    return result.ok() ? "no error" : std::string(result.status().message());
  }
  std::string Content(const std::string& file) const {
    std::stringstream content;
    content << std::ifstream(file).rdbuf();
    return content.str();
  }
  size_t CountKept() const {
    return static_cast<size_t>(
        std::distance(fs::directory_iterator(kept_), fs::directory_iterator()));
  }

  std::string venv_;
  std::string kept_;
};

TEST_F(PutIntoVenvTest, NeedsNothingOfAPyslowThatIsRemoved) {
  for (const char* prefix :
       {"elsewhere", "venv", ".cache/pipx/0123456789abcde", ".cache/uv/archive-v0/x"}) {
    const std::string program = Pyslow(prefix, "of " + std::string(prefix));
    const std::string content = Content(program);
    EXPECT_EQ(ErrorOf(program), "no error");
    fs::remove_all(program);
    EXPECT_EQ(Content(venv_ + "/bin/python"), content);
    EXPECT_EQ(ErrorOf(Pyslow(prefix, "of " + std::string(prefix))), "no error");
    EXPECT_EQ(CountKept(), 3U) << "python, the link pyslow and one copy";
    fs::remove_all(root_ + "/" + prefix + "/bin/pyslow" + minor_);
    fs::remove_all(root_ + "/" + prefix + "/bin/python" + minor_ + "-pyslow");
  }
  EXPECT_TRUE(TakeOutOfVenv(venv_).ok());
  EXPECT_FALSE(fs::exists(kept_));
}

TEST_F(PutIntoVenvTest, CopiesTheLibrariesToo) {
  const std::string program = Pyslow("opt2");
  const fs::path library = fs::path(root_) / "opt2/bin" / PYSLOW_LIBRARY_DIRECTORY_FROM_BIN /
                           ("libpyslow" + minor_ + ".so");
  fs::create_directories(library.parent_path());
  std::ofstream(library) << "a library";
  EXPECT_EQ(ErrorOf(program), "no error");
  const fs::path copy = fs::canonical(venv_ + "/bin/python");
  const fs::path libraries = copy.parent_path() / PYSLOW_LIBRARY_DIRECTORY_FROM_BIN;
  EXPECT_EQ(Content(libraries / library.filename()), "a library");
  EXPECT_TRUE(fs::equivalent(copy.parent_path() / ("python" + minor_ + "-pyslow"), copy));
}

TEST_F(PutIntoVenvTest, RepairsADamagedCopy) {
  const std::string program = Pyslow("elsewhere");
  EXPECT_EQ(ErrorOf(program), "no error");
  const fs::path copy = fs::canonical(venv_ + "/bin/python");
  const fs::path child = copy.parent_path() / ("python" + minor_ + "-pyslow");
  const std::string zeros(fs::file_size(copy), '\0');
  const std::vector<std::function<void()>> damages = {
      [&] { fs::remove(copy); }, [&] { std::ofstream(copy) << zeros; },
      [&] { fs::permissions(copy, fs::perms::owner_read); }, [&] { fs::remove(child); }};
  for (size_t i = 0; i < damages.size(); ++i) {
    damages[i]();
    EXPECT_EQ(ErrorOf(program), "no error") << i;
    EXPECT_EQ(Content(venv_ + "/bin/python"), Content(program)) << i;
    EXPECT_EQ(access(child.c_str(), X_OK), 0) << i;
  }
}

TEST_F(PutIntoVenvTest, KeepsThePreviousCopyForAPythonThatIsStarting) {
  EXPECT_EQ(ErrorOf(Pyslow("first", "1")), "no error");
  const fs::path first = fs::canonical(venv_ + "/bin/python");
  EXPECT_EQ(ErrorOf(Pyslow("second", "2")), "no error");
  EXPECT_TRUE(fs::exists(first));
  EXPECT_EQ(ErrorOf(Pyslow("third", "3")), "no error");
  EXPECT_FALSE(fs::exists(first));
}

// Regression: with a mask of 077, the environment had no python for other users.
TEST_F(PutIntoVenvTest, GivesTheCopyTheModeOfBin) {
  chmod((venv_ + "/bin").c_str(), 0755);
  const mode_t mask = umask(077);
  EXPECT_EQ(ErrorOf(Pyslow("elsewhere")), "no error");
  umask(mask);
  for (fs::path path = fs::canonical(venv_ + "/bin/python"); path != venv_;
       path = path.parent_path()) {
    EXPECT_EQ(static_cast<unsigned>(fs::status(path).permissions()), 0755U) << path;
  }
}

TEST_F(PutIntoVenvTest, KeepsTheCopyThatWorksIfAnotherDoesNot) {
  const std::string program = Pyslow("works");
  EXPECT_EQ(ErrorOf(program), "no error");
  EXPECT_THAT(ErrorOf(Pyslow("fails", "no such moon", 1)), EndsWith("it fails: no such moon"));
  EXPECT_EQ(Content(venv_ + "/bin/python"), Content(program));
  EXPECT_EQ(CountKept(), 3U);
}

TEST_F(PutIntoVenvTest, LeavesNothingIfTheFirstFails) {
  EXPECT_THAT(ErrorOf(Pyslow("fails", "no such moon", 1)), EndsWith("it fails: no such moon"));
  EXPECT_FALSE(fs::exists(kept_));
  EXPECT_EQ(fs::read_symlink(venv_ + "/bin/python"), base_);
}

}  // namespace
}  // namespace pyslow::launcher
