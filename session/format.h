// The layout of a session's files. Used only in this folder and by its fuzzer.
//
// DIR/settings   SettingsHeader, one cell (see cell.h) per group, then at fixed_offset the encoded
//                Settings. The first process writes it under another name and renames it, so it is
//                always complete. All processes of the session map it shared.
// DIR/record-ID  one per process: RecordHeader, then entries up to `committed`. Only this
//                process writes it, from the thread that holds the GIL. Without a GIL, each thread
//                that calls a function has an entry of its own for it, and readers add them up.
//                Readers do not map it.
// DIR/function-cells
//                Only with Settings::function_cells: FunctionCellsHeader, then kFunctionSlots
//                FunctionSlots (see function_cells.h). It is complete before DIR/settings exists.
//                All processes of the session map it shared.
//
//   field                              written by                       when
//   cells                              any process (ControlCells)       at any time
//   window_opened_ns                   the first process to set it      once
//   uncounted                          a process without a record       once per process
//   releases_gil                       any process (ControlCells)       at any time
//   own_time                           any process (ControlCells)       at any time
//   FunctionSlot                       any process                      at any time
//   committed, lost, flags, *_end_ns   the record's process             at any time
//   FunctionCounters                   the record's process             at every call
//   all others                         the file's creator               before the file is visible
//   entries                            the record's process             before they are committed
//
// A field that changes while the session runs is stored atomically and is outside every checksum.
// A writer appends an entry, then advances `committed` with release order; a reader reads
// `committed` first and ignores the bytes behind it. So a file that a crash leaves behind is valid:
// SIGKILL or exec loses nothing, as the pages belong to the kernel; a power failure can lose pages.
// Numbers are in the machine's byte order.
#ifndef PYSLOW_SESSION_FORMAT_H_
#define PYSLOW_SESSION_FORMAT_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/function_id.h"
#include "session/counters.h"

namespace pyslow::session {

inline constexpr uint32_t kFormatVersion = 5;
inline constexpr char kSettingsMagic[8] = {'p', 'y', 's', 'l', 'o', 'w', 'S', '\n'};
inline constexpr char kRecordMagic[8] = {'p', 'y', 's', 'l', 'o', 'w', 'R', '\n'};
inline constexpr char kFunctionCellsMagic[8] = {'p', 'y', 's', 'l', 'o', 'w', 'F', '\n'};

inline constexpr char kSettingsName[] = "settings";
inline constexpr char kFunctionCellsName[] = "function-cells";
inline constexpr char kUnfinishedFunctionCellsPrefix[] = "function-cells-";
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
  // Written while the session runs, by any of its processes.
  int64_t window_opened_ns;  // CLOCK_MONOTONIC; 0: not opened by a call
  uint64_t uncounted;        // processes that run without a record
  uint64_t releases_gil;     // not 0: delays release the GIL, whatever the settings
  uint64_t reserved_shared[5];
};
static_assert(sizeof(SettingsHeader) == 128);

struct FunctionCellsHeader {
  char magic[8];
  uint32_t version;
  uint32_t slots;
  uint64_t reserved[6];
  // Written while the session runs.
  uint64_t used;      // slots with a key
  uint64_t own_time;  // not 0: own time is to be measured
  uint64_t reserved_shared[6];
};
static_assert(sizeof(FunctionCellsHeader) == 128);

struct FunctionSlot {
  uint64_t key;   // see FunctionKey; 0: free
  uint64_t word;  // see cell.h; 0: no value yet, which a process reads as off
};
inline constexpr size_t kFunctionSlots = size_t{1} << 17;
inline constexpr size_t kFunctionCellsBytes =
    sizeof(FunctionCellsHeader) + kFunctionSlots * sizeof(FunctionSlot);

struct RecordFixed {
  int64_t pid;
  int64_t parent_pid;
  uint64_t start_ticks;        // field 22 of /proc/PID/stat
  int64_t start_wall_ns;       // CLOCK_REALTIME when the record was created
  int64_t start_monotonic_ns;  // CLOCK_MONOTONIC, likewise
  double ns_per_tick;          // of FunctionCounters::spun_ticks
  double resolution_ns;        // the smallest accurate delay
  uint64_t text_bytes;         // used bytes of `text`
  // Written by Encoder: session id, host, boot id, Python version, parent's record, command.
  char text[3904];
};

struct RecordHeader {
  char magic[8];
  uint32_t version;
  uint32_t header_bytes;          // sizeof(RecordHeader), the offset of the first entry
  uint64_t checksum;              // of `fixed`
  uint64_t committed;             // offset of the end of the last published entry
  uint64_t lost;                  // functions without an entry, for lack of space
  uint64_t flags;                 // RecordFlags
  int64_t end_monotonic_ns;       // CLOCK_MONOTONIC at exit; 0: running, killed or replaced by exec
  int64_t main_end_monotonic_ns;  // when the interpreter began to finalize; 0 likewise
  uint64_t reserved[8];
  RecordFixed fixed;
};
static_assert(sizeof(RecordHeader) == 4096);

enum EntryKind : uint32_t {
  kPadEntry = 0,
  kFunctionEntry = 1,
  kUnmatchedEntry = 2,
  kNoteEntry = 3,
  kProcessNameEntry = 4
};

// Alignment of entries: a function's counters share one cache line.
inline constexpr size_t kEntryAlign = 64;
inline constexpr size_t kMaxNameBytes = size_t{1} << 20;
inline constexpr uint64_t kMaxRecordBytes = uint64_t{1} << 30;  // of a record's file

struct EntryFixed {
  uint32_t bytes;  // of the whole entry, a multiple of kEntryAlign
  uint32_t kind;
  uint64_t checksum;  // KeyChecksum; 0 for a pad
  uint32_t group;
  uint32_t target;
  uint32_t first_line;
  uint32_t module_bytes;
  uint32_t qualname_bytes;
  uint32_t file_bytes;
};
// An entry is FunctionCounters, EntryFixed, module, qualname, file. A note and a name of the
// process have their text as the module.
inline constexpr size_t kEntryTexts = sizeof(FunctionCounters) + sizeof(EntryFixed);
static_assert(sizeof(EntryFixed) == 40);
// Offset of EntryFixed::bytes in an entry. A reader of a pad reads only this and the kind, as a pad
// may be shorter than an EntryFixed.
inline constexpr size_t kEntryBytesOffset = sizeof(FunctionCounters) + offsetof(EntryFixed, bytes);
static_assert(kEntryBytesOffset + 2 * sizeof(uint32_t) <= kEntryAlign, "the shortest pad has them");
static_assert(offsetof(EntryFixed, kind) == offsetof(EntryFixed, bytes) + sizeof(uint32_t));

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

// What identifies an entry. Its texts point into the entry or into the caller's memory.
struct EntryKey {
  uint64_t checksum = 0;
  uint32_t kind = kPadEntry;
  FunctionIdView id;  // module is the text of a note or name
  friend bool operator==(const EntryKey&, const EntryKey&) = default;
};
EntryKey MakeKey(EntryKind kind, const FunctionIdView& id);

// By Checksum of base/hash.h.
uint64_t KeyChecksum(const EntryKey& key);  // of all other members
uint64_t RecordChecksum(const RecordFixed& fixed);

// DataLoss: "damaged: WHAT".
absl::Status Damaged(absl::string_view what);
// DataLoss if `version`, of a file's header, is not kFormatVersion.
absl::Status CheckVersion(uint32_t version);

// Atomic access to a number in shared memory.
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
