// The inverse of reading a target.
#ifndef PYSLOW_PATTERNS_ESCAPE_H_
#define PYSLOW_PATTERNS_ESCAPE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace pyslow::patterns {

// A module part or qualname part of a target that matches exactly `name`. A character that a target
// file cannot contain becomes `?`.
std::string EscapedName(absl::string_view name);

}  // namespace pyslow::patterns

#endif  // PYSLOW_PATTERNS_ESCAPE_H_
