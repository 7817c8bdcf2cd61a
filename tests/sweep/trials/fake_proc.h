// A fixture with fake files of /proc and /sys.
#ifndef PYSLOW_TESTS_SWEEP_TRIALS_FAKE_PROC_H_
#define PYSLOW_TESTS_SWEEP_TRIALS_FAKE_PROC_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "sweep/trials/disturbance.h"
#include "temporary_directory.h"

namespace pyslow::trials {

inline constexpr int64_t kTick = 10'000'000;  // ns

class ProcFilesTest : public ::testing::Test {
 protected:
  void Write(const std::string& path, const std::string& text) {
    const std::filesystem::path file = root_ + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  void WriteThread(int thread, const std::string& times) {
    Write(absl::StrCat("/7/task/", thread, "/schedstat"), times);
  }
  // A process that started `start` ticks after boot, and its processor time in ticks of 10 ms.
  void WriteProcess(int pid, int parent, int start, int run = 0, int children = 0) {
    Write(absl::StrCat("/", pid, "/stat"),
          absl::StrCat(pid, " (a) S ", parent, " ", pid, " 5 0 -1 0 0 0 0 0 ", run, " 0 ", children,
                       " 0 20 0 1 0 ", start, " 0 0\n"));
  }
  void Remove(int pid) { std::filesystem::remove_all(absl::StrCat(root_, "/", pid)); }
  // The processors' user and stolen time, in ticks.
  void WriteProcessors(int user, int stolen) {
    Write("/stat", absl::StrCat("cpu ", user, " 0 0 9 0 0 0 ", stolen, " 0 0\n"));
  }
  static OwnTimes Own() { return own_; }
  static inline OwnTimes own_;
  const TemporaryDirectory temporary_;
  const std::string root_ = temporary_.path();
  DisturbanceWatch watch_{root_, root_, (own_ = {}, Own)};
};

}  // namespace pyslow::trials

#endif  // PYSLOW_TESTS_SWEEP_TRIALS_FAKE_PROC_H_
