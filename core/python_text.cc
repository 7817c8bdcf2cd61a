#include "core/python_text.h"

namespace pyslow::core {

absl::string_view Utf8Of(PyObject* object, std::string* storage) {
  if (object == nullptr || !PyUnicode_Check(object)) return "";
  if (PyUnicode_IS_COMPACT_ASCII(object)) {
    return {static_cast<const char*>(PyUnicode_DATA(object)),
            static_cast<size_t>(PyUnicode_GET_LENGTH(object))};
  }
  // PyUnicode_AsUTF8 would reject surrogates, and would keep a copy in the object.
  PyObject* bytes = PyUnicode_AsEncodedString(object, "utf-8", "surrogatepass");
  if (bytes == nullptr) {
    PyErr_Clear();
    return "";
  }
  storage->assign(PyBytes_AS_STRING(bytes), static_cast<size_t>(PyBytes_GET_SIZE(bytes)));
  Py_DECREF(bytes);
  return *storage;
}

std::string RealNameOf(PyObject* spec, PyObject* file) {
  std::string storage;
  if (spec != nullptr && spec != Py_None) {
    PyObject* name = PyObject_GetAttrString(spec, "name");
    if (name == nullptr) PyErr_Clear();
    std::string real(Utf8Of(name, &storage));
    Py_XDECREF(name);
    if (!real.empty()) return real;
  }
  absl::string_view name = Utf8Of(file, &storage);
  const size_t slash = name.rfind('/');
  if (slash != absl::string_view::npos) name.remove_prefix(slash + 1);
  // The stem as pathlib defines it: without the last suffix. A leading dot does not start a suffix.
  const size_t dot = name.rfind('.');
  return std::string(dot == absl::string_view::npos || dot == 0 ? name : name.substr(0, dot));
}

}  // namespace pyslow::core
