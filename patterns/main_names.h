// Guesses the real names of a main program, which records lack, from its files.
#ifndef PYSLOW_PATTERNS_MAIN_NAMES_H_
#define PYSLOW_PATTERNS_MAIN_NAMES_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/function_id.h"
#include "patterns/function_side.h"

namespace pyslow::patterns {

inline constexpr absl::string_view kMainModule = "__main__";

// Finds names that a target may give to the module of a function in place of __main__: the stem of
// its file, and the dotted ends of its path, as with -m. A few of them are no names of the program,
// so use them for hints only.
class MainNames {
 public:
  // Reads the files of the functions in __main__.
  explicit MainNames(absl::Span<const FunctionIdView> functions);

  // Empty for a function outside of __main__. For code without a file, such as the methods of
  // dataclasses, the names of all files.
  const std::vector<std::string>& Of(const FunctionIdView& function) const;

  // The names of a function as characters: once for each name that its module may have.
  std::vector<NameCharacters> CharactersOf(const FunctionIdView& function) const;

 private:
  absl::flat_hash_map<std::string, std::vector<std::string>> names_;  // by file
  std::vector<std::string> all_;
};

// Whether the side matches one of MainNames::CharactersOf.
bool MatchesAny(const FunctionSide& side, const std::vector<NameCharacters>& names);

}  // namespace pyslow::patterns

#endif  // PYSLOW_PATTERNS_MAIN_NAMES_H_
