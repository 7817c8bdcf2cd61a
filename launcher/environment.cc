#include "launcher/environment.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace pyslow::launcher {
namespace {

bool IsEntryOf(const char* entry, const std::string& variable) {
  return absl::StartsWith(entry, absl::StrCat(variable, "="));
}

}  // namespace

std::optional<std::string> GetVariable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

absl::Status SetVariables(const std::vector<std::pair<std::string, std::string>>& variables,
                          const std::string& binary, char** argv) {
  const char* first = environ != nullptr ? environ[0] : nullptr;
  bool first_changes = false;
  for (const auto& [name, value] : variables) {
    first_changes = first_changes || (first != nullptr && IsEntryOf(first, name));
  }
  for (const auto& [name, value] : variables) {
    if (setenv(name.c_str(), value.c_str(), 1) != 0) {
      return absl::ResourceExhaustedError(absl::StrCat(name, ": ", std::strerror(errno)));
    }
  }
  if (!first_changes) return absl::OkStatus();
  // The new process finds all variables already set, so it does not execute itself again.
  execve(binary.c_str(), argv, environ);
  return absl::UnavailableError(absl::StrCat(binary, ": ", std::strerror(errno)));
}

}  // namespace pyslow::launcher
