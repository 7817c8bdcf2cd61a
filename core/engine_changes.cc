// What changes while the program runs: the engine's mode, that of the GIL, and a window that a call
// opens.
#include <algorithm>
#include <atomic>

#include "base/posix_clock.h"
#include "core/delay.h"
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
    if (is_set) {
      own_time_.Restart();
      SetMode(mode);
    }
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
  if (function->opens_window) {
    int64_t unopened = 0;
    session_->window_opened_ns().compare_exchange_strong(unopened, MonotonicNs());
  }
  OpenIfOpened();
  return window().state();
}

// Without a GIL, each thread has a window of its own, which a call in another thread may open.
void Engine::FollowOpening() {
  if (waits_for_call_ && window().state() == Window::State::kBefore) OpenIfOpened();
}

// Opens the window of this thread if a call of the session has opened it.
void Engine::OpenIfOpened() {
  const int64_t open_ns = session_->window_opened_ns().load(std::memory_order_relaxed);
  if (open_ns != 0) window().OpenAt(open_ns);
}

// Self-calibration measures delays in the mode of the settings. A delay that releases the GIL at
// the request of another process also lasts until it has the GIL again; the shortest such time so
// far, which is that without waiting, is a part of the delay.
DelayResult Engine::DelayReleased(uint64_t ticks) {
  if (settings_.gil == Gil::kRelease) return DelayReleasingGil(calibration_, ticks);
  constexpr int64_t kMaxAcquireNs = 200;  // a longer time contains waiting
  const uint64_t known = acquire_ticks_;
  const uint64_t acquire_ticks = std::min(known, ticks - 1);
  const uint64_t start = ReadCounter(calibration_.counter);
  DelayResult result = DelayReleasingGil(calibration_, ticks - acquire_ticks);
  const uint64_t all_ticks = ReadCounter(calibration_.counter) - start;
  const uint64_t acquired = all_ticks - std::min(all_ticks, result.spent_ticks);
  const bool is_shorter = known == 0 || acquired < known;
  if (is_shorter && acquired < calibration_.TicksOf(kMaxAcquireNs)) acquire_ticks_ = acquired;
  result.spent_ticks += acquire_ticks;
  return result;
}

}  // namespace pyslow::core
