// CPython's API, as far as it differs between versions 3.12 to 3.15 or needs care. Each difference
// has the version and the reason; no other file tests PY_VERSION_HEX.
#ifndef PYSLOW_CORE_CPYTHON_H_
#define PYSLOW_CORE_CPYTHON_H_

#include <Python.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#if defined(Py_GIL_DISABLED) && (PY_VERSION_HEX < 0x030D0000 || PY_VERSION_HEX >= 0x030E0000)
#error "of the free-threaded CPythons, pyslow supports 3.13t alone: no other one was tested"
#endif
#if PY_VERSION_HEX < 0x030C0000
#error "pyslow needs CPython 3.12 or later: PEP 669 (sys.monitoring) came with it"
#endif

namespace pyslow::core {

// Whether this CPython is built without a GIL (PEP 703). A program can switch its GIL on.
#ifdef Py_GIL_DISABLED
inline constexpr bool kIsFreeThreaded = true;
#else
inline constexpr bool kIsFreeThreaded = false;
#endif

// Starts an interpreter in two steps. StartCore initializes `config`'s interpreter up to and
// including sys.monitoring; nothing is imported and no user code runs. FinishStart does the rest:
// path configuration, the second half of importlib, site and its .pth files, __main__. 3.14 can be
// stopped only before site: see cpython.cc.
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

// A slot for a pointer on every code object (PyUnstable_Eval_RequestCodeExtraIndex).
struct ExtraSlot {
  Py_ssize_t index;
  // This interpreter stores extras as ReadCodeExtra reads them.
  bool is_direct;
};

// Reserves a slot, for the life of the interpreter. nullopt if all are in use.
std::optional<ExtraSlot> RequestExtraSlot();

// The pointer in a slot, or nullptr. PyUnstable_Code_GetExtra without its checks, which cost as
// much as the rest of the call path. Only if the slot is direct.
void* ReadCodeExtra(PyCodeObject* code, Py_ssize_t index);

// The same by PyUnstable_Code_GetExtra. Leaves no exception set.
void* GetCodeExtra(PyCodeObject* code, Py_ssize_t index);

// Sets the pointer in a slot. False, without an exception, if there is no memory. With a direct
// slot, a code object without extras gets room for this one alone. PyUnstable_Code_SetExtra makes
// room for all slots ever requested, and CPython then calls the free function of each when the code
// object dies, even if that function no longer exists (a ctypes callback dies with its module).
//
// Without a GIL the slot must be direct. What the pointer refers to is then visible to each thread
// that reads it. CPython itself does not synchronize the slots: a program whose other extensions
// set theirs while other threads run is not safe, with or without this engine.
bool SetCodeExtra(PyCodeObject* code, const ExtraSlot& slot, void* extra);

// Objects/codeobject.c, _PyCodeObjectExtra: the same from 3.6 to 3.15.
struct CodeExtras {
  Py_ssize_t size;
  void* extras[1];
};

inline void* ReadCodeExtra(PyCodeObject* code, Py_ssize_t index) {
#ifdef Py_GIL_DISABLED
  auto* const shared = static_cast<CodeExtras*>(__atomic_load_n(&code->co_extra, __ATOMIC_ACQUIRE));
  return shared != nullptr && index < shared->size
             ? __atomic_load_n(&shared->extras[index], __ATOMIC_ACQUIRE)
             : nullptr;
#else
  const auto* extras = static_cast<const CodeExtras*>(code->co_extra);
  return extras != nullptr && index < extras->size ? extras->extras[index] : nullptr;
#endif
}

// The globals of the frame that is being started, borrowed, or nullptr without an exception.
inline PyObject* CurrentGlobals() { return PyEval_GetGlobals(); }

// The code that runs in this thread, borrowed: that of the innermost frame of Python code, and that
// of the next frame outside of it. nullptr if there is none, or if it is not a code object. Frames
// that the interpreter adds between calls are skipped. Neither creates a frame object, as
// PyThreadState_GetFrame does.
PyCodeObject* CurrentCode();
PyCodeObject* CallingCode();

// The identity of the innermost frame of this thread; another frame may have it after the frame's
// end. FrameOf: nullptr if that frame does not run `code`.
const void* CurrentFrameId();
const void* FrameOf(PyCodeObject* code);

// The function that the innermost frame of this thread was made for, borrowed, or nullptr. nullptr
// if that frame does not run `code`.
PyObject* FunctionOfFrame(PyCodeObject* code);

// The lines at which events of `code` can occur, ascending. Empty without memory.
std::vector<uint32_t> EventLines(PyCodeObject* code);

// A reference that is dropped at the end of its scope; empty if it is nullptr.
struct DropReference {
  void operator()(PyObject* object) const { Py_DECREF(object); }
};
using Owned = std::unique_ptr<PyObject, DropReference>;

// dict[key], borrowed, or nullptr without an exception. Only with a GIL: without one, another
// thread may replace the item and free it.
PyObject* DictItem(PyObject* dict, PyObject* key);
// The same as a reference.
Owned OwnedDictItem(PyObject* dict, PyObject* key);
// The same, by the text of the key.
Owned OwnedItemNamed(PyObject* dict, absl::string_view key);

// The attribute of a type by its method resolution order, or in its own dictionary alone; empty
// without an exception. No descriptor is called.
Owned TypeAttribute(PyTypeObject* type, PyObject* name);
Owned OwnAttribute(PyTypeObject* type, PyObject* name);
// The method resolution order, a tuple; empty without an exception.
Owned MroOf(PyTypeObject* type);

// A number that no other type and no other state of this type has had; 0 if there is none. CPython
// numbers a type when its attributes are first cached, and numbers it anew after a change.
inline uint32_t VersionOf(PyTypeObject* type) {
  const auto version = [type] { return __atomic_load_n(&type->tp_version_tag, __ATOMIC_RELAXED); };
  const uint32_t known = version();
  if (known != 0) return known;
  return PyUnstable_Type_AssignVersionTag(type) != 0 ? version() : 0;
}

// Whether `object` is a method, class method or slot wrapper of a type written in C.
inline bool IsMethodDescriptor(PyObject* object) {
  return Py_IS_TYPE(object, &PyMethodDescr_Type) || Py_IS_TYPE(object, &PyWrapperDescr_Type) ||
         Py_IS_TYPE(object, &PyClassMethodDescr_Type);
}

// The address of the object of a weak reference, or of None; the object may die in another thread.
// (PyWeakref_GetObject is deprecated in 3.13, and its successor does not exist in 3.12.)
inline const PyObject* WeakReferent(PyObject* reference) {
  return __atomic_load_n(&reinterpret_cast<PyWeakReference*>(reference)->wr_object,
                         __ATOMIC_RELAXED);
}

// Whether the interpreter is being finalized. Python code still runs then (`__del__` methods), but
// modules have lost their attributes, and sys.modules and later sys are gone.
inline bool IsFinalizing() {
#if PY_VERSION_HEX >= 0x030D0000
  return Py_IsFinalizing() != 0;
#else
  return _Py_IsFinalizing() != 0;
#endif
}

#if PY_VERSION_HEX < 0x030D0000
// The address of 3.12's request for the GIL; of an int that is always 0 if it cannot be found.
const int* FindGilRequest() noexcept;
#endif

// Whether another thread has waited for the GIL for a switch interval and requests it, upon which
// bytecode gives it up. Only in the thread that holds it. Without a GIL: whether another thread
// stops the world (to collect garbage, for example), upon which bytecode waits for its end.
//
// 3.13 and later set a bit of the holder's PyThreadState, which is declared
// (_PY_GIL_DROP_REQUEST_BIT, and _PY_EVAL_PLEASE_STOP_BIT of 3.13t, in pycore_ceval.h). 3.12 sets
// an int of the interpreter state: see cpython.cc.
inline bool IsGilRequested() {
#if PY_VERSION_HEX >= 0x030D0000
  constexpr uintptr_t kRequests = kIsFreeThreaded ? 1 << 0 | 1 << 5 : 1 << 0;
  return (__atomic_load_n(&PyThreadState_GetUnchecked()->eval_breaker, __ATOMIC_RELAXED) &
          kRequests) != 0;
#else
  static const int* const request = FindGilRequest();
  return __atomic_load_n(request, __ATOMIC_RELAXED) != 0;
#endif
}

// Whether there are interpreters beside the main one.
inline bool HasSubinterpreters() {
  // New interpreters are put before the main one. PyInterpreterState_Next would read an interpreter
  // that another thread may be freeing.
  return PyInterpreterState_Head() != PyInterpreterState_Main();
}

// Whether the program has imported `module`. False during finalization, when PyImport_GetModuleDict
// ends the process. No exception is left set.
bool IsImported(const char* module);

// Clears the exception that is set and returns its text.
std::string TakeException();

// Calls `callable` with arguments as of Py_BuildValue and drops the result. False with an exception
// set if the call fails.
template <typename... Arguments>
bool CallAndDrop(PyObject* callable, const char* format, Arguments... arguments) {
  PyObject* result = PyObject_CallFunction(callable, format, arguments...);
  Py_XDECREF(result);
  return result != nullptr;
}

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_CPYTHON_H_
