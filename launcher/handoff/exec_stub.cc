// The program `pyslow` if python's executable has CPython linked in: executes python with libpyslow
// preloaded, where preload_main.cc continues. In every unusual case it executes pyslowX.Y-launcher
// instead (launcher/pyslow_main.cc), which checks everything and can report what is wrong.
//
// It has no C library, because the start of a statically linked one costs 0.4 ms, and pyslow may
// cost 1 ms at start in total; docs/decisions.md has the figures.
#include <asm/errno.h>
#include <elf.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <linux/stat.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "launcher/handoff/handoff_entries.h"
#include "launcher/handoff/system_calls.h"

namespace pyslow::handoff {
namespace {

// All strings are in one buffer: each page that is touched costs time.
constinit char g_text[10 * PATH_MAX] = {};
constinit size_t g_used = 0;

void Append(const char* text) {
  for (; *text != '\0' && g_used + 1 < sizeof(g_text); ++text) g_text[g_used++] = *text;
}

// Concatenates the parts. If the buffer is full, the result is cut and HasSpace is false from then
// on.
template <typename... Parts>
char* Join(Parts... parts) {
  char* const joined = g_text + g_used;
  (Append(parts), ...);
  if (g_used + 1 < sizeof(g_text)) g_text[g_used++] = '\0';
  return joined;
}

bool HasSpace() { return g_used + 1 < sizeof(g_text); }

void CutFileName(char* path) {
  char* slash = path;
  for (; *path != '\0'; ++path) slash = *path == '/' ? path : slash;
  *slash = '\0';
}

size_t Length(const char* text) {
  size_t length = 0;
  while (text[length] != '\0') ++length;
  return length;
}

bool HasAnyOf(const char* text, const char* characters) {
  for (; *text != '\0'; ++text) {
    for (const char* one = characters; *one != '\0'; ++one) {
      if (*text == *one) return true;
    }
  }
  return false;
}

bool StartsWith(const char* text, const char* prefix) {
  while (*prefix != '\0' && *text == *prefix) ++text, ++prefix;
  return *prefix == '\0';
}

// The contents of the stack at a program's start.
struct Process {
  char** argv;
  char** environment;
  size_t variables;
  bool is_secure = false;     // the loader ignores LD_PRELOAD (ld.so(8), secure-execution mode)
  const char* executed = "";  // the path that execve received
};

Process ReadStack(int64_t* stack) {
  Process process = {};
  process.argv = reinterpret_cast<char**>(stack + 1);
  process.environment = process.argv + stack[0] + 1;
  while (process.environment[process.variables] != nullptr) ++process.variables;
  const auto* entry =
      reinterpret_cast<const Elf64_auxv_t*>(process.environment + process.variables + 1);
  for (; entry->a_type != AT_NULL; ++entry) {
    if (entry->a_type == AT_SECURE) process.is_secure = entry->a_un.a_val != 0;
    if (entry->a_type == AT_EXECFN) {
      process.executed = reinterpret_cast<const char*>(entry->a_un.a_val);
    }
  }
  return process;
}

struct Names {
  char* self;     // this program's file, absolute
  char* handoff;  // value of kHandoffEntry and kUnverifiedHandoffEntry
  char* library;
  char* launcher;
};

// This program's file; without /proc, the path that was executed.
char* SelfFile(const Process& process) {
  static char link[PATH_MAX];
  static char directory[PATH_MAX];
  if (SystemCall(SYS_readlinkat, int64_t{AT_FDCWD}, "/proc/self/exe", link,
                 int64_t{sizeof(link) - 1}) > 0) {
    return Join(link);
  }
  if (StartsWith(process.executed, "/") ||
      IsError(SystemCall(SYS_getcwd, directory, int64_t{sizeof(directory)}))) {
    return Join(process.executed);
  }
  return Join(directory, "/", process.executed);
}

Names FindNames(const Process& process) {
  char* const self = SelfFile(process);
  char process_name[17] = {};  // TASK_COMM_LEN and a NUL
  SystemCall(SYS_prctl, int64_t{PR_GET_NAME}, process_name);
  char* const directory = Join(self);
  CutFileName(directory);
  return {self, Join(process_name, self), Join(directory, "/" PYSLOW_LIBRARY_FROM_BIN),
          Join(directory, "/" PYSLOW_LAUNCHER_FROM_BIN)};
}

bool GetStatus(const char* file, struct statx* status) {
  return SystemCall(SYS_statx, int64_t{AT_FDCWD}, file, int64_t{0}, int64_t{STATX_BASIC_STATS},
                    status) == 0;
}

// Whether execve of the file gives the process other credentials or capabilities.
bool ChangesPrivileges(const char* file, const struct statx& status) {
  char value[1];
  return (status.stx_mode & (S_ISUID | S_ISGID)) != 0 ||
         SystemCall(SYS_getxattr, file, "security.capability", value, int64_t{0}) > 0;
}

// Whether python's executable is the one that libpyslow was built for.
bool IsPythonUnchanged() {
  struct statx status;
  return GetStatus(PYSLOW_PYTHON_EXECUTABLE, &status) && status.stx_size == PYSLOW_PYTHON_SIZE &&
         status.stx_mtime.tv_sec == PYSLOW_PYTHON_SECONDS &&
         !ChangesPrivileges(PYSLOW_PYTHON_EXECUTABLE, status);
}

// LD_PRELOAD is split at colons and blanks, and `$` is expanded (ld.so(8)). The loader skips a file
// that is not a library, or is on a file system that is mounted noexec.
bool CanPreload(const char* library) {
  if (HasAnyOf(library, " :\t\n$")) return false;
  const int64_t descriptor =
      SystemCall(SYS_openat, int64_t{AT_FDCWD}, library, int64_t{O_RDONLY | O_CLOEXEC}, int64_t{0});
  if (descriptor < 0) return false;
  char magic[SELFMAG + 1] = {};
  const int64_t size = SystemCall(SYS_read, descriptor, magic, int64_t{SELFMAG});
  const int64_t mapped =
      SystemCall(SYS_mmap, int64_t{0}, int64_t{1}, int64_t{PROT_READ | PROT_EXEC},
                 int64_t{MAP_PRIVATE}, descriptor, int64_t{0});
  SystemCall(SYS_close, descriptor);
  return size == SELFMAG && StartsWith(magic, ELFMAG) && !IsError(mapped);
}

bool HasPreload(const Process& process) {
  for (char** variable = process.environment; *variable != nullptr; ++variable) {
    if (StartsWith(*variable, kPreloadEntry)) return true;
  }
  return false;
}

// Masks all bytes of the path that are not printable ASCII: it may contain terminal escapes, and
// base/sanitize.h needs a C library.
[[noreturn]] void Fail(const char* where, const char* reason) {
  char* const path = Join(where);
  for (char* byte = path; *byte != '\0'; ++byte) *byte = *byte < ' ' || *byte > '~' ? '?' : *byte;
  const char* const message = Join("pyslow: error: ", path, reason, "\n");
  SystemCall(SYS_write, int64_t{2}, message, static_cast<int64_t>(Length(message)));
  for (;;) SystemCall(SYS_exit_group, int64_t{2});
}

const char* ExecErrorText(int64_t error) {
  switch (-error) {
    case E2BIG:
      return ": arguments and environment, with 2 variables added, are too large to execute it";
    case EACCES:
      return ": no permission to execute it";
    case ENOENT:
      return ": it is missing; reinstall pyslow";
    case ENOMEM:
    case EAGAIN:
      return ": not enough memory or processes to execute it";
    default:
      return ": it cannot be executed; reinstall pyslow";
  }
}

// Executes `program` with two entries added at the end of the environment. Returns execve's error.
int64_t Execute(const char* program, char* last_but_one, char* last, const Process& process) {
  auto** environment =
      static_cast<char**>(__builtin_alloca((process.variables + 3) * sizeof(char*)));
  for (size_t i = 0; i < process.variables; ++i) environment[i] = process.environment[i];
  environment[process.variables] = last_but_one;
  environment[process.variables + 1] = last;
  environment[process.variables + 2] = nullptr;
  return SystemCall(SYS_execve, program, process.argv, environment);
}

[[noreturn]] void Run(const Process& process) {
  const Names names = FindNames(process);
  struct statx self;
  if (process.is_secure && GetStatus(names.self, &self) && ChangesPrivileges(names.self, self)) {
    Fail(names.self,
         ": set-user-ID, set-group-ID and file capabilities do not work here, because this program "
         "executes another one; remove them and use setpriv with ambient capabilities");
  }
  if (!process.is_secure && !HasPreload(process) && IsPythonUnchanged() &&
      CanPreload(names.library) && HasSpace()) {
    Execute(PYSLOW_PYTHON_EXECUTABLE, Join(kPreloadEntry, names.library),
            Join(kUnverifiedHandoffEntry, names.handoff), process);
  }
  const int64_t error =
      Execute(names.launcher, Join(kReasonEntry), Join(kHandoffEntry, names.handoff), process);
  Fail(names.launcher, ExecErrorText(error));
}

}  // namespace
}  // namespace pyslow::handoff

extern "C" [[noreturn, gnu::used]] void PyslowExecStub(int64_t* stack) {
  pyslow::handoff::Run(pyslow::handoff::ReadStack(stack));
}

PYSLOW_START_PROGRAM_AT(PyslowExecStub);
