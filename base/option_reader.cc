#include "base/option_reader.h"

#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/duration_text.h"
#include "base/parse_value.h"

namespace pyslow {

const std::string* OptionReader::Find(const std::string& name) const {
  const auto found = given_.find(name);
  return found == given_.end() ? nullptr : &found->second.front();
}

std::vector<std::string> OptionReader::All(const std::string& name) const {
  const auto found = given_.find(name);
  return found == given_.end() ? std::vector<std::string>{} : found->second;
}

void OptionReader::NoteStatus(const std::string& name, const absl::Status& status) {
  if (!status_.ok() || status.ok()) return;
  status_ = absl::InvalidArgumentError(absl::StrCat(name, ": ", status.message()));
}

void OptionReader::NoteError(const std::string& name, absl::string_view what) {
  NoteStatus(name, absl::InvalidArgumentError(what));
}

void OptionReader::ReadFlag(const std::string& name, bool* value) {
  if (Has(name)) *value = true;
}

void OptionReader::ReadText(const std::string& name, std::string* value) {
  const std::string* const text = Find(name);
  if (text == nullptr) return;
  *value = *text;
  if (text->empty()) NoteError(name, "the value is empty");
}

void OptionReader::ReadNumber(const std::string& name, int64_t min, int64_t max, int64_t* value) {
  const std::string* const text = Find(name);
  if (text == nullptr) return;
  const absl::StatusOr<int64_t> number = ParseInteger(*text, min, max, "");
  NoteStatus(name, number.status());
  if (number.ok()) *value = *number;
}

void OptionReader::ReadTime(const std::string& name, int64_t max_ns, int64_t* ns) {
  const std::string* const text = Find(name);
  if (text == nullptr) return;
  const absl::StatusOr<int64_t> time = ParseTimeNs(*text, max_ns);
  NoteStatus(name, time.status());
  if (time.ok()) *ns = *time;
}

void OptionReader::ReadLongTime(const std::string& name, int64_t max_ns,
                                std::optional<double>* seconds) {
  const std::string* const text = Find(name);
  if (text == nullptr) return;
  const absl::StatusOr<double> time = ParseLongTime(*text, max_ns);
  NoteStatus(name, time.status());
  if (time.ok()) *seconds = *time;
}

void OptionReader::ReadRatio(const std::string& name, double low, double high, double* value) {
  const std::string* const text = Find(name);
  if (text == nullptr) return;
  const absl::StatusOr<double> ratio = ParseRatio(*text, low, high);
  NoteStatus(name, ratio.status());
  if (ratio.ok()) *value = *ratio;
}

void OptionReader::ReadPercentage(const std::string& name, std::optional<double>* value) {
  const std::string* const text = Find(name);
  if (text == nullptr) return;
  const absl::StatusOr<double> ratio = ParsePercentage(*text);
  NoteStatus(name, ratio.status());
  if (ratio.ok()) *value = *ratio;
}

void OptionReader::ReadShare(const std::string& name, double* value) {
  const std::string* const text = Find(name);
  if (text == nullptr) return;
  const absl::StatusOr<double> share = ParseShare(*text);
  NoteStatus(name, share.status());
  if (share.ok()) *value = *share;
}

void OptionReader::ReadWord(const std::string& name, std::string* value) {
  const std::string* const text = Find(name);
  if (text == nullptr) return;
  absl::StatusOr<std::string> word = ParseWord(*text, FindOption(specs_, name)->choices);
  NoteStatus(name, word.status());
  if (word.ok()) *value = *std::move(word);
}

void OptionReader::ReadWords(const std::string& name, std::vector<std::string>* values) {
  const std::string* const text = Find(name);
  if (text == nullptr) return;
  absl::StatusOr<std::vector<std::string>> words =
      ParseWords(*text, FindOption(specs_, name)->choices);
  NoteStatus(name, words.status());
  if (words.ok()) *values = *std::move(words);
}

}  // namespace pyslow
