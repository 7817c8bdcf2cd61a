// Helpers of the session tests: a temporary directory, sample settings, child processes.
#ifndef PYSLOW_TESTS_SESSION_SESSION_TESTING_H_
#define PYSLOW_TESTS_SESSION_SESSION_TESTING_H_

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "session/recorder.h"
#include "session/session.h"
#include "session/session_settings.h"
#include "session/snapshot.h"
#include "temporary_directory.h"

namespace pyslow::session {

// Groups [default] and [model] with one target each and a delay of 10 us.
inline Settings SampleSettings() {
  Settings settings;
  settings.session_id = "sample";
  settings.text = "delay=10us\nfrequency=1";
  settings.groups = {{"default", {10'000, 1}, true}, {"model", {10'000, 1}, true}};
  settings.targets = {{"/t/targets.txt", 1, 1, "*:json_*", 0, false},
                      {"/t/targets.txt", 3, 1, "model.*:*", 1, false}};
  return settings;
}

inline MatchedFunction Named(absl::string_view qualname) {
  return {{"module", qualname, "/t/module.py", 7}, 0, 0};
}

// dir_ does not exist yet; its parent is removed after the test.
class SessionTest : public ::testing::Test {
 protected:
  std::unique_ptr<Session> OpenSession(const Settings& settings = SampleSettings()) const {
    auto session = Session::Open(dir_, settings, false);
    EXPECT_TRUE(session.ok()) << session.status();
    return session.ok() ? *std::move(session) : nullptr;
  }
  static std::unique_ptr<Recorder> OpenRecorder(const Session& session) {
    auto recorder = Recorder::Create(session, {"3.13.0", 0.5, 40});
    EXPECT_TRUE(recorder.ok()) << recorder.status();
    return recorder.ok() ? *std::move(recorder) : nullptr;
  }
  SessionSnapshot Read() const {
    auto snapshot = ReadSession(dir_);
    EXPECT_TRUE(snapshot.ok()) << snapshot.status();
    return snapshot.ok() ? *std::move(snapshot) : SessionSnapshot();
  }
  std::string ReadError() const {
    const auto snapshot = ReadSession(dir_);
    return snapshot.ok() ? "no error" : std::string(snapshot.status().message());
  }
  std::vector<std::string> Files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(dir_)) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

  const TemporaryDirectory temporary_;
  const std::string parent_ = temporary_.path();
  std::string dir_ = parent_ + "/session";
};

// Runs `body` in a fork of this process and returns its wait status; `body` returns its exit
// status.
template <typename Body>
int InChild(Body body) {
  const pid_t pid = fork();
  if (pid == 0) _exit(body());
  int status = -1;
  waitpid(pid, &status, 0);
  return status;
}

inline bool ExitedWith(int wait_status, int exit_status) {
  return WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == exit_status;
}

inline std::string FileContent(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void WriteFile(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

inline const FunctionSnapshot* FindFunction(const SessionSnapshot& session,
                                            const std::string& qualname) {
  for (const FunctionSnapshot& function : session.functions) {
    if (function.id.qualname == qualname) return &function;
  }
  return nullptr;
}

inline uint64_t CallsOf(const SessionSnapshot& session, const std::string& qualname) {
  const FunctionSnapshot* function = FindFunction(session, qualname);
  return function == nullptr ? 0 : function->counts.calls;
}

}  // namespace pyslow::session

#endif  // PYSLOW_TESTS_SESSION_SESSION_TESTING_H_
