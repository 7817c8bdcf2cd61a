#include "patterns/line_range.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/sanitize.h"

namespace pyslow::patterns {
namespace {

constexpr absl::string_view kExpected =
    "expected lines of the file, such as @12-15 or @12, or from the function's first line, such as "
    R"(@+2-+5, or @* for each line (\@ is a plain @))";

absl::Status Wrong(absl::string_view text, absl::string_view problem) {
  return absl::InvalidArgumentError(
      absl::StrCat("'@", Excerpt(text), "' ", problem, "; ", kExpected));
}

// One end of a range: digits, or + and digits.
struct End {
  uint32_t line = 0;
  bool is_relative = false;
};

bool ParseEnd(absl::string_view text, End* end) {
  end->is_relative = absl::ConsumePrefix(&text, "+");
  return !text.empty() && absl::ascii_isdigit(static_cast<unsigned char>(text.front())) &&
         absl::SimpleAtoi(text, &end->line) && end->line <= LineRange::kMaxLine;
}

}  // namespace

std::string LineRange::Text() const {
  if (is_each) return "@*";
  const absl::string_view plus = is_relative ? "+" : "";
  const std::string from = absl::StrCat("@", plus, first);
  return first == last ? from : absl::StrCat(from, "-", plus, last);
}

absl::StatusOr<LineRange> ParseLineRange(absl::string_view text) {
  if (text.empty()) return Wrong(text, "has no lines after it");
  if (text == "*") return LineRange{.is_each = true};
  const size_t dash = text.find('-');
  End first;
  if (!ParseEnd(text.substr(0, dash), &first)) return Wrong(text, "is not a range of lines");
  End last = first;
  if (dash != absl::string_view::npos && !ParseEnd(text.substr(dash + 1), &last)) {
    return Wrong(text, "is not a range of lines");
  }
  if (first.is_relative != last.is_relative) {
    return Wrong(text, "has one line of the file and one of the function");
  }
  if (last.line < first.line) return Wrong(text, "ends before it begins");
  if (first.line == 0 && !first.is_relative) return Wrong(text, "begins before line 1");
  return LineRange{first.line, last.line, first.is_relative};
}

std::string QualnameOfLines(absl::string_view qualname, const LineRange& lines) {
  return absl::StrCat(qualname, lines.Text());
}

bool SplitQualnameOfLines(absl::string_view qualname, absl::string_view* function,
                          LineRange* lines) {
  const size_t at = qualname.rfind('@');
  if (at == absl::string_view::npos || at == 0) return false;
  const absl::StatusOr<LineRange> parsed = ParseLineRange(qualname.substr(at + 1));
  if (!parsed.ok() || parsed->is_relative || parsed->is_each ||
      parsed->Text() != qualname.substr(at)) {
    return false;
  }
  *function = qualname.substr(0, at);
  *lines = *parsed;
  return true;
}

bool IsLinesOfFunction(const FunctionIdView& id) {
  const FunctionIdView plain = ProcessPartsOf(id).id;
  absl::string_view function;
  LineRange lines;
  return !CallPartsOf(plain).has_value() && SplitQualnameOfLines(plain.qualname, &function, &lines);
}

bool IsPartOfFunction(const FunctionIdView& id) {
  return CallPartsOf(ProcessPartsOf(id).id).has_value() || IsLinesOfFunction(id);
}

}  // namespace pyslow::patterns
