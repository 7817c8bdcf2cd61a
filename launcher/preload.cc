#include "launcher/preload.h"

#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace pyslow::launcher {
namespace {

constexpr absl::string_view kPreload = "LD_PRELOAD=";
constexpr absl::string_view kMarker = "PYSLOW_HOSTED=";

// The loader obeys the last of several entries.
int LastPreload(char* const* entries) {
  int found = -1;
  for (int i = 0; entries[i] != nullptr; ++i) {
    if (absl::StartsWith(entries[i], kPreload)) found = i;
  }
  return found;
}

void Erase(char* text) { std::memset(text, 0, std::strlen(text)); }

}  // namespace

PreloadEnvironment::PreloadEnvironment(char* const* environment, const std::string& library,
                                       const Preload& preload)
    : marker_entry_(absl::StrCat(kMarker, preload.process_name, preload.binary)) {
  for (; *environment != nullptr; ++environment) entries_.push_back(*environment);
  entries_.push_back(nullptr);
  const int theirs = LastPreload(entries_.data());
  entries_.pop_back();
  if (theirs >= 0) {
    preload_entry_ = absl::StrCat(entries_[theirs], ":", library);
    entries_[theirs] = preload_entry_.data();
  } else {
    preload_entry_ = absl::StrCat(kPreload, library);
    entries_.push_back(preload_entry_.data());
  }
  entries_.push_back(marker_entry_.data());
  entries_.push_back(nullptr);
}

std::optional<Preload> UndoPreload(char** environment) {
  int count = 0;
  while (environment[count] != nullptr) ++count;
  if (count == 0 || !absl::StartsWith(environment[count - 1], kMarker)) return std::nullopt;
  const absl::string_view told = absl::string_view(environment[count - 1]).substr(kMarker.size());
  const size_t slash = told.find('/');
  const int preloads = LastPreload(environment);
  if (slash == absl::string_view::npos || preloads < 0) return std::nullopt;
  Preload preload = {std::string(told.substr(slash)), std::string(told.substr(0, slash))};
  Erase(environment[--count]);
  environment[count] = nullptr;
  char* const ours = std::strrchr(environment[preloads], ':');
  if (ours != nullptr) {
    Erase(ours);
  } else {  // the entry was not there before, and stands last
    Erase(environment[preloads]);
    environment[preloads] = nullptr;
  }
  return preload;
}

}  // namespace pyslow::launcher
