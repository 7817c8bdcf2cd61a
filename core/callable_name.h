// Names of callables that are no Python functions. Runs no Python code of the program. All
// functions need the GIL; no exception may be set before a call, and none is set afterwards.
#ifndef PYSLOW_CORE_CALLABLE_NAME_H_
#define PYSLOW_CORE_CALLABLE_NAME_H_

#include <Python.h>

#include <string>

namespace pyslow::core {

struct CallableName {
  std::string module;    // of a method, of the type that defines it; may be empty
  std::string qualname;  // "sorted", "list.append", "int", "partial.__call__"
  // The other instances of the callable's type have the same name.
  bool is_of_type = false;

  bool found() const { return !qualname.empty(); }
};

// Makes the strings that the functions below use. To be called first, while there is one thread:
// without a GIL, a thread that makes a string and one that waits for it could wait for each other.
void InternNames();

// Whether a call of `callable` enters Python code that has events itself: a Python function, a
// method of one, a class whose construction runs one, an instance whose __call__ is one. These have
// no CallableName.
bool RunsPython(PyObject* callable);

// The name of a callable for which RunsPython is false.
//   builtin function          its module and name
//   bound builtin method      as its descriptor, "list.append" of "builtins"
//   method descriptor         the type that defines it
//   method of a builtin       the type that defines it (functions of pybind11 in a class)
//   class                     the class
//   anything else             its own __module__ and __qualname__ (or __name__) if it has them;
//                             otherwise, and for weak proxies and generic aliases, whose
//                             attributes are another object's, the __call__ of its type
CallableName NameOf(PyObject* callable);

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_CALLABLE_NAME_H_
