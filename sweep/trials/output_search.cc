#include "sweep/trials/output_search.h"

#include <utility>

namespace pyslow::trials {

OutputSearch::OutputSearch(std::vector<const MetricRegex*> regexes, size_t window)
    : regexes_(std::move(regexes)), from_(regexes_.size(), 0), window_(window) {}

void OutputSearch::Append(absl::string_view bytes, Found found) {
  cleaner_.Append(bytes, &text_);
  if (text_.size() <= 2 * window_) return;
  // Before the start of a line, so that `^` and `$` match as in the whole text.
  const size_t line = text_.rfind('\n', text_.size() - window_);
  const size_t until = line == std::string::npos ? text_.size() - window_ : line + 1;
  SearchUntil(until, found);
  text_.erase(0, until);
}

void OutputSearch::Finish(Found found) {
  cleaner_.Finish(&text_);
  SearchUntil(text_.size() + 1, found);
}

void OutputSearch::SearchUntil(size_t until, Found found) {
  for (size_t i = 0; i < regexes_.size(); ++i) {
    const size_t next = regexes_[i]->Search(text_, from_[i], until,
                                            [&](const RegexMatch& match) { found(i, match); });
    from_[i] = next > until ? next - until : 0;
  }
}

}  // namespace pyslow::trials
