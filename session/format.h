// The bytes of a session's files. Private to this room and to what fuzzes it.
//
// settings:  SettingsHeader, one cell per group, at fixed_offset the encoded Settings
// record-*:  RecordHeader, then entries to the end of the last one that is published
//
// Numbers are in the machine's byte order. What changes while the session runs is written with
// atomic stores and lies outside of every checksum.
#ifndef PYSLOW_SESSION_FORMAT_H_
#define PYSLOW_SESSION_FORMAT_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "base/function_id.h"
#include "session/counters.h"

namespace pyslow::session {

inline constexpr uint32_t kFormatVersion = 2;
inline constexpr char kSettingsMagic[8] = {'p', 'y', 's', 'l', 'o', 'w', 'S', '\n'};
inline constexpr char kRecordMagic[8] = {'p', 'y', 's', 'l', 'o', 'w', 'R', '\n'};

inline constexpr char kSettingsName[] = "settings";
inline constexpr char kUnfinishedSettingsPrefix[] = "settings-";
inline constexpr char kRecordPrefix[] = "record-";
inline constexpr char kUnfinishedRecordPrefix[] = "new-";

struct SettingsHeader {
  char magic[8];
  uint32_t version;
  uint32_t groups;
  uint64_t checksum;  // of `groups` and the encoded Settings
  uint64_t fixed_offset;
  uint64_t fixed_bytes;
  uint64_t reserved[3];
  // Shared by all processes of the session.
  int64_t window_opened_ns;
  uint64_t uncounted;
  uint64_t reserved_shared[6];
};
static_assert(sizeof(SettingsHeader) == 128);

struct RecordFixed {
  int64_t pid;
  int64_t parent_pid;
  uint64_t start_ticks;
  int64_t start_wall_ns;
  int64_t start_monotonic_ns;
  double ns_per_tick;
  double resolution_ns;
  uint64_t text_bytes;
  // by Encoder: session id, host, boot id, Python version, forked from, command
  char text[3904];
};

struct RecordHeader {
  char magic[8];
  uint32_t version;
  uint32_t header_bytes;  // sizeof(RecordHeader): where the entries begin
  uint64_t checksum;      // of `fixed`
  uint64_t committed;     // the end of the last published entry, from the file's beginning
  uint64_t lost;
  uint64_t flags;
  int64_t end_monotonic_ns;
  int64_t main_end_monotonic_ns;
  uint64_t reserved[8];
  RecordFixed fixed;
};
static_assert(sizeof(RecordHeader) == 4096);

enum EntryKind : uint32_t {
  kPadEntry = 0,
  kFunctionEntry = 1,
  kUnmatchedEntry = 2,
  kNoteEntry = 3
};

// Entries are aligned to this, so that a function's counters lie in one cache line.
inline constexpr size_t kEntryAlign = 64;
inline constexpr size_t kMaxNameBytes = size_t{1} << 20;

struct EntryFixed {
  uint64_t checksum;  // of its EntryKey; 0 for a pad
  uint32_t bytes;     // of the whole entry, a multiple of kEntryAlign
  uint32_t kind;
  uint32_t group;
  uint32_t target;
  uint32_t first_line;
  uint32_t module_bytes;
  uint32_t qualname_bytes;
  uint32_t file_bytes;
};
// FunctionCounters, EntryFixed, then the texts: module, qualname, file; or a note's as the first.
inline constexpr size_t kEntryTexts = sizeof(FunctionCounters) + sizeof(EntryFixed);
static_assert(sizeof(EntryFixed) == 40);
// Where EntryFixed::bytes lies in an entry: all that is read of a pad, which may be shorter than an
// EntryFixed, beside its kind.
inline constexpr size_t kEntryBytesOffset = sizeof(FunctionCounters) + offsetof(EntryFixed, bytes);

// The identity in an entry whose texts begin at `texts`.
inline FunctionIdView IdOf(const EntryFixed& fixed, const char* texts) {
  const char* const qualname = texts + fixed.module_bytes;
  return {absl::string_view(texts, fixed.module_bytes),
          absl::string_view(qualname, fixed.qualname_bytes),
          absl::string_view(qualname + fixed.qualname_bytes, fixed.file_bytes), fixed.first_line};
}

constexpr size_t EntryBytes(size_t text_bytes) {
  return (kEntryTexts + text_bytes + kEntryAlign - 1) / kEntryAlign * kEntryAlign;
}

// An entry's texts and line, pointing into it or into the caller's memory, with their checksum.
struct EntryKey {
  uint64_t checksum = 0;
  uint32_t kind = kPadEntry;
  FunctionIdView id;  // of a note: its text, as the module
  friend bool operator==(const EntryKey&, const EntryKey&) = default;
};
EntryKey MakeKey(EntryKind kind, const FunctionIdView& id);

// Detects damage, not malice; the same on every machine of one byte order.
uint64_t Checksum(uint64_t seed, absl::string_view bytes);
uint64_t KeyChecksum(const EntryKey& key);  // of all but `checksum`
uint64_t RecordChecksum(const RecordFixed& fixed);

// Access to a shared number that changes while others look.
template <typename T>
T LoadShared(T& number) {
  return std::atomic_ref<T>(number).load(std::memory_order_acquire);
}
template <typename T>
void StoreShared(T& number, T value) {
  std::atomic_ref<T>(number).store(value, std::memory_order_release);
}

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_FORMAT_H_
