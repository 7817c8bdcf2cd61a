#include "core/callable_name.h"

#include "absl/strings/str_cat.h"
#include "core/cpython.h"
#include "core/python_text.h"

namespace pyslow::core {
namespace {

// An interned str. It lives until the process ends.
struct Key {
  explicit Key(const char* text) : object(PyUnicode_InternFromString(text)) {}
  PyObject* const object;
};

struct Keys {
  const Key call{"__call__"};
  const Key getattr{"__getattr__"};
  const Key getattribute{"__getattribute__"};
  const Key init{"__init__"};
  const Key module{"__module__"};
  const Key name{"__name__"};
  const Key new_{"__new__"};
  const Key qualname{"__qualname__"};
};

// Made by InternNames.
const Keys& NameKeys() {
  static const Keys keys;
  return keys;
}

bool IsPython(PyObject* attribute) {
  // A Python __new__ is in a staticmethod. That of C is a builtin.
  return attribute != nullptr &&
         (PyFunction_Check(attribute) || Py_IS_TYPE(attribute, &PyStaticMethod_Type));
}

bool HasPython(PyTypeObject* type, const Key& key) {
  return IsPython(TypeAttribute(type, key.object).get());
}

// The text of an attribute that is a str, or "".
std::string TextOf(PyObject* attribute) {
  std::string storage;
  return std::string(Utf8Of(attribute, &storage));
}

std::string QualnameOf(PyTypeObject* type) {
  PyObject* name = PyType_GetQualName(type);
  if (name == nullptr) PyErr_Clear();
  std::string text = TextOf(name);
  Py_XDECREF(name);
  return text;
}

// __module__ of the type, as type.__module__ computes it.
std::string ModuleOf(PyTypeObject* type) {
  if ((type->tp_flags & Py_TPFLAGS_HEAPTYPE) != 0)
    return TextOf(OwnAttribute(type, NameKeys().module.object).get());
  const absl::string_view name = type->tp_name;
  const size_t dot = name.rfind('.');
  return std::string(dot == absl::string_view::npos ? "builtins" : name.substr(0, dot));
}

CallableName MethodOf(PyTypeObject* type, absl::string_view name) {
  return {ModuleOf(type), absl::StrCat(QualnameOf(type), ".", name)};
}

bool IsDescriptorOf(PyObject* attribute, const PyMethodDef* method) {
  return (Py_IS_TYPE(attribute, &PyMethodDescr_Type) ||
          Py_IS_TYPE(attribute, &PyClassMethodDescr_Type)) &&
         reinterpret_cast<PyMethodDescrObject*>(attribute)->d_method == method;
}

// The type in the method resolution order of `type` that has `method`, which a class of Python may
// override (super().append); else the first that has an attribute of its name, or empty.
Owned DefiningType(PyTypeObject* type, const PyMethodDef* method) {
  const Owned key(PyUnicode_FromString(method->ml_name));
  if (key == nullptr) PyErr_Clear();
  const Owned order = key != nullptr ? MroOf(type) : nullptr;
  PyObject* first = nullptr;
  for (Py_ssize_t i = 0; order != nullptr && i < PyTuple_GET_SIZE(order.get()); ++i) {
    PyObject* const base = PyTuple_GET_ITEM(order.get(), i);
    const Owned attribute = OwnAttribute(reinterpret_cast<PyTypeObject*>(base), key.get());
    if (attribute == nullptr) continue;
    if (IsDescriptorOf(attribute.get(), method)) return Owned(Py_NewRef(base));
    if (first == nullptr) first = base;
  }
  return Owned(Py_XNewRef(first));
}

PyTypeObject* TypeIn(const Owned& type) { return reinterpret_cast<PyTypeObject*>(type.get()); }

CallableName NameOfBuiltin(PyCFunctionObject* function) {
  const char* const name = function->m_ml->ml_name;
  if (function->m_module != nullptr && PyUnicode_Check(function->m_module)) {
    return {TextOf(function->m_module), name};
  }
  PyObject* const self = function->m_self;
  if (self == nullptr) return {"", name};
  if (PyModule_Check(self)) {
    PyObject* const key = NameKeys().name.object;
    return {TextOf(OwnedDictItem(PyModule_GetDict(self), key).get()), name};
  }
  Owned type;
  const PyMethodDef* const method = function->m_ml;
  if (PyType_Check(self)) type = DefiningType(reinterpret_cast<PyTypeObject*>(self), method);
  if (type == nullptr) type = DefiningType(Py_TYPE(self), method);
  return MethodOf(type != nullptr ? TypeIn(type) : Py_TYPE(self), name);
}

// A builtin function in a class is a method by a wrapper around it (pybind11).
CallableName NameOfMethod(PyObject* method) {
  PyObject* const function = PyMethod_GET_FUNCTION(method);
  if (!PyCFunction_Check(function)) return NameOf(function);
  const PyMethodDef* const definition = reinterpret_cast<PyCFunctionObject*>(function)->m_ml;
  const Owned type = DefiningType(Py_TYPE(PyMethod_GET_SELF(method)), definition);
  return type != nullptr ? MethodOf(TypeIn(type), definition->ml_name) : NameOf(function);
}

// The attribute of an instance, as a new reference, or nullptr if it has none or if looking for it
// could run Python code of the program. Not for an object that forwards its attributes.
PyObject* SafeAttribute(PyObject* object, PyObject* name) {
  const Keys& keys = NameKeys();
  PyTypeObject* const type = Py_TYPE(object);
  if (HasPython(type, keys.getattr) || HasPython(type, keys.getattribute)) return nullptr;
  const Owned of_type = TypeAttribute(type, name);
  const bool is_simple = of_type == nullptr || Py_TYPE(of_type.get())->tp_descr_get == nullptr ||
                         Py_IS_TYPE(of_type.get(), &PyGetSetDescr_Type) ||
                         Py_IS_TYPE(of_type.get(), &PyMemberDescr_Type);
  PyObject* const value = is_simple ? PyObject_GetAttr(object, name) : nullptr;
  if (value == nullptr) PyErr_Clear();
  return value;
}

std::string SafeText(PyObject* object, const Key& name) {
  PyObject* const value = SafeAttribute(object, name.object);
  std::string text = TextOf(value);
  Py_XDECREF(value);
  return text;
}

// Whether the attributes are those of another object, whose class may be one of Python.
bool ForwardsAttributes(PyObject* object) {
  return PyWeakref_CheckProxy(object) || PyObject_TypeCheck(object, &Py_GenericAliasType);
}

// Whether all instances of the type have the names of the type.
bool HasNoOwnNames(PyTypeObject* type) {
  const Keys& keys = NameKeys();
  return type->tp_dictoffset == 0 && (type->tp_flags & Py_TPFLAGS_MANAGED_DICT) == 0 &&
         type->tp_getattro == PyObject_GenericGetAttr &&
         TypeAttribute(type, keys.name.object) == nullptr &&
         TypeAttribute(type, keys.qualname.object) == nullptr;
}

CallableName NameOfInstance(PyObject* callable) {
  const Keys& keys = NameKeys();
  PyTypeObject* const type = Py_TYPE(callable);
  CallableName name = MethodOf(type, "__call__");
  name.is_of_type = HasNoOwnNames(type);
  if (name.is_of_type || ForwardsAttributes(callable)) return name;
  std::string qualname = SafeText(callable, keys.qualname);
  if (qualname.empty()) qualname = SafeText(callable, keys.name);
  if (qualname.empty()) return name;
  std::string module = SafeText(callable, keys.module);
  if (module.empty()) module = ModuleOf(type);
  return {std::move(module), std::move(qualname)};
}

bool IsPythonClass(PyTypeObject* type) {
  const Keys& keys = NameKeys();
  return HasPython(Py_TYPE(type), keys.call) || HasPython(type, keys.init) ||
         HasPython(type, keys.new_);
}

}  // namespace

void InternNames() {
  NameKeys();
  MroOf(&PyType_Type);
}

bool RunsPython(PyObject* callable) {
  if (PyFunction_Check(callable)) return true;
  if (PyMethod_Check(callable)) return RunsPython(PyMethod_GET_FUNCTION(callable));
  if (PyType_Check(callable)) return IsPythonClass(reinterpret_cast<PyTypeObject*>(callable));
  if (Py_TYPE(callable)->tp_call == nullptr) return true;  // the call raises TypeError
  return HasPython(Py_TYPE(callable), NameKeys().call);
}

CallableName NameOf(PyObject* callable) {
  if (PyMethod_Check(callable)) return NameOfMethod(callable);
  if (PyType_Check(callable)) {
    auto* const type = reinterpret_cast<PyTypeObject*>(callable);
    return {ModuleOf(type), QualnameOf(type)};
  }
  if (PyCFunction_Check(callable)) {
    return NameOfBuiltin(reinterpret_cast<PyCFunctionObject*>(callable));
  }
  if (IsMethodDescriptor(callable)) {
    const auto* const descriptor = reinterpret_cast<PyDescrObject*>(callable);
    std::string storage;
    return MethodOf(descriptor->d_type, Utf8Of(descriptor->d_name, &storage));
  }
  return NameOfInstance(callable);
}

}  // namespace pyslow::core
