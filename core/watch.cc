// What the engine watches for: the end of the program and of its interpreter, the loss of its tool
// id, and what it cannot follow.
#include <string>

#include "absl/strings/str_cat.h"
#include "core/cpython.h"
#include "core/engine.h"
#include "core/monitoring.h"
#include "core/python_text.h"

namespace pyslow::core {
namespace {

// A new reference to the built-in module, made without the import that `-v` and `-X importtime`
// tell of, and not among those that the program has imported.
PyObject* MakeAtexit() {
  PyObject* imp = PyImport_ImportModule("_imp");  // is there since importlib is
  PyObject* implementation = PySys_GetObject("implementation");
  PyObject* names = Py_BuildValue("{s:s}", "name", "atexit");
  PyObject* none = PyTuple_New(0);
  PyObject* spec = implementation != nullptr && names != nullptr && none != nullptr
                       ? PyObject_Call(reinterpret_cast<PyObject*>(Py_TYPE(implementation)), none,
                                       names)  // a types.SimpleNamespace
                       : nullptr;
  PyObject* module = imp != nullptr && spec != nullptr
                         ? PyObject_CallMethod(imp, "create_builtin", "O", spec)
                         : nullptr;
  PyObject* done =
      module != nullptr ? PyObject_CallMethod(imp, "exec_builtin", "O", module) : nullptr;
  if (done == nullptr) Py_CLEAR(module);
  Py_XDECREF(done);
  Py_XDECREF(spec);
  Py_XDECREF(none);
  Py_XDECREF(names);
  Py_XDECREF(imp);
  return module;
}

}  // namespace

// The owner of our tool id, "" where there is none.
std::string Engine::OwnerOfToolId() {
  PyObject* tool = PyObject_CallFunction(get_tool_, "i", tool_id_);
  if (tool == nullptr) PyErr_Clear();
  std::string storage;
  std::string name(Utf8Of(tool, &storage));
  Py_XDECREF(tool);
  return name;
}

void Engine::NoteLoss(const std::string& owner) {
  const bool is_another = !owner.empty() && owner != kToolName;
  recorder_->AddNote(
      absl::StrCat(is_another ? absl::StrCat("another tool, ", owner, ",") : "the program",
                   " took sys.monitoring's tool id ", tool_id_,
                   " from pyslow: from then on nothing was delayed or counted"));
  has_lost_tool_id_ = true;
}

// Called with or without an exception set.
void Engine::LoseCallback() {
  if (has_lost_tool_id_) return;
  PyObject* exception = PyErr_GetRaisedException();
  NoteLoss(OwnerOfToolId());
  PyErr_SetRaisedException(exception);
}

// What is registered first with atexit is called last. (A program that calls atexit's own
// _run_exitfuncs in its middle marks its end there.)
absl::Status Engine::WatchForMainsEnd() {
  static PyMethodDef mark = {"pyslow",
                             [](PyObject* self, PyObject* /*none*/) {
                               Engine* engine =
                                   static_cast<Engine*>(PyCapsule_GetPointer(self, nullptr));
                               engine->recorder_->MarkMainEnded();
                               return Py_NewRef(Py_None);
                             },
                             METH_NOARGS, nullptr};
  PyObject* atexit = MakeAtexit();
  PyObject* self = PyCapsule_New(this, nullptr, nullptr);
  PyObject* function = self != nullptr ? PyCFunction_New(&mark, self) : nullptr;
  const bool is_registered =
      atexit != nullptr && function != nullptr && CallMonitoring(atexit, "register", "O", function);
  Py_XDECREF(function);
  Py_XDECREF(self);
  Py_XDECREF(atexit);
  return is_registered ? absl::OkStatus() : MonitoringError("watching for the program's end");
}

// What the main thread's state holds is freed after the last Python code and before monitoring is
// taken down: the time to see whether somebody switched our events off, which nothing else tells.
absl::Status Engine::WatchForTheEnd() {
  PyObject* watch = PyCapsule_New(this, nullptr, [](PyObject* capsule) {
    static_cast<Engine*>(PyCapsule_GetPointer(capsule, nullptr))->CheckToolId();
  });
  PyObject* held = PyThreadState_GetDict();
  const bool is_held = watch != nullptr && held != nullptr &&
                       PyDict_SetItemString(held, "pyslow's watch", watch) == 0;
  Py_XDECREF(watch);
  return is_held ? absl::OkStatus() : MonitoringError("watching for the end");
}

// An id that was freed and that nobody took has no owner, but up to 3.13 still its events.
void Engine::CheckToolId() {
  if (has_lost_tool_id_) return;
  PyObject* exception = PyErr_GetRaisedException();
  PyObject* events = PyObject_CallFunction(get_events_, "i", tool_id_);
  const long bits = events != nullptr ? PyLong_AsLong(events) : 0;
  if (events == nullptr) PyErr_Clear();
  Py_XDECREF(events);
  const std::string owner = OwnerOfToolId();
  const bool is_another = !owner.empty() && owner != kToolName;
  if (is_another || (bits & events_) != events_) NoteLoss(owner);
  PyErr_SetRaisedException(exception);
}

// Called now and then, since nothing tells that one is made.
void Engine::NoticeSubinterpreters() {
  if (has_subinterpreters_ || PyInterpreterState_Next(PyInterpreterState_Head()) == nullptr) return;
  has_subinterpreters_ = true;
  recorder_->AddNote("there were subinterpreters, whose calls are neither delayed nor counted");
}

void Engine::NoticeGreenlets() {
  PyObject* modules = has_greenlets_ ? nullptr : PyImport_GetModuleDict();
  if (modules == nullptr || PyDict_GetItemString(modules, "greenlet") == nullptr) return;
  has_greenlets_ = true;
  recorder_->AddNote(
      "greenlets are in use, which switch from frame to frame unseen: own time may be put down to "
      "the wrong functions");
}

}  // namespace pyslow::core
