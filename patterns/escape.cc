#include "patterns/escape.h"

#include "absl/strings/match.h"
#include "base/sanitize.h"
#include "base/utf8.h"

namespace pyslow::patterns {

std::string EscapedName(absl::string_view name) {
  std::string glob;
  for (absl::string_view rest = name; !rest.empty();) {
    const bool first = rest.size() == name.size();
    const char32_t c = TakeCharacter(&rest);
    if (IsControl(c) || c == kInvalidByte || IsSurrogate(c)) {
      glob.push_back('?');
      continue;
    }
    const bool special = c < 0x80 && absl::string_view("*?[]\\:#@").find(static_cast<char>(c)) !=
                                         absl::string_view::npos;
    const bool is_arrow = c == U'\u2192' || ((c == '-' || c == '=') && absl::StartsWith(rest, ">"));
    if (special || is_arrow || (c == '!' && first) || (c == ' ' && (first || rest.empty()))) {
      glob.push_back('\\');
    }
    AppendUtf8(c, &glob);
  }
  return glob;
}

}  // namespace pyslow::patterns
