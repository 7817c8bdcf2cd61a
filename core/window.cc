#include "core/window.h"

#include <algorithm>

namespace pyslow::core {

Window::Window(const Calibration& calibration, int64_t open_ns, int64_t duration_ns)
    : calibration_(calibration), open_ns_(open_ns), duration_ns_(duration_ns) {
  Look(MonotonicNs());
}

void Window::OpenAt(int64_t open_ns) {
  open_ns_ = open_ns;
  Look(MonotonicNs());
}

int64_t Window::NsInside(int64_t begin_ns, int64_t end_ns) const {
  return std::max<int64_t>(0, std::min(end_ns, CloseNs()) - std::max(begin_ns, open_ns_));
}

int64_t Window::CloseNs() const {
  return duration_ns_ == 0 || open_ns_ > kNever - duration_ns_ ? kNever : open_ns_ + duration_ns_;
}

void Window::Look(int64_t now_ns) {
  const int64_t close_ns = CloseNs();
  state_ = now_ns < open_ns_ ? State::kBefore : now_ns < close_ns ? State::kOpen : State::kAfter;
  const int64_t edge_ns = state_ == State::kBefore ? open_ns_ : close_ns;
  if (state_ == State::kAfter || edge_ns == kNever) {
    looks_at_ = LooksAt::kNothing;
    return;
  }
  const int64_t wait_ns = edge_ns - now_ns;
  // Both are read from the kernel's page; where that is not mapped each would be a system call.
  if (calibration_.coarse_is_cheaper && wait_ns > kVeryFarNs) {
    looks_at_ = LooksAt::kSecond;
    second_ = time(nullptr);
    return;
  }
  if (calibration_.coarse_is_cheaper && wait_ns > kFarNs) {
    looks_at_ = LooksAt::kCoarseClock;
    next_look_ns_ = edge_ns - kFarNs;
    return;
  }
  looks_at_ = LooksAt::kCounter;
  // 0.1% early, since the rate is known to some 0.03%; then the rest again, down to nothing.
  next_look_ticks_ =
      ReadCounter(calibration_.counter) + calibration_.TicksOf(wait_ns - wait_ns / 1000);
}

}  // namespace pyslow::core
