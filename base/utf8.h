// UTF-8 as code points. Strict for text that users write; tolerant of Python names, in which lone
// surrogates and invalid bytes occur. This is the only UTF-8 decoder in the project.
#ifndef PYSLOW_BASE_UTF8_H_
#define PYSLOW_BASE_UTF8_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace pyslow {

// Stands for a byte that is not part of a valid sequence. Greater than every code point.
inline constexpr char32_t kInvalidByte = 0x110000;

inline constexpr bool IsSurrogate(char32_t character) {
  return character >= 0xd800 && character <= 0xdfff;
}

// Removes the first character of `text`, which must not be empty, and returns it. A lone surrogate
// encoded in three bytes (WTF-8) is returned as that surrogate; any other byte that starts no valid
// sequence (RFC 3629) is removed alone and returned as kInvalidByte.
char32_t TakeCharacter(absl::string_view* text);

// The offset of the first byte of `text` that is not strict UTF-8; npos if all of it is.
size_t FindInvalidUtf8(absl::string_view text);

// The number of characters in `text`, counted as TakeCharacter does.
size_t CountCharacters(absl::string_view text);

// Appends the UTF-8 of `character`, which is below kInvalidByte.
void AppendUtf8(char32_t character, std::string* text);

}  // namespace pyslow

#endif  // PYSLOW_BASE_UTF8_H_
