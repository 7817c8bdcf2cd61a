// What changes while the program runs: the engine's mode, and a window that a call opens.
#include <atomic>

#include "base/posix_clock.h"
#include "core/engine.h"

namespace pyslow::core {

void Engine::SetMode(EventMode mode) {
  mode_ = mode;
  overshoot_ticks_ = costs_.OvershootTicks(mode);
}

// Starts or stops measuring own time if another process has requested it, which changes the cells
// afterwards. The events change during the current one: see MonitoringTool::SetMode.
void Engine::FollowOwnTime() {
  std::atomic_thread_fence(std::memory_order_acquire);  // after the load of the cell
  while (WantsOtherMode() && !is_switching_.Exchange(true)) {
    const EventMode mode = mode_ == EventMode::kPlain ? EventMode::kTimed : EventMode::kPlain;
    const bool is_set = WantsOtherMode() && tool_->SetMode(mode);
    if (is_set) own_time_.Restart();
    if (is_set) SetMode(mode);
    is_switching_ = false;
    if (!is_set) return;
  }
}

bool Engine::WantsOtherMode() const {
  const bool is_wanted =
      settings_.own_time || own_time_switch_->load(std::memory_order_relaxed) != 0;
  return is_wanted != (mode_ == EventMode::kTimed);
}

// --start-at: opens the window if `function` does so, or if another process of the session has
// opened it. Returns the state afterwards.
Window::State Engine::TryToOpenWindow(const Function* function) {
  std::atomic<int64_t>& opened_ns = session_->window_opened_ns();
  if (function->opens_window) {
    int64_t unopened = 0;
    opened_ns.compare_exchange_strong(unopened, MonotonicNs());
  }
  const int64_t open_ns = opened_ns.load(std::memory_order_relaxed);
  if (open_ns != 0) window().OpenAt(open_ns);
  return window().state();
}

}  // namespace pyslow::core
