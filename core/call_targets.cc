#include "core/call_targets.h"

#include <algorithm>

namespace pyslow::core {

std::vector<bool> PythonTargets(const patterns::TargetSet& set, const Settings& settings) {
  std::vector<bool> is_used;
  for (const patterns::Target& target : set.targets()) {
    const bool selects =
        !set.groups()[target.group].on_call && (settings.on_start || settings.on_resume);
    is_used.push_back((selects && !target.HasLines()) || target.excludes);
  }
  return is_used;
}

std::vector<bool> NativeTargets(const patterns::TargetSet& set, const Settings& settings) {
  std::vector<bool> is_used;
  for (const patterns::Target& target : set.targets()) {
    const bool selects =
        target.HasCaller() || set.groups()[target.group].on_call || settings.on_call;
    is_used.push_back((selects && !target.HasLines()) || target.excludes);
  }
  return is_used;
}

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
