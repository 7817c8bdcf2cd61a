#include "core/python_text.h"

#include <algorithm>

#include "absl/strings/strip.h"
#include "core/cpython.h"

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

namespace {

// The namespace of an imported module, or empty.
Owned NamespaceOf(absl::string_view module) {
  if (IsFinalizing()) return nullptr;  // PyImport_GetModuleDict would end the process
  const Owned found = OwnedItemNamed(PyImport_GetModuleDict(), module);
  if (found == nullptr || !PyModule_Check(found.get())) return nullptr;
  return Owned(Py_NewRef(PyModule_GetDict(found.get())));
}

}  // namespace

std::string ModuleOfFile(absl::string_view file, std::string* real_name) {
  if (const Owned main = NamespaceOf("__main__"); main != nullptr) {
    const Owned main_file = OwnedItemNamed(main.get(), "__file__");
    std::string storage;
    if (!file.empty() && Utf8Of(main_file.get(), &storage) == file) {
      *real_name = RealNameOf(OwnedItemNamed(main.get(), "__spec__").get(), main_file.get());
      return "__main__";
    }
  }
  const size_t slash = file.rfind('/');
  const size_t dot = file.rfind('.');
  const bool has_suffix = dot != absl::string_view::npos && dot > 0 &&
                          (slash == absl::string_view::npos || dot > slash + 1);
  std::string path(has_suffix ? file.substr(0, dot) : file);
  std::replace(path.begin(), path.end(), '/', '.');
  absl::string_view name = absl::StripSuffix(path, ".__init__");
  for (;;) {
    const size_t end = name.find('.');
    if (end == absl::string_view::npos || (end > 0 && NamespaceOf(name) != nullptr)) break;
    name.remove_prefix(end + 1);
  }
  return std::string(name);
}

}  // namespace pyslow::core
