// Text and module names from Python objects. All functions need the GIL, leave no exception set and
// are safe while the interpreter is finalized.
#ifndef PYSLOW_CORE_PYTHON_TEXT_H_
#define PYSLOW_CORE_PYTHON_TEXT_H_

#include <Python.h>

#include <string>

#include "absl/strings/string_view.h"

namespace pyslow::core {

// The UTF-8 encoding of a str; a lone surrogate becomes three bytes. Returns "" for any other
// object, for nullptr, and without memory. The result points into `object` or into `storage`.
absl::string_view Utf8Of(PyObject* object, std::string* storage);

// The real name of a module whose `__name__` is __main__ or __mp_main__, from its __spec__ and
// __file__, each of which may be nullptr: __spec__.name, otherwise the stem of __file__, otherwise
// "".
std::string RealNameOf(PyObject* spec, PyObject* file);

// The name of the imported module of a source file that Python does not run itself, such as the
// .pyx file of a Cython module: __main__ if it is that module's file; otherwise the longest end of
// its path, with dots for slashes and without suffix, that is the name of an imported module;
// otherwise its name without suffix. `*real_name`: for __main__, as of RealNameOf; otherwise
// unchanged.
std::string ModuleOfFile(absl::string_view file, std::string* real_name);

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_PYTHON_TEXT_H_
