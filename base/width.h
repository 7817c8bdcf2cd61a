// Text in the columns of a terminal, in which a character takes none, one or two.
#ifndef PYSLOW_BASE_WIDTH_H_
#define PYSLOW_BASE_WIDTH_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace pyslow {

// Texts here are as of Printable: valid UTF-8 without controls.

// How many columns `text` takes, as the C library knows characters, whatever the user's locale: two
// for wide ones (East Asian, most emoji), none for combining marks.
size_t DisplayWidth(absl::string_view text);

// `text` as it is where it fits into `columns`, else its beginning, an ellipsis and its end, which
// is longer, since the end of a name tells more. "" where `columns` is 0.
std::string Elided(absl::string_view text, size_t columns);

// `text` broken between words where it would go beyond `columns` (0: nowhere), the lines after the
// first indented by `indent` blanks; the last is not ended. A word that is wider stays whole.
std::string Wrapped(absl::string_view text, size_t columns, size_t indent);

}  // namespace pyslow

#endif  // PYSLOW_BASE_WIDTH_H_
