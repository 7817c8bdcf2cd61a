// A hash that is the same in every process and on every machine.
#ifndef PYSLOW_BASE_HASH_H_
#define PYSLOW_BASE_HASH_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace pyslow {

// FNV-1a, 64 bits (Fowler, Noll, Vo 1991). Different seeds give different hashes of a text. No
// protection against attacks.
inline uint64_t HashOf(absl::string_view text, uint64_t seed = 0) {
  uint64_t hash = 14695981039346656037U ^ seed;
  for (const char byte : text) hash = (hash ^ static_cast<uint8_t>(byte)) * 1099511628211U;
  return hash;
}

}  // namespace pyslow

#endif  // PYSLOW_BASE_HASH_H_
