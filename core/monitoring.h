// Calls of sys.monitoring's functions, for the files that put the engine into the interpreter.
#ifndef PYSLOW_CORE_MONITORING_H_
#define PYSLOW_CORE_MONITORING_H_

#include <Python.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace pyslow::core {

inline constexpr char kToolName[] = "pyslow";

// The exception that is set, as text; cleared.
inline std::string TakeException() {
  PyObject* exception = PyErr_GetRaisedException();
  PyObject* text = exception != nullptr ? PyObject_Str(exception) : nullptr;
  const char* utf8 = text != nullptr ? PyUnicode_AsUTF8(text) : nullptr;
  std::string message = utf8 != nullptr ? utf8 : "unknown error";
  Py_XDECREF(text);
  Py_XDECREF(exception);
  PyErr_Clear();
  return message;
}

inline absl::Status MonitoringError(absl::string_view doing) {
  return absl::FailedPreconditionError(
      absl::StrCat("sys.monitoring: ", doing, ": ", TakeException()));
}

// Calls a function of a module, such as sys.monitoring, and drops its result.
bool CallMonitoring(PyObject* module, const char* name, const char* format, auto... arguments) {
  PyObject* result = PyObject_CallMethod(module, name, format, arguments...);
  Py_XDECREF(result);
  return result != nullptr;
}

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_MONITORING_H_
