#include "launcher/which_python.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/path.h"
#include "temporary_directory.h"

namespace pyslow::launcher {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

// A copy of a file that MinorOf takes for the CPython of this minor version.
std::string CPython() { return std::string(BuiltForExecutable()); }

// A directory tree with an installed pyslow and with virtual environments.
class ChoosePythonTest : public ::testing::Test {
 protected:
  void SetUp() override {
    minor_ = std::string(BuiltForMinor());
    binary_ = Program("opt/bin/pyslow" + minor_);
    child_name_ = root_ + "/opt/bin/python" + minor_ + "-pyslow";
    fs::create_symlink(binary_, child_name_);
    base_ = Program("base/python3");
    invocation_ = {binary_, binary_, "", ""};
    invocation_.directory = root_;
  }

  std::string Program(const std::string& name) const {
    std::string file = root_ + "/" + name;
    fs::create_directories(fs::path(file).parent_path());
    std::ofstream(file) << "a program";
    chmod(file.c_str(), 0755);
    return file;
  }
  // A virtual environment whose bin/python links to `python`.
  std::string MakeVenv(const std::string& name, const std::string& version,
                       const std::string& python) const {
    std::string directory = root_ + "/" + name;
    fs::create_directories(directory + "/bin");
    std::ofstream(directory + "/pyvenv.cfg")
        << "home = " << root_ << "/base\nversion_info = " << version << ".1.final.0\n";
    fs::create_symlink(python, directory + "/bin/python");
    return directory;
  }
  // A conda environment: an installation of CPython, and no pyvenv.cfg.
  std::string MakeConda(const std::string& name) const {
    std::string directory = root_ + "/" + name;
    fs::create_directories(directory + "/bin");
    fs::create_directories(directory + "/conda-meta");
    fs::copy_file(CPython(), directory + "/bin/python" + minor_);
    const fs::path library = fs::path(CPython()).parent_path().parent_path() / "lib";
    fs::create_directory_symlink(library, directory + "/lib");
    fs::create_symlink("python" + minor_, directory + "/bin/python");
    return directory;
  }
  // An installed wheel, whose programs are no links.
  void MakeWheel(const std::string& prefix) {
    binary_ = Program(prefix + "/bin/pyslow");
    child_name_ = Program(prefix + "/libexec/pyslow/python" + minor_ + "-pyslow");
    Program(prefix + "/libexec/pyslow/libpyslow" + minor_ + ".so");
    invocation_.argv0 = invocation_.binary = binary_;
    invocation_.built_for = "";
    invocation_.minor = "";
  }
  PythonChoice Choose() {
    const auto choice = ChoosePython(invocation_);
    EXPECT_TRUE(choice.ok()) << choice.status();
    return choice.value_or(PythonChoice());
  }
  std::string Error() {
    const auto choice = ChoosePython(invocation_);
    return choice.ok() ? "no error" : std::string(choice.status().message());
  }

