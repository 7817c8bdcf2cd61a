// Reads the dynamic section of an ELF program or library, as the dynamic loader does.
#ifndef PYSLOW_LAUNCHER_HANDOFF_ELF_FILE_H_
#define PYSLOW_LAUNCHER_HANDOFF_ELF_FILE_H_

#include <elf.h>
#include <link.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace pyslow::handoff {

// A mapped file; none of its code runs. A damaged file exports no symbols. The returned
// string_views are valid during the object's life.
class ElfFile {
 public:
  // FailedPrecondition, "PATH: REASON", if the file cannot be read, or is not dynamically linked,
  // of this machine's word size, with a DT_GNU_HASH table, or is truncated.
  static absl::StatusOr<ElfFile> Open(const std::string& path);
  ElfFile(ElfFile&& other) noexcept;
  ElfFile& operator=(ElfFile&&) = delete;
  ~ElfFile();

  uint16_t machine() const { return machine_; }
  // The path of the dynamic loader (PT_INTERP); "" for a library or a static program.
  absl::string_view loader() const { return loader_; }
  bool Exports(absl::string_view symbol) const { return Find(symbol) != nullptr; }
  // Names of the libraries that the file depends on (DT_NEEDED).
  std::vector<absl::string_view> Needed() const;
  // The initial value of an exported object of 8 bytes; nullopt if there is none.
  std::optional<uint64_t> InitialValue(absl::string_view symbol) const;
  // Names of undefined symbols, except weak ones.
  std::vector<absl::string_view> Undefined() const;

 private:
  using Ehdr = ElfW(Ehdr);
  using Phdr = ElfW(Phdr);
  using Sym = ElfW(Sym);

  ElfFile(const char* data, size_t size) : data_(data), size_(size) {}
  bool Read();
  // Whether the file contains all that the loader maps.
  bool IsComplete() const;
  bool ReadDynamic(const Phdr& header);
  bool ReadHashTable(uint64_t offset);
  const Sym* Find(absl::string_view symbol) const;
  absl::string_view NameOf(const Sym& symbol) const;
  absl::string_view TextAt(uint64_t offset) const;
  std::optional<uint64_t> OffsetOf(uint64_t address) const;
  // `count` objects at `offset` in the file, or nullptr if they are not inside the file.
  template <typename T>
  const T* At(uint64_t offset, uint64_t count = 1) const;

  const char* data_;
  size_t size_;
  uint16_t machine_ = 0;
  std::vector<Phdr> loaded_;  // PT_LOAD
  absl::string_view loader_;
  std::vector<uint64_t> needed_;  // offsets in the string table
  // Offsets in the file.
  uint64_t symbols_ = 0;
  uint64_t strings_ = 0;
  // DT_GNU_HASH: a header, a Bloom filter (not used here), the buckets, and one chain entry for
  // each symbol from the first hashed one on. The symbols before it are undefined.
  uint32_t bucket_count_ = 0;
  uint32_t first_hashed_ = 0;
  uint64_t buckets_ = 0;
  uint64_t chains_ = 0;
};

}  // namespace pyslow::handoff

#endif  // PYSLOW_LAUNCHER_HANDOFF_ELF_FILE_H_
