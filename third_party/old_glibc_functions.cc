// For a wheel: functions of the C library that are newer than glibc 2.34, or have a newer version.
#include <sys/random.h>

#include <cstdint>
#include <cstdlib>

#if defined(__x86_64__)
#define PYSLOW_OLD_HYPOT "hypot@GLIBC_2.2.5"
#elif defined(__aarch64__)
#define PYSLOW_OLD_HYPOT "hypot@GLIBC_2.17"
#else
#error "Name the oldest version of hypot in this processor's C library."
#endif

extern "C" {

// glibc 2.35 added a version of hypot that does not set errno.
double pyslow_old_hypot(double x, double y);
__asm__(".symver pyslow_old_hypot, " PYSLOW_OLD_HYPOT);
// Called instead of hypot, by the linker's --wrap.
double __wrap_hypot(double x, double y);  // NOLINT(bugprone-reserved-identifier)
double __wrap_hypot(double x, double y) { return pyslow_old_hypot(x, y); }

// Added in glibc 2.36. std::random_device calls it.
__attribute__((visibility("hidden"))) uint32_t arc4random() noexcept {
  uint32_t number = 0;
  if (getrandom(&number, sizeof(number), 0) != sizeof(number)) std::abort();
  return number;
}
}
