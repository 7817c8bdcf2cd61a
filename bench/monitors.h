// Monitors of the calls of a Python program, for benchmarks to compare: none, minimal callbacks,
// the engine in each of its states, and common profilers. One at a time is switched on.
#ifndef PYSLOW_BENCH_MONITORS_H_
#define PYSLOW_BENCH_MONITORS_H_

#include <Python.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "core/engine_settings.h"
#include "session/cell.h"

namespace pyslow::bench {

// All functions need the GIL. An error ends the program with Python's message.
class Monitor {
 public:
  virtual ~Monitor() = default;
  virtual void SwitchOn() = 0;
  virtual void SwitchOff() = 0;
};

// Does nothing.
std::unique_ptr<Monitor> Nothing();

// An object whose vectorcall slot only returns None or sys.monitoring.DISABLE.
std::unique_ptr<Monitor> BareCallback(bool disables);
// The same for calls of any callable (CALL), which returns None.
std::unique_ptr<Monitor> BareCallCallback();
// The same for lines (LINE), everywhere.
std::unique_ptr<Monitor> BareLineCallback();

struct EngineCase {
  core::Settings settings;
  int64_t delay_ns = 1'000;    // of all groups
  std::string targets;         // the text of a target file
  bool has_directory = false;  // whether the session has a directory, under $TMPDIR
};
// Installs an engine, which is never destroyed. It costs nothing while it is switched off.
std::unique_ptr<Monitor> EngineMonitor(const EngineCase& engine_case);

// An engine whose session has a directory, so that the cells of its groups can be changed, as a
// live sweep does.
class AdjustableEngine : public Monitor {
 public:
  virtual void SetCells(const session::Cell& cell) = 0;
};
std::unique_ptr<AdjustableEngine> EngineWithCells(const EngineCase& engine_case);

// Runs `source` and calls its functions `on` and `off`.
std::unique_ptr<Monitor> PythonMonitor(const char* source);

}  // namespace pyslow::bench

#endif  // PYSLOW_BENCH_MONITORS_H_
