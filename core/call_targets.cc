#include "core/call_targets.h"

#include <algorithm>

namespace pyslow::core {

bool SelectsNative(const patterns::TargetSet& set, const Settings& settings) {
  return std::any_of(set.targets().begin(), set.targets().end(), [&](const auto& target) {
    return !target.excludes && target.SelectsCalls() &&
           (settings.on_call || set.groups()[target.group].on_call);
  });
}

bool HasCallers(const patterns::TargetSet& set) {
  return std::any_of(set.targets().begin(), set.targets().end(),
                     [](const auto& target) { return target.HasCaller(); });
}

bool HasLines(const patterns::TargetSet& set) {
  return std::any_of(set.targets().begin(), set.targets().end(),
                     [](const auto& target) { return target.HasLines(); });
}

}  // namespace pyslow::core
