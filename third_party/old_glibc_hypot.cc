// For a wheel: hypot of glibc 2.34 and before. 2.35 added a version of it that does not set errno.
#if defined(__x86_64__)
#define PYSLOW_OLD_HYPOT "hypot@GLIBC_2.2.5"
#elif defined(__aarch64__)
#define PYSLOW_OLD_HYPOT "hypot@GLIBC_2.17"
#endif

extern "C" {
double pyslow_old_hypot(double x, double y);
__asm__(".symver pyslow_old_hypot, " PYSLOW_OLD_HYPOT);
// Called instead of hypot, by the linker's --wrap.
double __wrap_hypot(double x, double y);  // NOLINT(bugprone-reserved-identifier)
double __wrap_hypot(double x, double y) { return pyslow_old_hypot(x, y); }
}
