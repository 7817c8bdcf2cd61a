#include "launcher/which_python.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "temporary_directory.h"

namespace pyslow::launcher {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

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

TEST(VenvAtTest, ReadsFilesOfVenvAndVirtualenv) {
  std::optional<TemporaryDirectory> temporary(std::in_place);
  const std::string directory = temporary->path();
  for (const char* text :
       {"home = /x/bin\nversion = 3.13.0\n", "HOME=/x/bin\r\nversion_info=3.13.0.final.0"}) {
    std::ofstream(directory + "/pyvenv.cfg") << text;
    const auto venv = VenvAt(directory);
    ASSERT_TRUE(venv.has_value());
    EXPECT_EQ(venv->home, "/x/bin");
    EXPECT_EQ(venv->minor, "3.13");
    EXPECT_EQ(VenvOfDirectory(directory + "/bin")->minor, "3.13");
  }
  temporary.reset();
  EXPECT_FALSE(VenvAt(directory).has_value());
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
