// What can watch the calls of a Python program while a benchmark runs: nothing, callbacks to
// compare with, the engine in each of its states, and the usual profilers. One at a time is
// switched on.
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

// All of it with the GIL held. A mistake ends the program with Python's own message.
class Monitor {
 public:
  virtual ~Monitor() = default;
  virtual void SwitchOn() = 0;
  virtual void SwitchOff() = 0;
};

// Does nothing.
std::unique_ptr<Monitor> Nothing();

// An object whose vectorcall slot returns at once: None, or sys.monitoring.DISABLE.
std::unique_ptr<Monitor> BareCallback(bool disables);

struct EngineCase {
  core::Settings settings;
  std::string targets;         // a target file's text
  bool has_directory = false;  // a session with one, under $TMPDIR, else none
};
// Installs an engine, which lasts to the process's end; switched off it costs nothing.
std::unique_ptr<Monitor> EngineMonitor(const EngineCase& engine_case);

// An engine in a session with a directory, whose groups' cells can be changed, as a sweep of a live
// session does.
class AdjustableEngine : public Monitor {
 public:
  virtual void SetCells(const session::Cell& cell) = 0;
};
std::unique_ptr<AdjustableEngine> EngineWithCells(const EngineCase& engine_case);

// The objects of `source`'s namespace `on` and `off` are called.
std::unique_ptr<Monitor> PythonMonitor(const char* source);

}  // namespace pyslow::bench

#endif  // PYSLOW_BENCH_MONITORS_H_
