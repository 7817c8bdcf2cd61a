// Globs: `*` any run, `?` one character, `[abc]`, `[a-z]`, `[!abc]`, `\` escapes. Case-sensitive,
// against the whole text; nothing is special about dots and slashes.
#ifndef PYSLOW_PATTERNS_GLOB_H_
#define PYSLOW_PATTERNS_GLOB_H_

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace pyslow::patterns {

// A set of characters: inclusive ranges, in order, apart from each other. Goes up to kInvalidByte.
using CharSet = std::vector<std::pair<char32_t, char32_t>>;

bool Contains(const CharSet& set, char32_t character);

// A glob in pieces. Written forms that mean the same are brought to one where that is cheap: `**`
// is `*`, `*?` is `?*`, `[a]` is `a`.
struct Glob {
  // A code point, or one of the three below.
  std::vector<uint32_t> tokens;
  std::vector<CharSet> sets;
};
constexpr uint32_t kAnyCharacter = 0x80000000;
constexpr uint32_t kAnyRun = 0x80000001;
constexpr uint32_t kFirstSet = 0xc0000000;  // plus the index in Glob::sets

// Reads a glob's text, valid UTF-8, piece by piece.
class GlobReader {
 public:
  enum class Kind { kLiteral, kAnyCharacter, kAnyRun, kSet };

  explicit GlobReader(absl::string_view text) : text_(text) {}

  bool AtEnd() const { return offset_ == text_.size(); }
  // Takes the next piece; not to be called at the end or after an error. InvalidArgument, with a
  // message that shows the offending text, for a class without an end, an empty class, a reversed
  // range and a trailing backslash; offset() is then where that text stands, in bytes.
  absl::Status Next();

  size_t offset() const { return offset_; }
  // Of the piece taken last:
  Kind kind() const { return kind_; }
  char32_t literal() const { return literal_; }
  bool escaped() const { return escaped_; }  // the literal was written with a backslash
  const CharSet& set() const { return set_; }

 private:
  absl::Status TakeClass();
  absl::Status TakeRange(size_t class_start);
  absl::Status ClassWithoutEnd(size_t start);
  // The character at offset_, after its backslash if there is one.
  char32_t TakeMaybeEscaped();

  absl::string_view text_;
  size_t offset_ = 0;
  Kind kind_ = Kind::kLiteral;
  char32_t literal_ = 0;
  bool escaped_ = false;
  CharSet set_;
};

// The whole of `text` as a Glob; the errors of GlobReader::Next.
absl::Status ParseGlob(absl::string_view text, Glob* glob);

}  // namespace pyslow::patterns

#endif  // PYSLOW_PATTERNS_GLOB_H_
