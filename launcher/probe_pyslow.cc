#include "launcher/probe_pyslow.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace pyslow::launcher {
namespace {

// Prints a reason unless this is pyslow in the environment argv[1].
constexpr char kProgram[] =
    "import os, sys\n"
    "if not os.path.samefile(sys.prefix, sys.argv[1]):\n"
    "    sys.exit(f'it is the python of {sys.prefix}')\n"
    "if 'pyslow' not in map(sys.monitoring.get_tool, range(6)):\n"
    "    sys.exit('it is not pyslow')\n";

// The environment without variables of pyslow and Python, but with a target and no delay.
std::vector<std::string> ProbeEnvironment() {
  std::vector<std::string> entries = {"SPEED_BUMP_PATTERNS=pyslow:probe", "SPEED_BUMP_DELAY_NS=0"};
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    if (!absl::StartsWith(*entry, "SPEED_BUMP_") && !absl::StartsWith(*entry, "PYTHON")) {
      entries.emplace_back(*entry);
    }
  }
  return entries;
}

std::vector<char*> Pointers(std::vector<std::string>* words) {
  std::vector<char*> pointers;
  for (std::string& word : *words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

// The text until the end of a pipe.
std::string ReadAll(int fd) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t size = read(fd, buffer, sizeof(buffer));
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return text;
    text.append(buffer, static_cast<size_t>(size));
  }
}

std::string LastLine(const std::string& text) {
  const std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipWhitespace());
  return lines.empty() ? "" : lines.back();
}

}  // namespace

absl::Status ProbePyslow(const std::string& python, const std::string& venv) {
  const auto fail = [&python](absl::string_view what) {
    return absl::FailedPreconditionError(absl::StrCat(python, ": as pyslow it fails: ", what));
  };
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return fail(std::strerror(errno));
  const absl::Cleanup close_reader = [&ends] { close(ends[0]); };
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  std::vector<std::string> words = {python, "-B", "-c", kProgram, venv};
  std::vector<std::string> entries = ProbeEnvironment();
  pid_t child = -1;
  const int error = posix_spawn(&child, python.c_str(), &actions, nullptr, Pointers(&words).data(),
                                Pointers(&entries).data());
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (error != 0) return fail(std::strerror(error));
  const std::string output = ReadAll(ends[0]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  const std::string line = LastLine(output);
  if (!line.empty()) return fail(line);
  return fail(WIFSIGNALED(status) ? absl::StrCat("killed by signal ", WTERMSIG(status))
                                  : absl::StrCat("exit status ", WEXITSTATUS(status)));
}

}  // namespace pyslow::launcher
