// A matched function, as the path of a call sees it.
#ifndef PYSLOW_CORE_FUNCTION_H_
#define PYSLOW_CORE_FUNCTION_H_

#include <atomic>
#include <cstdint>

#include "session/cell.h"
#include "session/counters.h"

namespace pyslow::core {

// One for each (module, qualname, file, first line), whatever code objects are made of it; a code
// object's extra slot points here. One cache line. Read and written with the GIL held.
struct alignas(64) Function {
  session::FunctionCounters* counters = nullptr;
  const std::atomic<uint64_t>* cell = nullptr;  // of its group
  // The cell's word that the next four were made from.
  uint64_t word = session::kNoCell;
  uint64_t spin_ticks = 0;
  int64_t delay_ns = 0;
  uint32_t frequency = 1;      // 0: the group is off
  uint32_t until_delayed = 1;  // calls up to and with the next delayed one
  bool opens_window = false;   // its first call does (--start-at)
  bool is_target = true;       // and not there to be told from nullptr, or to open the window
  Function* next = nullptr;    // all functions, for a fork's child
};
static_assert(sizeof(Function) == 64);

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_FUNCTION_H_
