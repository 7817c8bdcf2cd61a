// Hashes that are the same in every process, and on every machine with the same byte order.
#ifndef PYSLOW_BASE_HASH_H_
#define PYSLOW_BASE_HASH_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/strings/string_view.h"

namespace pyslow {

// FNV-1a, 64 bits (Fowler, Noll, Vo 1991), for any byte order. Different seeds give different
// hashes of a text. No protection against attacks.
inline uint64_t HashOf(absl::string_view text, uint64_t seed = 0) {
  uint64_t hash = 14695981039346656037U ^ seed;
  for (const char byte : text) hash = (hash ^ static_cast<uint8_t>(byte)) * 1099511628211U;
  return hash;
}

// `hash` with a further word.
inline uint64_t MixHash(uint64_t hash, uint64_t word) {
  constexpr uint64_t kFactor = 0x9e3779b97f4a7c15;  // 2^64 / the golden ratio, odd
  hash = (hash ^ word) * kFactor;
  return hash ^ hash >> 32;
}

// Eight bytes at a time. Detects damage, not manipulation.
inline uint64_t Checksum(uint64_t seed, absl::string_view bytes) {
  uint64_t hash = MixHash(seed, bytes.size());
  const char* at = bytes.data();
  size_t left = bytes.size();
  for (; left >= 8; left -= 8, at += 8) {
    uint64_t word;
    std::memcpy(&word, at, 8);
    hash = MixHash(hash, word);
  }
  uint64_t tail = 0;
  if (left > 0) std::memcpy(&tail, at, left);
  return MixHash(hash, tail);
}

}  // namespace pyslow

#endif  // PYSLOW_BASE_HASH_H_
