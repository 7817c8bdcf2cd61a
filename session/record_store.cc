#include "session/record_store.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "session/directory.h"
#include "session/record_flags.h"

namespace pyslow::session {
namespace {

// A record begins with 16 KiB, about 60 functions, and doubles until chunks have 64 KiB.
constexpr size_t kFirstChunkBytes = size_t{16} << 10;
constexpr size_t kMaxChunkBytes = size_t{64} << 10;

size_t RoundUpToPages(size_t bytes) {
  return (bytes + PageBytes() - 1) / PageBytes() * PageBytes();
}

absl::StatusOr<Fd> Reopen(const RecordDirectory& directory) {
  auto fd = OpenDirectory(directory.path, DirectoryUse::kWrite);
  if (fd.ok() && IdentityOf(fd->get()) != directory.identity) {
    return absl::NotFoundError("the session's directory was replaced");
  }
  return fd;
}

std::array<uint32_t, 2> LengthAndKindAt(const char* entry) {
  std::array<uint32_t, 2> length_and_kind;
  std::memcpy(length_and_kind.data(), entry + kEntryBytesOffset, sizeof length_and_kind);
  return length_and_kind;
}

void WritePad(char* entry, size_t bytes) {
  static_assert(kPadEntry == 0);  // the memory is zeroed
  const auto length = static_cast<uint32_t>(bytes);
  std::memcpy(entry + kEntryBytesOffset, &length, sizeof length);
}

// Copies the entries in [begin, end) of a chunk without their counters. Returns the number of
// functions.
uint64_t CopyEntries(const char* from, char* to, size_t begin, size_t end) {
  constexpr size_t kCounters = sizeof(FunctionCounters);
  uint64_t functions = 0;
  for (size_t at = begin; at < end;) {
    const auto [bytes, kind] = LengthAndKindAt(from + at);
    if (bytes < kEntryAlign || bytes > end - at) break;  // another process overwrote it
    std::memcpy(to + at + kCounters, from + at + kCounters, bytes - kCounters);
    functions += kind == kFunctionEntry ? 1 : 0;
    at += bytes;
  }
  return functions;
}

RecordHeader HeaderOf(const RecordFixed& fixed) {
  RecordHeader header = {};
  std::memcpy(header.magic, kRecordMagic, sizeof kRecordMagic);
  header.version = kFormatVersion;
  header.header_bytes = sizeof header;
  header.checksum = RecordChecksum(fixed);
  header.fixed = fixed;
  return header;
}

}  // namespace

RecordStore::~RecordStore() {
  for (const Chunk& chunk : chunks_) munmap(chunk.address, chunk.bytes);
}

absl::Status RecordStore::StartFile(const RecordDirectory& directory, const RecordFixed& fixed) {
  const size_t bytes = started() ? chunks_.front().bytes : RoundUpToPages(kFirstChunkBytes);
  auto fd = Reopen(directory);
  if (!fd.ok()) return fd.status();
  // The file gets its name when it is complete, so that readers never see a partial record.
  const std::string digits = RandomDigits();
  const std::string unfinished = absl::StrCat(kUnfinishedRecordPrefix, digits);
  auto file = CreateFile(fd->get(), unfinished);
  if (!file.ok()) return file.status();
  absl::Cleanup remove = [&] { unlinkat(fd->get(), unfinished.c_str(), 0); };
  if (auto status = Reserve(file->get(), 0, bytes); !status.ok()) return status;
  auto address = MapShared(file->get(), 0, bytes);
  if (!address.ok()) return address.status();
  auto* const header = reinterpret_cast<RecordHeader*>(*address);
  *header = HeaderOf(fixed);
  CopyAll({*address});
  header->committed = started() ? chunks_.front().used : sizeof *header;
  if (!KeepsReservations(file->get())) header->flags |= kNoReservation;
  const std::string name = absl::StrCat(kRecordPrefix, digits);
  if (auto status = RenameToNew(fd->get(), unfinished, name); !status.ok()) {
    munmap(*address, bytes);
    return status;
  }
  std::move(remove).Cancel();
  directory_ = directory;
  file_name_ = name;
  file_ = IdentityOf(file->get());
  file_bytes_ = bytes;
  if (!Install({*address}, Place::kFile)) return absl::ResourceExhaustedError("no memory");
  return absl::OkStatus();
}

bool RecordStore::StartPrivate() {
  std::vector<char*> addresses;
  for (size_t i = 0; i < std::max<size_t>(chunks_.size(), 1); ++i) {
    char* const address =
        MapPrivate(started() ? chunks_[i].bytes : RoundUpToPages(kFirstChunkBytes));
    if (address == nullptr) {
      for (size_t mapped = 0; mapped < i; ++mapped)
        munmap(addresses[mapped], chunks_[mapped].bytes);
      broken_ = started();
      return false;
    }
    addresses.push_back(address);
  }
  CopyAll(addresses);
  file_name_.clear();
  return Install(addresses, Place::kPrivate);
}

// Copies the flags and the first addresses.size() chunks to `addresses`.
void RecordStore::CopyAll(const std::vector<char*>& addresses) {
  if (!started()) return;
  auto* const copied = reinterpret_cast<RecordHeader*>(addresses.front());
  copied->flags = LoadShared(header().flags) & ~uint64_t{kNoReservation};
  for (size_t i = 0; i < addresses.size(); ++i) {
    const size_t begin = i == 0 ? sizeof(RecordHeader) : 0;
    CopyEntries(chunks_[i].address, addresses[i], begin, chunks_[i].used);
  }
}

// Moves the new memory to the addresses of the first chunks; the other chunks stay the parent's. In
// a new store, makes it the first chunk.
bool RecordStore::Install(const std::vector<char*>& addresses, Place place) {
  lost_ = 0;
  if (!started()) {
    bytes_ = RoundUpToPages(kFirstChunkBytes);
    chunks_.push_back({addresses.front(), bytes_, sizeof(RecordHeader), place});
    return true;
  }
  for (size_t i = 0; i < chunks_.size(); ++i) {
    const bool is_new = i < addresses.size();
    if (is_new && !MoveMapping(addresses[i], chunks_[i].bytes, chunks_[i].address)) broken_ = true;
    chunks_[i].place = is_new ? place : Place::kParent;
  }
  current_ = addresses.size() - 1;
  parent_chunks_ = chunks_.size() - addresses.size();
  return !broken_;
}

bool RecordStore::MakeWritable(const void* address) {
  if (parent_chunks_ == 0) return true;
  const std::less<const void*> before;
  for (size_t i = 0; i < chunks_.size(); ++i) {
    const Chunk& chunk = chunks_[i];
    if (before(address, chunk.address) || !before(address, chunk.address + chunk.bytes)) continue;
    return chunk.place != Place::kParent || MakeChunkWritable(i);
  }
  return true;  // not in the record
}

bool RecordStore::MakeChunkWritable(size_t i) {
  Chunk& chunk = chunks_[i];
  const Chunk copy = NewChunk(chunk.bytes);
  if (copy.address == nullptr) return false;
  const uint64_t functions = CopyEntries(chunk.address, copy.address, 0, chunk.used);
  if (!MoveMapping(copy.address, chunk.bytes, chunk.address)) broken_ = true;
  CloseCurrent();
  chunk.place = copy.place;
  current_ = i;
  --parent_chunks_;
  Publish();
  if (!last_in_file()) CountLost(functions);
  return !broken_;
}

size_t RecordStore::NextChunkBytes(size_t needed) const {
  return RoundUpToPages(std::max(needed, std::min(bytes_, kMaxChunkBytes)));
}

// Extends the file by `bytes` and maps them.
absl::StatusOr<char*> RecordStore::MapMore(size_t bytes) {
  if (file_bytes_ + bytes > kMaxRecordBytes) {
    return absl::ResourceExhaustedError("the record has its maximum size");
  }
  auto fd = Reopen(directory_);
  if (!fd.ok()) return fd.status();
  auto file = OpenFile(fd->get(), file_name_, O_RDWR);
  if (!file.ok()) return file.status();
  if (IdentityOf(file->get()) != file_) return absl::NotFoundError("the record was replaced");
  if (auto status = Reserve(file->get(), file_bytes_, bytes); !status.ok()) return status;
  auto address = MapShared(file->get(), file_bytes_, bytes);
  if (address.ok()) file_bytes_ += bytes;
  return address;
}

// A zeroed chunk: in the file, or private memory if the file cannot grow or a chunk before it is
// private. The address is null if there is no memory.
RecordStore::Chunk RecordStore::NewChunk(size_t bytes) {
  if (last_in_file()) {
    if (const auto address = MapMore(bytes); address.ok())
      return {*address, bytes, 0, Place::kFile};
  }
  return {MapPrivate(bytes), bytes, 0, Place::kPrivate};
}

// Adds a chunk and makes it the current one.
bool RecordStore::AddChunk(size_t bytes) {
  const Chunk chunk = NewChunk(bytes);
  if (chunk.address == nullptr) return false;
  CloseCurrent();
  chunks_.push_back(chunk);
  current_ = chunks_.size() - 1;
  bytes_ += bytes;
  return true;
}

// Entries are contiguous in the file, so a pad fills the rest of the chunk.
void RecordStore::CloseCurrent() {
  Chunk& chunk = chunks_[current_];
  if (chunk.used < chunk.bytes) WritePad(chunk.address + chunk.used, chunk.bytes - chunk.used);
  chunk.used = chunk.bytes;
}

char* RecordStore::Allocate(size_t bytes) {
  if (current().bytes - current().used < bytes && !AddChunk(NextChunkBytes(bytes))) return nullptr;
  Chunk& chunk = chunks_[current_];
  char* const address = chunk.address + chunk.used;
  chunk.used += bytes;
  return address;
}

void RecordStore::Publish() {
  if (!last_in_file()) return;
  StoreShared(header().committed, file_bytes_ - current().bytes + current().used);
}

void RecordStore::CountLost(uint64_t functions) {
  if (file_name_.empty()) return;
  lost_ += functions;
  StoreShared(header().lost, lost_);
}

}  // namespace pyslow::session
