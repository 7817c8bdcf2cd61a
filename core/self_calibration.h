// The costs of the engine's own events and delays, measured when the engine starts.
#ifndef PYSLOW_CORE_SELF_CALIBRATION_H_
#define PYSLOW_CORE_SELF_CALIBRATION_H_

#include <Python.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/clock.h"
#include "core/cpython.h"

namespace pyslow::core {

class Engine;

// The calls to measure: of a Python function, resumptions of a generator, of a builtin function,
// entries of a line.
enum class MeasuredKind : uint8_t { kCalls, kResumptions, kNativeCalls, kLines };

// The ways in which the engine handles events: counting and delaying calls, or also measuring own
// time.
enum class EventMode : uint8_t { kPlain, kTimed };

struct EventCosts {
  // Time that the interpreter spends on an event before and after the engine's handler. See
  // OwnTime::SetEventTicks.
  uint64_t event_ticks = 0;
  // By EventMode: overhead of a delayed call over the control, beyond the ticks that the delay
  // spins for. Negative if the processor overlaps the spin with earlier instructions.
  std::array<int64_t, 2> overshoot_ticks = {};

  int64_t OvershootTicks(EventMode mode) const {
    return overshoot_ticks[static_cast<size_t>(mode)];
  }
};

// Calls small functions, which appear in no record, and measures how long they take. To be
// used with the GIL held, in the thread that starts the interpreter, before any user code runs. If
// a measurement fails its cost stays 0; no exception is left set, except that Ctrl-C stays pending.
class SelfCalibration {
 public:
  // `slot`: the extra slot of the engine that handles the events.
  SelfCalibration(const Calibration& calibration, ExtraSlot slot)
      : calibration_(calibration), slot_(slot) {}

  // Cost of an event while own time is measured: first without events, then with them.
  void MeasureCallsWithoutEvents() { ticks_without_events_ = MeasureCalls(); }
  // `events_per_call`: its start and its end, and the call itself if all calls are events.
  void MeasureEvents(int events_per_call);

  // Overhead of a delayed call in `mode`, in which the engine's events must be switched on. The
  // window must be open. `kind`: of calls that `engine` delays. Takes about 0.3 ms.
  void MeasureOvershoot(EventMode mode, MeasuredKind kind, Engine* engine);

  const EventCosts& costs() const { return costs_; }

 private:
  uint64_t MeasureCalls() const;

  const Calibration calibration_;
  const ExtraSlot slot_;
  uint64_t ticks_without_events_ = UINT64_MAX;
  EventCosts costs_;
};

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_SELF_CALIBRATION_H_
