// What a delay engine is told: plain values, checked by whoever read them.
#ifndef PYSLOW_CORE_ENGINE_SETTINGS_H_
#define PYSLOW_CORE_ENGINE_SETTINGS_H_

#include <cstdint>
#include <string>

namespace pyslow::core {

inline constexpr int64_t kMaxDelayNs = 10'000'000'000;
inline constexpr int64_t kMaxFrequency = 1'000'000'000;

enum class Gil : uint8_t {
  kHold,     // during a delay no other thread runs: slower Python
  kRelease,  // other threads run: only this thread is slower
};

struct Settings {
  int64_t delay_ns = 1'000;  // 0 … kMaxDelayNs; 0 is the control
  int64_t frequency = 1;     // 1 … kMaxFrequency: every Nth call of a function is delayed
  // The window, from the session's start. CLOCK_MONOTONIC's value at that start is epoch_ns.
  int64_t epoch_ns = 0;
  int64_t start_ns = 0;
  int64_t duration_ns = 0;  // 0: no end
  // MODULE:QUALNAME of the function whose first call opens the window in place of start_ns, or "".
  std::string start_at;
  // Which events are calls.
  bool on_start = true;
  bool on_resume = false;
  Gil gil = Gil::kHold;
  bool own_time = false;  // measured, of the matched functions: own_time.h
};

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_ENGINE_SETTINGS_H_
