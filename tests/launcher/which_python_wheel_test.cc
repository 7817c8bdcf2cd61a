#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "choose_python_testing.h"
#include "launcher/which_python.h"

namespace pyslow::launcher {
namespace {

using ::testing::HasSubstr;

using ChoosePythonInAWheelTest = ChoosePythonTest;

TEST_F(ChoosePythonInAWheelTest, AWheelSkipsPythonsOfAnotherVersionThanTheCommandNames) {
  MakeWheel("wheel");
  const std::string other = MakeVenv("other", "3.99", base_);
  const std::string conda = MakeConda("conda");
  invocation_.virtual_env = other;
  invocation_.path = conda + "/bin";
  invocation_.wanted = minor_;
  EXPECT_EQ(Choose().base_executable, conda + "/bin/python" + minor_);
  invocation_.wanted = "3.98";
  EXPECT_THAT(Error(), HasSubstr("there is no python3.98 and no environment of that version"));
}

TEST_F(ChoosePythonInAWheelTest, AWheelChoosesTheEnvironmentThatItIsInstalledIn) {
  const std::string venv = MakeVenv("venv", minor_, base_);
  MakeWheel("venv");
  invocation_.virtual_env = MakeVenv("active", minor_, base_);
  PythonChoice choice = Choose();
  EXPECT_EQ(choice.executable, venv + "/bin/python");
  EXPECT_EQ(choice.final_executable, child_name_);
  EXPECT_EQ(choice.minor, minor_);
  EXPECT_EQ(choice.rule, "the environment that pyslow is installed in");
  // As a child without environment variables.
  invocation_ = {child_name_, child_name_, "", "", "", "", "", "", "", "/", "", ""};
  choice = Choose();
  EXPECT_EQ(choice.argv0, child_name_);
  EXPECT_EQ(choice.executable, venv + "/bin/python");
}

TEST_F(ChoosePythonInAWheelTest, AToolChoosesTheActiveEnvironmentThenPathThenItsOwn) {
  const std::string tool = MakeVenv("tool", minor_, base_);
  std::ofstream(tool + "/uv-receipt.toml") << "";
  MakeWheel("tool");
  EXPECT_EQ(Choose().executable, tool + "/bin/python");
  EXPECT_EQ(Choose().rule, "the tool's environment that pyslow is installed in");
  const std::string conda = MakeConda("conda");
  fs::create_symlink("python" + minor_, conda + "/bin/python3");
  invocation_.path = tool + "/bin:" + conda + "/bin";
  EXPECT_EQ(Choose().executable, conda + "/bin/python3");
  EXPECT_EQ(Choose().rule, conda + "/bin/python3, found on PATH");
  invocation_.virtual_env = MakeVenv("active", minor_, base_);
  EXPECT_EQ(Choose().executable, invocation_.virtual_env + "/bin/python");
  // uv and pipx link the program into a directory on PATH.
  fs::create_symlink(binary_, root_ + "/opt/bin/pyslow");
  invocation_.argv0 = root_ + "/opt/bin/pyslow";
  EXPECT_EQ(Choose().executable, invocation_.virtual_env + "/bin/python");
}

TEST_F(ChoosePythonInAWheelTest, AWheelOutsideAnEnvironmentChoosesThePythonThatInstalledIt) {
  const std::string python = MakeConda("installation") + "/bin/python";
  MakeWheel("user");
  std::ofstream(root_ + "/user/bin/pyslow-python") << "#!" << python << "\nimport os\n";
  EXPECT_EQ(Choose().executable, python);
  std::ofstream(root_ + "/user/bin/pyslow-python")
      << "#!/bin/sh\n'''exec' \"" << python << "\" \"$0\" \"$@\"\n' '''\n";
  EXPECT_EQ(Choose().executable, python);
  EXPECT_EQ(Choose().rule,
            "the Python that installed pyslow, by " + root_ + "/user/bin/pyslow-python");
  std::ofstream(root_ + "/user/bin/pyslow-python") << "#!/gone/python3\n";
  EXPECT_THAT(Error(), HasSubstr("pyslow-python: /gone/python3: no such file; activate one"));
  invocation_.path = root_ + "/installation/bin";
  fs::create_symlink("python", root_ + "/installation/bin/python3");
  EXPECT_EQ(Choose().executable, python + "3");
  EXPECT_THAT(Choose().rule, HasSubstr("/python3, found on PATH; that of "));
  fs::remove(root_ + "/user/bin/pyslow-python");
  EXPECT_EQ(Choose().rule, python + "3, found on PATH");
}

TEST_F(ChoosePythonInAWheelTest, AWheelNamesThePythonOnPathThatItCannotUse) {
  MakeWheel("user");
  const std::string shim = Program("shims/python3");
  std::ofstream(shim) << "#!/bin/sh\n";
  invocation_.path = root_ + "/none:" + root_ + "/shims";
  EXPECT_THAT(Error(), HasSubstr("there is no python3 that can be used (" + shim +
                                 ": it is a script) and no environment is active"));
}

// A wheel that is installed outside an environment, with shims of pyenv first on PATH.
class ShimOnPathTest : public ChoosePythonTest {
 protected:
  void SetUp() override {
    ChoosePythonTest::SetUp();
    MakeWheel("user");
    std::ofstream(Program("pyenv/shims/python3")) << "#!/usr/bin/env bash\n";
    MakeVersion("3.98.1");
    MakeVersion("3.99.1");
    other_ = MakeConda("other") + "/bin/python3";
    fs::create_symlink("python", other_);
    invocation_.path = root_ + "/pyenv/shims:" + root_ + "/other/bin";
  }
  void MakeVersion(const std::string& version) const {
    fs::create_symlink("python", MakeConda("pyenv/versions/" + version) + "/bin/python3");
  }
  std::string Of(const std::string& version) const {
    return root_ + "/pyenv/versions/" + version + "/bin/python3";
  }
  // The Python that is chosen if this is in pyenv's file.
  std::string With(const std::string& text) {
    std::ofstream(root_ + "/pyenv/version") << text;
    return Choose().executable;
  }

