// The targets by what they select: calls of Python functions or calls of other callables.
#ifndef PYSLOW_CORE_CALL_TARGETS_H_
#define PYSLOW_CORE_CALL_TARGETS_H_

#include <vector>

#include "core/engine_settings.h"
#include "patterns/target_set.h"

namespace pyslow::core {

// The targets to match a Python function with, and those for any other callable ("native"), by
// their numbers in the set.
//   Python functions   if --on names start or resume, all targets outside of groups with on=call
//   native callables   targets with a caller, groups with on=call; all targets with --on call
// An exclusion applies to both kinds. Targets with lines select neither.
std::vector<bool> PythonTargets(const patterns::TargetSet& set, const Settings& settings);
std::vector<bool> NativeTargets(const patterns::TargetSet& set, const Settings& settings);

// Whether some inclusion without a caller selects native callables: all their calls are events.
bool SelectsNative(const patterns::TargetSet& set, const Settings& settings);
// Whether some target has a caller, or lines.
bool HasCallers(const patterns::TargetSet& set);
bool HasLines(const patterns::TargetSet& set);

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_CALL_TARGETS_H_
