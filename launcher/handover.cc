#include "launcher/handover.h"

#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace pyslow::launcher {
namespace {

constexpr absl::string_view kPreload = "LD_PRELOAD=";
constexpr absl::string_view kReason = "PYSLOW_EMBEDS=";
constexpr absl::string_view kMarker = "PYSLOW_GOES_ON=";

// The loader obeys the last of several entries.
int LastPreload(char* const* entries) {
  int found = -1;
  for (int i = 0; entries[i] != nullptr; ++i) {
    if (absl::StartsWith(entries[i], kPreload)) found = i;
  }
  return found;
}

void Erase(char* text) { std::memset(text, 0, std::strlen(text)); }

// False, and nothing changed, where nothing is preloaded.
bool UndoPreload(char** environment) {
  const int preloads = LastPreload(environment);
  if (preloads < 0) return false;
  char* const ours = std::strrchr(environment[preloads], ':');
  if (ours != nullptr) {
    Erase(ours);
  } else {  // the entry was not there before, and stands last
    Erase(environment[preloads]);
    environment[preloads] = nullptr;
  }
  return true;
}

}  // namespace

HandoverEnvironment::HandoverEnvironment(char* const* environment, const std::string& library,
                                         const Handover& handover)
    : marker_entry_(absl::StrCat(kMarker, handover.process_name, handover.binary)) {
  for (; *environment != nullptr; ++environment) entries_.push_back(*environment);
  if (!library.empty()) {
    Preload(library);
  } else {
    other_entry_ = absl::StrCat(kReason, handover.reason);
    entries_.push_back(other_entry_.data());
  }
  entries_.push_back(marker_entry_.data());
  entries_.push_back(nullptr);
}

void HandoverEnvironment::Preload(const std::string& library) {
  entries_.push_back(nullptr);
  const int theirs = LastPreload(entries_.data());
  entries_.pop_back();
  if (theirs >= 0) {
    other_entry_ = absl::StrCat(entries_[theirs], ":", library);
    entries_[theirs] = other_entry_.data();
  } else {
    other_entry_ = absl::StrCat(kPreload, library);
    entries_.push_back(other_entry_.data());
  }
}

std::optional<Handover> TakeHandover(char** environment) {
  int count = 0;
  while (environment[count] != nullptr) ++count;
  if (count < 2 || !absl::StartsWith(environment[count - 1], kMarker)) return std::nullopt;
  const absl::string_view told = absl::string_view(environment[count - 1]).substr(kMarker.size());
  const size_t slash = told.find('/');
  if (slash == absl::string_view::npos) return std::nullopt;
  Handover handover = {std::string(told.substr(slash)), std::string(told.substr(0, slash)), ""};
  if (absl::StartsWith(environment[count - 2], kReason)) {
    handover.reason = environment[count - 2] + kReason.size();
    Erase(environment[count - 2]);
    environment[count - 2] = nullptr;
  } else if (!UndoPreload(environment)) {
    return std::nullopt;
  }
  Erase(environment[count - 1]);
  environment[count - 1] = nullptr;
  return handover;
}

}  // namespace pyslow::launcher
