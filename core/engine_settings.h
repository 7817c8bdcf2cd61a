// Settings of the engine: plain values, validated by the caller.
#ifndef PYSLOW_CORE_ENGINE_SETTINGS_H_
#define PYSLOW_CORE_ENGINE_SETTINGS_H_

#include <cstddef>
#include <cstdint>


namespace pyslow::core {

// What a delay does with the GIL.
enum class Gil : uint8_t {
  kHold,     // keeps it: no other thread runs, as with slower Python
  kRelease,  // releases it: other threads run, only this thread is slower
};

// The delays themselves are in the session's cells.
struct Settings {
  // The window, relative to the session's start, which is at epoch_ns of CLOCK_MONOTONIC.
  int64_t epoch_ns = 0;
  int64_t start_ns = 0;
  int64_t duration_ns = 0;  // 0: no end
  // The events that count as a call.
  bool on_start = true;    // PY_START
  bool on_resume = false;  // PY_RESUME
  bool on_call = false;    // CALL of a callable that is no Python function
  Gil gil = Gil::kHold;
  bool own_time = false;  // measure own time: see own_time.h
  // Words of pyslow's own options, which follow the first word of the process's command line.
  size_t option_words = 0;
};

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_ENGINE_SETTINGS_H_
