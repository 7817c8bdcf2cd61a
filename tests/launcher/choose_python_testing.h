// A directory tree for the tests of ChoosePython.
#ifndef PYSLOW_TESTS_LAUNCHER_CHOOSE_PYTHON_TESTING_H_
#define PYSLOW_TESTS_LAUNCHER_CHOOSE_PYTHON_TESTING_H_

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "launcher/which_python.h"
#include "temporary_directory.h"

namespace pyslow::launcher {

namespace fs = std::filesystem;

// A copy of a file that MinorOf takes for the CPython of this minor version.
inline std::string CPython() { return std::string(BuiltForExecutable()); }

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

}  // namespace pyslow::launcher

#endif  // PYSLOW_TESTS_LAUNCHER_CHOOSE_PYTHON_TESTING_H_
