#include "launcher/handoff/elf_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace pyslow::handoff {
namespace {

constexpr unsigned char kClass = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;

absl::Status Unusable(const std::string& path, absl::string_view reason) {
  return absl::FailedPreconditionError(absl::StrCat(path, ": ", reason));
}

// The hash function of DT_GNU_HASH (Bernstein): h × 33 + c.
uint32_t Hash(absl::string_view name) {
  uint32_t hash = 5381;
  for (const char c : name) hash = hash * 33 + static_cast<unsigned char>(c);
  return hash;
}

}  // namespace

absl::StatusOr<ElfFile> ElfFile::Open(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return Unusable(path, std::strerror(errno));
  const absl::Cleanup close_it = [descriptor] { close(descriptor); };
  struct stat info;
  if (fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size == 0) {
    return Unusable(path, "it is not a program");
  }
  const auto size = static_cast<size_t>(info.st_size);
  void* data = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (data == MAP_FAILED) return Unusable(path, std::strerror(errno));
  ElfFile file(static_cast<const char*>(data), size);
  if (absl::StartsWith(absl::string_view(file.data_, file.size_), "#!")) {
    return Unusable(path, "it is a script");
  }
  if (!file.Read()) return Unusable(path, "it is not a dynamically linked program");
  if (!file.IsComplete()) return Unusable(path, "it is truncated");
  return file;
}

