// The engine's part in placeholders and their own time: functions with lines, and those that depend
// on their caller or on the role.
#include "core/engine.h"

namespace pyslow::core {

Function* Engine::InThisRole(Function* function) {
  // Frames that run now were entered in the other role, and would not be found when they end.
  if (process_role_.Refresh()) own_time_.Restart();
  Function* const in_role =
      FunctionInRole(static_cast<FunctionByRole*>(function), process_role_.role());
  return in_role != nullptr ? in_role : function;
}

inline Function* Engine::FunctionInRole(FunctionByRole* function, patterns::Role role) {
  if constexpr (!kIsFreeThreaded) return function->In(role);
  return threads_.CopyOfDecided(&threads_.This().by_role, {function, role}, [&] {
    const SharedLock lock;
    return function->In(role);
  });
}

Function* Engine::EnterPlaceholder(Function* found, bool starts) {
  found = InRole(found);
  if (starts) StartLines(found);
  Function* const function = FunctionOfCall(found);
  if (function->is_target) own_time_.Enter(function);
  if (found->kind != FunctionKind::kWithLines) return function;
  const uint32_t line = line_frames_.LastLine(CurrentFrameId());
  for (const CodeWithLines::Range& range : static_cast<CodeWithLines*>(found)->RangesAt(line)) {
    own_time_.Enter(OfThread(range.function));
  }
  return function;
}

const Function* Engine::LeavePlaceholder(Function* found) {
  found = InRole(found);
  if (found->kind == FunctionKind::kWithLines) MoveOwnTime(found, 0);  // out of all ranges
  const Function* const function = FunctionOfCall(found);
  if (function->is_target) own_time_.Leave(function);
  return function;
}

// Ranges may overlap, and the time belongs to the last of them: so all are left, the last first,
// and entered again.
void Engine::MoveOwnTime(const Function* function, uint32_t line) {
  const auto* const lines = static_cast<const CodeWithLines*>(function);
  const auto& left = lines->RangesAt(line_frames_.LastLine(CurrentFrameId()));
  const auto& entered = lines->RangesAt(line);
  if (left == entered) return;
  for (auto range = left.rbegin(); range != left.rend(); ++range) {
    own_time_.Leave(OfThread(range->function));
  }
  for (const CodeWithLines::Range& range : entered) own_time_.Enter(OfThread(range.function));
}

}  // namespace pyslow::core
