// A CPython interpreter with an engine, in the test's own process.
#ifndef PYSLOW_TESTS_CORE_INTERPRETER_H_
#define PYSLOW_TESTS_CORE_INTERPRETER_H_

#include <Python.h>

#include <memory>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/engine_settings.h"
#include "session/cell.h"
#include "session/control_cells.h"
#include "session/counters.h"
#include "session/recorder.h"
#include "session/session.h"
#include "session/snapshot.h"

// For a test that compares short times: under a sanitizer, the cost of an event varies.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PYSLOW_SKIP_UNDER_SANITIZERS() GTEST_SKIP() << "a sanitizer changes the cost of events"
#else
#define PYSLOW_SKIP_UNDER_SANITIZERS() static_cast<void>(0)
#endif

// ThreadSanitizer delivers a signal at the next call that it intercepts, and a delay has none.
#if defined(__SANITIZE_THREAD__)
#define PYSLOW_SKIP_WITHOUT_SIGNALS() \
  GTEST_SKIP() << "no signal reaches a delay under ThreadSanitizer"
#else
#define PYSLOW_SKIP_WITHOUT_SIGNALS() static_cast<void>(0)
#endif

namespace pyslow::core {

struct InterpreterOptions {
  int64_t delay_ns = 1'000;     // of all groups
  bool function_cells = false;  // session::Settings::function_cells
  std::string start_at;         // a pattern, or ""
  Settings settings;
};

// Delays by `delay_ns` at the events of --on start, or of --on call.
inline InterpreterOptions OnCall(int64_t delay_ns = 1'000) {
  InterpreterOptions options;
  options.delay_ns = delay_ns;
  options.settings.on_start = false;
  options.settings.on_call = true;
  return options;
}

inline InterpreterOptions OnStart(int64_t delay_ns = 1'000) {
  InterpreterOptions options;
  options.delay_ns = delay_ns;
  return options;
}

// work(ms) uses processor time of this thread. No target matches it.
inline constexpr char kWork[] = R"py(
import time
def work(ms):
    end = time.thread_time() + ms / 1e3
    while time.thread_time() < end: pass
)py";

// Starts the interpreter as pyslow does, and finalizes it in the destructor. One at a time. The
// thread that creates it holds the GIL. Any error fails the test.
class Interpreter {
 public:
  // `targets`: the text of a target file. The session has a directory, which the destructor
  // removes.
  explicit Interpreter(const std::string& targets, const InterpreterOptions& options = {});
  ~Interpreter();
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  // Runs `source` in the module "tested".
  void Run(const char* source);
  // The value of an int that is a global of that module.
  long Value(const char* name);
  // This process's counters of the function whose code object is the module's global `code`.
  const session::FunctionCounters& CountersOf(const char* code);
  // Likewise of a callable without a file, or with one.
  const session::FunctionCounters& CountersNamed(const char* module, const char* qualname,
                                                 const char* file = "", uint32_t first_line = 0);
  // Likewise of the calls that the module's function `caller` makes of `callee`, "MODULE:QUALNAME".
  const session::FunctionCounters& CountersOfCall(const char* caller, const std::string& callee);
  // This process's counts of the first function with this name, of all threads, as read from the
  // session's directory; 0 if the process has not counted it. (Without a GIL, the functions above
  // have the counts of the first thread that called the function.) Unlike these, it may be called
  // before the first call of the function.
  session::CallCounts RecordedCounts(const char* module, const char* qualname) const;
  // Own time in milliseconds: of CountersOf, and of a function of the module `tested` in all
  // threads.
  double OwnMs(const char* code) { return static_cast<double>(CountersOf(code).own_ns) * 1e-6; }
  double OwnMsOfThreads(const char* qualname) const {
    return static_cast<double>(RecordedCounts("tested", qualname).own_ns) * 1e-6;
  }
  // The names of functions that no target matches and of aliases, as MODULE:QUALNAME.
  std::vector<std::string> RecordedUnmatched() const;
  // The number of counters that its record has for this function.
  size_t RecordedEntries(const std::string& module, const std::string& qualname) const;
  // The calls of the module's function `name`.
  uint64_t Calls(const std::string& name);
  // Changes a group's cell through the session directory, as another process does.
  void SetCell(size_t group, const session::Cell& cell);
  // Likewise, the cell of a function, named as in CountersOf. Needs function_cells.
  void SetFunctionCell(const char* code, const session::Cell& cell);
  void SetNamedCell(const char* module, const char* qualname, const char* file, uint32_t first_line,
                    const session::Cell& cell);
  // Likewise, whether own time is measured; then changes all cells to `control`.
  void SetOwnTime(bool is_measured, const session::Cell& control);
  // Likewise, whether delays release the GIL although the settings hold it.
  void SetReleasesGil(bool releases);
  double ns_per_tick() const { return calibration_.ns_per_tick; }
  // Finalizes the interpreter and returns the result of Py_FinalizeEx.
  int Finalize();

 private:
  session::CountedFunction FunctionOf(const char* code);
  void SetCellOfKey(uint64_t key, const session::Cell& cell);

  Calibration calibration_;
  std::unique_ptr<session::Session> session_;
  std::unique_ptr<session::Recorder> recorder_;
  PyObject* module_ = nullptr;  // its namespace
};

}  // namespace pyslow::core

#endif  // PYSLOW_TESTS_CORE_INTERPRETER_H_
