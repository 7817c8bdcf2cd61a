// Characters that a set of globs never tells apart, as one class: an automaton's table then needs
// one column for each class instead of one for each character.
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
  // Every literal becomes a class of its own; characters of one class are in the same sets. ASCII
  // has the fewest classes that do; other characters one for each interval between the ends of sets
  // and literals, so that memory stays in proportion to the globs.
  Alphabet(const std::vector<char32_t>& literals, const std::vector<CharSet>& sets);

  // The number of classes.
  uint32_t size() const {
    return static_cast<uint32_t>(ascii_representatives_.size() + lows_.size());
  }
  uint32_t ClassOf(char32_t character) const {
    return character < kAscii ? ascii_[character] : ClassOfOther(character);
  }
  // A character of the class.
  char32_t Representative(uint32_t character_class) const;
  size_t MemoryBytes() const { return lows_.capacity() * sizeof(char32_t) + sizeof(*this); }

 private:
  static constexpr char32_t kAscii = 128;

  void PartitionAscii(const std::vector<char32_t>& literals, const std::vector<CharSet>& sets);
  uint32_t ClassOfOther(char32_t character) const;

  std::array<uint8_t, kAscii> ascii_ = {};
  std::vector<char32_t> ascii_representatives_;
  std::vector<char32_t> lows_;  // where each class above ASCII begins
};

}  // namespace pyslow::patterns

#endif  // PYSLOW_PATTERNS_ALPHABET_H_
