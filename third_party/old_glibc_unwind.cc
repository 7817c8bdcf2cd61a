// For a wheel: _dl_find_object, which the exception handling of a static libgcc calls if it was
// built with glibc 2.35 or later, for systems whose C library does not have it. By dl_iterate_phdr,
// which libgcc calls with an older C library.
#include <dlfcn.h>
#include <features.h>
#include <link.h>

#if __GLIBC_PREREQ(2, 35)

namespace {

struct Search {
  ElfW(Addr) address;
  dl_find_object* result;
};

int Visit(dl_phdr_info* info, size_t /*size*/, void* data) {
  const auto* search = static_cast<Search*>(data);
  const ElfW(Phdr)* found = nullptr;
  const ElfW(Phdr)* frames = nullptr;
  for (const ElfW(Phdr)* header = info->dlpi_phdr; header != info->dlpi_phdr + info->dlpi_phnum;
       ++header) {
    const ElfW(Addr) begin = info->dlpi_addr + header->p_vaddr;
    if (header->p_type == PT_GNU_EH_FRAME) frames = header;
    if (header->p_type == PT_LOAD && search->address >= begin &&
        search->address - begin < header->p_memsz) {
      found = header;
    }
  }
  if (found == nullptr || frames == nullptr) return 0;
  // NOLINTBEGIN(performance-no-int-to-ptr): the addresses are those of the loader.
  const ElfW(Addr) begin = info->dlpi_addr + found->p_vaddr;
  search->result->dlfo_map_start = reinterpret_cast<void*>(begin);
  search->result->dlfo_map_end = reinterpret_cast<void*>(begin + found->p_memsz);
  search->result->dlfo_eh_frame = reinterpret_cast<void*>(info->dlpi_addr + frames->p_vaddr);
  // NOLINTEND(performance-no-int-to-ptr)
  return 1;
}

}  // namespace

// NOLINTNEXTLINE(bugprone-reserved-identifier): the C library's name
extern "C" __attribute__((visibility("hidden"))) int _dl_find_object(
    void* address, dl_find_object* result) noexcept {
  *result = {};
  Search search = {reinterpret_cast<ElfW(Addr)>(address), result};
  return dl_iterate_phdr(Visit, &search) == 1 ? 0 : -1;
}

#endif
