// Fuzzes ReadSession, which must return or report an error for any files.
// Input: a byte of flags, the length of the settings file divided by 4, the settings file, the
// record.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/hash.h"
#include "session/format.h"
#include "session/session_settings_file.h"
#include "session/snapshot.h"

namespace pyslow::session {
namespace {

// A directory in memory, as each input writes it again.
const std::string& Directory() {
  static const std::string* const directory = [] {
    auto* path = new std::string("/dev/shm/pyslow-fuzz-XXXXXX");
    if (mkdtemp(path->data()) == nullptr) std::abort();
    return path;
  }();
  return *directory;
}

void Write(absl::string_view name, absl::string_view bytes) {
  std::ofstream(absl::StrCat(Directory(), "/", name), std::ios::binary | std::ios::trunc) << bytes;
}

// Corrects the checksum, as the reader would reject nearly every input.
std::string Repaired(std::string settings) {
  SettingsHeader header;
  if (settings.size() < sizeof header) return settings;
  std::memcpy(&header, settings.data(), sizeof header);
  if (header.fixed_offset > settings.size()) return settings;
  const absl::string_view fixed =
      absl::string_view(settings).substr(header.fixed_offset, header.fixed_bytes);
  header.checksum = Checksum(header.groups, fixed);
  std::memcpy(settings.data(), &header, sizeof header);
  return settings;
}

void RepairEntry(char* entry, size_t room) {
  EntryFixed fixed;
  if (room < kEntryTexts) return;
  std::memcpy(&fixed, entry + sizeof(FunctionCounters), sizeof fixed);
  const uint64_t texts = uint64_t{fixed.module_bytes} + fixed.qualname_bytes + fixed.file_bytes;
  if (texts > room - kEntryTexts) return;
  fixed.checksum = KeyChecksum({0, fixed.kind, IdOf(fixed, entry + kEntryTexts)});
  std::memcpy(entry + sizeof(FunctionCounters), &fixed, sizeof fixed);
}

// Builds a record: `bytes` begin with a header, without most of its text; the rest are entries.
std::string RecordOf(absl::string_view bytes) {
  RecordHeader header = {};
  constexpr size_t kShort = offsetof(RecordHeader, fixed) + offsetof(RecordFixed, text) + 128;
  std::memcpy(&header, bytes.data(), std::min(bytes.size(), kShort));
  header.checksum = RecordChecksum(header.fixed);
  std::string record(reinterpret_cast<const char*>(&header), sizeof header);
  if (bytes.size() > kShort) record.append(bytes.data() + kShort, bytes.size() - kShort);
  for (size_t at = sizeof header; at + kEntryAlign <= record.size();) {
    uint32_t length;
    std::memcpy(&length, record.data() + at + kEntryBytesOffset, sizeof length);
    RepairEntry(record.data() + at, record.size() - at);
    if (length < kEntryAlign) break;
    at += length;
  }
  return record;
}

void Fuzz(absl::string_view input) {
  if (input.size() < 4) return;
  const bool repair = (input[0] & 1) != 0;
  const bool own_settings = (input[0] & 2) != 0;
  const size_t cut = std::min<size_t>(input.size() - 2, static_cast<uint8_t>(input[1]) * 4U);
  const std::string settings(input.substr(2, cut));
  const absl::string_view record = input.substr(2 + cut);
  if (own_settings) {
    Settings sample;
    sample.session_id = "s";
    sample.groups = {{"default", {1'000, 1}, true}};
    sample.targets = {{"t", 1, 1, "*:*", 0, false}};
    Write("settings", EncodeSettingsFile(sample));
  } else {
    Write("settings", repair ? Repaired(settings) : settings);
  }
  Write("record-1", repair ? RecordOf(record) : std::string(record));
  const auto session = ReadSession(Directory());
  if (session.ok()) {
    for (const ProcessSnapshot& process : session->processes) {
      for (const FunctionInProcess& function : process.functions) {
        if (function.function >= session->functions.size()) std::abort();
      }
    }
  } else if (session.status().message().find(Directory()) != 0) {
    std::abort();  // every error names its file
  }
}

}  // namespace
}  // namespace pyslow::session

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  pyslow::session::Fuzz(absl::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
