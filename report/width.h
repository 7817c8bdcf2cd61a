// Text in the columns of a terminal, in which a character takes none, one or two.
#ifndef PYSLOW_REPORT_WIDTH_H_
#define PYSLOW_REPORT_WIDTH_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace pyslow::report {

// How many columns `text`, which is as of Printable, takes: East Asian characters two, combining
// ones none.
size_t WidthOf(absl::string_view text);

// `text` as it is where it fits into `columns`, else its beginning, an ellipsis and its end, which
// is longer, since the end of a name tells more. `columns` is 1 or more.
std::string Elided(absl::string_view text, size_t columns);

// `text` broken between words where it would go beyond `columns` (0: nowhere), the lines after the
// first indented by `indent` blanks. A word that is wider stays whole.
std::string Wrapped(absl::string_view text, size_t columns, size_t indent);

}  // namespace pyslow::report

#endif  // PYSLOW_REPORT_WIDTH_H_
