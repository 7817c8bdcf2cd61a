#include "session/format.h"

#include <cstring>

#include "absl/strings/str_cat.h"

namespace pyslow::session {
namespace {

constexpr uint64_t kFactor = 0x9e3779b97f4a7c15;  // 2^64 / the golden ratio, odd

uint64_t Mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * kFactor;
  return hash ^ hash >> 32;
}

}  // namespace

uint64_t Checksum(uint64_t seed, absl::string_view bytes) {
  uint64_t hash = Mix(seed, bytes.size());
  const char* at = bytes.data();
  size_t left = bytes.size();
  for (; left >= 8; left -= 8, at += 8) {
    uint64_t word;
    std::memcpy(&word, at, 8);
    hash = Mix(hash, word);
  }
  uint64_t tail = 0;
  if (left > 0) std::memcpy(&tail, at, left);
  return Mix(hash, tail);
}

uint64_t KeyChecksum(const EntryKey& key) {
  uint64_t hash = Mix(key.kind, key.id.first_line);
  hash = Checksum(hash, key.id.module);
  hash = Checksum(hash, key.id.qualname);
  return Checksum(hash, key.id.file);
}

EntryKey MakeKey(EntryKind kind, const FunctionIdView& id) {
  EntryKey key = {0, kind, id};
  key.checksum = KeyChecksum(key);
  return key;
}

uint64_t RecordChecksum(const RecordFixed& fixed) {
  return Checksum(kFormatVersion,
                  absl::string_view(reinterpret_cast<const char*>(&fixed), sizeof fixed));
}

absl::Status Damaged(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("damaged: ", what));
}

absl::Status CheckVersion(uint32_t version) {
  if (version == kFormatVersion) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("its format version is ", version,
                                          "; this program reads version ", kFormatVersion));
}

}  // namespace pyslow::session
