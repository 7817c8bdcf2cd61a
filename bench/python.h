// A Python to run benchmarks in. Mistakes end the program with Python's own message.
#ifndef PYSLOW_BENCH_PYTHON_H_
#define PYSLOW_BENCH_PYTHON_H_

#include <Python.h>

namespace pyslow::bench {

// Starts the interpreter that `executable` is, without site.
void StartPython(const char* executable);

// Runs `source` as a module called "bench" and returns its namespace, a new reference.
PyObject* Run(const char* source);
// namespace[name], borrowed.
PyObject* Get(PyObject* space, const char* name);
// Ends the program where `object` is null; else returns it.
PyObject* Checked(PyObject* object);

}  // namespace pyslow::bench

#endif  // PYSLOW_BENCH_PYTHON_H_