  std::string other_;  // python3 behind the shim
};

TEST_F(ShimOnPathTest, IsPyenvsGlobalVersion) {
  EXPECT_EQ(Choose().executable, other_);
  EXPECT_EQ(With("3.99.1\n"), Of("3.99.1"));
  EXPECT_EQ(Choose().rule, "pyenv's version, by " + root_ + "/pyenv/version");
  EXPECT_EQ(With("3.99\n3.98.1\n"), Of("3.99.1"));
  EXPECT_EQ(With("# mine\n3.98.1 3.99.1"), Of("3.98.1"));
  std::ofstream(root_ + "/.python-version") << "3.99.1\n";
  EXPECT_EQ(Choose().executable, Of("3.99.1"));
  EXPECT_EQ(Choose().rule, "pyenv's version, by " + root_ + "/.python-version");
}

TEST_F(ShimOnPathTest, IsSkippedIfTheSystemsVersionIsSelected) {
  EXPECT_EQ(With("system\n3.99.1\n"), other_);
  EXPECT_EQ(Choose().rule, other_ + ", found on PATH");
  std::ofstream(root_ + "/.python-version") << "system\n";
  EXPECT_EQ(With("3.99.1\n"), other_);
}

TEST_F(ShimOnPathTest, OfAToolIsTheGlobalVersionToo) {
  std::ofstream(MakeVenv("user", minor_, base_) + "/uv-receipt.toml") << "";
  EXPECT_EQ(With("3.99.1\n"), Of("3.99.1"));
}

TEST_F(ShimOnPathTest, IsTheFirstVersionWithTheProgramThatTheCommandNames) {
  std::ofstream(Program("pyenv/shims/python" + minor_)) << "#!/usr/bin/env bash\n";
  const std::string bin = root_ + "/pyenv/versions/3.98.1/bin";
  fs::rename(bin + "/python" + minor_, bin + "/python3.98");
  fs::remove(bin + "/python");
  fs::create_symlink("python3.98", bin + "/python");
  invocation_.wanted = minor_;
  std::ofstream(root_ + "/pyenv/version") << "3.98.1\n3.99.1\n";
  EXPECT_EQ(Choose().base_executable, root_ + "/pyenv/versions/3.99.1/bin/python" + minor_);
}

TEST_F(ShimOnPathTest, OfAVersionThatIsNotInstalledIsAnError) {
  std::ofstream(root_ + "/pyenv/version") << "3.97.1\n";
  EXPECT_THAT(Error(), HasSubstr("/pyenv/version: it selects Python 3.97.1, which is not in "));
}

TEST_F(ChoosePythonInAWheelTest, ALinkToAWheelsPythonIsItsBasePython) {
  MakeVenv("venv", minor_, base_);
  MakeWheel("venv");
  const std::string link = root_ + "/elsewhere/python" + minor_ + "-pyslow";
  fs::create_directories(root_ + "/elsewhere");
  fs::create_symlink(child_name_, link);
  invocation_.argv0 = link;
  invocation_.binary = child_name_;
  const PythonChoice choice = Choose();
  EXPECT_EQ(choice.argv0, link);
  EXPECT_EQ(choice.executable, "");
  EXPECT_EQ(choice.base_executable, base_);
}

TEST_F(ChoosePythonInAWheelTest, AWheelWithoutTheProgramOfItsChildrenIsAnError) {
  MakeVenv("venv", minor_, base_);
  MakeWheel("venv");
  chmod(child_name_.c_str(), 0644);
  const std::string error = child_name_ +
                            ": missing or not executable, but needed as sys.executable, the name "
                            "that starts children; reinstall pyslow";
  EXPECT_EQ(Error(), error);
  fs::remove(child_name_);
  EXPECT_EQ(Error(), error);
}

// Regression: the copy of --into took the library of another wheel that the environment has.
TEST_F(ChoosePythonInAWheelTest, ACopyUsesItsOwnLibraries) {
  const std::string venv = MakeVenv("venv", minor_, base_);
  MakeWheel("venv");
  MakeWheel("venv/python-without-pyslow/pyslow-1");
  fs::remove(venv + "/bin/python");
  fs::create_symlink(binary_, venv + "/bin/python");
  invocation_.argv0 = venv + "/bin/python";
  const PythonChoice choice = Choose();
  EXPECT_EQ(choice.library_directory, venv + "/python-without-pyslow/pyslow-1/libexec/pyslow");
  EXPECT_EQ(choice.base_executable, base_);
}

TEST_F(ChoosePythonInAWheelTest, AWheelNamesThePythonsThatItIsFor) {
  MakeVenv("venv", "3.99", base_);
  MakeWheel("venv");
  EXPECT_THAT(Error(), HasSubstr("it is Python 3.99"));
  EXPECT_THAT(Error(), HasSubstr("this pyslow is for " + minor_ + ";"));
}

}  // namespace
}  // namespace pyslow::launcher
