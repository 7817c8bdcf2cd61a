// A delay in the middle of a call: the thread spins, with the GIL or without it.
#ifndef PYSLOW_CORE_DELAY_H_
#define PYSLOW_CORE_DELAY_H_

#include <cstdint>

#include "core/clock.h"

namespace pyslow::core {

struct DelayResult {
  uint64_t spent_ticks;  // in the loop: more than asked for where the thread was preempted
  bool interrupted;      // a signal's handler raised an exception, which is set
};

// Spins for `ticks` with the GIL held, as slower Python would. A delay longer than 10 ms looks for
// signals each 10 ms, which only the main thread can handle: elsewhere they wait for its end.
DelayResult DelayHoldingGil(const Calibration& calibration, uint64_t ticks);

// The same with the GIL given back, so that other threads run; waiting for it comes on top, and is
// not in spent_ticks. A thread that finds the interpreter gone while it takes the GIL does not
// return: CPython unwinds it, which a destructor or a catch on the way would turn into an abort.
DelayResult DelayReleasingGil(const Calibration& calibration, uint64_t ticks);

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_DELAY_H_
