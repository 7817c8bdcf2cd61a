#include "launcher/handoff/handoff_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "temporary_directory.h"

namespace pyslow::handoff {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

constexpr char kSampleLibrary[] = PYSLOW_SAMPLES "/libneeds.so";
constexpr char kPrograms[] = PYSLOW_SAMPLES "/bin/";

class CheckHandoffTest : public ::testing::Test {
 protected:
  // The message of the error, or "".
  static std::string ErrorOf(const std::string& executable,
                             const std::string& library = kSampleLibrary,
                             const std::string& minor = "3.13") {
    return std::string(CheckHandoff(executable, library, kProgram, minor).message());
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

TEST_F(CheckHandoffTest, AcceptsAProgramThatExportsCPython) { EXPECT_EQ(ErrorOf(kFit), ""); }

TEST_F(CheckHandoffTest, AcceptsAProgramThatIsLinkedToItsLibpython) {
  EXPECT_EQ(ErrorOf(std::string(kPrograms) + "linked"), "");
}

// As /usr/local/bin/python3 may lead to an installation elsewhere.
TEST_F(CheckHandoffTest, AcceptsALinkToAProgramThatIsLinkedToItsLibpython) {
  const std::string link = directory_ + "/bin/python3";
  fs::create_directories(directory_ + "/bin");
  fs::create_symlink(std::string(kPrograms) + "linked", link);
  EXPECT_EQ(ErrorOf(link), "");
}

TEST_F(CheckHandoffTest, RejectsAProgramWhoseLibpythonIsNotFound) {
  const std::string moved = Copy(std::string(kPrograms) + "linked", "bin/python3");
  EXPECT_THAT(ErrorOf(moved), HasSubstr(moved + ": there is no libpython_sample.so in"));
}

// As in Fedora and RHEL.
TEST_F(CheckHandoffTest, AcceptsAProgramWhoseLibpythonIsInLib64) {
  const std::string moved = Copy(std::string(kPrograms) + "linked", "bin/python3");
  Copy(PYSLOW_SAMPLES "/lib/libpython_sample.so", "lib64/libpython_sample.so");
  EXPECT_EQ(ErrorOf(moved), "");
}

TEST_F(CheckHandoffTest, RejectsAnotherMinorVersion) {
  EXPECT_THAT(ErrorOf(std::string(kPrograms) + "another_minor"), HasSubstr("it is Python 3.99"));
}

TEST_F(CheckHandoffTest, RejectsAFreeThreadedPython) {
  EXPECT_THAT(ErrorOf(std::string(kPrograms) + "free_threaded"), HasSubstr("free-threaded"));
}

TEST_F(CheckHandoffTest, AcceptsOnlyAFreeThreadedPythonForALibraryWithoutAGil) {
  const std::string free_threaded = std::string(kPrograms) + "free_threaded";
  EXPECT_EQ(ErrorOf(free_threaded, kSampleLibrary, "3.13t"), "");
  EXPECT_THAT(ErrorOf(kFit, kSampleLibrary, "3.13t"), HasSubstr("it is Python 3.13"));
  EXPECT_EQ(*MinorOf(free_threaded), "3.13t");
  EXPECT_EQ(*MinorOf(kFit), "3.13");
}

TEST_F(CheckHandoffTest, NamesAMissingFunction) {
  EXPECT_THAT(ErrorOf(std::string(kPrograms) + "lacking"),
              HasSubstr("it does not export PySample_Needed"));
}

TEST_F(CheckHandoffTest, RejectsAProgramWithoutCPython) {
  EXPECT_THAT(ErrorOf(std::string(kPrograms) + "no_python"),
              HasSubstr("it does not export CPython's functions"));
}

TEST_F(CheckHandoffTest, RejectsAScriptAndAMissingFile) {
  const std::string script = directory_ + "/python3";
  std::ofstream(script) << "#!/bin/sh\n";
  chmod(script.c_str(), 0755);
  EXPECT_THAT(ErrorOf(script), HasSubstr(script + ": it is a script"));
  std::ofstream(script) << "text";
  EXPECT_THAT(ErrorOf(script), HasSubstr(script + ": it is not a dynamically linked program"));
  EXPECT_THAT(ErrorOf(directory_ + "/none"), HasSubstr("No such file"));
}

TEST_F(CheckHandoffTest, RejectsASetUserIdProgram) {
  const std::string program = Copy(kFit, "python3");
  chmod(program.c_str(), 04755);
  EXPECT_THAT(ErrorOf(program), HasSubstr("LD_PRELOAD is ignored; make a copy of it in the same "
                                          "directory, without them (cp drops them), and name that "
                                          "with --python"));
}

TEST_F(CheckHandoffTest, RejectsAProgramWithCapabilities) {
  const std::string program = Copy(kFit, "python3");
  // Version 2 of the attribute (capability(7)): CAP_NET_RAW is permitted and effective.
  struct {
    uint32_t magic = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE;
    uint32_t permitted = 1U << CAP_NET_RAW;
    uint32_t other[3] = {};
  } const capability;
  if (setxattr(program.c_str(), "security.capability", &capability, sizeof(capability), 0) != 0) {
    GTEST_SKIP() << "capabilities cannot be set here: " << std::strerror(errno);
  }
  EXPECT_THAT(ErrorOf(program), HasSubstr("without them (cp drops them)"));
  EXPECT_EQ(ErrorOf(Copy(program, "copy")), "") << "the remedy of the message";
}

TEST_F(CheckHandoffTest, RejectsAPathThatLdPreloadCannotContain) {
  for (const char* name : {"a b/l.so", "a:b/l.so", "a$ORIGIN/l.so"}) {
    EXPECT_THAT(ErrorOf(kFit, Copy(kSampleLibrary, name)), HasSubstr("cannot be preloaded"))
        << name;
  }
}

TEST_F(CheckHandoffTest, ATruncatedLibraryIsToBeReinstalled) {
  const std::string library = Copy(kSampleLibrary, "l.so");
  for (const uintmax_t size : {fs::file_size(library) / 2, uintmax_t{100}, uintmax_t{0}}) {
    fs::resize_file(library, size);
    EXPECT_THAT(ErrorOf(kFit, library), HasSubstr(library + ": it is "));
    EXPECT_THAT(ErrorOf(kFit, library), HasSubstr("; reinstall pyslow"));
  }
}

TEST_F(CheckHandoffTest, NamesAMissingLibrary) {
  EXPECT_THAT(ErrorOf(kFit, directory_ + "/l.so"), HasSubstr("/l.so: No such file"));
}

}  // namespace
}  // namespace pyslow::handoff
