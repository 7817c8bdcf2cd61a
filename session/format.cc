#include "session/format.h"

#include "absl/strings/str_cat.h"
#include "base/hash.h"

namespace pyslow::session {

uint64_t KeyChecksum(const EntryKey& key) {
  uint64_t hash = MixHash(key.kind, key.id.first_line);
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
