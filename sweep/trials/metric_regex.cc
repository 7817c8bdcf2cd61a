#include "sweep/trials/metric_regex.h"

#include <re2/re2.h>
#include <re2/stringpiece.h>

#include <algorithm>
#include <array>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/sanitize.h"

namespace pyslow::trials {
namespace {

constexpr size_t kMaxQuotedRegex = 120;  // characters of an expression in a message
constexpr size_t kMaxAround = 2048;      // bytes of a line on each side of a number

RE2::Options QuietOptions() {
  RE2::Options options;
  options.set_log_errors(false);
  return options;
}

std::string ByLine(absl::string_view regex) { return absl::StrCat("(?m:", regex, ")"); }

// The line around `number`, and the parts of it. All are ranges of `text`.
RegexMatch InItsLine(absl::string_view text, TextRange number, TextRange matched) {
  const size_t low = number.begin - std::min(number.begin, kMaxAround);
  const size_t high = std::min(text.size(), number.end + kMaxAround);
  const size_t before = text.substr(low, number.begin - low).rfind('\n');
  const size_t after = text.substr(number.end, high - number.end).find('\n');
  const size_t begin = before == absl::string_view::npos ? low : low + before + 1;
  const size_t end = after == absl::string_view::npos ? high : number.end + after;
  const auto in_line = [&](size_t at) { return std::clamp(at, begin, end) - begin; };
  return {text.substr(begin, end - begin),
          {in_line(number.begin), in_line(number.end)},
          {in_line(matched.begin), in_line(matched.end)}};
}

size_t SearchWith(const RE2& regex, absl::string_view text, size_t from, size_t until,
                  absl::FunctionRef<void(const RegexMatch&)> found) {
  const re2::StringPiece searched(text.data(), text.size());
  const auto group = static_cast<size_t>(regex.NumberOfCapturingGroups());
  std::array<re2::StringPiece, 2> parts;
  const auto range_of = [&](const re2::StringPiece& part) {
    const auto begin = static_cast<size_t>(part.data() - text.data());
    return TextRange{begin, begin + part.size()};
  };
  while (from <= text.size() && regex.Match(searched, from, text.size(), RE2::UNANCHORED,
                                            parts.data(), static_cast<int>(parts.size()))) {
    const TextRange matched = range_of(parts[0]);
    if (matched.begin >= until) return from;
    if (parts[group].data() != nullptr) found(InItsLine(text, range_of(parts[group]), matched));
    from = matched.empty() ? matched.end + 1 : matched.end;
  }
  return std::max(from, until);
}

}  // namespace

absl::StatusOr<MetricRegex> MetricRegex::Compile(absl::string_view regex, Units units) {
  if (regex.empty())
    return absl::InvalidArgumentError("it is empty; expected a regular expression");
  // Without the (?m:...), so that an error message quotes what the user wrote.
  const re2::StringPiece written(regex.data(), regex.size());
  const RE2 alone(written, QuietOptions());
  if (!alone.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("'", Excerpt(regex, kMaxQuotedRegex),
                                                   "' is not a regular expression: ", alone.error(),
                                                   " (the syntax is RE2's)"));
  }
  if (alone.NumberOfCapturingGroups() > 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", Excerpt(regex, kMaxQuotedRegex), "' has ", alone.NumberOfCapturingGroups(),
        " groups; put one around the number, and write (?:...) for the others"));
  }
  RegexText text = ReadRegexText(regex);
  auto by_line = std::make_unique<RE2>(
      ByLine(units == Units::kAny ? text.with_other_units : std::string(regex)), QuietOptions());
  const bool is_same =
      by_line->ok() && by_line->NumberOfCapturingGroups() == alone.NumberOfCapturingGroups();
  if (!is_same) by_line = std::make_unique<RE2>(ByLine(regex), QuietOptions());
  if (!by_line->ok()) return absl::InvalidArgumentError(by_line->error());
  return MetricRegex(std::string(regex), std::move(text), std::move(by_line));
}

MetricRegex::MetricRegex(std::string written, RegexText text, std::unique_ptr<re2::RE2> regex)
    : written_(std::move(written)), text_(std::move(text)), regex_(std::move(regex)) {}
MetricRegex::MetricRegex(MetricRegex&&) noexcept = default;
MetricRegex& MetricRegex::operator=(MetricRegex&&) noexcept = default;
MetricRegex::~MetricRegex() = default;

size_t MetricRegex::Search(absl::string_view text, size_t from, size_t until,
                           absl::FunctionRef<void(const RegexMatch&)> found) const {
  return SearchWith(*regex_, text, from, until, found);
}

std::optional<std::string> MetricRegex::Corrected(absl::string_view line, TextRange number) const {
  std::string corrected = WithGroupFor(written_, text_, number.In(line));
  const RE2 regex(ByLine(corrected), QuietOptions());
  if (!regex.ok()) return std::nullopt;
  bool matches = false;
  SearchWith(regex, line, 0, line.size(),
             [&](const RegexMatch& match) { matches = matches || match.number == number; });
  if (!matches) return std::nullopt;
  return corrected;
}

}  // namespace pyslow::trials
