// pyslow, where python's executable has CPython linked in: becomes that executable, with libpyslow
// preloaded, and hosted_main.cc goes on there. The C library's own start would take longer than all
// that is done here (0.3 of the 1 ms that a start may take), so this is linked to none. What is out
// of the ordinary is front.cc's, in the program that lies beside libpyslow.
#include <asm/errno.h>
#include <elf.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <linux/stat.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "launcher/handover_entries.h"
#include "launcher/system_calls.h"

namespace pyslow::launcher {
namespace {

// All text lies in one buffer: each page that is touched is a part of a start's time.
constinit char g_text[10 * PATH_MAX] = {};
constinit size_t g_used = 0;

void Append(const char* text) {
  for (; *text != '\0' && g_used + 1 < sizeof(g_text); ++text) g_text[g_used++] = *text;
}

// The parts as one string. Where they do not all find room, HasRoom is false from then on.
template <typename... Parts>
char* Join(Parts... parts) {
  char* const joined = g_text + g_used;
  (Append(parts), ...);
  if (g_used + 1 < sizeof(g_text)) g_text[g_used++] = '\0';
  return joined;
}

bool HasRoom() { return g_used + 1 < sizeof(g_text); }

void CutLastPart(char* path) {
  char* slash = path;
  for (; *path != '\0'; ++path) slash = *path == '/' ? path : slash;
  *slash = '\0';
}

size_t Length(const char* text) {
  size_t length = 0;
  while (text[length] != '\0') ++length;
  return length;
}

bool HasAnyOf(const char* text, const char* wanted) {
  for (; *text != '\0'; ++text) {
    for (const char* one = wanted; *one != '\0'; ++one) {
      if (*text == *one) return true;
    }
  }
  return false;
}

bool StartsWith(const char* text, const char* beginning) {
  while (*beginning != '\0' && *text == *beginning) ++text, ++beginning;
  return *beginning == '\0';
}

// What the kernel puts on the stack of a new program.
struct Process {
  char** argv;
  char** environment;
  size_t variables;
  bool is_secure = false;     // the loader will preload nothing (ld.so(8), secure-execution mode)
  const char* executed = "";  // as execve got it
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
  char* own;   // file, absolute
  char* told;  // of kGoesOnEntry and kSupposedEntry
  char* library;
  char* other_program;
};

// Its own file; where there is no /proc, as it was executed.
char* OwnFile(const Process& process) {
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
  char* const own = OwnFile(process);
  char process_name[17] = {};  // TASK_COMM_LEN and a NUL
  SystemCall(SYS_prctl, int64_t{PR_GET_NAME}, process_name);
  char* const directory = Join(own);
  CutLastPart(directory);
  return {own, Join(process_name, own), Join(directory, "/" PYSLOW_LIBRARY_FROM_BIN),
          Join(directory, "/" PYSLOW_OTHER_PROGRAM_FROM_BIN)};
}

bool GetStatus(const char* file, struct statx* status) {
  return SystemCall(SYS_statx, int64_t{AT_FDCWD}, file, int64_t{0}, int64_t{STATX_BASIC_STATS},
                    status) == 0;
}

// Whether who executes it gets rights that he had not.
bool GivesRights(const char* file, const struct statx& status) {
  char value[1];
  return (status.stx_mode & (S_ISUID | S_ISGID)) != 0 ||
         SystemCall(SYS_getxattr, file, "security.capability", value, int64_t{0}) > 0;
}

// The very file that libpyslow was built for, to be preloaded into by everybody.
bool IsPythonUnchanged() {
  struct statx status;
  return GetStatus(PYSLOW_PYTHON_EXECUTABLE, &status) && status.stx_size == PYSLOW_PYTHON_SIZE &&
         status.stx_mtime.tv_sec == PYSLOW_PYTHON_SECONDS &&
         !GivesRights(PYSLOW_PYTHON_EXECUTABLE, status);
}

// LD_PRELOAD separates by colons and blanks and expands dollars (ld.so(8)). What is no library, or
// lies on a file system that is mounted noexec, it passes over.
bool CanPreload(const char* library) {
  if (HasAnyOf(library, " :\t\n$")) return false;
  const int64_t descriptor =
      SystemCall(SYS_openat, int64_t{AT_FDCWD}, library, int64_t{O_RDONLY | O_CLOEXEC}, int64_t{0});
  if (descriptor < 0) return false;
  char magic[SELFMAG + 1] = {};
  const int64_t got = SystemCall(SYS_read, descriptor, magic, int64_t{SELFMAG});
  const int64_t mapped =
      SystemCall(SYS_mmap, int64_t{0}, int64_t{1}, int64_t{PROT_READ | PROT_EXEC},
                 int64_t{MAP_PRIVATE}, descriptor, int64_t{0});
  SystemCall(SYS_close, descriptor);
  return got == SELFMAG && StartsWith(magic, ELFMAG) && !IsError(mapped);
}

bool HasPreload(const Process& process) {
  for (char** variable = process.environment; *variable != nullptr; ++variable) {
    if (StartsWith(*variable, kPreloadEntry)) return true;
  }
  return false;
}

[[noreturn]] void Fail(const char* where, const char* why) {
  const char* const message = Join("pyslow: error: ", where, why, "\n");
  SystemCall(SYS_write, int64_t{2}, message, static_cast<int64_t>(Length(message)));
  for (;;) SystemCall(SYS_exit_group, int64_t{2});
}

// Of the errors of execve those that a user can do something about.
const char* ErrorText(int64_t error) {
  switch (-error) {
    case E2BIG:
      return ": the words and the environment are too long for it (with 2 variables of pyslow's)";
    case EACCES:
      return ": it may not be executed here";
    case ENOENT:
      return ": it is missing; install pyslow anew";
    case ENOMEM:
    case EAGAIN:
      return ": there is no memory, or no process left, to run it";
    default:
      return ": it cannot be run; install pyslow anew";
  }
}

// Returns execve's error. The two entries stand last in the environment of `program`.
int64_t Become(const char* program, char* last_but_one, char* last, const Process& process) {
  auto** environment =
      static_cast<char**>(__builtin_alloca((process.variables + 3) * sizeof(char*)));
  for (size_t i = 0; i < process.variables; ++i) environment[i] = process.environment[i];
  environment[process.variables] = last_but_one;
  environment[process.variables + 1] = last;
  environment[process.variables + 2] = nullptr;
  return SystemCall(SYS_execve, program, process.argv, environment);
}

[[noreturn]] void Go(const Process& process) {
  const Names names = FindNames(process);
  struct statx own;
  if (process.is_secure && GetStatus(names.own, &own) && GivesRights(names.own, own)) {
    Fail(names.other_program,
         ": it would not have the rights of this program (capabilities, set-user-ID); take them "
         "away, and start it with them (setpriv, ambient capabilities)");
  }
  if (!process.is_secure && !HasPreload(process) && IsPythonUnchanged() &&
      CanPreload(names.library) && HasRoom()) {
    Become(PYSLOW_PYTHON_EXECUTABLE, Join(kPreloadEntry, names.library),
           Join(kSupposedEntry, names.told), process);
  }
  const int64_t error =
      Become(names.other_program, Join(kReasonEntry), Join(kGoesOnEntry, names.told), process);
  Fail(names.other_program, ErrorText(error));
}

}  // namespace
}  // namespace pyslow::launcher

extern "C" [[noreturn, gnu::used]] void PyslowFirstStep(int64_t* stack) {
  pyslow::launcher::Go(pyslow::launcher::ReadStack(stack));
}

PYSLOW_START_PROGRAM_AT(PyslowFirstStep);
