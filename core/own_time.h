// Own time: the processor time of a function's own frames, without what the matched functions that
// it calls take and without waiting.
#ifndef PYSLOW_CORE_OWN_TIME_H_
#define PYSLOW_CORE_OWN_TIME_H_

#include <cstdint>

#include "core/clock.h"
#include "core/function.h"
#include "core/window.h"

namespace pyslow::core {

// Every start, resumption, suspension and end of a matched function's frame is an event, and what
// passes between two events of a thread belongs to the innermost frame that runs there. The stack
// of them is the thread's own; a coroutine lies on that of the thread that resumed it. (Greenlets
// switch stacks unseen.)
//
// Time is read from the counter, and from the thread's processor clock, which takes a system call,
// only where so much has passed that the thread may have waited: for the GIL, a lock, a device. A
// shorter wait than kMayHaveWaitedNs counts as work. What an event takes is left out: the part of
// it that lies between BeginEvent and EndEvent as it was, the interpreter's part as SetEventTicks
// says.
//
// With the GIL held. Code may still run in a thread whose thread-local objects are gone.
class OwnTime {
 public:
  static constexpr int64_t kMayHaveWaitedNs = 5'000;

  explicit OwnTime(const Calibration& calibration)
      : calibration_(calibration), may_have_waited_ticks_(calibration.TicksOf(kMayHaveWaitedNs)) {}

  // What has passed in this thread since its last event.
  struct Stretch {
    Function* function = nullptr;  // of the innermost frame; nullptr: of none
    double ran_ns = 0;             // its own time
    int64_t all_ns = 0;            // with waiting
    bool crosses_edge = false;     // the window's state was another then
  };
  // An event of this thread begins, in the window's `state`.
  Stretch BeginEvent(Window::State state);
  // It ends: time runs again.
  void EndEvent();

  // Between the two: a frame of `function` runs from now on, and no longer. A frame that was begun
  // before anybody looked, or that ended unseen, is found missing and forgotten.
  void Enter(Function* function);
  void Leave(const Function* function);

  // What an event takes before it begins here and after it has ended here.
  void SetEventTicks(uint64_t ticks) { event_ticks_ = ticks; }
  // All that passed in this thread between the begin of an event and its end.
  static uint64_t TicksInEvents();

 private:
  const Calibration calibration_;
  const uint64_t may_have_waited_ticks_;
  uint64_t event_ticks_ = 0;
};

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_OWN_TIME_H_
