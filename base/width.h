// Measures and cuts text by the columns of a terminal. A character occupies 0, 1 or 2 columns.
#ifndef PYSLOW_BASE_WIDTH_H_
#define PYSLOW_BASE_WIDTH_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace pyslow {

// Texts are as Printable returns them: valid UTF-8 without control characters.

// The number of columns of `text`, by the tables of the C library, independent of the user's
// locale: 2 for a wide character (East Asian, most emoji), 0 for a combining mark.
size_t DisplayWidth(absl::string_view text);

// `text` if it fits into `columns`, otherwise its start, an ellipsis and its end. The end is longer
// because it identifies a name better. "" if `columns` is 0.
std::string Elided(absl::string_view text, size_t columns);

// `text` with line breaks between words, so that no line is wider than `columns` (0: no limit)
// except for one long word. Lines after the first are indented by `indent` blanks. No line feed at
// the end.
std::string Wrapped(absl::string_view text, size_t columns, size_t indent);

}  // namespace pyslow

#endif  // PYSLOW_BASE_WIDTH_H_
