// Sentences that explain why a target may match nothing, from its text.
#ifndef PYSLOW_REPORT_TARGET_HINT_H_
#define PYSLOW_REPORT_TARGET_HINT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/function_id.h"
#include "patterns/main_names.h"
#include "patterns/target_set.h"
#include "session/session_settings.h"

namespace pyslow::report {

// By group, whether calls of callables that are no Python functions count in it (--on call,
// on=call), and whether those of Python functions do: not if only others count. Calls by a target's
// caller count in any group.
struct CountedKinds {
  std::vector<bool> native;
  std::vector<bool> python;

  // Whether a target of the group counts functions of the kind of `id`, or their lines.
  bool Include(const patterns::Target& target, uint32_t group, const FunctionIdView& id) const;
};
CountedKinds CountedKindsOf(const session::Settings& settings);

// Whether a target names a function that an operator or a statement can run too, without a call:
// numpy:matmul (a @ b), *:*__enter__ (with). Its count is then that of the calls alone.
bool NamesAnOperator(const patterns::Target& target);

// Why a target with this module matches nothing although its module exists under another name, as
// a part of a sentence, or "".
std::string RenamedModuleHint(const patterns::Target& target);

// For a target with lines, the lines of the functions that it names, such as "f has lines 10-31",
// from the names in `unmatched`. "" for other targets, and if no name tells.
std::string LinesHint(const patterns::Target& target, const std::vector<FunctionId>& unmatched,
                      const patterns::MainNames& main_names);

}  // namespace pyslow::report

#endif  // PYSLOW_REPORT_TARGET_HINT_H_
