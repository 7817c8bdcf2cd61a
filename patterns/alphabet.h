// Divides the characters into classes; the globs of a set do not distinguish the characters of a
// class. So the table of an automaton has one column for each class, not one for each character.
#ifndef PYSLOW_PATTERNS_ALPHABET_H_
#define PYSLOW_PATTERNS_ALPHABET_H_

#include <array>
#include <cstdint>
#include <vector>

#include "patterns/glob.h"

namespace pyslow::patterns {

class Alphabet {
 public:
  Alphabet() : Alphabet({}, {}) {}
  // Each literal is a class; two characters of one class belong to the same sets. The number of
  // classes is minimal for ASCII. Above ASCII, each interval between the bounds of sets and
  // literals is a class, so memory is proportional to the size of the globs.
  Alphabet(const std::vector<char32_t>& literals, const std::vector<CharSet>& sets);

  // The number of classes.
  uint32_t size() const {
    return static_cast<uint32_t>(ascii_representatives_.size() + lows_.size());
  }
  uint32_t ClassOf(char32_t character) const {
    return character < kAscii ? ascii_[character] : ClassOfOther(character);
  }
  // One character of the class.
  char32_t Representative(uint32_t character_class) const;
  size_t MemoryBytes() const { return lows_.capacity() * sizeof(char32_t) + sizeof(*this); }

 private:
  static constexpr char32_t kAscii = 128;

  void PartitionAscii(const std::vector<char32_t>& literals, const std::vector<CharSet>& sets);
  uint32_t ClassOfOther(char32_t character) const;

  std::array<uint8_t, kAscii> ascii_ = {};
  std::vector<char32_t> ascii_representatives_;
  std::vector<char32_t> lows_;  // the first character of each class above ASCII
};

}  // namespace pyslow::patterns

#endif  // PYSLOW_PATTERNS_ALPHABET_H_
