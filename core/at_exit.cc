#include "core/at_exit.h"

#include <Python.h>

#include "absl/strings/str_cat.h"
#include "core/cpython.h"

namespace pyslow::core {
namespace {

struct Registration {
  void (*function)(void*);
  void* argument;
};

PyObject* Run(PyObject* self, PyObject* /*no arguments*/) {
  const auto* registration = static_cast<Registration*>(PyCapsule_GetPointer(self, nullptr));
  registration->function(registration->argument);
  return Py_NewRef(Py_None);
}

// A new reference to the built-in module. It is not imported: an import would be reported by `-v`
// and `-X importtime`, and the module would be in the program's sys.modules.
PyObject* MakeAtexit() {
  PyObject* imp = PyImport_ImportModule("_imp");  // importlib has imported it
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

absl::Status RunLastAtExit(void (*function)(void*), void* argument) {
  static PyMethodDef method = {"pyslow", Run, METH_NOARGS, nullptr};
  PyObject* atexit = MakeAtexit();
  PyObject* self = PyCapsule_New(new Registration{function, argument}, nullptr, nullptr);
  PyObject* callable = self != nullptr ? PyCFunction_New(&method, self) : nullptr;
  PyObject* register_function =
      atexit != nullptr ? PyObject_GetAttrString(atexit, "register") : nullptr;
  const bool is_registered = callable != nullptr && register_function != nullptr &&
                             CallAndDrop(register_function, "O", callable);
  Py_XDECREF(register_function);
  Py_XDECREF(callable);
  Py_XDECREF(self);
  Py_XDECREF(atexit);
  if (is_registered) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("atexit: ", TakeException()));
}

}  // namespace pyslow::core
