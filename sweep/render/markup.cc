#include "sweep/render/markup.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/sanitize.h"

namespace pyslow::render {

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(
      Printable(text),
      {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string Element(absl::string_view name, absl::string_view text, absl::string_view kind) {
  return absl::StrCat("<", name, kind.empty() ? "" : absl::StrCat(" class=\"", kind, "\""), ">",
                      Escaped(text), "</", name, ">");
}

}  // namespace pyslow::render