ElfFile::ElfFile(ElfFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(other.size_),
      machine_(other.machine_),
      loaded_(std::move(other.loaded_)),
      loader_(other.loader_),
      needed_(std::move(other.needed_)),
      symbols_(other.symbols_),
      strings_(other.strings_),
      bucket_count_(other.bucket_count_),
      first_hashed_(other.first_hashed_),
      buckets_(other.buckets_),
      chains_(other.chains_) {}

ElfFile::~ElfFile() {
  if (data_ != nullptr) munmap(const_cast<char*>(data_), size_);
}

template <typename T>
const T* ElfFile::At(uint64_t offset, uint64_t count) const {
  if (offset > size_ || count > (size_ - offset) / sizeof(T) || offset % alignof(T) != 0) {
    return nullptr;
  }
  return reinterpret_cast<const T*>(data_ + offset);
}

absl::string_view ElfFile::TextAt(uint64_t offset) const {
  if (offset >= size_) return "";
  const char* begin = data_ + offset;
  return {begin, strnlen(begin, size_ - offset)};
}

std::optional<uint64_t> ElfFile::OffsetOf(uint64_t address) const {
  for (const Phdr& segment : loaded_) {
    if (address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz) {
      return segment.p_offset + (address - segment.p_vaddr);
    }
  }
  return std::nullopt;
}

bool ElfFile::Read() {
  const Ehdr* header = At<Ehdr>(0);
  if (header == nullptr || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
      header->e_ident[EI_CLASS] != kClass || header->e_phentsize != sizeof(Phdr)) {
    return false;
  }
  machine_ = header->e_machine;
  const Phdr* segments = At<Phdr>(header->e_phoff, header->e_phnum);
  if (segments == nullptr) return false;
  const Phdr* dynamic = nullptr;
  for (int i = 0; i < header->e_phnum; ++i) {
    if (segments[i].p_type == PT_LOAD) loaded_.push_back(segments[i]);
    if (segments[i].p_type == PT_DYNAMIC) dynamic = &segments[i];
    if (segments[i].p_type == PT_INTERP) loader_ = TextAt(segments[i].p_offset);
  }
  return dynamic != nullptr && ReadDynamic(*dynamic);
}

bool ElfFile::IsComplete() const {
  for (const Phdr& segment : loaded_) {
    if (segment.p_offset > size_ || segment.p_filesz > size_ - segment.p_offset) return false;
  }
  return true;
}

bool ElfFile::ReadDynamic(const Phdr& header) {
  using Dyn = ElfW(Dyn);
  const uint64_t count = header.p_filesz / sizeof(Dyn);
  const Dyn* entries = At<Dyn>(header.p_offset, count);
  if (entries == nullptr) return false;
  std::optional<uint64_t> symbols;
  std::optional<uint64_t> strings;
  std::optional<uint64_t> hash;
  for (uint64_t i = 0; i < count && entries[i].d_tag != DT_NULL; ++i) {
    const uint64_t address = entries[i].d_un.d_ptr;
    if (entries[i].d_tag == DT_SYMTAB) symbols = OffsetOf(address);
    if (entries[i].d_tag == DT_STRTAB) strings = OffsetOf(address);
    if (entries[i].d_tag == DT_NEEDED) needed_.push_back(address);
    if (entries[i].d_tag == DT_GNU_HASH) hash = OffsetOf(address);
  }
  if (!symbols.has_value() || !strings.has_value() || !hash.has_value()) return false;
  symbols_ = *symbols;
  strings_ = *strings;
  return ReadHashTable(*hash);
}

bool ElfFile::ReadHashTable(uint64_t offset) {
  constexpr uint64_t kHeaderWords = 4;  // buckets, first hashed symbol, Bloom words, Bloom shift
  const uint32_t* header = At<uint32_t>(offset, kHeaderWords);
  if (header == nullptr) return false;
  bucket_count_ = header[0];
  first_hashed_ = header[1];
  buckets_ = offset + kHeaderWords * sizeof(uint32_t) + header[2] * sizeof(ElfW(Addr));
  chains_ = buckets_ + uint64_t{bucket_count_} * sizeof(uint32_t);
  return At<uint32_t>(buckets_, bucket_count_) != nullptr;
}

absl::string_view ElfFile::NameOf(const Sym& symbol) const {
  return TextAt(strings_ + symbol.st_name);
}

const ElfFile::Sym* ElfFile::Find(absl::string_view symbol) const {
  if (bucket_count_ == 0) return nullptr;
  const uint32_t hash = Hash(symbol);
  const uint32_t first = At<uint32_t>(buckets_, bucket_count_)[hash % bucket_count_];
  for (uint64_t index = first; index >= first_hashed_ && index != 0; ++index) {
    const uint32_t* link = At<uint32_t>(chains_ + (index - first_hashed_) * sizeof(uint32_t));
    const Sym* found = At<Sym>(symbols_ + index * sizeof(Sym));
    if (link == nullptr || found == nullptr) return nullptr;
    if ((*link | 1U) == (hash | 1U) && found->st_shndx != SHN_UNDEF && NameOf(*found) == symbol) {
      return found;
    }
    if ((*link & 1U) != 0) return nullptr;  // end of the chain
  }
  return nullptr;
}

std::vector<absl::string_view> ElfFile::Needed() const {
  std::vector<absl::string_view> names;
  for (const uint64_t offset : needed_) names.push_back(TextAt(strings_ + offset));
  return names;
}

std::optional<uint64_t> ElfFile::InitialValue(absl::string_view symbol) const {
  const Sym* found = Find(symbol);
  if (found == nullptr || found->st_size != sizeof(uint64_t)) return std::nullopt;
  const std::optional<uint64_t> offset = OffsetOf(found->st_value);
  const uint64_t* value = offset.has_value() ? At<uint64_t>(*offset) : nullptr;
  return value != nullptr ? std::optional<uint64_t>(*value) : std::nullopt;
}

std::vector<absl::string_view> ElfFile::Undefined() const {
  std::vector<absl::string_view> names;
  for (uint32_t index = 1; index < first_hashed_; ++index) {
    const Sym* symbol = At<Sym>(symbols_ + uint64_t{index} * sizeof(Sym));
    if (symbol == nullptr) break;
    if (symbol->st_shndx == SHN_UNDEF && ELF64_ST_BIND(symbol->st_info) == STB_GLOBAL) {
      names.push_back(NameOf(*symbol));
    }
  }
  return names;
}

}  // namespace pyslow::handoff
