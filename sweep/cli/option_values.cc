#include "sweep/cli/option_values.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/duration_text.h"
#include "base/suggest.h"

namespace pyslow::cli {

std::vector<std::string> Values::All(const std::string& name) const {
  const auto found = given_.find(name);
  return found == given_.end() ? std::vector<std::string>{} : found->second;
}

void Values::Note(const std::string& name, const absl::Status& status) {
  if (status_.ok() && !status.ok()) {
    status_ = absl::InvalidArgumentError(absl::StrCat(name, ": ", status.message()));
  }
}

void Values::Wrong(const std::string& name, absl::string_view what) {
  Note(name, absl::InvalidArgumentError(what));
}

void Values::Text(const std::string& name, std::string* value) {
  if (!Has(name)) return;
  *value = given_.at(name).front();
  if (value->empty()) Wrong(name, "its value is empty");
}

void Values::Time(const std::string& name, int64_t max_ns, int64_t* ns) {
  if (!Has(name)) return;
  const absl::StatusOr<int64_t> parsed = ParseTimeNs(given_.at(name).front(), max_ns);
  Note(name, parsed.status());
  if (parsed.ok()) *ns = *parsed;
}

void Values::LongTime(const std::string& name, int64_t max_ns, std::optional<double>* seconds) {
  if (!Has(name)) return;
  const std::string& text = given_.at(name).front();
  absl::string_view number = text;
  int64_t scale = 1;
  if (absl::ConsumeSuffix(&number, "h")) {
    scale = 3600;
  } else if (!absl::EndsWith(text, "s") && absl::ConsumeSuffix(&number, "m")) {
    scale = 60;
  }
  const absl::StatusOr<int64_t> ns = scale == 1
                                         ? ParseTimeNs(text, max_ns)
                                         : ParseTimeNs(absl::StrCat(number, "s"), max_ns / scale);
  if (!ns.ok() || *ns == 0) {
    Wrong(name, absl::StrCat("'", text,
                             "' is not a time that can be spent; expected a number with "
                             "s, m or h, such as 90s, 10m or 1.5h"));
    return;
  }
  *seconds = static_cast<double>(*ns) * 1e-9 * static_cast<double>(scale);
}

void Values::Number(const std::string& name, int64_t min, int64_t max, int64_t* value) {
  if (!Has(name)) return;
  const absl::StatusOr<int64_t> parsed = ParseInteger(given_.at(name).front(), min, max, "");
  Note(name, parsed.status());
  if (parsed.ok()) *value = *parsed;
}

void Values::Ratio(const std::string& name, double low, double high, bool percent,
                   std::optional<double>* value) {
  if (!Has(name)) return;
  const std::string& text = given_.at(name).front();
  absl::string_view number = text;
  const bool has_unit = !percent || absl::ConsumeSuffix(&number, "%");
  double parsed = 0;
  if (!has_unit || !absl::SimpleAtod(number, &parsed) || !(parsed > low && parsed <= high)) {
    Wrong(name, absl::StrCat("'", text, "': expected a number over ", low, " and up to ", high,
                             percent ? " with a %, such as 1%" : ", such as 4"));
    return;
  }
  *value = percent ? parsed / 100 : parsed;
}

void Values::OneOf(const std::string& name, const std::vector<std::string>& known, bool is_list,
                   std::string* value) {
  if (!Has(name)) return;
  const std::string& text = given_.at(name).front();
  std::vector<std::string> words = {text};
  if (is_list) words = absl::StrSplit(text, ',');
  std::vector<std::string> seen;
  for (const std::string& word : words) {
    if (std::count(known.begin(), known.end(), word) == 0) {
      Wrong(name, absl::StrCat("'", word, "': expected ", is_list ? "some of " : "one of ",
                               absl::StrJoin(known, ", "), DidYouMean(word, known)));
    } else if (std::count(seen.begin(), seen.end(), word) > 0) {
      Wrong(name, absl::StrCat("'", text, "' has ", word, " twice; leave one out"));
    }
    seen.push_back(word);
  }
  *value = text;
}

}  // namespace pyslow::cli
