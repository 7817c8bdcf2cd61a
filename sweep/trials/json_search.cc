#include "sweep/trials/json_search.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "sweep/trials/json_place.h"

namespace pyslow::trials {
namespace {

// Whether a line of text begins a document of several lines, as writers that indent print it.
bool BeginsDocument(absl::string_view line) {
  line = absl::StripTrailingAsciiWhitespace(line);
  return line == "{" || line == "[" || line == "[{";
}

bool EndsDocument(absl::string_view line) {
  return absl::StartsWith(line, "}") || absl::StartsWith(line, "]");
}

}  // namespace

void JsonSearch::AddLine(absl::string_view line, Found found) {
  if (BeginsDocument(line)) {
    document_ = absl::StrCat(line, "\n");
    return;
  }
  const absl::string_view text = absl::StripAsciiWhitespace(line);
  const bool is_indented = text.empty() || text.front() != line.front();
  const bool is_part = !document_.empty() && (is_indented || EndsDocument(line));
  if (is_part) {
    absl::StrAppend(&document_, line, "\n");
    if (!is_indented || document_.size() > max_bytes_) EndDocument(found);
    return;
  }
  document_.clear();
  if (!absl::StartsWith(text, "{") && !absl::StartsWith(text, "[")) return;
  if (const absl::StatusOr<nlohmann::json> json = ParseJson(text); json.ok()) found(*json);
}

void JsonSearch::EndDocument(Found found) {
  const absl::StatusOr<nlohmann::json> json = ParseJson(document_);
  document_.clear();
  if (json.ok()) found(*json);
}

void JsonSearch::Append(absl::string_view bytes, Found found) {
  while (!bytes.empty()) {
    const size_t end = std::min(bytes.find('\n'), bytes.size());
    is_too_long_ = is_too_long_ || line_.size() + end > max_bytes_;
    if (!is_too_long_) absl::StrAppend(&line_, bytes.substr(0, end));
    if (end == bytes.size()) return;
    EndLine(found);
    bytes.remove_prefix(end + 1);
  }
}

void JsonSearch::EndLine(Found found) {
  if (is_too_long_) {
    document_.clear();
  } else {
    AddLine(line_, found);
  }
  line_.clear();
  is_too_long_ = false;
}

void JsonSearch::Finish(Found found) {
  EndLine(found);
  document_.clear();
}

}  // namespace pyslow::trials
