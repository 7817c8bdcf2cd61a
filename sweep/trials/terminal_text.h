// Text that a program wrote for a terminal, as plain lines.
#ifndef PYSLOW_SWEEP_TRIALS_TERMINAL_TEXT_H_
#define PYSLOW_SWEEP_TRIALS_TERMINAL_TEXT_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace pyslow::trials {

// Turns bytes into valid UTF-8 in which only line feeds end lines. Escape sequences (ECMA-48) are
// removed; those that move the cursor, carriage returns, backspaces and form feeds end a line, so
// that texts from different places are not joined. A byte that is not UTF-8 becomes U+FFFD. Not
// thread-safe.
class TerminalText {
 public:
  // Appends the text of `bytes`, which may end anywhere: an incomplete sequence waits for the rest.
  void Append(absl::string_view bytes, std::string* text);
  // Appends what still waits.
  void Finish(std::string* text);

 private:
  // A position in the grammar of escape sequences.
  enum class State {
    kText,
    kCarriageReturn,
    kEscape,
    kIntermediate,
    kControl,
    kString,
    kStringEnd
  };

  void Take(char byte, std::string* text);
  void TakeText(char byte, std::string* text);
  void TakeEscape(char byte, std::string* text);
  void TakeControl(char byte, std::string* text);
  void TakeString(char byte, std::string* text);
  // Leaves a sequence that turned out to be none: its content is text.
  void GiveUp(std::string* text);
  void AppendCharacters(bool is_end, std::string* text);

  State state_ = State::kText;
  std::string sequence_;    // bytes since the escape character
  std::string characters_;  // bytes of a character that is not complete
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_TERMINAL_TEXT_H_
