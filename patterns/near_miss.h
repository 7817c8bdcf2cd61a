// Suggestions for a target that matched nothing: similar names among the functions that ran.
#ifndef PYSLOW_PATTERNS_NEAR_MISS_H_
#define PYSLOW_PATTERNS_NEAR_MISS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/function_id.h"
#include "patterns/target_set.h"

namespace pyslow::patterns {

// Up to `max_count` patterns similar to `target`, the most similar first. Each is the target with
// its module part, its qualname part or both replaced by a name in `seen`, and matches at least one
// function in `seen`: `numpy.core.multiarray:*` gives `numpy._core.multiarray:*`. If the target
// matches an alias in `seen` (see AliasId), or would without one or two typing mistakes, the parts
// that do not match its code are replaced by those of the code: `app:Config.__init__` of a
// dataclass gives `app:__create_fn__.<locals>.__init__`. For a function of the main program, the
// module part may also be similar to its real name (see MainNames); it is replaced by __main__. For
// a target with a caller, the callee is replaced; or the caller, if the callee matches a function
// in `seen`, or if `seen` has no name like the callee's and none that matches the caller: a callee
// that is no Python function is seen only in calls of matched callers. Names are compared by their
// components: first by the number of equal ones, then by the edit distance of the others. Costs
// less than a second for 100 000 names.
std::vector<std::string> NearMisses(const Target& target, absl::Span<const FunctionIdView> seen,
                                    size_t max_count = 3);

// Up to `max_count` of `seen` that are similar to a glob, the most similar first. Names are
// compared by their words.
std::vector<std::string> NearNames(absl::string_view glob, absl::Span<const std::string> seen,
                                   size_t max_count = 3);

}  // namespace pyslow::patterns

#endif  // PYSLOW_PATTERNS_NEAR_MISS_H_
