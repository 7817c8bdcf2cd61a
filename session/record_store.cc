#include "session/record_store.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "session/directory.h"
#include "session/record_flags.h"

namespace pyslow::session {
namespace {

// A record begins with 16 KiB, about 60 functions, and doubles until chunks have 1 MiB.
constexpr size_t kFirstChunkBytes = size_t{16} << 10;
constexpr size_t kLargestChunkBytes = size_t{1} << 20;
constexpr uint64_t kLargestFileBytes = uint64_t{1} << 30;  // what a reader takes

size_t RoundUpToPages(size_t bytes) {
  return (bytes + PageBytes() - 1) / PageBytes() * PageBytes();
}

absl::StatusOr<Fd> Reopen(const RecordDirectory& directory) {
  auto fd = OpenDirectory(directory.path, DirectoryUse::kWrite);
  if (fd.ok() && IdentityOf(fd->get()) != directory.identity) {
    return absl::NotFoundError("the session's directory was replaced by another one");
  }
  return fd;
}

void Unmap(const std::vector<char*>& addresses, const std::vector<size_t>& sizes) {
  for (size_t i = 0; i < addresses.size(); ++i) munmap(addresses[i], sizes[i]);
}

// Maps `sizes`, one after the other in the file, wherever there is room.
absl::StatusOr<std::vector<char*>> MapAll(int file, const std::vector<size_t>& sizes) {
  std::vector<char*> addresses;
  uint64_t offset = 0;
  for (const size_t bytes : sizes) {
    auto address = MapShared(file, offset, bytes);
    if (!address.ok()) {
      Unmap(addresses, sizes);
      return address.status();
    }
    addresses.push_back(*address);
    offset += bytes;
  }
  return addresses;
}

size_t EntryBytesAt(const char* entry) {
  uint32_t bytes;
  std::memcpy(&bytes, entry + kEntryBytesOffset, sizeof bytes);
  return bytes;
}

void WritePad(char* entry, size_t bytes) {
  static_assert(kPadEntry == 0);  // the memory is zeros
  const auto length = static_cast<uint32_t>(bytes);
  std::memcpy(entry + kEntryBytesOffset, &length, sizeof length);
}

// Copies the entries in [begin, end) of a chunk, all but their counters.
void CopyEntries(const char* from, char* to, size_t begin, size_t end) {
  constexpr size_t kCounters = sizeof(FunctionCounters);
  for (size_t at = begin; at < end;) {
    const size_t bytes = EntryBytesAt(from + at);
    if (bytes < kEntryAlign || bytes > end - at) return;  // another process wrote over it
    std::memcpy(to + at + kCounters, from + at + kCounters, bytes - kCounters);
    at += bytes;
  }
}

}  // namespace

RecordStore::~RecordStore() {
  for (const Chunk& chunk : chunks_) munmap(chunk.address, chunk.bytes);
}

std::vector<size_t> RecordStore::ChunkSizes() const {
  if (chunks_.empty()) return {RoundUpToPages(kFirstChunkBytes)};
  std::vector<size_t> sizes;
  for (const Chunk& chunk : chunks_) sizes.push_back(chunk.bytes);
  return sizes;
}

absl::Status RecordStore::StartFile(const RecordDirectory& directory, const RecordFixed& fixed) {
  const std::vector<size_t> sizes = ChunkSizes();
  auto fd = Reopen(directory);
  if (!fd.ok()) return fd.status();
  // It gets the name of a record when it is one, so that readers never see it half made.
  const std::string digits = RandomDigits();
  const std::string unfinished = absl::StrCat(kUnfinishedRecordPrefix, digits);
  auto file = CreateFile(fd->get(), unfinished);
  if (!file.ok()) return file.status();
  absl::Cleanup remove = [&] { unlinkat(fd->get(), unfinished.c_str(), 0); };
  const uint64_t bytes = std::accumulate(sizes.begin(), sizes.end(), uint64_t{0});
  if (auto status = Reserve(file->get(), 0, bytes); !status.ok()) return status;
  auto addresses = MapAll(file->get(), sizes);
  if (!addresses.ok()) return addresses.status();
  FillChunks(*addresses, fixed);
  auto* const header = reinterpret_cast<RecordHeader*>(addresses->front());
  const size_t used_of_last = chunks_.empty() ? sizeof *header : chunks_.back().used;
  header->committed = bytes - sizes.back() + used_of_last;
  if (!KeepsReservations(file->get())) header->flags |= kNoReservation;
  const std::string name = absl::StrCat(kRecordPrefix, digits);
  if (auto status = RenameToNew(fd->get(), unfinished, name); !status.ok()) {
    Unmap(*addresses, sizes);
    return status;
  }
  std::move(remove).Cancel();
  directory_ = directory;
  file_name_ = name;
  file_ = IdentityOf(file->get());
  if (!Install(*addresses, true)) return absl::ResourceExhaustedError("no memory");
  return absl::OkStatus();
}

bool RecordStore::StartPrivate(const RecordFixed& fixed) {
  const std::vector<size_t> sizes = ChunkSizes();
  std::vector<char*> addresses;
  for (const size_t bytes : sizes) {
    char* const address = MapPrivate(bytes);
    if (address == nullptr) {
      Unmap(addresses, sizes);
      broken_ = started();
      return false;
    }
    addresses.push_back(address);
  }
  FillChunks(addresses, fixed);
  file_name_.clear();
  return Install(addresses, false);
}

// Writes the header and copies what there is already.
void RecordStore::FillChunks(const std::vector<char*>& addresses, const RecordFixed& fixed) {
  RecordHeader header = {};
  std::memcpy(header.magic, kRecordMagic, sizeof kRecordMagic);
  header.version = kFormatVersion;
  header.header_bytes = sizeof header;
  header.checksum = RecordChecksum(fixed);
  header.fixed = fixed;
  if (!chunks_.empty()) header.flags = LoadShared(this->header().flags) & ~uint64_t{kNoReservation};
  std::memcpy(addresses.front(), &header, sizeof header);
  for (size_t i = 0; i < chunks_.size(); ++i) {
    const size_t begin = i == 0 ? sizeof header : 0;
    CopyEntries(chunks_[i].address, addresses[i], begin, chunks_[i].used);
  }
}

// Takes the new memory over, at the old addresses where there are any.
bool RecordStore::Install(const std::vector<char*>& addresses, bool in_file) {
  lost_ = 0;
  if (chunks_.empty()) {
    bytes_ = RoundUpToPages(kFirstChunkBytes);
    chunks_.push_back({addresses.front(), bytes_, sizeof(RecordHeader), in_file});
    return true;
  }
  for (size_t i = 0; i < chunks_.size(); ++i) {
    if (!MoveMapping(addresses[i], chunks_[i].bytes, chunks_[i].address)) broken_ = true;
    chunks_[i].in_file = in_file;
  }
  return !broken_;
}

size_t RecordStore::NextChunkBytes(size_t needed) const {
  return RoundUpToPages(std::max(needed, std::min(bytes_, kLargestChunkBytes)));
}

absl::Status RecordStore::GrowFile(size_t bytes) {
  if (bytes_ + bytes > kLargestFileBytes) {
    return absl::ResourceExhaustedError("the record is as large as one may be");
  }
  auto fd = Reopen(directory_);
  if (!fd.ok()) return fd.status();
  auto file = OpenFile(fd->get(), file_name_, O_RDWR);
  if (!file.ok()) return file.status();
  if (IdentityOf(file->get()) != file_) return absl::NotFoundError("the record was replaced");
  if (auto status = Reserve(file->get(), bytes_, bytes); !status.ok()) return status;
  auto address = MapShared(file->get(), bytes_, bytes);
  if (!address.ok()) return address.status();
  chunks_.push_back({*address, bytes, 0, true});
  bytes_ += bytes;
  return absl::OkStatus();
}

bool RecordStore::AddPrivateChunk(size_t bytes) {
  char* const address = MapPrivate(bytes);
  if (address == nullptr) return false;
  chunks_.push_back({address, bytes, 0, false});
  bytes_ += bytes;
  return true;
}

char* RecordStore::Allocate(size_t bytes) {
  if (chunks_.back().bytes - chunks_.back().used < bytes) {
    const size_t last = chunks_.size() - 1;
    const size_t chunk_bytes = NextChunkBytes(bytes);
    const bool grown = chunks_[last].in_file && GrowFile(chunk_bytes).ok();
    if (!grown && !AddPrivateChunk(chunk_bytes)) return nullptr;
    // Entries follow each other in the file, so the rest of the full chunk becomes one.
    Chunk& full = chunks_[last];
    if (full.used < full.bytes) {
      WritePad(full.address + full.used, full.bytes - full.used);
      full.used = full.bytes;
    }
  }
  Chunk& chunk = chunks_.back();
  char* const address = chunk.address + chunk.used;
  chunk.used += bytes;
  return address;
}

void RecordStore::Publish() {
  const Chunk& last = chunks_.back();
  if (last.in_file) StoreShared(header().committed, uint64_t{bytes_ - last.bytes + last.used});
}

void RecordStore::CountLost() {
  if (file_name_.empty()) return;
  StoreShared(header().lost, ++lost_);
}

}  // namespace pyslow::session
