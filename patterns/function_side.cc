#include "patterns/function_side.h"

#include "absl/strings/match.h"
#include "base/utf8.h"

namespace pyslow::patterns {

std::vector<char32_t> CharactersOf(absl::string_view text) {
  std::vector<char32_t> characters;
  while (!text.empty()) characters.push_back(TakeCharacter(&text));
  return characters;
}

NameCharacters::NameCharacters(const FunctionNames& names)
    : module(CharactersOf(names.module)),
      real_module(CharactersOf(names.real_module)),
      file(CharactersOf(names.file)),
      qualname(CharactersOf(names.qualname)) {}

FunctionSide::FunctionSide(absl::string_view module_part, absl::string_view qualname_part)
    : module(GlobOf(module_part)),
      qualname(GlobOf(qualname_part)),
      by_file(absl::StrContains(module_part, '/')) {}

bool FunctionSide::Matches(const NameCharacters& names) const {
  if (!GlobMatches(qualname, names.qualname)) return false;
  if (by_file) return GlobMatches(module, names.file);
  return GlobMatches(module, names.module) ||
         (!names.real_module.empty() && GlobMatches(module, names.real_module));
}

}  // namespace pyslow::patterns
