// Own time: the processor time of a function's own frames, without the matched functions that it
// calls and without waiting.
#ifndef PYSLOW_CORE_OWN_TIME_H_
#define PYSLOW_CORE_OWN_TIME_H_

#include <cstdint>

#include "core/clock.h"
#include "core/function.h"
#include "core/shared.h"
#include "core/window.h"

namespace pyslow::core {

// Every start, resumption, suspension and end of a frame of a matched function is an event. The
// time between two events of a thread belongs to the innermost of its frames. Each thread has its
// own stack of frames; a coroutine is on the stack of the thread that resumed it. (Greenlets switch
// stacks without an event.)
//
// Time is read from the counter. The thread's processor clock needs a system call; it is read only
// if the time is long enough for the thread to have waited: for the GIL, a lock or a device. Waits
// shorter than kMayHaveWaitedNs count as work. The cost of events is excluded: the part between
// BeginEvent and EndEvent as measured, the interpreter's part as set by SetEventTicks.
//
// All members need the GIL, or without a GIL may be called by any thread. They make no Python call,
// so they are safe during finalization, and in a thread whose thread-local objects are already
// destroyed.
class OwnTime {
 public:
  static constexpr int64_t kMayHaveWaitedNs = 5'000;

  explicit OwnTime(const Calibration& calibration)
      : calibration_(calibration), may_have_waited_ticks_(calibration.TicksOf(kMayHaveWaitedNs)) {}

  // The time since this thread's last event.
  struct Stretch {
    Function* function = nullptr;  // of the innermost frame; nullptr without a frame
    double ran_ns = 0;             // own time
    int64_t all_ns = 0;            // own time and waiting
    bool crosses_edge = false;     // the window's state has changed meanwhile
  };
  // To be called at the start of an event. `state`: of the window.
  Stretch BeginEvent(Window::State state);
  // To be called at the end of an event.
  void EndEvent();

  // To be called between the two when a frame of `function` starts or stops running. Tolerates
  // frames whose start or end raised no event.
  void Enter(Function* function);
  void Leave(const Function* function);

  // Forgets the frames of all threads that were entered before, for the first event after a time
  // without events, or if their ends will not be recognized.
  void Restart();

  // Time that an event costs before BeginEvent and after EndEvent.
  void SetEventTicks(uint64_t ticks) { event_ticks_ = ticks; }
  // Total time of this thread between BeginEvent and EndEvent.
  static uint64_t TicksInEvents();

 private:
  const Calibration calibration_;
  const uint64_t may_have_waited_ticks_;
  Shared<uint64_t> event_ticks_ = 0;
  Shared<uint64_t> generation_ = 0;  // of the frames of threads
};

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_OWN_TIME_H_
