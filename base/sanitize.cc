#include "base/sanitize.h"

#include <cstdint>
#include <limits>

#include "absl/strings/str_cat.h"
#include "base/utf8.h"

namespace pyslow {
namespace {

enum class Keep : uint8_t { kNoControls, kLineBreaks, kControls };
constexpr size_t kNoLimit = std::numeric_limits<size_t>::max();

void AppendByte(uint32_t byte, std::string* text) {
  absl::StrAppend(text, "\\x", absl::Hex(byte, absl::kZeroPad2));
}

bool IsKept(char32_t character, Keep keep) {
  if (character == kInvalidByte) return false;
  if (!IsControl(character) || keep == Keep::kControls) return true;
  return keep == Keep::kLineBreaks && (character == '\n' || character == '\t');
}

std::string Sanitized(absl::string_view bytes, Keep keep, size_t max_characters) {
  std::string text;
  for (size_t count = 0; !bytes.empty(); ++count) {
    if (count == max_characters) return text + "\u2026";
    const absl::string_view before = bytes;
    const char32_t character = TakeCharacter(&bytes);
    const absl::string_view sequence = before.substr(0, before.size() - bytes.size());
    if (character >= 0xdc80 && character <= 0xdcff) {
      AppendByte(character - 0xdc00, &text);
    } else if (IsSurrogate(character)) {
      absl::StrAppend(&text, "\\u", absl::Hex(static_cast<uint32_t>(character)));
    } else if (IsKept(character, keep)) {
      text.append(sequence.data(), sequence.size());
    } else {
      for (const char byte : sequence) AppendByte(static_cast<unsigned char>(byte), &text);
    }
  }
  return text;
}

}  // namespace

bool IsControl(char32_t character) {
  return character < 0x20 || (character >= 0x7f && character < 0xa0) ||
         (character >= 0x202a && character <= 0x202e) ||
         (character >= 0x2066 && character <= 0x2069);
}

std::string Printable(absl::string_view bytes) {
  return Sanitized(bytes, Keep::kNoControls, kNoLimit);
}

std::string Excerpt(absl::string_view bytes, size_t max_characters) {
  return Sanitized(bytes, Keep::kNoControls, max_characters);
}

std::string PrintableLines(absl::string_view bytes) {
  return Sanitized(bytes, Keep::kLineBreaks, kNoLimit);
}

std::string ValidUtf8(absl::string_view bytes) {
  return Sanitized(bytes, Keep::kControls, kNoLimit);
}

}  // namespace pyslow
