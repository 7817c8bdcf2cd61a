#include "core/window.h"

#include <algorithm>

namespace pyslow::core {

Window::Window(const Calibration& calibration, int64_t open_ns, int64_t duration_ns)
    : calibration_(calibration), open_ns_(open_ns), duration_ns_(duration_ns) {
  Update(MonotonicNs());
}

void Window::OpenAt(int64_t open_ns) {
  open_ns_ = open_ns;
  Update(MonotonicNs());
}

int64_t Window::NsInside(int64_t begin_ns, int64_t end_ns) const {
  return std::max<int64_t>(0, std::min(end_ns, CloseNs()) - std::max(begin_ns, open_ns_));
}

int64_t Window::CloseNs() const {
  return duration_ns_ == 0 || open_ns_ > kNever - duration_ns_ ? kNever : open_ns_ + duration_ns_;
}

void Window::Update(int64_t now_ns) {
  const int64_t close_ns = CloseNs();
  state_ = now_ns < open_ns_ ? State::kBefore : now_ns < close_ns ? State::kOpen : State::kAfter;
  const int64_t edge_ns = state_ == State::kBefore ? open_ns_ : close_ns;
  if (state_ == State::kAfter || edge_ns == kNever) {
    watched_clock_ = Clock::kNone;
    return;
  }
  const int64_t wait_ns = edge_ns - now_ns;
  // Both clocks are read from the vDSO. If it is not mapped, each reading is a system call.
  if (calibration_.coarse_is_cheaper && wait_ns > kVeryFarNs) {
    watched_clock_ = Clock::kSecond;
    second_ = time(nullptr);
    return;
  }
  if (calibration_.coarse_is_cheaper && wait_ns > kFarNs) {
    watched_clock_ = Clock::kCoarse;
    next_update_ns_ = edge_ns - kFarNs;
    return;
  }
  watched_clock_ = Clock::kCounter;
  // 0.1% early, because the rate is known to about 0.03%. The rest is waited for in the same way.
  next_update_ticks_ =
      ReadCounter(calibration_.counter) + calibration_.TicksOf(wait_ns - wait_ns / 1000);
}

}  // namespace pyslow::core
