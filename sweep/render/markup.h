// Text as HTML and SVG.
#ifndef PYSLOW_SWEEP_RENDER_MARKUP_H_
#define PYSLOW_SWEEP_RENDER_MARKUP_H_

#include <string>

#include "absl/strings/string_view.h"

namespace pyslow::render {

// Printable text, with the characters escaped that markup interprets; for contents and attributes.
std::string Escaped(absl::string_view text);

// "<name class="kind">text</name>" with the text escaped; without the attribute if `kind` is "".
std::string Element(absl::string_view name, absl::string_view text, absl::string_view kind = "");

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_MARKUP_H_
