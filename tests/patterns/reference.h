// A slow and simple matcher, the reference in tests of the fast one. It matches each glob by
// recursion and applies the group rule as the manual states it.
#ifndef PYSLOW_TESTS_PATTERNS_REFERENCE_H_
#define PYSLOW_TESTS_PATTERNS_REFERENCE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace pyslow::patterns {

struct ReferenceLine {
  int group;
  bool excludes;
  std::u32string left;
  std::u32string right;
  // Of the caller; empty: any caller.
  std::u32string caller_left = {};
  std::u32string caller_right = {};
  // Lines; last 0: none. `relative`: counted from the first line of the function.
  uint32_t first = 0;
  uint32_t last = 0;
  bool relative = false;
  bool each = false;  // each line by itself, with last not 0
  // The group's process=GLOB; empty: none.
  std::u32string process = {};
  bool on_call = false;  // the group has on=call
};

// The texts of one function; real_module may be empty.
struct ReferenceName {
  std::u32string module;
  std::u32string real_module;
  std::u32string file;
  std::u32string qualname;
};

// The glob must be well-formed.
bool ReferenceGlobMatches(std::u32string_view glob, std::u32string_view name);

// The lines of the groups that apply in a process with these names. The others get no group.
std::vector<ReferenceLine> ReferenceInProcess(std::vector<ReferenceLine> lines,
                                              const std::vector<std::u32string>& names);

// The lines that decide about calls: of callables that are no Python functions if `is_native`, of
// Python functions otherwise. `counts`: --on names such calls. The others get no group.
std::vector<ReferenceLine> ReferenceOfCalls(std::vector<ReferenceLine> lines, bool is_native,
                                            bool counts);

// The index of the line that decides about the function; -1 if none does. Lower group numbers come
// first, and a negative one is no group. `caller` calls it; without it, lines with a caller match
// nothing.
int ReferenceFind(const std::vector<ReferenceLine>& lines, const ReferenceName& name,
                  const ReferenceName* caller = nullptr);

// The index of the line that decides about the lines `first` to `last` of the file in the function,
// which begins at `first_line`; -1 if none does.
int ReferenceFindLines(const std::vector<ReferenceLine>& lines, const ReferenceName& name,
                       uint32_t first_line, uint32_t first, uint32_t last);

}  // namespace pyslow::patterns

#endif  // PYSLOW_TESTS_PATTERNS_REFERENCE_H_
