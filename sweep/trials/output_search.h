// Searches the output of a command while it is written, in bounded memory.
#ifndef PYSLOW_SWEEP_TRIALS_OUTPUT_SEARCH_H_
#define PYSLOW_SWEEP_TRIALS_OUTPUT_SEARCH_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "sweep/trials/metric_regex.h"
#include "sweep/trials/terminal_text.h"

namespace pyslow::trials {

// Passes the matches of several expressions in one stream on, in their order. At least the last
// `window` bytes are kept, so that a match may be that long. Not thread-safe.
class OutputSearch {
 public:
  using Found = absl::FunctionRef<void(size_t, const RegexMatch&)>;

  // The expressions outlive the object.
  explicit OutputSearch(std::vector<const MetricRegex*> regexes, size_t window = 16 << 20);

  // `found` gets the index of the expression.
  void Append(absl::string_view bytes, Found found);
  void Finish(Found found);

  // The plain text that is kept: all, if it is short.
  absl::string_view text() const { return text_; }

 private:
  void SearchUntil(size_t until, Found found);

  std::vector<const MetricRegex*> regexes_;
  std::vector<size_t> from_;  // in text_, by expression
  size_t window_;
  TerminalText cleaner_;
  std::string text_;
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_OUTPUT_SEARCH_H_
