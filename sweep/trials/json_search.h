// Finds JSON documents in text: one a line, or indented over several lines, among other lines.
#ifndef PYSLOW_SWEEP_TRIALS_JSON_SEARCH_H_
#define PYSLOW_SWEEP_TRIALS_JSON_SEARCH_H_

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"

namespace pyslow::trials {

// A document is an object or an array. One of several lines begins with a line that is only a
// bracket, goes on with indented lines, and ends with a bracket at the beginning of a line. Keeps
// little more than `max_bytes` of an unfinished document. Not thread-safe.
class JsonSearch {
 public:
  using Found = absl::FunctionRef<void(const nlohmann::json&)>;

  explicit JsonSearch(size_t max_bytes = 64 << 20) : max_bytes_(max_bytes) {}

  void Append(absl::string_view bytes, Found found);
  void Finish(Found found);

 private:
  void EndLine(Found found);
  void EndDocument(Found found);
  void AddLine(absl::string_view line, Found found);

  size_t max_bytes_;
  std::string line_;          // unfinished
  bool is_too_long_ = false;  // line_
  std::string document_;      // unfinished
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_JSON_SEARCH_H_
