// Measuring something that goes on running, by its counters.
#ifndef PYSLOW_SWEEP_TRIALS_MEASURE_INTERVAL_H_
#define PYSLOW_SWEEP_TRIALS_MEASURE_INTERVAL_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "session/snapshot.h"
#include "sweep/trials/interruptible_wait.h"
#include "sweep/trials/trial.h"

namespace pyslow::trials {

// Counts units of work from a snapshot, and takes one.
struct UnitCounter {
  std::function<absl::StatusOr<session::SessionSnapshot>()> read;
  std::function<uint64_t(const session::SessionSnapshot&)> units;
};

// The stretch between two units' beginnings, so that it holds whole units: a fixed stretch holds a
// part of one too many or too few.
struct Interval {
  double seconds = 0;
  uint64_t units = 0;
  session::SessionSnapshot first;
  session::SessionSnapshot last;
};

// Measures after `settling`, for `length` and on to the next unit's beginning: where none comes
// within a half of `length` it ends there. The course of units since the call goes to `*course`.
// An error where the session cannot be read; nullopt where the waiter was woken, and says why.
absl::StatusOr<std::optional<Interval>> MeasureByUnits(const UnitCounter& counter, Waiter* waiter,
                                                       std::chrono::nanoseconds settling,
                                                       std::chrono::nanoseconds length,
                                                       std::vector<CoursePoint>* course,
                                                       Waiter::Woken* woken);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_MEASURE_INTERVAL_H_
