#include "sweep/trials/terminal_text.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/match.h"
#include "base/utf8.h"

namespace pyslow::trials {
namespace {

constexpr char kEscapeByte = '\x1b';
constexpr char kBell = '\a';
// A terminal gives up a longer title or command string too.
constexpr size_t kMaxSequence = 4096;
constexpr absl::string_view kReplacement = "\ufffd";

bool IsBetween(char byte, char low, char high) { return byte >= low && byte <= high; }

// The bytes that a sequence beginning with `first` has in UTF-8; 1 for others.
size_t SizeOfCharacter(char first) {
  const auto byte = static_cast<uint8_t>(first);
  if (byte >= 0xf0) return 4;
  if (byte >= 0xe0) return 3;
  return byte >= 0xc0 ? 2 : 1;
}

}  // namespace

void TerminalText::Append(absl::string_view bytes, std::string* text) {
  while (!bytes.empty()) {
    if (state_ == State::kText && characters_.empty()) {
      // Most output is plain.
      const auto* const end = std::find_if(bytes.begin(), bytes.end(), [](char byte) {
        return !(IsBetween(byte, ' ', '~') || byte == '\n' || byte == '\t');
      });
      const auto plain = static_cast<size_t>(end - bytes.begin());
      text->append(bytes.data(), plain);
      bytes.remove_prefix(plain);
      if (bytes.empty()) return;
    }
    Take(bytes.front(), text);
    bytes.remove_prefix(1);
  }
}

void TerminalText::Finish(std::string* text) {
  AppendCharacters(true, text);
  state_ = State::kText;
  sequence_.clear();
}

void TerminalText::Take(char byte, std::string* text) {
  switch (state_) {
    case State::kCarriageReturn:
      state_ = State::kText;
      // "\r\n" ends one line.
      if (byte != '\n') TakeText(byte, text);
      return;
    case State::kText:
      return TakeText(byte, text);
    case State::kEscape:
    case State::kIntermediate:
      return TakeEscape(byte, text);
    case State::kControl:
      return TakeControl(byte, text);
    case State::kString:
    case State::kStringEnd:
      return TakeString(byte, text);
  }
}

void TerminalText::TakeText(char byte, std::string* text) {
  const bool is_more = (static_cast<uint8_t>(byte) & 0xc0U) == 0x80U;
  if (!is_more) AppendCharacters(true, text);
  switch (byte) {
    case kEscapeByte:
      state_ = State::kEscape;
      sequence_.clear();
      return;
    case '\r':
      text->push_back('\n');
      state_ = State::kCarriageReturn;
      return;
    case '\b':
    case '\f':
    case '\v':
      text->push_back('\n');
      return;
    case kBell:
      return;
    default:
      break;
  }
  if (static_cast<uint8_t>(byte) < 0x80) {
    text->push_back(byte);
    return;
  }
  characters_.push_back(byte);
  AppendCharacters(false, text);
}

// Appends complete characters; at the end of a run of bytes, replaces what is incomplete.
void TerminalText::AppendCharacters(bool is_end, std::string* text) {
  while (!characters_.empty() &&
         (is_end || characters_.size() >= SizeOfCharacter(characters_.front()))) {
    absl::string_view rest = characters_;
    const char32_t character = TakeCharacter(&rest);
    const size_t taken = characters_.size() - rest.size();
    if (character == kInvalidByte || IsSurrogate(character)) {
      text->append(kReplacement.data(), kReplacement.size());
    } else {
      text->append(characters_, 0, taken);
    }
    characters_.erase(0, taken);
  }
}

void TerminalText::TakeEscape(char byte, std::string* text) {
  sequence_.push_back(byte);
  if (IsBetween(byte, ' ', '/')) {
    state_ = State::kIntermediate;
    if (sequence_.size() > kMaxSequence) GiveUp(text);
    return;
  }
  if (state_ == State::kEscape && byte == '[') {
    state_ = State::kControl;
  } else if (state_ == State::kEscape && absl::StrContains("]PX^_", absl::string_view(&byte, 1))) {
    state_ = State::kString;
  } else if (IsBetween(byte, '0', '~')) {
    // Index, next line and reverse index move the cursor.
    const bool moves =
        state_ == State::kEscape && absl::StrContains("DEMc", absl::string_view(&byte, 1));
    if (moves) text->push_back('\n');
    state_ = State::kText;
  } else {
    GiveUp(text);
  }
}

void TerminalText::TakeControl(char byte, std::string* text) {
  sequence_.push_back(byte);
  if (IsBetween(byte, '@', '~')) {
    // Cursor movement; the others colour, erase or set modes.
    if (absl::StrContains("ABCDEFGHIZ`adefsu", absl::string_view(&byte, 1))) text->push_back('\n');
    state_ = State::kText;
  } else if (!IsBetween(byte, ' ', '?') || sequence_.size() > kMaxSequence) {
    GiveUp(text);
  }
}

void TerminalText::TakeString(char byte, std::string* text) {
  if (byte == kBell) {
    state_ = State::kText;
    return;
  }
  if (state_ == State::kStringEnd) {
    // ESC \ ends the string; another sequence interrupts it.
    state_ = State::kEscape;
    sequence_.clear();
    return TakeEscape(byte, text);
  }
  sequence_.push_back(byte);
  state_ = byte == kEscapeByte ? State::kStringEnd : State::kString;
  if (byte == '\n' || sequence_.size() > kMaxSequence) GiveUp(text);
}

void TerminalText::GiveUp(std::string* text) {
  const std::string content = std::move(sequence_);
  sequence_.clear();
  state_ = State::kText;
  for (const char byte : content) Take(byte, text);
}

}  // namespace pyslow::trials
