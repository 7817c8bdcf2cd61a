// The call path: what happens in the program at each monitored event.
//
//   event → decision stored on the code object → window → Nth call? → counters → delay
#ifndef PYSLOW_CORE_ENGINE_H_
#define PYSLOW_CORE_ENGINE_H_

#include <Python.h>

#include <atomic>
#include <cstdint>
#include <optional>

#include "core/clock.h"
#include "core/cpython.h"
#include "core/decision.h"
#include "core/engine_settings.h"
#include "core/monitoring_tool.h"
#include "core/own_time.h"
#include "core/self_calibration.h"
#include "core/unsupported_use.h"
#include "core/window.h"
#include "patterns/target_set.h"
#include "session/recorder.h"
#include "session/session.h"

namespace pyslow::core {

// Inputs of an engine. `session` and `recorder` must never be destroyed: Python code may run until
// the process ends.
struct EngineOptions {
  Settings settings;
  patterns::TargetSet targets;
  std::optional<patterns::TargetSet> start_at;  // one pattern, whose first call opens the window
  Calibration calibration;
  const session::Session* session;
  session::Recorder* recorder;
};

// The events that can be calls, PY_START and PY_RESUME. A resumption is also counted as such.
enum class CallEvent { kStart, kResume };

// Handles the events of one process. At most one per process, and never destroyed, because events
// may arrive until the interpreter is gone. All members except AfterForkInChild run in the thread
// that holds the GIL. Events may also arrive while the interpreter is finalized, when sys.modules
// and the attributes of modules are already gone: no member relies on them.
//
// A delay may end the calling thread by forced unwinding (see DelayReleasingGil). No frame between
// an event and a delay may therefore have a destructor, a catch (...) or be noexcept.
class Engine {
 public:
  // `tool` controls this engine's events; `slot` is the engine's extra slot on code objects. The
  // tool and the objects that `options` points to must outlive the engine. Until Start is called
  // the window is open.
  Engine(EngineOptions options, MonitoringTool* tool, ExtraSlot slot);

  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Handles a call. Returns a new reference: None, or DISABLE if no
  // further event is needed from this place; nullptr with an exception if a signal handler raised
  // one during the delay.
  template <CallEvent kEvent>
  PyObject* OnEvent(PyCodeObject* code);

  // The same, and measures own time.
  template <CallEvent kEvent>
  PyObject* OnTimedEvent(PyCodeObject* code);

  // Own time only: a frame of `code` starts or continues to run, or stops running. `may_disable`:
  // whether CPython accepts DISABLE as the result (PEP 669: not for PY_THROW and PY_UNWIND).
  PyObject* OnEnter(PyCodeObject* code, bool may_disable);
  PyObject* OnLeave(PyCodeObject* code, bool may_disable);

  // Replaces the open window by the real one. To be called once, after self-calibration. `mode`:
  // of the tool.
  void Start(const Window& window, const EventCosts& costs, EventMode mode);

  // To be called in the child of a fork, before anything else runs there.
  void AfterForkInChild() noexcept;

 private:
  template <CallEvent kEvent>
  PyObject* OnCall(Function* function);  // in the window, with the cell read
  Function* FunctionOf(PyCodeObject* code);
  Function* DecideAndStore(PyCodeObject* code);
  Window::State TryToOpenWindow(const Function* function);
  PyObject* AfterWindow();
  void BeginTimedEvent();
  PyObject* EndTimedEvent(const Function* function, bool may_disable);
  bool ReadCell(Function* function, uint64_t word);
  void SetMode(EventMode mode);
  void FollowOwnTime();
  PyObject* Delay(Function* function);

  // Members that every call reads come first.
  const bool extra_is_direct_;
  const bool waits_for_call_;
  const Py_ssize_t extra_index_;
  Window window_;
  const Calibration calibration_;
  const Settings settings_;
  const session::Session* const session_;
  session::Recorder* const recorder_;
  const patterns::TargetSet targets_;
  const std::optional<patterns::TargetSet> start_at_;
  Decider decider_;
  OwnTime own_time_;
  const std::atomic<uint64_t>* const own_time_switch_;  // Session::own_time
  EventMode mode_ = EventMode::kPlain;
  EventCosts costs_;
  int64_t overshoot_ticks_ = 0;  // of costs_, in mode_
  PyObject* const disable_;      // sys.monitoring.DISABLE, borrowed from tool_
  MonitoringTool* const tool_;
  UnsupportedUse unsupported_use_;
  uint32_t forks_ = 0;  // number of forks between the first process and this one
};

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_ENGINE_H_
