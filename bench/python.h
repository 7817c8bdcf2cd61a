// A Python interpreter for benchmarks. Errors end the program with Python's message.
#ifndef PYSLOW_BENCH_PYTHON_H_
#define PYSLOW_BENCH_PYTHON_H_

#include <Python.h>

namespace pyslow::bench {

// Starts the interpreter of `executable`, without site.
void StartPython(const char* executable);

// Runs `source` as a module named "bench" and returns its namespace, a new reference.
PyObject* Run(const char* source);
// namespace[name], borrowed.
PyObject* Get(PyObject* space, const char* name);
// Returns `object`; ends the program if it is null.
PyObject* Checked(PyObject* object);

}  // namespace pyslow::bench

#endif  // PYSLOW_BENCH_PYTHON_H_
