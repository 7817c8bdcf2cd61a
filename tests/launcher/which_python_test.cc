#include "launcher/which_python.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/path.h"
#include "choose_python_testing.h"

namespace pyslow::launcher {
namespace {

using ::testing::HasSubstr;

TEST_F(ChoosePythonTest, WithoutAnEnvironmentChoosesThePythonItWasBuiltFor) {
  const PythonChoice choice = Choose();
  EXPECT_EQ(choice.argv0, child_name_);
  EXPECT_EQ(choice.final_executable, child_name_);
  EXPECT_EQ(choice.base_executable, BuiltForExecutable());
  EXPECT_EQ(choice.rule, "the Python that pyslow was built for");
}

TEST_F(ChoosePythonTest, PythonItselfResolvesALinkInAnEnvironment) {
  const std::string venv = MakeVenv("venv", minor_, binary_);
  invocation_.argv0 = venv + "/bin/python";
  const PythonChoice choice = Choose();
  EXPECT_EQ(choice.argv0, venv + "/bin/python");
  EXPECT_EQ(choice.executable, "");
  EXPECT_EQ(choice.base_executable, base_);
  EXPECT_EQ(choice.rule, "the environment of " + invocation_.argv0);
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
  EXPECT_EQ(choice.rule, "VIRTUAL_ENV=" + invocation_.virtual_env);
}

TEST_F(ChoosePythonTest, AConsoleScriptChoosesTheEnvironmentThatItIsIn) {
  const std::string venv = MakeVenv("venv", minor_, base_);
  invocation_.virtual_env = MakeVenv("active", minor_, base_);
  invocation_.script = Program("venv/bin/tool");
  std::ofstream(invocation_.script) << "#!" << venv << "/bin/python\n";
  const PythonChoice choice = Choose();
  EXPECT_EQ(choice.executable, venv + "/bin/python");
  EXPECT_EQ(choice.rule, "the first line of " + invocation_.script);
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
  const std::string command = "(./bootstrap install --prefix " + root_ + "/opt --python ";
  const std::string own = " --python " + invocation_.built_for + ")";
  EXPECT_THAT(Error(), HasSubstr(command + base_ + own));
  const std::string versioned = Program("base/python3.99");
  fs::remove(base_);
  fs::create_symlink(versioned, base_);
  EXPECT_THAT(Error(), HasSubstr(command + versioned + own));
  const std::string sibling = Program("opt/bin/pyslow3.99");
  EXPECT_EQ(Choose().other_pyslow, sibling);
}

TEST_F(ChoosePythonTest, IgnoresALinkToThisProgramForAnotherMinorVersion) {
  invocation_.virtual_env = MakeVenv("active", "3.99", base_);
  fs::create_symlink(binary_, root_ + "/opt/bin/pyslow3.99");
  EXPECT_THAT(Error(), HasSubstr("3.99"));
}

TEST_F(ChoosePythonTest, ExecutedByThePyslowBesideItKeepsTheEnvironmentOfItsName) {
  const std::string venv = MakeVenv("venv", minor_, Program("opt/bin/pyslow3.99"));
  invocation_.argv0 = venv + "/bin/python";
  EXPECT_EQ(Choose().argv0, venv + "/bin/python");
  EXPECT_EQ(Choose().base_executable, base_);
  invocation_.argv0 = MakeVenv("other", minor_, Program("elsewhere/pyslow3.99")) + "/bin/python";
  EXPECT_EQ(Choose().base_executable, BuiltForExecutable());
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

TEST_F(ChoosePythonTest, ANameInTheCurrentDirectoryIsInItsEnvironment) {
  const std::string venv = MakeVenv("venv", minor_, binary_);
  const fs::path old = fs::current_path();
  fs::current_path(venv + "/bin");
  invocation_.argv0 = "./python";
  const PythonChoice choice = Choose();
  fs::current_path(old);
  EXPECT_EQ(choice.base_executable, base_);
  EXPECT_EQ(choice.rule, "the environment of ./python");
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
  EXPECT_EQ(choice.rule, "the Python that " + invocation_.argv0 + " stands for");
}

TEST_F(ChoosePythonTest, AChildStartedInACopyOfAStandInIsRefused) {
  const std::string venv = MakeVenv("venv", minor_, base_);
  fs::create_directories(root_ + "/copy/bin");
  fs::create_symlink(venv + "/bin", root_ + "/copy/stands-for");
  fs::create_symlink(root_ + "/stand-in/bin", root_ + "/copy/at");
  fs::create_symlink(binary_, root_ + "/copy/bin/python3");
  invocation_.argv0 = root_ + "/copy/bin/python3";
  EXPECT_THAT(Error(),
              HasSubstr(invocation_.argv0 + ": it is in a copy of pyslow's directory for " + venv +
                        "/bin, which is no environment; copy " + venv + " itself"));
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
  invocation_.python = "";
  invocation_.python_from = "--python";
  EXPECT_EQ(Error(), "--python: the value is empty; expected a python or an environment");
}

TEST_F(ChoosePythonTest, AScriptOfAnEnvironmentRunsThereAlsoThroughALink) {
  const std::string venv = MakeVenv("venv", minor_, base_);
  const std::string active = invocation_.virtual_env = MakeVenv("active", minor_, base_);
  const std::string script = venv + "/bin/tool";
  const std::string link = root_ + "/local/tool";
  const std::string copy = root_ + "/local/copy";
  std::ofstream(script) << "#!" << venv << "/bin/python\n";
  fs::create_directories(root_ + "/local");
  fs::create_symlink(script, link);
  fs::copy_file(script, copy);
  for (const std::string& name : {script, link}) {
    invocation_.script = name;
    EXPECT_EQ(Choose().executable, venv + "/bin/python");
    EXPECT_EQ(Choose().rule, "the first line of " + name);
  }
  invocation_.script = copy;
  EXPECT_EQ(Choose().executable, active + "/bin/python");
  std::ofstream(script) << "#! \t" << venv << "/bin/python\t-I\n";  // the kernel skips blanks
  invocation_.script = script;
  EXPECT_EQ(Choose().executable, venv + "/bin/python");
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

TEST_F(ChoosePythonTest, AGivenShimIsNamedInTheRemedy) {
  std::ofstream(Program("pyenv/shims/python3.12")) << "#!/usr/bin/env bash\n";
  invocation_.path = root_ + "/pyenv/shims";
  invocation_.python_from = "--python";
  invocation_.python = "python3.12";
  EXPECT_THAT(Error(), HasSubstr("'pyenv which python3.12'"));
}

TEST_F(ChoosePythonTest, ChoosesTheVersionThatTheUserSelectedInPyenv) {
  const std::string shims = DirectoryOf(Program("pyenv/shims/python"));
  MakeConda("pyenv/versions/3.99.9");
  const std::string newest = MakeConda("pyenv/versions/3.99.10");
  invocation_.path = shims + ":/usr/bin";
  EXPECT_EQ(Choose().base_executable, BuiltForExecutable());
  std::ofstream(root_ + "/pyenv/version") << "3.99.9\n";
  EXPECT_EQ(Choose().base_executable, BuiltForExecutable()) << "only a choice for this directory";
  std::ofstream(root_ + "/.python-version") << "# the newest\n3.99\n";
  invocation_.directory = root_ + "/opt/bin";
  EXPECT_EQ(Choose().base_executable, newest + "/bin/python" + minor_);
  EXPECT_EQ(Choose().rule, "pyenv's version, by " + root_ + "/.python-version");
  invocation_.pyenv_version = "3.98.1:system";
  EXPECT_THAT(Error(), HasSubstr("PYENV_VERSION: it selects Python 3.98.1, which is not in"));
  invocation_.path = "/usr/bin";  // pyenv is not in use
  EXPECT_EQ(Choose().base_executable, BuiltForExecutable());
}

TEST(IsPythonName, UsesTheFileName) {
  EXPECT_TRUE(IsPythonName("python"));
  EXPECT_TRUE(IsPythonName("/venv/bin/python3.13"));
  EXPECT_TRUE(IsPythonName("python3.13-pyslow"));
  EXPECT_FALSE(IsPythonName("/python/pyslow"));
  EXPECT_FALSE(IsPythonName("pyslow"));
  EXPECT_FALSE(IsPythonName(""));
}

TEST(VenvAtTest, ReadsTheFirstOfTwoHomesAsPythonDoes) {
  const TemporaryDirectory temporary;
  std::ofstream(temporary.path() + "/pyvenv.cfg") << "home = /x/bin\nhome = /y/bin\n";
  const auto venv = VenvAt(temporary.path());
  ASSERT_TRUE(venv.has_value());
  EXPECT_EQ(venv->home, "/x/bin");
}

}  // namespace
}  // namespace pyslow::launcher
