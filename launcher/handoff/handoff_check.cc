#include "launcher/handoff/handoff_check.h"

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
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "launcher/handoff/elf_file.h"

namespace pyslow::handoff {
namespace {

absl::Status Refuse(absl::string_view where, absl::string_view reason) {
  return absl::FailedPreconditionError(absl::StrCat(where, ": ", reason));
}

// The loader ignores LD_PRELOAD if execve changes the credentials or capabilities.
absl::Status CheckPrivileges(const std::string& executable) {
  if (getauxval(AT_SECURE) != 0 || getuid() != geteuid() || getgid() != getegid()) {
    return Refuse(executable,
                  "LD_PRELOAD is ignored in a process with changed user, group or capabilities; "
                  "start pyslow without set-user-ID and file capabilities of its own");
  }
  struct stat info;
  if (stat(executable.c_str(), &info) != 0 || access(executable.c_str(), X_OK) != 0) {
    return Refuse(executable, std::strerror(errno));
  }
  if ((info.st_mode & (S_ISUID | S_ISGID)) != 0 ||
      getxattr(executable.c_str(), "security.capability", nullptr, 0) > 0) {
    return Refuse(executable,
                  "it is set-user-ID or has capabilities, so that LD_PRELOAD is ignored; make a "
                  "copy of it in the same directory, without them (cp drops them), and name that "
                  "with --python");
  }
  return absl::OkStatus();
}

// LD_PRELOAD is split at colons and blanks, and `$` is expanded (ld.so(8)). A library on a file
// system that is mounted noexec cannot be mapped.
absl::Status CheckLibrary(const std::string& library) {
  if (library.find_first_of(": \t\n$") != std::string::npos) {
    return Refuse(library, "a path with a blank, ':' or '$' cannot be preloaded");
  }
  const int descriptor = open(library.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return Refuse(library, std::strerror(errno));
  void* mapped = mmap(nullptr, 1, PROT_READ | PROT_EXEC, MAP_PRIVATE, descriptor, 0);
  const int error = errno;
  close(descriptor);
  if (mapped == MAP_FAILED) return Refuse(library, std::strerror(error));
  munmap(mapped, 1);
  return absl::OkStatus();
}

// The libpython that `program` is linked to, in lib or lib64 of its installation, which may be that
// of the file that `executable` is a link to; "" if it is linked to none. The loader may find
// another one (LD_LIBRARY_PATH), as for python.
absl::StatusOr<std::string> LibpythonOf(const std::string& executable, const ElfFile& program) {
  const std::filesystem::path directory = std::filesystem::path(executable).parent_path();
  std::error_code ignored;
  const std::filesystem::path linked =
      std::filesystem::canonical(executable, ignored).parent_path();
  for (const absl::string_view needed : program.Needed()) {
    // python-build-standalone wrote $ORIGIN/../lib/libpython3.13.so.1.0 until May 2025.
    const std::string name = std::filesystem::path(std::string(needed)).filename().string();
    if (!absl::StartsWith(name, "libpython")) continue;
    for (const std::filesystem::path& bin : {directory, linked}) {
      for (const char* library : {"lib", "lib64"}) {
        const std::string file = (bin.parent_path() / library / name).string();
        if (access(file.c_str(), R_OK) == 0) return file;
      }
    }
    return Refuse(executable, absl::StrCat("there is no ", name, " in ",
                                           directory.parent_path().string(), "/lib"));
  }
  return "";
}

// The minor version of the CPython in a file, such as "3.13", or "3.13t" if it is free-threaded.
absl::StatusOr<std::string> MinorIn(const std::string& where, const ElfFile& cpython) {
  const std::optional<uint64_t> hex = cpython.InitialValue("Py_Version");
  if (hex.has_value()) {
    const char* const suffix = cpython.Exports("_Py_DecRefShared") ? "t" : "";
    return absl::StrCat(*hex >> 24 & 0xFF, ".", *hex >> 16 & 0xFF, suffix);
  }
  // Added in 3.11.
  return Refuse(where, cpython.Exports("Py_BytesMain") ? "it is CPython before 3.11"
                                                       : "it does not export CPython's functions");
}

// libpyslow is built for the ABI of one minor version, with or without a GIL. `cpython` is the file
// that defines CPython: the executable or its libpython.
absl::Status CheckVersion(const std::string& where, const ElfFile& cpython,
                          absl::string_view minor) {
  const absl::StatusOr<std::string> found = MinorIn(where, cpython);
  if (!found.ok()) return found.status();
  if (*found == absl::StrCat(minor, "t")) return Refuse(where, "it is free-threaded");
  if (*found != minor) return Refuse(where, absl::StrCat("it is Python ", *found));
  return absl::OkStatus();
}

absl::Status CheckSymbols(const std::string& where, const ElfFile& cpython,
                          const ElfFile& library) {
  for (const absl::string_view symbol : library.Undefined()) {
    if ((absl::StartsWith(symbol, "Py") || absl::StartsWith(symbol, "_Py")) &&
        !cpython.Exports(symbol)) {
      return Refuse(where, absl::StrCat("it does not export ", symbol));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckCPython(const std::string& where, const ElfFile& cpython, const ElfFile& library,
                          absl::string_view minor) {
  absl::Status status = CheckVersion(where, cpython, minor);
  return status.ok() ? CheckSymbols(where, cpython, library) : status;
}

}  // namespace

absl::StatusOr<std::string> MinorOf(const std::string& executable) {
  const absl::StatusOr<ElfFile> program = ElfFile::Open(executable);
  if (!program.ok()) return program.status();
  const absl::StatusOr<std::string> libpython = LibpythonOf(executable, *program);
  if (!libpython.ok()) return libpython.status();
  if (libpython->empty()) return MinorIn(executable, *program);
  const absl::StatusOr<ElfFile> linked = ElfFile::Open(*libpython);
  return linked.ok() ? MinorIn(*libpython, *linked) : linked.status();
}

absl::Status CheckHandoff(const std::string& executable, const std::string& library,
                          const std::string& program, absl::string_view minor) {
  if (absl::Status status = CheckPrivileges(executable); !status.ok()) return status;
  if (absl::Status status = CheckLibrary(library); !status.ok()) return status;
  const absl::StatusOr<ElfFile> interpreter = ElfFile::Open(executable);
  if (!interpreter.ok()) return interpreter.status();
  const absl::StatusOr<ElfFile> preloaded = ElfFile::Open(library);
  if (!preloaded.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat(preloaded.status().message(), "; reinstall pyslow"));
  }
  const absl::StatusOr<ElfFile> self = ElfFile::Open(program);
  if (!self.ok()) return self.status();
  if (interpreter->machine() != preloaded->machine()) {
    return Refuse(executable, "it is for another processor");
  }
  if (interpreter->loader() != self->loader()) {
    return Refuse(executable, absl::StrCat("its loader is ", interpreter->loader(), ", not ",
                                           self->loader(), " of glibc"));
  }
  const absl::StatusOr<std::string> libpython = LibpythonOf(executable, *interpreter);
  if (!libpython.ok()) return libpython.status();
  if (libpython->empty()) return CheckCPython(executable, *interpreter, *preloaded, minor);
  const absl::StatusOr<ElfFile> linked = ElfFile::Open(*libpython);
  return linked.ok() ? CheckCPython(*libpython, *linked, *preloaded, minor) : linked.status();
}

}  // namespace pyslow::handoff
