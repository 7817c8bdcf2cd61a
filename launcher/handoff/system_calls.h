// Linux system calls and a program's entry point, without a C library. For exec_stub.cc.
#ifndef PYSLOW_LAUNCHER_HANDOFF_SYSTEM_CALLS_H_
#define PYSLOW_LAUNCHER_HANDOFF_SYSTEM_CALLS_H_

#include <sys/syscall.h>

#include <cstddef>
#include <cstdint>

namespace pyslow::handoff {

#if defined(__x86_64__)

// Defines _start, which calls `function` with the stack pointer that the kernel set (see the psABI)
// as its argument. The stack pointer is aligned for the call.
#define PYSLOW_START_PROGRAM_AT(function)               \
  __asm__(                                              \
      ".text\n.globl _start\n.type _start, @function\n" \
      "_start:\n"                                       \
      "  xor %ebp, %ebp\n"                              \
      "  mov %rsp, %rdi\n"                              \
      "  and $-16, %rsp\n"                              \
      "  call " #function                               \
      "\n"                                              \
      "  hlt\n")

inline int64_t RawCall(int64_t number, int64_t a, int64_t b, int64_t c, int64_t d, int64_t e,
                       int64_t f) {
  register int64_t r10 __asm__("r10") = d;
  register int64_t r8 __asm__("r8") = e;
  register int64_t r9 __asm__("r9") = f;
  int64_t result;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

#elif defined(__aarch64__)

#define PYSLOW_START_PROGRAM_AT(function)               \
  __asm__(                                              \
      ".text\n.globl _start\n.type _start, %function\n" \
      "_start:\n"                                       \
      "  mov x29, #0\n"                                 \
      "  mov x30, #0\n"                                 \
      "  mov x0, sp\n"                                  \
      "  bl " #function                                 \
      "\n"                                              \
      "  brk #1\n")

inline int64_t RawCall(int64_t number, int64_t a, int64_t b, int64_t c, int64_t d, int64_t e,
                       int64_t f) {
  register int64_t x8 __asm__("x8") = number;
  register int64_t x0 __asm__("x0") = a;
  register int64_t x1 __asm__("x1") = b;
  register int64_t x2 __asm__("x2") = c;
  register int64_t x3 __asm__("x3") = d;
  register int64_t x4 __asm__("x4") = e;
  register int64_t x5 __asm__("x5") = f;
  __asm__ volatile("svc #0"
                   : "+r"(x0)
                   : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                   : "memory");
  return x0;
}

#endif

// Results from -4095 to -1 are negated error numbers.
inline bool IsError(int64_t result) { return result < 0 && result >= -4095; }

inline int64_t Argument(const void* pointer) { return reinterpret_cast<int64_t>(pointer); }
inline int64_t Argument(int64_t number) { return number; }

template <typename... Arguments>
int64_t SystemCall(int64_t number, Arguments... arguments) {
  const int64_t all[6] = {Argument(arguments)...};
  return RawCall(number, all[0], all[1], all[2], all[3], all[4], all[5]);
}

}  // namespace pyslow::handoff

#endif  // PYSLOW_LAUNCHER_HANDOFF_SYSTEM_CALLS_H_
