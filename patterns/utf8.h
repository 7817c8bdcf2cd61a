// Text as characters: UTF-8 taken strictly for what users write, and leniently for what Python
// names its code, where lone surrogates and plain invalid bytes occur.
#ifndef PYSLOW_PATTERNS_UTF8_H_
#define PYSLOW_PATTERNS_UTF8_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace pyslow::patterns {

// The character that stands for any byte that is part of no valid sequence; above every code point.
constexpr char32_t kInvalidByte = 0x110000;

// Takes the first character off `text`, which must not be empty. Lone surrogates encoded as three
// bytes (WTF-8) are themselves; a byte that begins no valid sequence is kInvalidByte, by itself.
char32_t TakeCharacter(absl::string_view* text);

// The offset of the first byte of `text` that is not strict UTF-8, npos where all of it is.
size_t FindInvalidUtf8(absl::string_view text);

// The number of characters in `text`, counted as TakeCharacter does.
size_t CountCharacters(absl::string_view text);

// C0, DEL and C1: characters that steer a terminal.
bool IsControl(char32_t character);

void AppendUtf8(char32_t character, std::string* text);

// `text` for a message: control characters and invalid bytes as \xNN, and cut with "…" after
// `most` characters.
std::string Shown(absl::string_view text, size_t most = 60);

}  // namespace pyslow::patterns

#endif  // PYSLOW_PATTERNS_UTF8_H_
