// Globs: `*` matches any run of characters, `?` one character, `[abc]`, `[a-z]` and `[!abc]` one of
// a set; `\` escapes. Case-sensitive; a glob matches the whole text. Dots and slashes are ordinary.
#ifndef PYSLOW_PATTERNS_GLOB_H_
#define PYSLOW_PATTERNS_GLOB_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace pyslow::patterns {

// A set of characters: inclusive ranges, ascending, neither overlapping nor adjacent. The largest
// possible member is kInvalidByte.
using CharSet = std::vector<std::pair<char32_t, char32_t>>;

bool Contains(const CharSet& set, char32_t character);

// A parsed glob. Some equivalent forms are normalised: `**` to `*`, `*?` to `?*`, `[a]` to `a`.
struct Glob {
  // A code point, or one of the three below.
  std::vector<uint32_t> tokens;
  std::vector<CharSet> sets;
};
constexpr uint32_t kAnyCharacter = 0x80000000;
constexpr uint32_t kAnyRun = 0x80000001;
constexpr uint32_t kFirstSet = 0xc0000000;  // plus the index in Glob::sets

// Parses the text of a glob, which is valid UTF-8, token by token.
class GlobReader {
 public:
  enum class Kind { kLiteral, kAnyCharacter, kAnyRun, kSet };

  explicit GlobReader(absl::string_view text) : text_(text) {}

  bool AtEnd() const { return offset_ == text_.size(); }
  // Reads the next token. Must not be called at the end or after an error. InvalidArgument, with a
  // message that quotes the wrong text, for an unterminated class, an empty class, one that begins
  // with `^`, a reversed range or a trailing backslash; offset() is then the position of that text,
  // in bytes.
  absl::Status Next();

  size_t offset() const { return offset_; }
  // Of the token read last:
  Kind kind() const { return kind_; }
  char32_t literal() const { return literal_; }
  const CharSet& set() const { return set_; }

 private:
  absl::Status TakeClass();
  absl::Status TakeRange(size_t class_start);
  absl::Status ClassWithoutEnd(size_t start);
  // Reads the character at offset_, with its backslash if there is one.
  char32_t TakeMaybeEscaped();

  absl::string_view text_;
  size_t offset_ = 0;
  Kind kind_ = Kind::kLiteral;
  char32_t literal_ = 0;
  CharSet set_;
};

// Whether `token`, which is not kAnyRun, of `glob` matches the character.
bool TokenMatches(const Glob& glob, uint32_t token, char32_t character);

// Whether the glob matches all of `name`. Takes time proportional to the product of both sizes at
// most.
bool GlobMatches(const Glob& glob, absl::Span<const char32_t> name);

// Parses all of `text`. Errors as of GlobReader::Next.
absl::Status ParseGlob(absl::string_view text, Glob* glob);

// The glob of a text that ParseGlob accepts, such as a part of a Target.
Glob GlobOf(absl::string_view text);

}  // namespace pyslow::patterns

#endif  // PYSLOW_PATTERNS_GLOB_H_
