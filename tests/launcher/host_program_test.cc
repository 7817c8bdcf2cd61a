#include "launcher/host_program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "temporary_directory.h"

namespace pyslow::launcher {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

constexpr char kSampleLibrary[] = PYSLOW_SAMPLES "/libneeds.so";
constexpr char kPrograms[] = PYSLOW_SAMPLES "/bin/";

class CanHostTest : public ::testing::Test {
 protected:
  // The reason against it, or "".
  static std::string Objection(const std::string& executable,
                               const std::string& library = kSampleLibrary) {
    return std::string(CanHost(executable, library, kProgram).message());
  }
  std::string Copy(const std::string& file, const std::string& name) const {
    std::string copy = directory_ + "/" + name;
    fs::create_directories(fs::path(copy).parent_path());
    fs::copy_file(file, copy);
    return copy;
  }

  static inline const std::string kFit = std::string(kPrograms) + "fit";
  static inline const std::string kProgram = fs::read_symlink("/proc/self/exe").string();
  const TemporaryDirectory temporary_;
  const std::string directory_ = temporary_.path();
};

TEST_F(CanHostTest, AProgramThatExportsCPythonCan) { EXPECT_EQ(Objection(kFit), ""); }

TEST_F(CanHostTest, AProgramWithItsLibpythonBesideItCan) {
  EXPECT_EQ(Objection(std::string(kPrograms) + "linked"), "");
}

TEST_F(CanHostTest, ALibpythonThatIsNotFoundIsNotTrusted) {
  const std::string moved = Copy(std::string(kPrograms) + "linked", "bin/python3");
  EXPECT_THAT(Objection(moved), HasSubstr(moved + ": there is no libpython_sample.so in"));
}

TEST_F(CanHostTest, AnotherMinorVersionCannot) {
  EXPECT_THAT(Objection(std::string(kPrograms) + "another_minor"), HasSubstr("it is Python 3.99"));
}

TEST_F(CanHostTest, AFreeThreadedOneCannot) {
  EXPECT_THAT(Objection(std::string(kPrograms) + "free_threaded"), HasSubstr("free-threaded"));
}

TEST_F(CanHostTest, OneThatLacksAFunctionCannotAndItIsNamed) {
  EXPECT_THAT(Objection(std::string(kPrograms) + "lacking"),
              HasSubstr("it does not export PySample_Needed"));
}

TEST_F(CanHostTest, AProgramWithoutCPythonCannot) {
  EXPECT_THAT(Objection(std::string(kPrograms) + "no_python"),
              HasSubstr("it does not export CPython's functions"));
}

TEST_F(CanHostTest, AScriptOrNothingCannot) {
  const std::string script = directory_ + "/python3";
  std::ofstream(script) << "#!/bin/sh\n";
  chmod(script.c_str(), 0755);
  EXPECT_THAT(Objection(script), HasSubstr(script + ": it is not a dynamically linked program"));
  EXPECT_THAT(Objection(directory_ + "/none"), HasSubstr("No such file"));
}

TEST_F(CanHostTest, AProgramThatGetsRightsByItselfCannot) {
  const std::string program = Copy(kFit, "python3");
  chmod(program.c_str(), 04755);
  EXPECT_THAT(Objection(program), HasSubstr("may preload nothing"));
}

TEST_F(CanHostTest, APathThatLdPreloadCannotHoldIsRefused) {
  for (const char* name : {"a b/l.so", "a:b/l.so", "a$ORIGIN/l.so"}) {
    EXPECT_THAT(Objection(kFit, Copy(kSampleLibrary, name)), HasSubstr("cannot be preloaded"))
        << name;
  }
}

TEST_F(CanHostTest, AMissingLibraryIsNamed) {
  EXPECT_THAT(Objection(kFit, directory_ + "/l.so"), HasSubstr("/l.so: No such file"));
}

}  // namespace
}  // namespace pyslow::launcher
