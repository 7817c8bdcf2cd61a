// A matched function, as the call path sees it.
#ifndef PYSLOW_CORE_FUNCTION_H_
#define PYSLOW_CORE_FUNCTION_H_

#include <atomic>
#include <cstdint>

#include "session/cell.h"
#include "session/counters.h"

namespace pyslow::core {

enum class FunctionKind : uint8_t {
  kPlain,
  kByCaller,   // a placeholder, a FunctionByCaller
  kWithLines,  // a placeholder, a CodeWithLines
  kByRole,     // a placeholder, a FunctionByRole
};

// One per (module, qualname, file, first line), shared by all code objects compiled from that
// place. The extra slot of each of these code objects points here. Fits one cache line. Read and
// written with the GIL held; without a GIL, each thread has a copy (see engine_threads.h), which
// only this thread reads and writes.
struct alignas(64) Function {
  static constexpr uint32_t kNoCopies = 0;  // all threads use the original: nothing writes it

  session::FunctionCounters* counters = nullptr;
  const std::atomic<uint64_t>* cell = nullptr;  // of the function or its group
  // The cell value that the next four members are derived from.
  uint64_t word = session::kNoCell;
  uint64_t spin_ticks = 0;
  int64_t delay_ns = 0;
  uint32_t frequency = 1;      // 0: the group is off
  uint32_t until_delayed = 1;  // number of calls up to and including the next delayed one
  bool opens_window = false;   // matched by --start-at
  bool is_target = true;       // false for placeholders that no target matches
  FunctionKind kind = FunctionKind::kPlain;
  bool has_copy = false;        // its counters are those of a copy
  uint32_t number = kNoCopies;  // of the originals that have copies, from 1 on
  Function* next = nullptr;     // list of all functions, for the child of a fork
};
static_assert(sizeof(Function) == 64);

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_FUNCTION_H_
