// abseil.cmake links this into a shared library to test whether that is possible.
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_format.h"

std::string Use(int key);
std::string Use(int key) {
  absl::flat_hash_map<int, std::string> map;
  map[key] = absl::StrFormat("%d", key);
  return absl::InternalError(map[key]).ToString();
}
