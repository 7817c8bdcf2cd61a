// An ELF program or library of this machine, read as the dynamic loader reads it.
#ifndef PYSLOW_LAUNCHER_ELF_FILE_H_
#define PYSLOW_LAUNCHER_ELF_FILE_H_

#include <elf.h>
#include <link.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace pyslow::launcher {

// Maps the file; nothing of it is run. A file that is damaged or cut short exports nothing. Views
// into it live as long as the object.
class ElfFile {
 public:
  // FailedPrecondition, "PATH: WHAT", where there is no such file or it is not a dynamically linked
  // one of this machine's word size with a DT_GNU_HASH table.
  static absl::StatusOr<ElfFile> Open(const std::string& path);
  ElfFile(ElfFile&& other) noexcept;
  ElfFile& operator=(ElfFile&&) = delete;
  ~ElfFile();

  uint16_t machine() const { return machine_; }
  // The dynamic loader that it asks for; "" for a library or a static program.
  absl::string_view loader() const { return loader_; }
  bool Exports(absl::string_view symbol) const { return Find(symbol) != nullptr; }
  // The names of the libraries that it asks the loader for.
  std::vector<absl::string_view> Needed() const;
  // The value that the exported object of 8 bytes has before anything runs.
  std::optional<uint64_t> InitialValue(absl::string_view symbol) const;
  // The names of the symbols that others have to define for it, weak ones left out.
  std::vector<absl::string_view> Undefined() const;

 private:
  using Ehdr = ElfW(Ehdr);
  using Phdr = ElfW(Phdr);
  using Sym = ElfW(Sym);

  ElfFile(const char* data, size_t size) : data_(data), size_(size) {}
  bool Read();
  bool ReadDynamic(const Phdr& header);
  bool ReadHashTable(uint64_t offset);
  const Sym* Find(absl::string_view symbol) const;
  absl::string_view NameOf(const Sym& symbol) const;
  absl::string_view TextAt(uint64_t offset) const;
  std::optional<uint64_t> OffsetOf(uint64_t address) const;
  // `count` objects at an offset of the file, or nullptr where they do not lie in it.
  template <typename T>
  const T* At(uint64_t offset, uint64_t count = 1) const;

  const char* data_;
  size_t size_;
  uint16_t machine_ = 0;
  std::vector<Phdr> loaded_;  // PT_LOAD
  absl::string_view loader_;
  std::vector<uint64_t> needed_;  // offsets in the strings
  uint64_t symbols_ = 0;          // offsets in the file
  uint64_t strings_ = 0;
  // DT_GNU_HASH: a header, a Bloom filter that is passed over, the buckets, a chain for each symbol
  // from the first that is hashed on. The ones before it are undefined.
  uint32_t bucket_count_ = 0;
  uint32_t first_hashed_ = 0;
  uint64_t buckets_ = 0;
  uint64_t chains_ = 0;
};

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_ELF_FILE_H_
