#include "launcher/handover.h"

#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "launcher/handover_entries.h"

namespace pyslow::launcher {
namespace {

// The loader obeys the last of several entries.
int LastPreload(char* const* entries) {
  int found = -1;
  for (int i = 0; entries[i] != nullptr; ++i) {
    if (absl::StartsWith(entries[i], kPreloadEntry)) found = i;
  }
  return found;
}

void Erase(char* text) { std::memset(text, 0, std::strlen(text)); }

// What was preloaded last. "", and nothing changed, where nothing is.
std::string UndoPreload(char** environment) {
  const int preloads = LastPreload(environment);
  if (preloads < 0) return "";
  char* const entry = environment[preloads];
  char* const ours = std::strrchr(entry, ':');
  std::string library(ours != nullptr ? ours + 1 : entry + std::strlen(kPreloadEntry));
  if (ours != nullptr) {
    Erase(ours);
  } else {  // the entry was not there before, and stands last
    Erase(entry);
    environment[preloads] = nullptr;
  }
  return library;
}

}  // namespace

HandoverEnvironment::HandoverEnvironment(char* const* environment, const std::string& library,
                                         const Handover& handover)
    : marker_entry_(absl::StrCat(kGoesOnEntry, handover.process_name, handover.binary)) {
  for (; *environment != nullptr; ++environment) entries_.push_back(*environment);
  if (!library.empty()) {
    Preload(library);
  } else {
    other_entry_ = absl::StrCat(kReasonEntry, handover.reason);
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
    other_entry_ = absl::StrCat(kPreloadEntry, library);
    entries_.push_back(other_entry_.data());
  }
}

std::optional<Handover> TakeHandover(char** environment) {
  int count = 0;
  while (environment[count] != nullptr) ++count;
  if (count < 2) return std::nullopt;
  absl::string_view told = environment[count - 1];
  const bool is_supposed = absl::ConsumePrefix(&told, kSupposedEntry);
  if (!is_supposed && !absl::ConsumePrefix(&told, kGoesOnEntry)) return std::nullopt;
  const size_t slash = told.find('/');
  if (slash == absl::string_view::npos) return std::nullopt;
  Handover handover = {std::string(told.substr(slash)), std::string(told.substr(0, slash)), "",
                       is_supposed, ""};
  absl::string_view reason = environment[count - 2];
  if (absl::ConsumePrefix(&reason, kReasonEntry)) {
    handover.reason = std::string(reason);
    Erase(environment[count - 2]);
    environment[count - 2] = nullptr;
  } else {
    handover.library = UndoPreload(environment);
    if (handover.library.empty()) return std::nullopt;
  }
  Erase(environment[count - 1]);
  environment[count - 1] = nullptr;
  return handover;
}

}  // namespace pyslow::launcher
