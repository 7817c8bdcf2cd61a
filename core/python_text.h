// Python's str as bytes, and the names that a module goes by.
#ifndef PYSLOW_CORE_PYTHON_TEXT_H_
#define PYSLOW_CORE_PYTHON_TEXT_H_

#include <Python.h>

#include <string>

#include "absl/strings/string_view.h"

namespace pyslow::core {

// The UTF-8 of a str, lone surrogates as three bytes of their own. Any other object, nullptr too,
// is the empty text, and so is a str that memory is lacking for. `storage` holds what is not in the
// object itself. No exception is left. With the GIL held.
absl::string_view Utf8Of(PyObject* object, std::string* storage);

// The name that a module has beside __main__ (or __mp_main__), from its __spec__ and __file__, each
// of which may be nullptr: __spec__.name, else the stem of __file__, else "". As above.
std::string RealNameOf(PyObject* spec, PyObject* file);

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_PYTHON_TEXT_H_
