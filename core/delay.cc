#include "core/delay.h"

#include <Python.h>

#include <algorithm>

#include "core/cpython.h"

namespace pyslow::core {
namespace {

// Spins until `ticks` have passed since `start` or another thread requests the GIL. Returns the
// ticks that have passed.
uint64_t SpinUntilGilRequest(Counter counter, uint64_t start, uint64_t ticks) {
  uint64_t spent;
  do {
    spent = ReadCounter(counter) - start;
  } while (spent < ticks && !IsGilRequested());
  return spent;
}

// Lets the thread that requests the GIL run, and returns the ticks until this one has it again. May
// not return: see DelayReleasingGil.
uint64_t GiveGilUp(Counter counter) {
  const uint64_t released = ReadCounter(counter);
  PyThreadState* thread = PyEval_SaveThread();
  PyEval_RestoreThread(thread);
  return ReadCounter(counter) - released;
}

}  // namespace

// Waits for earlier instructions before and after the spin. Otherwise the processor would overlap a
// short delay with the instructions around it.
DelayResult DelayHoldingGil(const Calibration& calibration, uint64_t ticks) {
  const Counter counter = calibration.counter;
  AwaitEarlierWork();
  uint64_t start = ReadCounter(counter);
  if (ticks <= calibration.long_delay_ticks) [[likely]] {
    const uint64_t spent = SpinTicks(counter, start, ticks);
    AwaitEarlierWork();
    return {spent, false};
  }
  uint64_t spent = 0;
  uint64_t next_check = calibration.slice_ticks;
  while (spent < ticks) {
    spent = SpinUntilGilRequest(counter, start, std::min(next_check, ticks));
    if (IsGilRequested()) start += GiveGilUp(counter);
    if (spent < next_check) continue;
    next_check = spent + calibration.slice_ticks;
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
