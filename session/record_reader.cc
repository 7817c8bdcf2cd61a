#include "session/record_reader.h"

#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>

#include "session/directory.h"
#include "session/text_codec.h"

namespace pyslow::session {
namespace {

// The layout of FunctionCounters in the file.
struct StoredCounters {
  uint64_t calls;
  uint64_t calls_outside;
  uint64_t delayed;
  uint64_t asked_ns;
  uint64_t spun_ticks;
  uint64_t own_ns;
  uint64_t resumed;
};
static_assert(sizeof(StoredCounters) == sizeof(FunctionCounters));

absl::Status CheckHeader(const RecordHeader& header) {
  if (std::memcmp(header.magic, kRecordMagic, sizeof kRecordMagic) != 0) {
    return absl::DataLossError("it is not a record of a pyslow session");
  }
  if (absl::Status status = CheckVersion(header.version); !status.ok()) return status;
  if (header.checksum != RecordChecksum(header.fixed)) {
    return Damaged("the checksum of its header is wrong");
  }
  const RecordFixed& fixed = header.fixed;
  if (header.header_bytes != sizeof header || fixed.text_bytes > sizeof fixed.text ||
      header.committed < sizeof header || header.committed > kMaxRecordBytes ||
      header.committed % kEntryAlign != 0 || !std::isfinite(fixed.ns_per_tick) ||
      fixed.ns_per_tick < 0 || fixed.ns_per_tick > 1e9 || !std::isfinite(fixed.resolution_ns)) {
    return Damaged("its header has an invalid number");
  }
  return absl::OkStatus();
}

// Appends up to `bytes` bytes of the file from offset text->size(); fewer at the end of the file.
absl::Status ReadOn(int file, uint64_t bytes, std::string* text) {
  size_t got = text->size();
  text->resize(got + bytes);
  while (got < text->size()) {
    const ssize_t more =
        pread(file, text->data() + got, text->size() - got, static_cast<off_t>(got));
    if (more < 0 && errno == EINTR) continue;
    if (more < 0) return SystemError(errno, "cannot be read");
    if (more == 0) break;
    got += static_cast<size_t>(more);
  }
  text->resize(got);
  return absl::OkStatus();
}

}  // namespace

// Reads instead of mapping: a file that is truncated meanwhile must not raise SIGBUS. The kernel
// copies aligned words atomically, so a counter is never torn.
absl::Status ReadRecordBytes(int file, std::string* bytes) {
  bytes->clear();
  if (auto status = ReadOn(file, sizeof(RecordHeader), bytes); !status.ok()) return status;
  if (bytes->size() < sizeof(RecordHeader)) return Damaged("it is too short for a record");
  RecordHeader header;
  std::memcpy(&header, bytes->data(), sizeof header);
  if (auto status = CheckHeader(header); !status.ok()) return status;
  // A second system call, so that the entries are read after `committed`.
  struct stat info;
  if (fstat(file, &info) != 0) return SystemError(errno, "cannot be examined");
  if (header.committed > static_cast<uint64_t>(info.st_size)) {
    return Damaged("it is shorter than its header states");
  }
  return ReadOn(file, header.committed - sizeof header, bytes);
}

absl::StatusOr<RecordReader> RecordReader::Open(absl::string_view bytes) {
  RecordHeader header;
  if (bytes.size() < sizeof header) return Damaged("it is too short for a record");
  std::memcpy(&header, bytes.data(), sizeof header);
  if (auto status = CheckHeader(header); !status.ok()) return status;
  if (header.committed > bytes.size()) return Damaged("it is shorter than its header states");
  RecordReader reader(bytes.substr(sizeof header, header.committed - sizeof header));
  const RecordFixed& fixed = header.fixed;
  Decoder text(absl::string_view(fixed.text, fixed.text_bytes));
  reader.session_id_ = text.Text();
  ProcessSnapshot& process = reader.process_;
  process.host = text.Text();
  process.boot_id = text.Text();
  process.python_version = text.Text();
  process.forked_from = text.Text();
  process.command = text.Text();
  if (!text.ok() || !text.at_end()) return Damaged("its header's texts have a wrong length");
  process.pid = fixed.pid;
  process.parent_pid = fixed.parent_pid;
  process.start_ticks = fixed.start_ticks;
  process.start_wall_ns = fixed.start_wall_ns;
  process.start_monotonic_ns = fixed.start_monotonic_ns;
  process.end_monotonic_ns = header.end_monotonic_ns;
  process.main_end_monotonic_ns = header.main_end_monotonic_ns;
  process.ns_per_tick = fixed.ns_per_tick;
  process.resolution_ns = fixed.resolution_ns;
  process.flags = header.flags;
  process.lost = header.lost;
  return reader;
}

absl::StatusOr<bool> RecordReader::Next(StoredEntry* entry) {
  for (;;) {
    if (entries_.empty()) return false;
    uint32_t length_and_kind[2];
    std::memcpy(length_and_kind, entries_.data() + kEntryBytesOffset, sizeof length_and_kind);
    const auto [bytes, kind] = length_and_kind;
    if (bytes < kEntryAlign || bytes % kEntryAlign != 0 || bytes > entries_.size()) {
      return Damaged("an entry has an invalid length");
    }
    const absl::string_view whole = entries_.substr(0, bytes);
    entries_.remove_prefix(bytes);
    if (kind == kPadEntry) continue;
    EntryFixed fixed;
    const uint64_t least = kEntryTexts;
    if (kind > kProcessNameEntry || bytes < least) return Damaged("an entry has an unknown kind");
    std::memcpy(&fixed, whole.data() + sizeof(FunctionCounters), sizeof fixed);
    if (least + fixed.module_bytes + fixed.qualname_bytes + fixed.file_bytes > bytes) {
      return Damaged("a name is longer than its entry");
    }
    const absl::string_view texts = whole.substr(kEntryTexts);
    entry->key = {fixed.checksum, kind, IdOf(fixed, texts.data())};
    if (KeyChecksum(entry->key) != fixed.checksum) {
      return Damaged("the checksum of a name is wrong");
    }
    entry->group = fixed.group;
    entry->target = fixed.target;
    StoredCounters counters;
    std::memcpy(&counters, whole.data(), sizeof counters);
    entry->counts = {counters.calls,
                     counters.calls_outside,
                     counters.delayed,
                     counters.asked_ns,
                     static_cast<double>(counters.spun_ticks) * process_.ns_per_tick,
                     counters.own_ns,
                     counters.resumed};
    return true;
  }
}

}  // namespace pyslow::session
