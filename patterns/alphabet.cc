#include "patterns/alphabet.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/utf8.h"

namespace pyslow::patterns {

Alphabet::Alphabet(const std::vector<char32_t>& literals, const std::vector<CharSet>& sets) {
  PartitionAscii(literals, sets);
  lows_.push_back(kAscii);
  const auto begin_at = [this](char32_t low) {
    if (low > kAscii && low <= kInvalidByte) lows_.push_back(low);
  };
  for (const char32_t literal : literals) {
    begin_at(literal);
    begin_at(literal + 1);
  }
  for (const CharSet& set : sets) {
    for (const auto& [low, high] : set) {
      begin_at(low);
      begin_at(high + 1);
    }
  }
  std::sort(lows_.begin(), lows_.end());
  lows_.erase(std::unique(lows_.begin(), lows_.end()), lows_.end());
  lows_.shrink_to_fit();
}

// Starts with one class and splits it by each literal and each set.
void Alphabet::PartitionAscii(const std::vector<char32_t>& literals,
                              const std::vector<CharSet>& sets) {
  std::array<uint32_t, kAscii> part = {};
  for (const char32_t literal : literals) {
    if (literal < kAscii) part[literal] = literal + 1;
  }
  for (const CharSet& set : sets) {
    if (set.empty() || set.front().first >= kAscii) continue;
    std::map<std::pair<uint32_t, bool>, uint32_t> refined;
    for (char32_t c = 0; c < kAscii; ++c) {
      const auto next = static_cast<uint32_t>(refined.size());
      part[c] = refined.try_emplace({part[c], Contains(set, c)}, next).first->second;
    }
  }
  std::map<uint32_t, uint8_t> numbers;
  for (char32_t c = 0; c < kAscii; ++c) {
    const auto [place, is_new] = numbers.try_emplace(part[c], static_cast<uint8_t>(numbers.size()));
    if (is_new) ascii_representatives_.push_back(c);
    ascii_[c] = place->second;
  }
}

uint32_t Alphabet::ClassOfOther(char32_t character) const {
  const auto after = std::upper_bound(lows_.begin(), lows_.end(), character);
  return static_cast<uint32_t>(ascii_representatives_.size() + (after - lows_.begin()) - 1);
}

char32_t Alphabet::Representative(uint32_t character_class) const {
  const size_t ascii = ascii_representatives_.size();
  return character_class < ascii ? ascii_representatives_[character_class]
                                 : lows_[character_class - ascii];
}

}  // namespace pyslow::patterns
