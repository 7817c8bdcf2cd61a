#include "bench/python.h"

#include <cstdlib>

namespace pyslow::bench {

void StartPython(const char* executable) {
  PyConfig config;
  PyConfig_InitPythonConfig(&config);
  config.site_import = 0;
  PyStatus status = PyConfig_SetBytesString(&config, &config.program_name, executable);
  if (!PyStatus_Exception(status)) status = Py_InitializeFromConfig(&config);
  if (PyStatus_Exception(status)) Py_ExitStatusException(status);
  PyConfig_Clear(&config);
}

PyObject* Checked(PyObject* object) {
  if (object == nullptr) {
    PyErr_Print();
    std::exit(1);
  }
  return object;
}

PyObject* Run(const char* source) {
  PyObject* space = Checked(PyDict_New());
  PyObject* name = Checked(PyUnicode_FromString("bench"));
  if (PyDict_SetItemString(space, "__name__", name) != 0) Checked(nullptr);
  Py_DECREF(name);
  Py_DECREF(Checked(PyRun_String(source, Py_file_input, space, space)));
  return space;
}

PyObject* Get(PyObject* space, const char* name) {
  return Checked(PyDict_GetItemString(space, name));
}

}  // namespace pyslow::bench
