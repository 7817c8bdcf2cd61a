// The targets by what they select: calls of Python functions or calls of other callables.
#ifndef PYSLOW_CORE_CALL_TARGETS_H_
#define PYSLOW_CORE_CALL_TARGETS_H_

#include "core/engine_settings.h"
#include "patterns/target_set.h"

namespace pyslow::core {

// Whether some inclusion without a caller selects native callables: all their calls are events.
bool SelectsNative(const patterns::TargetSet& set, const Settings& settings);
// Whether some target has a caller, or lines.
bool HasCallers(const patterns::TargetSet& set);
bool HasLines(const patterns::TargetSet& set);

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_CALL_TARGETS_H_
