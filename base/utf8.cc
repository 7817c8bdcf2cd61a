#include "base/utf8.h"

namespace pyslow {
namespace {

bool IsContinuation(unsigned char byte) { return (byte & 0xc0) == 0x80; }

// The number of bytes that follow a lead byte, 0 if the byte is no lead byte, and the range of the
// second byte, which excludes overlong forms and code points above U+10FFFF.
struct Lead {
  int following;
  unsigned char min;
  unsigned char max;
};
Lead LeadOf(unsigned char byte) {
  if (byte >= 0xc2 && byte <= 0xdf) return {1, 0x80, 0xbf};
  if (byte == 0xe0) return {2, 0xa0, 0xbf};
  if (byte >= 0xe1 && byte <= 0xef) return {2, 0x80, 0xbf};
  if (byte == 0xf0) return {3, 0x90, 0xbf};
  if (byte >= 0xf1 && byte <= 0xf3) return {3, 0x80, 0xbf};
  if (byte == 0xf4) return {3, 0x80, 0x8f};
  return {0, 0, 0};
}

}  // namespace

char32_t TakeCharacter(absl::string_view* text) {
  const auto byte = [text](size_t i) { return static_cast<unsigned char>((*text)[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) {
    text->remove_prefix(1);
    return first;
  }
  const Lead lead = LeadOf(first);
  const auto size = static_cast<size_t>(lead.following) + 1;
  bool valid =
      lead.following > 0 && text->size() >= size && byte(1) >= lead.min && byte(1) <= lead.max;
  for (size_t i = 2; valid && i < size; ++i) valid = IsContinuation(byte(i));
  if (!valid) {
    text->remove_prefix(1);
    return kInvalidByte;
  }
  char32_t c = first & (0x3fu >> lead.following);
  for (size_t i = 1; i < size; ++i) c = (c << 6) | (byte(i) & 0x3fu);
  text->remove_prefix(size);
  return c;
}

size_t FindInvalidUtf8(absl::string_view text) {
  absl::string_view rest = text;
  while (!rest.empty()) {
    const size_t offset = text.size() - rest.size();
    const char32_t c = TakeCharacter(&rest);
    if (c == kInvalidByte || IsSurrogate(c)) return offset;
  }
  return absl::string_view::npos;
}

size_t CountCharacters(absl::string_view text) {
  size_t count = 0;
  for (; !text.empty(); ++count) TakeCharacter(&text);
  return count;
}

void AppendUtf8(char32_t character, std::string* text) {
  const auto tail = [&](int shift) {
    text->push_back(static_cast<char>(0x80 | ((character >> shift) & 0x3f)));
  };
  if (character < 0x80) {
    text->push_back(static_cast<char>(character));
  } else if (character < 0x800) {
    text->push_back(static_cast<char>(0xc0 | (character >> 6)));
    tail(0);
  } else if (character < 0x10000) {
    text->push_back(static_cast<char>(0xe0 | (character >> 12)));
    tail(6);
    tail(0);
  } else {
    text->push_back(static_cast<char>(0xf0 | (character >> 18)));
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace pyslow
