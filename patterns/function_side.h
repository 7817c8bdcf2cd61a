// The part of a target that names a function, to be matched without an automaton.
#ifndef PYSLOW_PATTERNS_FUNCTION_SIDE_H_
#define PYSLOW_PATTERNS_FUNCTION_SIDE_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "patterns/glob.h"

namespace pyslow::patterns {

// The names of a function. `real_module` is the second name of code in __main__, or empty.
struct FunctionNames {
  absl::string_view module;
  absl::string_view real_module;
  absl::string_view file;
  absl::string_view qualname;
};

std::vector<char32_t> CharactersOf(absl::string_view text);

// The names as characters.
struct NameCharacters {
  explicit NameCharacters(const FunctionNames& names);
  std::vector<char32_t> module;
  std::vector<char32_t> real_module;
  std::vector<char32_t> file;
  std::vector<char32_t> qualname;
};

// MODULE:QUALNAME. Costs some 50 ns for each function.
struct FunctionSide {
  // The parts must be well-formed globs. A module part with a slash matches against the file name.
  FunctionSide(absl::string_view module_part, absl::string_view qualname_part);
  bool Matches(const NameCharacters& names) const;

  Glob module;
  Glob qualname;
  bool by_file;
};

}  // namespace pyslow::patterns

#endif  // PYSLOW_PATTERNS_FUNCTION_SIDE_H_
