// Putting the engine into the interpreter: the callback object, the tool id, the fork handler.
#include <pthread.h>

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/cpython.h"
#include "core/engine.h"
#include "core/monitoring.h"

namespace pyslow::core {
namespace {

// The tool ids that nobody else has by convention: 0 is for debuggers, 1 for coverage, 2 for
// profilers, 5 for optimisers (sys.monitoring's own names).
constexpr int kToolIds[] = {3, 4};

// What sys.monitoring calls: an object with a vectorcall slot and nothing else, the cheapest
// callable there is. One for each event, held by sys.monitoring alone: so it is freed when another
// tool puts a callback of its own in its place, and that is how this is noticed.
struct Callback {
  PyObject_HEAD vectorcallfunc vectorcall;
  Engine* engine;
};

// `handle`: PyObject*(Engine*, PyCodeObject*), known when this is compiled.
template <auto handle>
PyObject* OnVectorcall(PyObject* self, PyObject* const* args, size_t nargsf, PyObject* keywords) {
  // Anyone may get hold of the object (register_callback returns the one it replaces).
  if (PyVectorcall_NARGS(nargsf) < 1 || keywords != nullptr || !PyCode_Check(args[0])) {
    PyErr_SetString(PyExc_TypeError, "pyslow's callback takes a code object and an offset");
    return nullptr;
  }
  return handle(reinterpret_cast<Callback*>(self)->engine,
                reinterpret_cast<PyCodeObject*>(args[0]));
}

constexpr auto kCounts = [](Engine* e, PyCodeObject* code) { return e->OnEvent(code); };
constexpr auto kTimes = [](Engine* e, PyCodeObject* code) { return e->OnTimedEvent(code); };
constexpr auto kEnters = [](Engine* e, PyCodeObject* code) { return e->OnEnter(code, true); };
constexpr auto kEntersAlways = [](Engine* e, PyCodeObject* code) {
  return e->OnEnter(code, false);
};
constexpr auto kLeaves = [](Engine* e, PyCodeObject* code) { return e->OnLeave(code, true); };
constexpr auto kLeavesAlways = [](Engine* e, PyCodeObject* code) {
  return e->OnLeave(code, false);
};

void FreeCallback(PyObject* self) {
  Engine* engine = reinterpret_cast<Callback*>(self)->engine;
  if (!IsFinalizing()) engine->LoseCallback();
  PyTypeObject* type = Py_TYPE(self);
  PyObject_Free(self);
  Py_DECREF(type);
}

// A new reference, or nullptr with an exception.
PyObject* CallbackType() {
  static PyMemberDef members[] = {
      {"__vectorcalloffset__", Py_T_PYSSIZET, offsetof(Callback, vectorcall), Py_READONLY, nullptr},
      {nullptr, 0, 0, 0, nullptr}};
  static PyType_Slot slots[] = {{Py_tp_members, members},
                                {Py_tp_call, reinterpret_cast<void*>(PyVectorcall_Call)},
                                {Py_tp_dealloc, reinterpret_cast<void*>(FreeCallback)},
                                {0, nullptr}};
  static PyType_Spec spec = {"pyslow.Callback", sizeof(Callback), 0,
                             Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL |
                                 Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
                             slots};
  return PyType_FromSpec(&spec);
}

// The engine of this process, for the one caller that cannot be handed it: the fork handler.
Engine* g_engine = nullptr;

}  // namespace

Engine::Engine(EngineOptions options, Py_ssize_t extra_index)
    : extra_is_direct_(CanReadExtraDirectly(extra_index)),
      waits_for_call_(options.start_at.has_value()),
      extra_index_(extra_index),
      window_(options.calibration,
              options.start_at.has_value() ? Window::kNever
                                           : options.settings.epoch_ns + options.settings.start_ns,
              options.settings.duration_ns),
      calibration_(options.calibration),
      settings_(std::move(options.settings)),
      session_(options.session),
      recorder_(options.recorder),
      targets_(std::move(options.targets)),
      start_at_(std::move(options.start_at)),
      decider_(targets_, start_at_, session_, recorder_),
      own_time_(options.calibration) {}

absl::Status Engine::Install(EngineOptions options) {
  const Py_ssize_t extra_index = PyUnstable_Eval_RequestCodeExtraIndex(nullptr);
  if (extra_index < 0)
    return absl::FailedPreconditionError("no extra slot is left on code objects");
  auto engine = std::unique_ptr<Engine>(new Engine(std::move(options), extra_index));
  if (absl::Status status = engine->Register(); !status.ok()) return status;
  g_engine = engine.release();
  if (!g_engine->session_->directory().empty() &&
      pthread_atfork(nullptr, nullptr, &Engine::AfterForkInChild) != 0) {
    return absl::ResourceExhaustedError("no memory for a fork handler");
  }
  return absl::OkStatus();
}

absl::Status Engine::Register() {
  monitoring_ = Py_XNewRef(PySys_GetObject("monitoring"));
  if (monitoring_ == nullptr) return absl::FailedPreconditionError("there is no sys.monitoring");
  disable_ = PyObject_GetAttrString(monitoring_, "DISABLE");
  get_tool_ = PyObject_GetAttrString(monitoring_, "get_tool");
  get_events_ = PyObject_GetAttrString(monitoring_, "get_events");
  PyObject* events = PyObject_GetAttrString(monitoring_, "events");
  PyObject* type = CallbackType();
  const bool is_complete = disable_ != nullptr && get_tool_ != nullptr && get_events_ != nullptr &&
                           events != nullptr && type != nullptr;
  absl::Status status = is_complete ? TakeToolId() : MonitoringError("making the callback");
  if (status.ok()) status = RegisterAll(type, events);
  Py_XDECREF(type);
  Py_XDECREF(events);
  if (status.ok() && !session_->directory().empty()) status = WatchForMainsEnd();
  const uint64_t plain_ticks = settings_.own_time ? MeasureCalls() : 0;
  if (status.ok() && !CallMonitoring(monitoring_, "set_events", "il", tool_id_, events_)) {
    status = MonitoringError("switching the events on");
  }
  if (!status.ok()) return status;
  if (settings_.own_time) MeasureEvents(plain_ticks);
  if (MayDelay()) MeasureOvershoot();
  return WatchForTheEnd();
}

absl::Status Engine::RegisterAll(PyObject* type, PyObject* events) {
  const bool timed = settings_.own_time;
  const vectorcallfunc call = timed ? OnVectorcall<kTimes> : OnVectorcall<kCounts>;
  struct {
    bool wanted;
    const char* event;
    vectorcallfunc on_event;
  } const all[] = {
      {settings_.on_start || timed, "PY_START", settings_.on_start ? call : OnVectorcall<kEnters>},
      {settings_.on_resume || timed, "PY_RESUME",
       settings_.on_resume ? call : OnVectorcall<kEnters>},
      {timed, "PY_THROW", OnVectorcall<kEntersAlways>},
      {timed, "PY_RETURN", OnVectorcall<kLeaves>},
      {timed, "PY_YIELD", OnVectorcall<kLeaves>},
      {timed, "PY_UNWIND", OnVectorcall<kLeavesAlways>},
  };
  for (const auto& one : all) {
    if (!one.wanted) continue;
    absl::Status status = RegisterFor(one.event, one.on_event, type, events);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Engine::TakeToolId() {
  for (const int id : kToolIds) {
    if (CallMonitoring(monitoring_, "use_tool_id", "is", id, kToolName)) {
      tool_id_ = id;
      return absl::OkStatus();
    }
    PyErr_Clear();
  }
  return absl::FailedPreconditionError("sys.monitoring: the tool ids 3 and 4 are both in use");
}

absl::Status Engine::RegisterFor(const char* name, vectorcallfunc on_event, PyObject* type,
                                 PyObject* events) {
  PyObject* event = PyObject_GetAttrString(events, name);
  const long bit = event != nullptr ? PyLong_AsLong(event) : -1;
  Py_XDECREF(event);
  Callback* callback =
      bit > 0 ? PyObject_New(Callback, reinterpret_cast<PyTypeObject*>(type)) : nullptr;
  if (callback == nullptr) return MonitoringError(name);
  callback->vectorcall = on_event;
  callback->engine = this;
  const bool registered =
      CallMonitoring(monitoring_, "register_callback", "ilO", tool_id_, bit, callback);
  if (registered) events_ |= bit;
  absl::Status status = registered ? absl::OkStatus() : MonitoringError("registering the callback");
  Py_DECREF(callback);
  return status;
}

// After the window's end, which is final: no event of ours comes any more, and nothing costs.
void Engine::StopForGood() {
  events_ = 0;
  if (!CallMonitoring(monitoring_, "set_events", "ii", tool_id_, 0)) PyErr_Clear();
}

void Engine::AfterForkInChild() {
  ++g_engine->forks_;
  g_engine->recorder_->AfterForkInChild();
  g_engine->decider_.ForgetCells();
}

}  // namespace pyslow::core