  const TemporaryDirectory temporary_;
  const std::string root_ = temporary_.path();
  std::string minor_;
  std::string binary_;
  std::string child_name_;
  std::string base_;
  Invocation invocation_;
};

TEST_F(ChoosePythonTest, WithoutAnEnvironmentChoosesThePythonItWasBuiltFor) {
  const PythonChoice choice = Choose();
  EXPECT_EQ(choice.argv0, child_name_);
  EXPECT_EQ(choice.final_executable, child_name_);
  EXPECT_EQ(choice.base_executable, BuiltForExecutable());
}

TEST_F(ChoosePythonTest, PythonItselfResolvesALinkInAnEnvironment) {
  const std::string venv = MakeVenv("venv", minor_, binary_);
  invocation_.argv0 = venv + "/bin/python";
  const PythonChoice choice = Choose();
  EXPECT_EQ(choice.argv0, venv + "/bin/python");
  EXPECT_EQ(choice.executable, "");
  EXPECT_EQ(choice.base_executable, base_);
}

TEST_F(ChoosePythonTest, TheEnvironmentOfItsDirectoryOverridesTheActiveOne) {
  const std::string own = MakeVenv("own", minor_, binary_);
  invocation_.virtual_env = MakeVenv("active", minor_, base_);
  invocation_.argv0 = own + "/bin/python";
  EXPECT_EQ(Choose().argv0, own + "/bin/python");
}

TEST_F(ChoosePythonTest, ChoosesTheActiveEnvironmentAndChildrenArePyslow) {
  invocation_.virtual_env = MakeVenv("active", minor_, base_);
  const PythonChoice choice = Choose();
  EXPECT_EQ(choice.executable, invocation_.virtual_env + "/bin/python");
  EXPECT_EQ(choice.final_executable, child_name_);
  EXPECT_EQ(choice.base_executable, base_);
}

// As with /usr/bin/python3 of the system, and python3.13 beside it.
TEST_F(ChoosePythonTest, TheBaseOfAnEnvironmentIsOfItsVersion) {
  fs::remove(base_);
  fs::create_symlink(Program("base/python3.99"), base_);
  const std::string fit = Program("base/python" + minor_);
  invocation_.virtual_env = MakeVenv("active", minor_, fit);
  EXPECT_EQ(Choose().base_executable, fit);
}

TEST_F(ChoosePythonTest, IgnoresAnActiveEnvironmentThatIsGone) {
  invocation_.virtual_env = root_ + "/none";
  EXPECT_EQ(Choose().base_executable, BuiltForExecutable());
}

TEST_F(ChoosePythonTest, ForAnotherMinorVersionSelectsThePyslowBesideIt) {
  invocation_.virtual_env = MakeVenv("active", "3.99", base_);
  EXPECT_THAT(Error(), HasSubstr("3.99"));
  const std::string sibling = Program("opt/bin/pyslow3.99");
  EXPECT_EQ(Choose().other_pyslow, sibling);
}

TEST_F(ChoosePythonTest, IgnoresALinkToThisProgramForAnotherMinorVersion) {
  invocation_.virtual_env = MakeVenv("active", "3.99", base_);
  fs::create_symlink(binary_, root_ + "/opt/bin/pyslow3.99");
  EXPECT_THAT(Error(), HasSubstr("3.99"));
}

TEST_F(ChoosePythonTest, ANameWithAMinorVersionOverridesTheActiveEnvironment) {
  invocation_.virtual_env = MakeVenv("active", "3.99", base_);
  invocation_.argv0 = child_name_;
  const PythonChoice choice = Choose();
  EXPECT_EQ(choice.other_pyslow, "");
  EXPECT_EQ(choice.base_executable, BuiltForExecutable());
}

TEST_F(ChoosePythonTest, FindsANameInPath) {
  const std::string venv = MakeVenv("venv", minor_, binary_);
  invocation_.argv0 = "python";
  invocation_.path = root_ + "/none:" + venv + "/bin:/usr/bin";
  EXPECT_EQ(Choose().base_executable, base_);
}

TEST_F(ChoosePythonTest, AChildStartedInAStandInIsThePythonThatItStandsFor) {
  const std::string venv = MakeVenv("venv", minor_, base_);
  invocation_.virtual_env = MakeVenv("active", minor_, base_);
  fs::create_directories(root_ + "/stand-in/bin");
  fs::create_symlink(venv + "/bin", root_ + "/stand-in/stands-for");
  fs::create_symlink(binary_, root_ + "/stand-in/bin/python3");
  invocation_.argv0 = root_ + "/stand-in/bin/python3";
  const PythonChoice choice = Choose();
  EXPECT_EQ(choice.executable, venv + "/bin/python3");
  EXPECT_EQ(choice.base_executable, base_);
  EXPECT_EQ(choice.absent_from, venv + "/bin/python3");
  EXPECT_EQ(choice.stand_in, root_ + "/stand-in/bin");
}

TEST_F(ChoosePythonTest, OnlyAnEnvironmentWithoutPyslowGetsAStandIn) {
  EXPECT_EQ(Choose().absent_from, "");
  invocation_.virtual_env = MakeVenv("active", minor_, base_);
  EXPECT_EQ(Choose().absent_from, invocation_.virtual_env + "/bin/python");
  EXPECT_EQ(Choose().stand_in, "");
  invocation_.virtual_env = MakeVenv("linked", minor_, binary_);
  EXPECT_EQ(Choose().absent_from, "");
  invocation_.virtual_env = fs::relative(root_ + "/active").string();
  EXPECT_EQ(Choose().base_executable, base_);
  EXPECT_EQ(Choose().absent_from, "");
}

TEST_F(ChoosePythonTest, VirtualenvAndPipSeePythonsOwnExecutable) {
  invocation_.argv0 = child_name_;
  invocation_.script = "/site-packages/python_discovery/_py_info_collect.py";
  EXPECT_EQ(Choose().final_executable, BuiltForExecutable());
  invocation_.argv0 = binary_;
  EXPECT_EQ(Choose().final_executable, BuiltForExecutable());
  invocation_.virtual_env = MakeVenv("active", minor_, base_);
  EXPECT_EQ(Choose().final_executable, invocation_.virtual_env + "/bin/python");
  for (const char* other : {"/site-packages/other.py", "pip-audit", "pipx", "mypip"}) {
    invocation_.script = other;
    EXPECT_EQ(Choose().final_executable, child_name_);
  }
  for (const char* pip : {"pip", "/venv/bin/pip3", "pip3.13"}) {
    invocation_.script = pip;
    EXPECT_EQ(Choose().final_executable, invocation_.virtual_env + "/bin/python");
  }
  invocation_.script = "";
  invocation_.module = "pip";
  EXPECT_EQ(Choose().final_executable, invocation_.virtual_env + "/bin/python");
}

TEST_F(ChoosePythonTest, AnUnrelatedNameGetsAnExecutable) {
  invocation_.argv0 = "python-made-up";
  const PythonChoice choice = Choose();
  EXPECT_EQ(choice.argv0, "python-made-up");
  EXPECT_EQ(choice.final_executable, child_name_);
}

TEST_F(ChoosePythonTest, AMissingLinkForChildrenIsAnError) {
  fs::remove(child_name_);
  EXPECT_THAT(Error(), HasSubstr(child_name_));
}

TEST_F(ChoosePythonTest, ChoosesTheActiveCondaEnvironment) {
  const std::string conda = invocation_.conda_prefix = MakeConda("conda");
  const PythonChoice choice = Choose();
  EXPECT_EQ(choice.executable, conda + "/bin/python");
  EXPECT_EQ(choice.final_executable, child_name_);
  EXPECT_EQ(choice.base_executable, conda + "/bin/python" + minor_);
  EXPECT_EQ(choice.rule, "CONDA_PREFIX=" + conda);
}

TEST_F(ChoosePythonTest, IgnoresACondaEnvironmentWithoutPython) {
  fs::create_directories(root_ + "/conda/bin");
  invocation_.conda_prefix = root_ + "/conda";
  EXPECT_EQ(Choose().base_executable, BuiltForExecutable());
}

TEST_F(ChoosePythonTest, OfTwoActiveEnvironmentsChoosesTheFirstOnPath) {
  const std::string conda = invocation_.conda_prefix = MakeConda("conda");
  const std::string venv = invocation_.virtual_env = MakeVenv("active", minor_, base_);
  EXPECT_EQ(Choose().base_executable, base_);
  invocation_.path = conda + "/bin:" + venv + "/bin:/usr/bin";
  EXPECT_EQ(Choose().base_executable, conda + "/bin/python" + minor_);
  invocation_.path = venv + "/bin:" + conda + "/bin:/usr/bin";
  EXPECT_EQ(Choose().base_executable, base_);
}

TEST_F(ChoosePythonTest, AGivenPythonOverridesTheActiveEnvironment) {
  invocation_.virtual_env = MakeVenv("active", minor_, base_);
  const std::string conda = MakeConda("conda");
  invocation_.python_from = "--python";
  for (const std::string& given : {conda, conda + "/", conda + "/bin/python"}) {
    invocation_.python = given;
    const PythonChoice choice = Choose();
    EXPECT_EQ(choice.base_executable, conda + "/bin/python" + minor_);
    EXPECT_EQ(choice.python, conda + "/bin/python");
    EXPECT_EQ(choice.rule, "--python");
  }
  invocation_.python = "python" + minor_;
  invocation_.path = conda + "/bin";
  EXPECT_EQ(Choose().base_executable, conda + "/bin/python" + minor_);
}

TEST_F(ChoosePythonTest, AGivenPythonThatIsNoneIsAnError) {
  invocation_.python_from = "SPEED_BUMP_PYTHON";
  invocation_.python = root_ + "/none";
  EXPECT_THAT(Error(), HasSubstr("SPEED_BUMP_PYTHON: " + root_ + "/none: no such file"));
  invocation_.python = base_;
  EXPECT_THAT(Error(), HasSubstr(base_ + ": it is not a dynamically linked program"));
  invocation_.python = "python9";
  EXPECT_THAT(Error(), HasSubstr("there is no python9 on PATH"));
}

TEST_F(ChoosePythonTest, AGivenShimIsCalledAScript) {
  const std::string shim = Program("pyenv/shims/python3");
  std::ofstream(shim) << "#!/usr/bin/env bash\n";
  invocation_.python_from = "--python";
  invocation_.python = shim;
  EXPECT_THAT(Error(),
              HasSubstr(shim + ": it is a script ('pyenv which python3' prints the program "
                               "that it runs); expected a python or an environment"));
}

TEST_F(ChoosePythonTest, AWheelSkipsPythonsOfAnotherVersionThanTheCommandNames) {
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

TEST_F(ChoosePythonTest, ChoosesTheVersionThatTheUserSelectedInPyenv) {
  const std::string shims = DirectoryOf(Program("pyenv/shims/python"));
  MakeConda("pyenv/versions/3.99.9");
  const std::string newest = MakeConda("pyenv/versions/3.99.10");
  invocation_.path = shims + ":/usr/bin";
  EXPECT_EQ(Choose().base_executable, BuiltForExecutable());
  std::ofstream(root_ + "/.python-version") << "3.99\n";
  invocation_.directory = root_ + "/opt/bin";
  EXPECT_EQ(Choose().base_executable, newest + "/bin/python" + minor_);
  invocation_.pyenv_version = "3.98.1:system";
  EXPECT_THAT(Error(), HasSubstr("PYENV_VERSION: it selects Python 3.98.1, which is not in"));
  invocation_.path = "/usr/bin";  // pyenv is not in use
  EXPECT_EQ(Choose().base_executable, BuiltForExecutable());
}

TEST_F(ChoosePythonTest, AWheelChoosesTheEnvironmentThatItIsInstalledIn) {
  const std::string venv = MakeVenv("venv", minor_, base_);
  MakeWheel("venv");
  invocation_.virtual_env = MakeVenv("active", minor_, base_);
  PythonChoice choice = Choose();
  EXPECT_EQ(choice.executable, venv + "/bin/python");
  EXPECT_EQ(choice.final_executable, child_name_);
  EXPECT_EQ(choice.minor, minor_);
  // As a child without environment variables.
  invocation_ = {child_name_, child_name_, "", "", "", "", "", "", "", "/", "", ""};
  choice = Choose();
  EXPECT_EQ(choice.argv0, child_name_);
  EXPECT_EQ(choice.executable, venv + "/bin/python");
}

TEST_F(ChoosePythonTest, AToolChoosesTheActiveEnvironmentThenPathThenItsOwn) {
  const std::string tool = MakeVenv("tool", minor_, base_);
  std::ofstream(tool + "/uv-receipt.toml") << "";
  MakeWheel("tool");
  EXPECT_EQ(Choose().executable, tool + "/bin/python");
  const std::string conda = MakeConda("conda");
  fs::create_symlink("python" + minor_, conda + "/bin/python3");
  invocation_.path = tool + "/bin:" + conda + "/bin";
  EXPECT_EQ(Choose().executable, conda + "/bin/python3");
  invocation_.virtual_env = MakeVenv("active", minor_, base_);
  EXPECT_EQ(Choose().executable, invocation_.virtual_env + "/bin/python");
  // uv and pipx link the program into a directory on PATH.
  fs::create_symlink(binary_, root_ + "/opt/bin/pyslow");
  invocation_.argv0 = root_ + "/opt/bin/pyslow";
  EXPECT_EQ(Choose().executable, invocation_.virtual_env + "/bin/python");
}

TEST_F(ChoosePythonTest, AWheelOutsideAnEnvironmentChoosesThePythonThatInstalledIt) {
  const std::string python = MakeConda("installation") + "/bin/python";
  MakeWheel("user");
  std::ofstream(root_ + "/user/bin/pyslow-python") << "#!" << python << "\nimport os\n";
  EXPECT_EQ(Choose().executable, python);
  std::ofstream(root_ + "/user/bin/pyslow-python")
      << "#!/bin/sh\n'''exec' \"" << python << "\" \"$0\" \"$@\"\n' '''\n";
  EXPECT_EQ(Choose().executable, python);
  fs::remove(root_ + "/user/bin/pyslow-python");
  EXPECT_THAT(Error(), HasSubstr("name a Python with --python"));
  invocation_.path = root_ + "/installation/bin";
  fs::create_symlink("python", root_ + "/installation/bin/python3");
  EXPECT_EQ(Choose().executable, python + "3");
}

TEST_F(ChoosePythonTest, AWheelNamesThePythonOnPathThatItCannotUse) {
  MakeWheel("user");
  const std::string shim = Program("shims/python3");
  std::ofstream(shim) << "#!/bin/sh\n";
  invocation_.path = root_ + "/none:" + root_ + "/shims";
  EXPECT_THAT(Error(), HasSubstr("there is no python3 that can be used (" + shim +
                                 ": it is a script) and no environment is active"));
}

TEST_F(ChoosePythonTest, ALinkToAWheelsPythonIsItsBasePython) {
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

TEST_F(ChoosePythonTest, AWheelNamesThePythonsThatItIsFor) {
  MakeVenv("venv", "3.99", base_);
  MakeWheel("venv");
  EXPECT_THAT(Error(), HasSubstr("it is Python 3.99"));
  EXPECT_THAT(Error(), HasSubstr("this pyslow is for " + minor_ + ";"));
}

TEST(IsPythonName, UsesTheFileName) {
  EXPECT_TRUE(IsPythonName("python"));
  EXPECT_TRUE(IsPythonName("/venv/bin/python3.13"));
  EXPECT_TRUE(IsPythonName("python3.13-pyslow"));
  EXPECT_FALSE(IsPythonName("/python/pyslow"));
  EXPECT_FALSE(IsPythonName("pyslow"));
  EXPECT_FALSE(IsPythonName(""));
}

}  // namespace
}  // namespace pyslow::launcher
