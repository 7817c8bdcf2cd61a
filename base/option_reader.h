// Typed values of options. Each Read function converts the first value of one option, and leaves
// the variable unchanged if the option was not given. The first error is kept, so that a program
// reads all its options and checks status() once.
#ifndef PYSLOW_BASE_OPTION_READER_H_
#define PYSLOW_BASE_OPTION_READER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/options.h"

namespace pyslow {

class OptionReader {
 public:
  // `specs` and `given` outlive the reader. Every name below is one of `specs`.
  OptionReader(absl::Span<const OptionSpec> specs, const GivenOptions& given)
      : specs_(specs), given_(given) {}

  bool Has(const std::string& name) const { return given_.contains(name); }
  // All values of an option that may repeat.
  std::vector<std::string> All(const std::string& name) const;

  void ReadFlag(const std::string& name, bool* value);
  // Any text except the empty one.
  void ReadText(const std::string& name, std::string* value);
  void ReadNumber(const std::string& name, int64_t min, int64_t max, int64_t* value);
  void ReadTime(const std::string& name, int64_t max_ns, int64_t* ns);
  // In seconds, with m and h as units too.
  void ReadLongTime(const std::string& name, int64_t max_ns, std::optional<double>* seconds);
  // A decimal number greater than `low` and at most `high`.
  void ReadRatio(const std::string& name, double low, double high, double* value);
  // A percentage, as a ratio.
  void ReadPercentage(const std::string& name, std::optional<double>* value);
  // A share greater than 0 and at most 1: a ratio such as 0.01, or a percentage such as 1%.
  void ReadShare(const std::string& name, double* value);
  // One of the option's choices, or a comma-separated list of them.
  void ReadWord(const std::string& name, std::string* value);
  void ReadWords(const std::string& name, std::vector<std::string>* values);

  // Keeps an error about the option, "--NAME: WHAT", if it is the first.
  void NoteError(const std::string& name, absl::string_view what);
  void NoteStatus(const std::string& name, const absl::Status& status);
  const absl::Status& status() const { return status_; }

 private:
  // The option's first value; nullptr if it was not given.
  const std::string* Find(const std::string& name) const;

  const absl::Span<const OptionSpec> specs_;
  const GivenOptions& given_;
  absl::Status status_;
};

}  // namespace pyslow

#endif  // PYSLOW_BASE_OPTION_READER_H_
