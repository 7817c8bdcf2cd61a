// Suggestions for a target that matched nothing: similar names among the functions that ran.
#ifndef PYSLOW_PATTERNS_NEAR_MISS_H_
#define PYSLOW_PATTERNS_NEAR_MISS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "base/function_id.h"
#include "patterns/target_set.h"

namespace pyslow::patterns {

// Up to `most` patterns near `target`, nearest first, each of which takes in one of `seen` at
// least: the target with its module part, its qualname part or both replaced by a name that was
// seen
// (`numpy.core.multiarray:*` gives `numpy._core.multiarray:*`). Names are compared by their
// components: the more of them are equal the nearer, then by the edit distance of the others.
// Takes well under a second for 100 000 names.
std::vector<std::string> NearMisses(const Target& target, absl::Span<const FunctionIdView> seen,
                                    size_t most = 3);

}  // namespace pyslow::patterns

#endif  // PYSLOW_PATTERNS_NEAR_MISS_H_
