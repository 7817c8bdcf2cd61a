// Delays a call: the thread spins, with or without the GIL.
#ifndef PYSLOW_CORE_DELAY_H_
#define PYSLOW_CORE_DELAY_H_

#include <cstdint>

#include "core/clock.h"

namespace pyslow::core {

struct DelayResult {
  uint64_t spent_ticks;  // in the spin loop: more than requested if the thread was preempted
  bool interrupted;      // a signal handler raised an exception, which is set
};

// Spins for `ticks` with the GIL held, as slower Python code would. A delay longer than 100 us
// gives the GIL up when another thread requests it, which threads do after the switch interval, and
// takes it again; the time without the GIL is not part of the delay. It may then not return: see
// DelayReleasingGil. During a delay longer than 10 ms the main thread handles signals every 10 ms.
// During one of another thread the main thread requests the GIL to handle them.
DelayResult DelayHoldingGil(const Calibration& calibration, uint64_t ticks);

// Releases the GIL during the delay, so that other threads run. The time to acquire it again is
// added to the delay and is not in spent_ticks. If the interpreter is finalized meanwhile, this
// does not return in other threads than the main one: up to 3.13 CPython ends the thread by forced
// unwinding, which a destructor, catch (...) or noexcept in a calling frame would turn into an
// abort.
DelayResult DelayReleasingGil(const Calibration& calibration, uint64_t ticks);

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_DELAY_H_
