// A CPython with an engine in it, in the test's own process.
#ifndef PYSLOW_TESTS_CORE_INTERPRETER_H_
#define PYSLOW_TESTS_CORE_INTERPRETER_H_

#include <Python.h>

#include <memory>
#include <string>

#include "core/clock.h"
#include "core/engine_settings.h"
#include "session/cell.h"
#include "session/control_cells.h"
#include "session/counters.h"
#include "session/recorder.h"
#include "session/session.h"

namespace pyslow::core {

// Started as pyslow starts it and ended when this is destroyed; one at a time. The thread that
// makes it holds the GIL. What fails is a failure of the test.
class Interpreter {
 public:
  // `targets`: a target file's text. The session has a directory, which is removed at the end.
  explicit Interpreter(const std::string& targets, const Settings& settings = {});
  ~Interpreter();
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  // Runs `source` as more of the module "tested".
  void Run(const char* source);
  // The value of a global of that module, an int.
  long Value(const char* name);
  // What was counted in this process of the function whose code the module's global `code` is.
  const session::FunctionCounters& CountersOf(const char* code);
  // Changes a group's cell as another process would.
  void SetCell(size_t group, const session::Cell& cell);
  double ns_per_tick() const { return calibration_.ns_per_tick; }
  // Ends the interpreter and returns Py_FinalizeEx's result.
  int Finalize();

 private:
  const Settings settings_;
  Calibration calibration_;
  std::unique_ptr<session::Session> session_;
  std::unique_ptr<session::Recorder> recorder_;
  PyObject* module_ = nullptr;  // its namespace
};

}  // namespace pyslow::core

#endif  // PYSLOW_TESTS_CORE_INTERPRETER_H_
