// Measures a running program by the counters of its session.
#ifndef PYSLOW_SWEEP_TRIALS_MEASURE_INTERVAL_H_
#define PYSLOW_SWEEP_TRIALS_MEASURE_INTERVAL_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "session/snapshot.h"
#include "sweep/trials/disturbance.h"
#include "sweep/trials/interruptible_wait.h"
#include "sweep/trials/trial_runner.h"

namespace pyslow::trials {

// Reads a session and counts the units of work in a snapshot of it.
struct UnitCounter {
  std::function<absl::StatusOr<session::SessionSnapshot>()> read;
  std::function<uint64_t(const session::SessionSnapshot&)> units;
};

// An interval from the beginning of one unit to the beginning of another, which contains whole
// units only. An interval of fixed length would be wrong by up to one unit.
struct Interval {
  double seconds = 0;
  std::chrono::steady_clock::time_point begin;
  uint64_t units = 0;
  session::SessionSnapshot first;
  session::SessionSnapshot last;
  Disturbance disturbance;
};

// Waits for `settling`, then measures from the next beginning of a unit for `length` and until the
// next beginning after that. A wait for a beginning ends after half of `length` at most. Appends
// the number of units since the call, at up to about 24 times, to `*course`. `*watch` observes the
// interval, without the settling. Returns an error if the session cannot be read, nullopt if
// `*wait` returned early; `*wakeup` then has the reason.
absl::StatusOr<std::optional<Interval>> MeasureWholeUnits(
    const UnitCounter& counter, InterruptibleWait* wait, std::chrono::nanoseconds settling,
    std::chrono::nanoseconds length, DisturbanceWatch* watch, std::vector<CoursePoint>* course,
    InterruptibleWait::Wakeup* wakeup);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_MEASURE_INTERVAL_H_
