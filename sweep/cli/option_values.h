// The values of options, read one after the other; the first mistake stays.
#ifndef PYSLOW_SWEEP_CLI_OPTION_VALUES_H_
#define PYSLOW_SWEEP_CLI_OPTION_VALUES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace pyslow::cli {

class Values {
 public:
  // Each option given, by name with its dashes, in order. `given` outlives this.
  using Given = std::map<std::string, std::vector<std::string>>;
  explicit Values(const Given& given) : given_(given) {}

  bool Has(const std::string& name) const { return given_.contains(name); }
  std::vector<std::string> All(const std::string& name) const;

  // Each leaves its value alone where the option was not given.
  void Text(const std::string& name, std::string* value);
  void Flag(const std::string& name, bool* value) { *value = *value || Has(name); }
  void Time(const std::string& name, int64_t max_ns, int64_t* ns);
  // The same with m and h too, for what takes long.
  void LongTime(const std::string& name, int64_t max_ns, std::optional<double>* seconds);
  void Number(const std::string& name, int64_t min, int64_t max, int64_t* value);
  // A decimal number above `low`, up to `high`; `percent`: written with a %, and a ratio here.
  void Ratio(const std::string& name, double low, double high, bool percent,
             std::optional<double>* value);
  // A comma-separated list of `known` words, each at most once.
  void OneOf(const std::string& name, const std::vector<std::string>& known, bool is_list,
             std::string* value);

  // Keeps a mistake in the option's value, if it is the first.
  void Note(const std::string& name, const absl::Status& status);
  void Wrong(const std::string& name, absl::string_view what);
  const absl::Status& status() const { return status_; }

 private:
  const Given& given_;
  absl::Status status_;
};

}  // namespace pyslow::cli

#endif  // PYSLOW_SWEEP_CLI_OPTION_VALUES_H_
