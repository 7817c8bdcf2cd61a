#include "launcher/venv_python.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

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
    fs::create_symlink(program, root_ + "/" + prefix + "/bin/python" + minor_ + "-pyslow");
    return program;
  }
  std::string ErrorOf(const std::string& program) const {
    const auto result = PutIntoVenv(venv_, program);
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
    EXPECT_EQ(CountKept(), 3U) << "python, the link pyslow and one copy";
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

TEST_F(PutIntoVenvTest, RepairsACopyThatLacksAFile) {
  const std::string program = Pyslow("elsewhere");
  EXPECT_EQ(ErrorOf(program), "no error");
  fs::remove(fs::canonical(venv_ + "/bin/python"));
  EXPECT_EQ(ErrorOf(program), "no error");
  EXPECT_EQ(Content(venv_ + "/bin/python"), Content(program));
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
