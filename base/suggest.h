// "did you mean": the nearest known name to one that is not known.
#ifndef PYSLOW_BASE_SUGGEST_H_
#define PYSLOW_BASE_SUGGEST_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace pyslow {

// The candidate nearest to `word` by edit distance (insert, delete, replace, swap of neighbours,
// each 1), or "" where none is within a third of the word's length (at least 1). One that the word
// begins with, or that begins with the word, is within it. The first of several equally near.
std::string NearestName(absl::string_view word, absl::Span<const std::string> candidates);

// "; did you mean 'NAME'?" for the nearest candidate, or "".
std::string DidYouMean(absl::string_view word, absl::Span<const std::string> candidates);

}  // namespace pyslow

#endif  // PYSLOW_BASE_SUGGEST_H_
