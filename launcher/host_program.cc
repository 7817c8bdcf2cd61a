#include "launcher/host_program.h"

#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "launcher/elf_file.h"
#include "launcher/which_python.h"

namespace pyslow::launcher {
namespace {

absl::Status Cannot(absl::string_view where, absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat(where, ": ", why));
}

// The loader ignores LD_PRELOAD where a program gets rights that its caller has not.
absl::Status CheckPrivileges(const std::string& executable) {
  if (getauxval(AT_SECURE) != 0 || getuid() != geteuid() || getgid() != getegid()) {
    return Cannot(executable, "a process with changed rights may preload nothing");
  }
  struct stat info;
  if (stat(executable.c_str(), &info) != 0 || access(executable.c_str(), X_OK) != 0) {
    return Cannot(executable, std::strerror(errno));
  }
  if ((info.st_mode & (S_ISUID | S_ISGID)) != 0 ||
      getxattr(executable.c_str(), "security.capability", nullptr, 0) > 0) {
    return Cannot(executable, "it is set-user-ID or has capabilities, and may preload nothing");
  }
  return absl::OkStatus();
}

// LD_PRELOAD separates by colons and blanks and expands dollars (ld.so(8)); a file system that is
// mounted noexec gives nothing to run.
absl::Status CheckLibrary(const std::string& library) {
  if (library.find_first_of(": \t\n$") != std::string::npos) {
    return Cannot(library, "a path with a blank, ':' or '$' cannot be preloaded");
  }
  const int descriptor = open(library.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return Cannot(library, std::strerror(errno));
  void* mapped = mmap(nullptr, 1, PROT_READ | PROT_EXEC, MAP_PRIVATE, descriptor, 0);
  const int error = errno;
  close(descriptor);
  if (mapped == MAP_FAILED) return Cannot(library, std::strerror(error));
  munmap(mapped, 1);
  return absl::OkStatus();
}

// Extensions and we rely on one ABI: that of a minor version with the GIL. `cpython` has CPython in
// it: the executable or its libpython.
absl::Status CheckVersion(const std::string& where, const ElfFile& cpython) {
  const std::optional<uint64_t> hex = cpython.InitialValue("Py_Version");
  if (!hex.has_value()) return Cannot(where, "it does not export CPython's functions");
  const std::string minor = absl::StrCat(*hex >> 24 & 0xFF, ".", *hex >> 16 & 0xFF);
  if (minor != BuiltForMinor()) return Cannot(where, absl::StrCat("it is Python ", minor));
  if (cpython.Exports("_Py_DecRefShared")) return Cannot(where, "it is free-threaded");
  return absl::OkStatus();
}

absl::Status CheckSymbols(const std::string& where, const ElfFile& cpython, const ElfFile& ours) {
  for (const absl::string_view symbol : ours.Undefined()) {
    if ((absl::StartsWith(symbol, "Py") || absl::StartsWith(symbol, "_Py")) &&
        !cpython.Exports(symbol)) {
      return Cannot(where, absl::StrCat("it does not export ", symbol));
    }
  }
  return absl::OkStatus();
}

// The libpython that `program` is linked to, looked for where installations have it; "" where it is
// linked to none. Which one the loader takes is its own affair, as in python.
absl::StatusOr<std::string> LibpythonOf(const std::string& executable, const ElfFile& program) {
  const std::filesystem::path prefix =
      std::filesystem::path(executable).parent_path().parent_path();
  for (const absl::string_view name : program.Needed()) {
    if (!absl::StartsWith(name, "libpython")) continue;
    for (const char* directory : {"lib", "lib64"}) {
      const std::string file = (prefix / directory / std::string(name)).string();
      if (access(file.c_str(), R_OK) == 0) return file;
    }
    return Cannot(executable, absl::StrCat("there is no ", name, " in ", prefix.string(), "/lib"));
  }
  return "";
}

absl::Status CheckCPython(const std::string& where, const ElfFile& cpython, const ElfFile& ours) {
  absl::Status status = CheckVersion(where, cpython);
  return status.ok() ? CheckSymbols(where, cpython, ours) : status;
}

}  // namespace

absl::Status CanHost(const std::string& executable, const std::string& library,
                     const std::string& program) {
  if (absl::Status status = CheckPrivileges(executable); !status.ok()) return status;
  if (absl::Status status = CheckLibrary(library); !status.ok()) return status;
  const absl::StatusOr<ElfFile> host = ElfFile::Open(executable);
  if (!host.ok()) return host.status();
  const absl::StatusOr<ElfFile> ours = ElfFile::Open(library);
  if (!ours.ok()) return ours.status();
  const absl::StatusOr<ElfFile> self = ElfFile::Open(program);
  if (!self.ok()) return self.status();
  if (host->machine() != ours->machine() || host->loader() != self->loader()) {
    return Cannot(executable, "it is of another machine or another C library");
  }
  const absl::StatusOr<std::string> libpython = LibpythonOf(executable, *host);
  if (!libpython.ok()) return libpython.status();
  if (libpython->empty()) return CheckCPython(executable, *host, *ours);
  const absl::StatusOr<ElfFile> linked = ElfFile::Open(*libpython);
  return linked.ok() ? CheckCPython(*libpython, *linked, *ours) : linked.status();
}

}  // namespace pyslow::launcher
