// Everything that differs between CPython 3.12 and 3.15, each with the version and the reason.
// The rest of the code calls these names and asks no version.
#ifndef PYSLOW_CORE_CPYTHON_H_
#define PYSLOW_CORE_CPYTHON_H_

#include <Python.h>

#ifdef Py_GIL_DISABLED
#error "pyslow needs a CPython with the GIL: a delay that holds it has no meaning without"
#endif
#if PY_VERSION_HEX < 0x030C0000
#error "pyslow needs CPython 3.12 or later: PEP 669 (sys.monitoring) came with it"
#endif

namespace pyslow::core {

// The start of an interpreter in two halves. StartCore initialises `config`'s interpreter as far as
// sys.monitoring goes, with nothing imported and no user code run; FinishStart does the rest (path
// configuration, importlib's second half, site and its .pth files, __main__). 3.14 can only be
// stopped before site: see cpython.cc.
//
// Between the two the caller holds the GIL and may set up monitoring. Main thread only.
class StagedStart {
 public:
  // `config` must outlive this object.
  explicit StagedStart(PyConfig* config) : config_(config) {}
  PyStatus StartCore();
  PyStatus FinishStart();

 private:
  PyConfig* config_;
#if PY_VERSION_HEX >= 0x030E0000 && PY_VERSION_HEX < 0x030F0000
  int site_import_ = 0;
  int isolated_ = 0;
  bool shows_banner_ = false;
#endif
};

// The index-th extra of `code`, or nullptr. As PyUnstable_Code_GetExtra, without its checks, which
// cost as much as the rest of a call's path: see CanReadExtraDirectly.
void* ReadCodeExtra(PyCodeObject* code, Py_ssize_t index);

// Sets the index-th extra of `code`. False, without an exception, where there is no memory for it.
// `direct`: what CanReadExtraDirectly said. A code object without extras then gets room for this
// one alone: PyUnstable_Code_SetExtra makes room for every index that was ever asked for, and the
// end of the code object calls the free function of each, though nobody but us has set anything,
// and though the function may be gone by then (a ctypes callback dies with its module).
bool SetCodeExtra(PyCodeObject* code, Py_ssize_t index, void* extra, bool direct);

// True when this interpreter keeps a code object's extras as ReadCodeExtra reads them. Sets the
// extra `index` of a code object made for the purpose, and compares.
bool CanReadExtraDirectly(Py_ssize_t index);

// Objects/codeobject.c, _PyCodeObjectExtra: the same from 3.6 to 3.15.
struct CodeExtras {
  Py_ssize_t size;
  void* extras[1];
};

inline void* ReadCodeExtra(PyCodeObject* code, Py_ssize_t index) {
  const auto* extras = static_cast<const CodeExtras*>(code->co_extra);
  return extras != nullptr && index < extras->size ? extras->extras[index] : nullptr;
}

// The globals of the frame that is being started, borrowed, or nullptr without an exception.
inline PyObject* CurrentGlobals() { return PyEval_GetGlobals(); }

// Whether the interpreter is on its way out, and must not be asked for anything more.
inline bool IsFinalizing() {
#if PY_VERSION_HEX >= 0x030D0000
  return Py_IsFinalizing() != 0;
#else
  return _Py_IsFinalizing() != 0;
#endif
}

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_CPYTHON_H_
