// A directory for a test's files.
#ifndef PYSLOW_TESTS_TEMPORARY_DIRECTORY_H_
#define PYSLOW_TESTS_TEMPORARY_DIRECTORY_H_

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

namespace pyslow {

// Empty when it is made, and removed with this object and with all that is in it. Made before the
// members of a fixture that have its path.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = ::testing::TempDir() + "pyslow-test-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) {
      throw std::system_error(errno, std::generic_category(), pattern);
    }
    path_ = std::filesystem::canonical(pattern).string();
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  // Absolute, without links.
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace pyslow

#endif  // PYSLOW_TESTS_TEMPORARY_DIRECTORY_H_
