#include "launcher/handoff/handoff.h"

#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "launcher/handoff/handoff_entries.h"

namespace pyslow::handoff {
namespace {

// The index of LD_PRELOAD, or -1. The loader uses the last of several entries.
int LastPreload(char* const* entries) {
  int found = -1;
  for (int i = 0; entries[i] != nullptr; ++i) {
    if (absl::StartsWith(entries[i], kPreloadEntry)) found = i;
  }
  return found;
}

void Erase(char* text) { std::memset(text, 0, std::strlen(text)); }

// Removes the last library from LD_PRELOAD and returns it. "", and no change, if there is none.
std::string UndoPreload(char** environment) {
  const int preloads = LastPreload(environment);
  if (preloads < 0) return "";
  char* const entry = environment[preloads];
  char* const last = std::strrchr(entry, ':');
  std::string library(last != nullptr ? last + 1 : entry + std::strlen(kPreloadEntry));
  if (last != nullptr) {
    Erase(last);
  } else {  // pyslow added the entry, and it is the last one
    Erase(entry);
    environment[preloads] = nullptr;
  }
  return library;
}

}  // namespace

HandoffEnvironment::HandoffEnvironment(char* const* environment, const std::string& library,
                                       const Handoff& handoff)
    : handoff_entry_(absl::StrCat(kHandoffEntry, handoff.process_name, handoff.binary)) {
  for (; *environment != nullptr; ++environment) entries_.push_back(*environment);
  if (!library.empty()) {
    Preload(library);
  } else {
    other_entry_ = absl::StrCat(kReasonEntry, handoff.reason);
    entries_.push_back(other_entry_.data());
  }
  entries_.push_back(handoff_entry_.data());
  entries_.push_back(nullptr);
}

void HandoffEnvironment::Preload(const std::string& library) {
  entries_.push_back(nullptr);
  const int found = LastPreload(entries_.data());
  entries_.pop_back();
  if (found >= 0) {
    other_entry_ = absl::StrCat(entries_[found], ":", library);
    entries_[found] = other_entry_.data();
  } else {
    other_entry_ = absl::StrCat(kPreloadEntry, library);
    entries_.push_back(other_entry_.data());
  }
}

std::optional<Handoff> TakeHandoff(char** environment) {
  int count = 0;
  while (environment[count] != nullptr) ++count;
  if (count < 2) return std::nullopt;
  absl::string_view text = environment[count - 1];
  const bool is_unverified = absl::ConsumePrefix(&text, kUnverifiedHandoffEntry);
  if (!is_unverified && !absl::ConsumePrefix(&text, kHandoffEntry)) return std::nullopt;
  const size_t slash = text.find('/');
  if (slash == absl::string_view::npos) return std::nullopt;
  Handoff handoff = {std::string(text.substr(slash)), std::string(text.substr(0, slash)), "",
                     is_unverified, ""};
  absl::string_view reason = environment[count - 2];
  if (absl::ConsumePrefix(&reason, kReasonEntry)) {
    handoff.reason = std::string(reason);
    Erase(environment[count - 2]);
    environment[count - 2] = nullptr;
  } else {
    handoff.library = UndoPreload(environment);
    if (handoff.library.empty()) return std::nullopt;
  }
  Erase(environment[count - 1]);
  environment[count - 1] = nullptr;
  return handoff;
}

}  // namespace pyslow::handoff
