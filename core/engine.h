// The delay engine: puts itself into a half-started CPython as a sys.monitoring tool (PEP 669) and
// delays the calls of the functions that its targets take in.
//
//   event → decision kept on the code object → window → Nth call? → counters → delay
#ifndef PYSLOW_CORE_ENGINE_H_
#define PYSLOW_CORE_ENGINE_H_

#include <Python.h>

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "core/clock.h"
#include "core/decision.h"
#include "core/engine_settings.h"
#include "core/own_time.h"
#include "core/window.h"
#include "patterns/target_set.h"
#include "session/recorder.h"
#include "session/session.h"

namespace pyslow::core {

struct EngineOptions {
  Settings settings;
  patterns::TargetSet targets;
  std::optional<patterns::TargetSet> start_at;  // the one pattern of settings.start_at
  Calibration calibration;
  const session::Session* session;  // both outlive the process's last Python call
  session::Recorder* recorder;
};

// One for a process, never destroyed: events may come until the interpreter is gone. Everything
// runs in the thread that holds the GIL.
class Engine {
 public:
  // Takes a tool id (3, else 4), registers the callback and switches the events on. Between the
  // halves of a StagedStart. FailedPrecondition where no id is free or monitoring refuses.
  static absl::Status Install(EngineOptions options);

  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // The path of a call. A new reference: None, or DISABLE where no further event is wanted of this
  // place; nullptr with an exception that a signal's handler raised during the delay.
  PyObject* OnEvent(PyCodeObject* code);

  // The same where own time is measured, and what is then asked of other events: a frame of `code`
  // that goes on, or that stops running. `may_disable`: whether CPython takes DISABLE for an answer
  // (PEP 669: not of PY_THROW and PY_UNWIND).
  PyObject* OnTimedEvent(PyCodeObject* code);
  PyObject* OnEnter(PyCodeObject* code, bool may_disable);
  PyObject* OnLeave(PyCodeObject* code, bool may_disable);

  // To be called when sys.monitoring has let go of a callback while the interpreter runs. Tells the
  // readers of the record.
  void LoseCallback();

 private:
  Engine(EngineOptions options, Py_ssize_t extra_index);
  absl::Status Register();
  absl::Status TakeToolId();
  absl::Status RegisterAll(PyObject* type, PyObject* events);
  // Adds the event's bit to events_. `type`: the callback's, `on_event` what it does.
  absl::Status RegisterFor(const char* event, vectorcallfunc on_event, PyObject* type,
                           PyObject* events);
  absl::Status WatchForMainsEnd();
  absl::Status WatchForTheEnd();
  void CheckToolId();
  uint64_t MeasureCalls();
  // With the events on; `plain_ticks`: what MeasureCalls said before.
  void MeasureEvents(uint64_t plain_ticks);
  void MeasureOvershoot();
  bool MayDelay() const;
  std::string OwnerOfToolId();
  void NoteLoss(const std::string& owner);

  PyObject* OnCall(Function* function);  // in the window, with the cell read
  Function* FunctionOf(PyCodeObject* code);
  Function* DecideAndKeep(PyCodeObject* code);
  Window::State OpenedBy(const Function* function);
  PyObject* AfterTheEnd();
  void BeginTimedEvent();
  PyObject* EndTimedEvent(const Function* function, bool may_disable);
  void OpenWindow();
  void StopForGood();
  void NoticeSubinterpreters();
  void NoticeGreenlets();
  bool ReadCell(Function* function, uint64_t word);
  PyObject* Delay(Function* function);
  static void AfterForkInChild();

  // What every call reads comes first.
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
  // What a delayed call takes beyond the ticks that it spins for and what the control takes; less
  // than nothing where the processor goes on with earlier work in the meantime.
  int64_t overshoot_ticks_ = 0;
  PyObject* disable_ = nullptr;     // sys.monitoring.DISABLE
  PyObject* monitoring_ = nullptr;  // sys.monitoring
  PyObject* get_tool_ = nullptr;    // sys.monitoring.get_tool, and get_events
  PyObject* get_events_ = nullptr;
  long events_ = 0;  // those that are switched on
  int tool_id_ = -1;
  uint32_t forks_ = 0;  // between the first process and this one
  bool has_lost_tool_id_ = false;
  bool has_subinterpreters_ = false;
  bool has_greenlets_ = false;
};

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_ENGINE_H_
