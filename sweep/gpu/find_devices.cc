#include "sweep/gpu/find_devices.h"

#include <fcntl.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "sweep/gpu/amd_device.h"
#include "sweep/gpu/nvml_device.h"
#include "sweep/gpu/visible_devices.h"

namespace pyslow::gpu {
namespace {

constexpr int kMaxIndex = 1023;

std::vector<NvmlHandle> HandlesOf(const NvmlLibrary& library) {
  const NvmlFunctions& call = library.call();
  unsigned count = 0;
  std::vector<NvmlHandle> handles;
  if (call.count(&count) != nvml::kSuccess) return handles;
  for (unsigned i = 0; i < count; ++i) {
    NvmlHandle handle;
    handle.index = static_cast<int>(i);
    // Without a handle, the place is kept: indices are those of nvidia-smi.
    if (call.handle(i, &handle.device) != nvml::kSuccess) handle.device = nullptr;
    char text[96] = {};
    handle.name = "GPU";
    if (handle.device != nullptr) {
      if (call.name != nullptr && call.name(handle.device, text, sizeof text) == nvml::kSuccess) {
        handle.name = text;
      }
      text[0] = '\0';
      if (call.uuid != nullptr && call.uuid(handle.device, text, sizeof text) == nvml::kSuccess) {
        handle.uuid = text;
      }
    }
    handles.push_back(std::move(handle));
  }
  return handles;
}

void AddNote(const std::string& note, Found* found) {
  if (!found->note.empty()) return;  // one line
  found->note = note;
}

bool IsChosen(const Choice& choice, int index, const std::vector<size_t>& usable, size_t place) {
  switch (choice.kind) {
    case Choice::Kind::kNone:
      return false;
    case Choice::Kind::kAll:
      return true;
    case Choice::Kind::kIndices:
      return std::binary_search(choice.indices.begin(), choice.indices.end(), index);
    case Choice::Kind::kUsable:
      return std::binary_search(usable.begin(), usable.end(), place);
  }
  return false;
}

// Appends to `*known` the index of each device there is.
void AddNvidia(const Choice& choice, const std::vector<std::string>& environment,
               const Places& places, Found* found, std::vector<int>* known) {
  std::string unusable;
  found->library = NvmlLibrary::Load(places.nvml, &unusable);
  if (!unusable.empty()) AddNote(absl::StrCat("GPU: ", unusable), found);
  if (found->library == nullptr) return;
  const std::vector<NvmlHandle> handles = HandlesOf(*found->library);
  const std::vector<size_t> usable = VisibleDevices(handles, environment);
  for (size_t place = 0; place < handles.size(); ++place) {
    const NvmlHandle& handle = handles[place];
    known->push_back(handle.index);
    if (!IsChosen(choice, handle.index, usable, place)) continue;
    std::string why = "it does not answer";
    auto device =
        handle.device == nullptr ? nullptr : OpenNvmlDevice(*found->library, handle, &why);
    if (device != nullptr) {
      found->devices.push_back(std::move(device));
    } else {
      AddNote(absl::StrCat("GPU ", handle.index, ", ", handle.name,
                           ": how busy it is cannot be read: ", why),
              found);
    }
  }
}

void AddAmd(const Choice& choice, const std::vector<std::string>& environment, const Places& places,
            Found* found, std::vector<int>* known) {
  const std::vector<std::string> cards = FindAmdCards(places.sys, places.dev);
  const std::vector<size_t> usable = VisibleAmdDevices(cards.size(), environment);
  const int first = known->empty() ? 0 : known->back() + 1;
  for (size_t place = 0; place < cards.size(); ++place) {
    const int index = first + static_cast<int>(place);
    known->push_back(index);
    if (!IsChosen(choice, index, usable, place)) continue;
    std::string why;
    if (auto device = OpenAmdDevice(cards[place], index, &why)) {
      found->devices.push_back(std::move(device));
    } else {
      AddNote(absl::StrCat("GPU ", index, ": ", why), found);
    }
  }
}

// What a choice of the user requires.
absl::Status CheckChoice(const Choice& choice, const Found& found, const std::vector<int>& known) {
  const bool is_explicit =
      choice.kind == Choice::Kind::kAll || choice.kind == Choice::Kind::kIndices;
  if (!is_explicit) return absl::OkStatus();
  if (known.empty()) {
    return absl::InvalidArgumentError(
        !found.note.empty() ? found.note
                            : "no GPU was found: there is no libnvidia-ml.so.1 with a driver, and "
                              "no AMD GPU in /sys/class/drm; remove this option");
  }
  for (const int index : choice.indices) {
    if (std::find(known.begin(), known.end(), index) != known.end()) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("there is no GPU ", index, "; this machine has 0 to ", known.back()));
  }
  if (found.devices.empty() || !found.note.empty()) return absl::InvalidArgumentError(found.note);
  return absl::OkStatus();
}

// The files of this process, but for standard input, output and error.
std::set<int> OpenFiles() {
  std::set<int> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", error)) {
    int file = 0;
    if (absl::SimpleAtoi(entry.path().filename().string(), &file) && file > 2) files.insert(file);
  }
  return files;
}

// The command must not inherit what a driver's library opened.
void CloseOnExecAllBut(const std::set<int>& before) {
  for (const int file : OpenFiles()) {
    const int flags = before.count(file) == 0 ? fcntl(file, F_GETFD) : -1;
    if (flags >= 0) fcntl(file, F_SETFD, flags | FD_CLOEXEC);
  }
}

}  // namespace

absl::StatusOr<Choice> ParseChoice(absl::string_view text) {
  Choice choice;
  if (text.empty()) return choice;
  if (text == "none" || text == "all") {
    choice.kind = text == "none" ? Choice::Kind::kNone : Choice::Kind::kAll;
    return choice;
  }
  choice.kind = Choice::Kind::kIndices;
  for (const absl::string_view word : absl::StrSplit(text, ',')) {
    int index = 0;
    if (!absl::SimpleAtoi(word, &index) || index < 0 || index > kMaxIndex) {
      return absl::InvalidArgumentError(absl::StrCat(
          "'", text,
          "' is not none, all or numbers of GPUs as nvidia-smi shows them, such as 0,1"));
    }
    choice.indices.push_back(index);
  }
  std::sort(choice.indices.begin(), choice.indices.end());
  if (std::adjacent_find(choice.indices.begin(), choice.indices.end()) != choice.indices.end()) {
    return absl::InvalidArgumentError(absl::StrCat("'", text, "' names a GPU twice; remove one"));
  }
  return choice;
}

absl::StatusOr<Found> FindDevices(const Choice& choice, const std::vector<std::string>& environment,
                                  const Places& places) {
  Found found;
  if (choice.kind == Choice::Kind::kNone) return found;
  std::vector<int> known;
  const std::set<int> before = OpenFiles();
  AddNvidia(choice, environment, places, &found, &known);
  if (found.library != nullptr) CloseOnExecAllBut(before);
  AddAmd(choice, environment, places, &found, &known);
  if (absl::Status checked = CheckChoice(choice, found, known); !checked.ok()) return checked;
  if (!found.note.empty()) {
    absl::StrAppend(&found.note, "; GPU figures are left out (--gpu none: without this line)");
  }
  return found;
}

}  // namespace pyslow::gpu
