// The engine as a tool of sys.monitoring (PEP 669): tool id, callbacks, events.
#ifndef PYSLOW_CORE_MONITORING_TOOL_H_
#define PYSLOW_CORE_MONITORING_TOOL_H_

#include <Python.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "core/self_calibration.h"
#include "core/shared.h"
#include "session/recorder.h"

namespace pyslow::core {

class MonitoringTool;

// The object that sys.monitoring calls at an event. An object with only a vectorcall slot is the
// cheapest callable. Each event has one, which sys.monitoring alone references: another
// tool that registers a callback in its place thereby frees it, which MonitoringTool notices.
struct EventCallback {
  PyObject_HEAD Shared<vectorcallfunc> vectorcall;
  void* context;  // first argument of the handler
  MonitoringTool* tool;
};

inline constexpr char kCallEvent[] = "CALL";
inline constexpr char kLineEvent[] = "LINE";

// A vectorcall slot that calls `handle`, a function PyObject*(Context*, PyCodeObject*) known at
// compile time.
template <typename Context, auto handle>
PyObject* CallHandler(PyObject* self, PyObject* const* args, size_t nargsf, PyObject* keywords) {
  // The program can call the object too: register_callback returns the one that it replaces.
  if (PyVectorcall_NARGS(nargsf) < 1 || keywords != nullptr || !PyCode_Check(args[0])) {
    PyErr_SetString(PyExc_TypeError, "pyslow's callback takes a code object and an offset");
    return nullptr;
  }
  return handle(static_cast<Context*>(reinterpret_cast<EventCallback*>(self)->context),
                reinterpret_cast<PyCodeObject*>(args[0]));
}

// The same for CALL, C_RETURN and C_RAISE: `handle` is a function PyObject*(Context*,
// PyCodeObject*, PyObject*) whose last argument is the callable.
template <typename Context, auto handle>
PyObject* CallableHandler(PyObject* self, PyObject* const* args, size_t nargsf,
                          PyObject* keywords) {
  if (PyVectorcall_NARGS(nargsf) < 3 || keywords != nullptr || !PyCode_Check(args[0])) {
    PyErr_SetString(PyExc_TypeError,
                    "pyslow's callback takes a code object, an offset, a callable");
    return nullptr;
  }
  return handle(static_cast<Context*>(reinterpret_cast<EventCallback*>(self)->context),
                reinterpret_cast<PyCodeObject*>(args[0]), args[2]);
}

// The same for a LINE event: `handle` is a function PyObject*(Context*, PyCodeObject*, uint32_t)
// whose last argument is the line.
template <typename Context, auto handle>
PyObject* LineHandler(PyObject* self, PyObject* const* args, size_t nargsf, PyObject* keywords) {
  if (PyVectorcall_NARGS(nargsf) < 2 || keywords != nullptr || !PyCode_Check(args[0]) ||
      !PyLong_Check(args[1])) {
    PyErr_SetString(PyExc_TypeError, "pyslow's callback takes a code object and a line");
    return nullptr;
  }
  const long line = PyLong_AsLong(args[1]);
  if (line == -1 && PyErr_Occurred() != nullptr) return nullptr;
  return handle(static_cast<Context*>(reinterpret_cast<EventCallback*>(self)->context),
                reinterpret_cast<PyCodeObject*>(args[0]), static_cast<uint32_t>(line));
}

// One tool id of sys.monitoring, with callbacks that handle its events. Never destroyed: sys.
// monitoring and the thread state refer to it until the interpreter is gone. All members run in the
// thread that holds the GIL and leave no exception set; without a GIL, any thread may call
// SwitchOnIn, SwitchOff and disable(), and one at a time SetMode. SwitchOff and disable() may also
// be used while the interpreter is finalized.
//
// Another tool or the program can take the id, a callback or the events away. The record then gets
// a note, once. A replaced callback is noticed at once, everything else at the end of the
// interpreter, because CPython has no notification for it.
class MonitoringTool {
 public:
  // `recorder` must never be destroyed.
  explicit MonitoringTool(session::Recorder* recorder) : recorder_(recorder) {}
  MonitoringTool(const MonitoringTool&) = delete;
  MonitoringTool& operator=(const MonitoringTool&) = delete;

  // Takes tool id 3, or 4 if 3 is in use. FailedPrecondition if both are in use or if there is no
  // sys.monitoring. To be called first.
  absl::Status TakeId();

  // An event, such as "PY_START", and its handlers: of CallHandler, or nullptr if the event is off
  // in that mode. At least one is given.
  struct Event {
    const char* name;
    vectorcallfunc plain;
    vectorcallfunc timed;
    bool is_local = false;    // on only where SwitchOnIn has switched it on
    bool is_implied = false;  // C_RETURN and C_RAISE: on wherever CALL is on, in every mode
  };

  // Registers a callback for `event`. `context`: of the handlers; never destroyed either. At most
  // kMaxEvents. FailedPrecondition if sys.monitoring refuses.
  absl::Status Register(const Event& event, void* context);

  // Switches the events of `mode` on, and watches for their loss. FailedPrecondition if
  // sys.monitoring refuses. To be called in the main thread.
  absl::Status SwitchOn(EventMode mode);

  // Which local events are on.
  struct LocalEvents {
    bool calls = false;  // kCallEvent
    bool lines = false;  // kLineEvent
  };
  // Switches these events on in `code`, and other local events off, also during an event of `code`,
  // which then has its events too. Without effect on an event that is not local, and if
  // sys.monitoring refuses.
  void SwitchOnIn(PyCodeObject* code, const LocalEvents& on);

  // Switches to the events and handlers of `mode`, also during an event. False, with the mode
  // unchanged, after SwitchOff and if sys.monitoring refuses or another tool has the id.
  bool SetMode(EventMode mode);

  // Switches all events off for good. A local event remains until its handler returns DISABLE.
  void SwitchOff();

  // sys.monitoring.DISABLE, borrowed. Valid after TakeId.
  PyObject* disable() const { return disable_; }

 private:
  static constexpr size_t kMaxEvents = 10;
  struct Registered {
    long bit = 0;
    // Borrowed from sys.monitoring; nullptr if it was freed.
    Shared<EventCallback*> callback = nullptr;
    Event event;
  };

  absl::Status Connect();
  long SetHandlers(EventMode mode);
  absl::Status WatchForEnd();
  void CheckAtEnd();
  std::string IdOwner();
  void NoteLoss(const std::string& owner);
  void OnCallbackFreed();
  static void FreeCallback(PyObject* callback);
  static PyObject* CallbackType();

  session::Recorder* const recorder_;
  PyObject* disable_ = nullptr;
  // Functions and objects of sys.monitoring. They are kept because during finalization the module
  // no longer has attributes.
  PyObject* use_tool_id_ = nullptr;
  PyObject* register_callback_ = nullptr;
  PyObject* get_tool_ = nullptr;
  PyObject* get_events_ = nullptr;
  PyObject* set_events_ = nullptr;
  PyObject* set_local_events_ = nullptr;
  PyObject* all_events_ = nullptr;     // sys.monitoring.events
  PyObject* callback_type_ = nullptr;  // of EventCallback
  std::array<Registered, kMaxEvents> registered_;
  size_t registered_events_ = 0;
  Shared<long> events_ = 0;  // bits of the events that should be on
  int id_ = -1;
  Shared<bool> is_lost_ = false;  // the note has been written
};

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_MONITORING_TOOL_H_
