#include "launcher/group_delay.h"

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "base/duration_text.h"
#include "base/limits.h"
#include "base/text.h"

namespace pyslow::launcher {
namespace {

// A group's name may contain `=` and `/`; the time and N may not. So the last `=` separates.
absl::StatusOr<GroupDelay> Parse(absl::string_view text, int64_t frequency) {
  const size_t equals = text.rfind('=');
  const absl::string_view name = absl::StripAsciiWhitespace(text.substr(0, equals));
  if (equals == absl::string_view::npos || name.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", text,
        "' does not name a group and its delay; expected NAME=TIME or NAME=TIME/N, such as ",
        "model=10us or model=10us/5"));
  }
  const absl::string_view value = absl::StripAsciiWhitespace(text.substr(equals + 1));
  const size_t slash = value.find('/');
  const std::string where = absl::StrCat("'", text, "'");
  const auto delay_ns = ParseTimeNs(value.substr(0, slash), kMaxDelayNs);
  if (!delay_ns.ok()) return At(where, delay_ns.status());
  if (slash != absl::string_view::npos) {
    const auto given = ParseInteger(value.substr(slash + 1), 1, kMaxFrequency, "a number of calls");
    if (!given.ok()) return At(where, given.status());
    frequency = *given;
  }
  return GroupDelay{std::string(name), {*delay_ns, static_cast<uint32_t>(frequency)}};
}

}  // namespace

absl::StatusOr<std::vector<GroupDelay>> ParseGroupDelays(absl::Span<const std::string> texts,
                                                         int64_t frequency) {
  std::vector<GroupDelay> delays;
  absl::flat_hash_set<std::string> groups;
  for (const std::string& text : texts) {
    for (const absl::string_view line : absl::StrSplit(text, '\n')) {
      // A variable may end with a line break; an empty option is an error.
      if (absl::StripAsciiWhitespace(line).empty() && line.size() != text.size()) continue;
      absl::StatusOr<GroupDelay> delay = Parse(line, frequency);
      if (!delay.ok()) return delay.status();
      if (!groups.insert(delay->group).second) {
        return absl::InvalidArgumentError(
            absl::StrCat("'", line, "': the group '", delay->group, "' already has a delay"));
      }
      delays.push_back(*std::move(delay));
    }
  }
  return delays;
}

}  // namespace pyslow::launcher
