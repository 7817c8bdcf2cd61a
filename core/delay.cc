#include "core/delay.h"

#include <Python.h>

#include <algorithm>

namespace pyslow::core {

// Waits for earlier instructions before and after the spin. Otherwise the processor would overlap a
// short delay with the instructions around it.
DelayResult DelayHoldingGil(const Calibration& calibration, uint64_t ticks) {
  const Counter counter = calibration.counter;
  AwaitEarlierWork();
  const uint64_t start = ReadCounter(counter);
  if (ticks <= calibration.slice_ticks) [[likely]] {
    const uint64_t spent = SpinTicks(counter, start, ticks);
    AwaitEarlierWork();
    return {spent, false};
  }
  uint64_t spent = 0;
  while (spent < ticks) {
    spent = SpinTicks(counter, start, std::min(spent + calibration.slice_ticks, ticks));
    // Does nothing in other threads than the main one.
    if (PyErr_CheckSignals() != 0) return {spent, true};
  }
  return {spent, false};
}

DelayResult DelayReleasingGil(const Calibration& calibration, uint64_t ticks) {
  const Counter counter = calibration.counter;
  const uint64_t start = ReadCounter(counter);
  uint64_t spent = 0;
  bool interrupted = false;
  do {
    PyThreadState* thread = PyEval_SaveThread();
    spent = SpinTicks(counter, start, std::min(spent + calibration.slice_ticks, ticks));
    PyEval_RestoreThread(thread);
    if (ticks > calibration.slice_ticks) interrupted = PyErr_CheckSignals() != 0;
  } while (spent < ticks && !interrupted);
  return {spent, interrupted};
}

}  // namespace pyslow::core
