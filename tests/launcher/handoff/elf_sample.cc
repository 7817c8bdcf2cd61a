// A small library and small programs for the tests of elf_file and handoff_check. The SAMPLE_
// definitions in CMakeLists.txt select the symbols that they export.
#include <cstdint>

extern "C" {

#ifdef SAMPLE_VERSION
extern const unsigned long Py_Version;  // CPython's name; the version in hexadecimal
const unsigned long Py_Version = SAMPLE_VERSION;
#endif

#ifdef SAMPLE_NEEDED
void PySample_Needed() {}
#endif

#ifdef SAMPLE_FREE_THREADED
void _Py_DecRefShared() {}  // NOLINT(bugprone-reserved-identifier): CPython's name
#endif

#ifdef SAMPLE_NEEDS
void PySample_Needed();
void OtherSample_Needed();
extern const uint64_t elf_sample_value;
extern const uint32_t elf_sample_short;
const uint64_t elf_sample_value = 0x0123456789ABCDEF;
const uint32_t elf_sample_short = 7;
void elf_sample_function() {
  PySample_Needed();
  OtherSample_Needed();
}
#endif

}  // extern "C"

#ifdef SAMPLE_PROGRAM
int main() { return 0; }
#endif
