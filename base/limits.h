// Limits on the settings of users that several rooms check. Each is defined only here.
#ifndef PYSLOW_BASE_LIMITS_H_
#define PYSLOW_BASE_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace pyslow {

// Delay per delayed call: 10 s.
inline constexpr int64_t kMaxDelayNs = 10'000'000'000;

// Every Nth call of a function is delayed. A control cell has 30 bits for N.
inline constexpr uint32_t kMaxFrequency = 1'000'000'000;

// Start and duration of a window, and every timeout and budget: one year.
inline constexpr int64_t kMaxWindowNs = int64_t{31'536'000} * 1'000'000'000;

// Size of all target files and patterns of a process together: 16 MiB.
inline constexpr size_t kMaxTargetsBytes = size_t{16} << 20;

}  // namespace pyslow

#endif  // PYSLOW_BASE_LIMITS_H_
