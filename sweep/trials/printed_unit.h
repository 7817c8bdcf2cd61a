// Units that programs print beside a number: 12.3k tok/s, 1.05s/it, 1.1 ms, "time (ms): 1.1".
#ifndef PYSLOW_SWEEP_TRIALS_PRINTED_UNIT_H_
#define PYSLOW_SWEEP_TRIALS_PRINTED_UNIT_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace pyslow::trials {

struct PrintedUnit {
  enum class Kind {
    kNone,     // none that is known: "tokens", "%"
    kTime,     // ms
    kTimePer,  // s/it, ms per step
    kPerTime,  // it/s, tokens per minute
  };
  Kind kind = Kind::kNone;
  double seconds = 1;     // of the unit of time: 1e-3 for ms
  double multiplier = 1;  // of a suffix: 1e3 for k
  std::string thing;      // "it" of it/s; may be ""
  std::string text;       // as printed: "k tok/s"
  size_t size = 0;        // of the text that follows the number; 0 if it stands before it
};

// The seconds of a unit of time (ns, us, ms, s, min, h and their names); nullopt: it is none.
std::optional<double> SecondsOfUnit(absl::string_view unit);

// The unit at the begin of `text`, which follows a number. `thing`: what the expression counts, so
// that "kfoo/s" is a thousand "foo" and not a word; "" if it is not known.
PrintedUnit UnitAfter(absl::string_view text, absl::string_view thing);

// The word at the begin of `text`, which follows a number: "kfoo" of " kfoo/s" and of " k foo/s".
// "" if there is none, or if it is the label of the next figure.
std::string WordAfter(absl::string_view text);

// Whether two such words may be one unit with other prefixes: "Gfoo" and "Mfoo", "k" and "".
bool MayDifferByPrefix(absl::string_view a, absl::string_view b);

// The unit in the label that ends `text`, before a number: "time (ms): ", "mean_us=", "tok/s: ".
// `is_near`: it stands directly before the number.
PrintedUnit UnitBefore(absl::string_view text, bool* is_near);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_PRINTED_UNIT_H_
