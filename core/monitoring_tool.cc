#include "core/monitoring_tool.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/cpython.h"
#include "core/python_text.h"

namespace pyslow::core {
namespace {

constexpr char kToolName[] = "pyslow";

// The tool ids without a meaning by convention: sys.monitoring names 0 for debuggers, 1 for
// coverage, 2 for profilers and 5 for optimizers.
constexpr int kToolIds[] = {3, 4};

absl::Status Error(const char* action) {
  return absl::FailedPreconditionError(
      absl::StrCat("sys.monitoring: ", action, ": ", TakeException()));
}

bool IsAnotherTool(const std::string& owner) { return !owner.empty() && owner != kToolName; }

}  // namespace

void MonitoringTool::FreeCallback(PyObject* callback) {
  MonitoringTool* tool = reinterpret_cast<EventCallback*>(callback)->tool;
  for (Registered& registered : tool->registered_) {
    EventCallback* const known = registered.callback;
    if (reinterpret_cast<PyObject*>(known) == callback) registered.callback = nullptr;
  }
  // The interpreter frees all callbacks when it is finalized.
  if (!IsFinalizing()) tool->OnCallbackFreed();
  // sys.monitoring of 3.13t calls the callback without a reference, so another thread may use it.
  if (kIsFreeThreaded) return;
  PyTypeObject* type = Py_TYPE(callback);
  PyObject_Free(callback);
  Py_DECREF(type);
}

// A new reference, or nullptr with an exception.
PyObject* MonitoringTool::CallbackType() {
  static PyMemberDef members[] = {{"__vectorcalloffset__", Py_T_PYSSIZET,
                                   offsetof(EventCallback, vectorcall), Py_READONLY, nullptr},
                                  {nullptr, 0, 0, 0, nullptr}};
  static PyType_Slot slots[] = {{Py_tp_members, members},
                                {Py_tp_call, reinterpret_cast<void*>(PyVectorcall_Call)},
                                {Py_tp_dealloc, reinterpret_cast<void*>(FreeCallback)},
                                {0, nullptr}};
  static PyType_Spec spec = {"pyslow.Callback", sizeof(EventCallback), 0,
                             Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL |
                                 Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
                             slots};
  return PyType_FromSpec(&spec);
}

absl::Status MonitoringTool::Connect() {
  PyObject* monitoring = PySys_GetObject("monitoring");  // borrowed
  if (monitoring == nullptr) return absl::FailedPreconditionError("there is no sys.monitoring");
  const std::pair<const char*, PyObject**> all[] = {{"DISABLE", &disable_},
                                                    {"use_tool_id", &use_tool_id_},
                                                    {"register_callback", &register_callback_},
                                                    {"get_tool", &get_tool_},
                                                    {"get_events", &get_events_},
                                                    {"set_events", &set_events_},
                                                    {"set_local_events", &set_local_events_},
                                                    {"events", &all_events_}};
  for (const auto& [name, attribute] : all) {
    *attribute = PyObject_GetAttrString(monitoring, name);
    if (*attribute == nullptr) return Error("making the callback");
  }
  callback_type_ = CallbackType();
  return callback_type_ != nullptr ? absl::OkStatus() : Error("making the callback");
}

absl::Status MonitoringTool::TakeId() {
  if (absl::Status status = Connect(); !status.ok()) return status;
  for (const int id : kToolIds) {
    if (CallAndDrop(use_tool_id_, "is", id, kToolName)) {
      id_ = id;
      return absl::OkStatus();
    }
    PyErr_Clear();
  }
  return absl::FailedPreconditionError("sys.monitoring: the tool ids 3 and 4 are both in use");
}

absl::Status MonitoringTool::Register(const Event& event, void* context) {
  PyObject* number = PyObject_GetAttrString(all_events_, event.name);
  const long bit = number != nullptr ? PyLong_AsLong(number) : -1;
  Py_XDECREF(number);
  EventCallback* callback =
      bit > 0 ? PyObject_New(EventCallback, reinterpret_cast<PyTypeObject*>(callback_type_))
              : nullptr;
  if (callback == nullptr) return Error(event.name);
  callback->vectorcall = event.plain != nullptr ? event.plain : event.timed;
  callback->context = context;
  callback->tool = this;
  const bool is_registered = CallAndDrop(register_callback_, "ilO", id_, bit, callback);
  if (is_registered) registered_[registered_events_++] = {bit, callback, event};
  absl::Status status = is_registered ? absl::OkStatus() : Error("registering the callback");
  Py_DECREF(callback);
  return status;
}

// sys.monitoring reads the handler from the callback at each event, so that a change of mode needs
// no new callbacks. Returns the events of `mode`.
long MonitoringTool::SetHandlers(EventMode mode) {
  long events = 0;
  for (size_t i = 0; i < registered_events_; ++i) {
    const auto& [bit, shared_callback, event] = registered_[i];
    EventCallback* const callback = shared_callback;
    const vectorcallfunc handler = mode == EventMode::kTimed ? event.timed : event.plain;
    if (handler == nullptr) continue;
    if (!event.is_local && !event.is_implied) events |= bit;
    if (callback != nullptr) callback->vectorcall = handler;
  }
  return events;
}

absl::Status MonitoringTool::SwitchOn(EventMode mode) {
  events_ = SetHandlers(mode);
  if (!CallAndDrop(set_events_, "il", id_, long{events_})) return Error("switching the events on");
  return WatchForEnd();
}

void MonitoringTool::SwitchOnIn(PyCodeObject* code, const LocalEvents& on) {
  long events = 0;
  for (size_t i = 0; i < registered_events_; ++i) {
    const Event& event = registered_[i].event;
    const bool is_on = (on.calls && std::strcmp(event.name, kCallEvent) == 0) ||
                       (on.lines && std::strcmp(event.name, kLineEvent) == 0);
    if (event.is_local && is_on) events |= registered_[i].bit;
  }
  if (events != 0 && !CallAndDrop(set_local_events_, "iOl", id_, code, events)) PyErr_Clear();
}

bool MonitoringTool::SetMode(EventMode mode) {
  if (events_ == 0 || is_lost_ || IdOwner() != kToolName) return false;
  const long events = SetHandlers(mode);
  if (!CallAndDrop(set_events_, "il", id_, events)) {
    PyErr_Clear();
    SetHandlers(mode == EventMode::kTimed ? EventMode::kPlain : EventMode::kTimed);
    return false;
  }
  events_ = events;
  return true;
}

void MonitoringTool::SwitchOff() {
  events_ = 0;
  if (!CallAndDrop(set_events_, "ii", id_, 0)) PyErr_Clear();
}

// The name of the tool that has our id, or "".
std::string MonitoringTool::IdOwner() {
  PyObject* tool = PyObject_CallFunction(get_tool_, "i", id_);
  if (tool == nullptr) PyErr_Clear();
  std::string storage;
  std::string name(Utf8Of(tool, &storage));
  Py_XDECREF(tool);
  return name;
}

void MonitoringTool::NoteLoss(const std::string& owner) {
  if (is_lost_.Exchange(true)) return;
  const SharedLock lock;
  recorder_->AddNote(absl::StrCat(
      IsAnotherTool(owner) ? absl::StrCat("another tool, ", owner, ",") : "the program",
      " took sys.monitoring's tool id ", id_,
      " from pyslow: from then on nothing was delayed or counted"));
}

// An exception may be set, since the last reference to a callback can be dropped anywhere.
void MonitoringTool::OnCallbackFreed() {
  if (is_lost_) return;
  PyObject* exception = PyErr_GetRaisedException();
  NoteLoss(IdOwner());
  PyErr_SetRaisedException(exception);
}

// The dictionary of the main thread's state is freed after the last Python code and before
// sys.monitoring is shut down: the last moment at which our events can be checked. (After a fork by
// another thread, the child frees it at once.)
absl::Status MonitoringTool::WatchForEnd() {
  PyObject* watch = PyCapsule_New(this, nullptr, [](PyObject* capsule) {
    static_cast<MonitoringTool*>(PyCapsule_GetPointer(capsule, nullptr))->CheckAtEnd();
  });
  PyObject* held = PyThreadState_GetDict();  // borrowed
  const bool is_held = watch != nullptr && held != nullptr &&
                       PyDict_SetItemString(held, "pyslow's watch", watch) == 0;
  Py_XDECREF(watch);
  return is_held ? absl::OkStatus() : Error("watching for the end");
}

// An id that was freed and not taken again has no owner, but up to 3.13 it keeps its events.
void MonitoringTool::CheckAtEnd() {
  if (is_lost_) return;
  PyObject* exception = PyErr_GetRaisedException();
  PyObject* events = PyObject_CallFunction(get_events_, "i", id_);
  const long bits = events != nullptr ? PyLong_AsLong(events) : 0;
  if (events == nullptr) PyErr_Clear();
  Py_XDECREF(events);
  const std::string owner = IdOwner();
  if (IsAnotherTool(owner) || (bits & events_) != long{events_}) NoteLoss(owner);
  PyErr_SetRaisedException(exception);
}

}  // namespace pyslow::core
