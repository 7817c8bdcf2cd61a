#include "core/cpython.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

// 3.12 and 3.13 declare this function, 3.14 has removed it, 3.15 exports it without a declaration.
#if PY_VERSION_HEX >= 0x030F0000
extern "C" PyAPI_FUNC(PyStatus) _Py_InitializeMain(void);
#endif

namespace pyslow::core {

#if PY_VERSION_HEX < 0x030E0000 || PY_VERSION_HEX >= 0x030F0000

// PEP 587, multi-phase initialization: "core", then "main".
PyStatus StagedStart::StartCore() {
  config_->_init_main = 0;
  return Py_InitializeFromConfig(config_);
}

PyStatus StagedStart::FinishStart() { return _Py_InitializeMain(); }

#else

// 3.14 has no _Py_InitializeMain. `import site` is the first action that can run user code, so the
// interpreter is initialized without it, and site is imported afterwards. sys.flags is corrected.
// So is the banner: pymain_header (Modules/main.c) prints its second line only with site_import.

namespace {

// Positions in sys.flags (Python/sysmodule.c, flags_fields), fixed since 3.7.
constexpr Py_ssize_t kFlagNoSite = 6;
constexpr Py_ssize_t kFlagQuiet = 10;
constexpr Py_ssize_t kFlagIsolated = 12;

long Flag(Py_ssize_t position) {
  PyObject* flags = PySys_GetObject("flags");
  return flags != nullptr ? PyLong_AsLong(PyStructSequence_GetItem(flags, position)) : 0;
}

void SetFlag(Py_ssize_t position, long value) {
  PyObject* flags = PySys_GetObject("flags");
  PyObject* number = PyLong_FromLong(value);
  if (flags != nullptr && number != nullptr) PyStructSequence_SetItem(flags, position, number);
}

// The condition of pymain_run_python and pymain_header for the banner.
bool ShowsBanner(const PyConfig& config) {
  if (config.quiet != 0) return false;
  const bool runs_something = config.run_command != nullptr || config.run_filename != nullptr ||
                              config.run_module != nullptr;
  return config.verbose != 0 ||
         (!runs_something && (isatty(STDIN_FILENO) != 0 || config.interactive != 0));
}

// Reads the settings of site and the banner from the command line and the environment. Uses a
// separate configuration, because reading one twice loses -X warn_default_encoding. Computes no
// paths.
PyStatus ReadAhead(const PyConfig& given, PyConfig* read) {
  PyConfig_InitPythonConfig(read);
  PyStatus status = PyConfig_SetArgv(read, given.argv.length, given.argv.items);
  return PyStatus_Exception(status) ? status : PyConfig_Read(read);
}

}  // namespace

PyStatus StagedStart::StartCore() {
  PyConfig read;
  const PyStatus status = ReadAhead(*config_, &read);
  site_import_ = read.site_import;
  isolated_ = read.isolated;
  // With -S, CPython prints the banner.
  shows_banner_ = site_import_ != 0 && ShowsBanner(read);
  PyConfig_Clear(&read);
  if (PyStatus_Exception(status)) return status;
  if (shows_banner_) config_->quiet = 1;
  config_->site_import = 0;
  return Py_InitializeFromConfig(config_);
}

PyStatus StagedStart::FinishStart() {
  // A ._pth file beside the executable sets the isolated flag and decides whether site is imported.
  // (With -I this cannot be distinguished.)
  const bool has_pth_file = isolated_ == 0 && Flag(kFlagIsolated) != 0;
  if (site_import_ != 0 && !has_pth_file) {
    SetFlag(kFlagNoSite, 0);
    PyObject* site = PyImport_ImportModule("site");
    if (site == nullptr) return PyStatus_Error("Failed to import the site module");
    Py_DECREF(site);
  }
  if (!shows_banner_) return PyStatus_Ok();
  SetFlag(kFlagQuiet, 0);
  std::fprintf(stderr, "Python %s on %s\n", Py_GetVersion(), Py_GetPlatform());
  if (Flag(kFlagNoSite) == 0) {
    std::fputs("Type \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n",
               stderr);
  }
  return PyStatus_Ok();
}

#endif

namespace {

// Compares ReadCodeExtra with PyUnstable_Code_SetExtra on a new code object.
bool CanReadExtraDirectly(Py_ssize_t index) {
  PyCodeObject* code = PyCode_NewEmpty("pyslow", "probe", 1);
  if (code == nullptr) {
    PyErr_Clear();
    return false;
  }
  int value = 0;
  const bool is_empty_before = ReadCodeExtra(code, index) == nullptr;
  const bool is_set =
      PyUnstable_Code_SetExtra(reinterpret_cast<PyObject*>(code), index, &value) == 0;
  const bool is_equal = is_set && ReadCodeExtra(code, index) == &value;
  Py_DECREF(code);
  return is_empty_before && is_equal;
}

}  // namespace

#if PY_VERSION_HEX < 0x030D0000

// The interpreter state is opaque, but its members before the request and the recursion limit are
// fixed: `eval_breaker`, `gil_drop_request`, `recursion_limit`, all int (pycore_ceval_state.h). The
// limit is the only int that follows Py_SetRecursionLimit, wherever the compiler put it.
const int* FindGilRequest() noexcept {
  static constexpr int kNever = 0;
  constexpr size_t kIntsToSearch = 512;  // PyInterpreterState has some 100 KB
  const int* const state = reinterpret_cast<const int*>(PyInterpreterState_Main());
  const int limit = Py_GetRecursionLimit();
  const int* found = &kNever;
  for (size_t i = 2; i < kIntsToSearch; ++i) {
    if (__atomic_load_n(&state[i], __ATOMIC_RELAXED) != limit) continue;
    Py_SetRecursionLimit(limit + 1);
    const bool follows = __atomic_load_n(&state[i], __ATOMIC_RELAXED) == limit + 1;
    Py_SetRecursionLimit(limit);
    if (follows) found = &state[i - 1];
    if (follows) break;
  }
  return found;
}

#endif

std::optional<ExtraSlot> RequestExtraSlot() {
  const Py_ssize_t index = PyUnstable_Eval_RequestCodeExtraIndex(nullptr);
  if (index < 0) return std::nullopt;
  return ExtraSlot{index, CanReadExtraDirectly(index)};
}

void* GetCodeExtra(PyCodeObject* code, Py_ssize_t index) {
  void* extra = nullptr;
  if (PyUnstable_Code_GetExtra(reinterpret_cast<PyObject*>(code), index, &extra) != 0) {
    PyErr_Clear();
  }
  return extra;
}

#ifdef Py_GIL_DISABLED

// Extras that are too short are replaced by a longer copy and leaked, as other threads may read
// them.
bool SetCodeExtra(PyCodeObject* code, const ExtraSlot& slot, void* extra) {
  for (;;) {
    void* before = __atomic_load_n(&code->co_extra, __ATOMIC_ACQUIRE);
    auto* const extras = static_cast<CodeExtras*>(before);
    if (extras != nullptr && slot.index < extras->size) {
      __atomic_store_n(&extras->extras[slot.index], extra, __ATOMIC_RELEASE);
      return true;
    }
    const size_t bytes = sizeof(CodeExtras) + static_cast<size_t>(slot.index) * sizeof(void*);
    auto* const longer = static_cast<CodeExtras*>(PyMem_Calloc(1, bytes));
    if (longer == nullptr) return false;
    longer->size = slot.index + 1;
    for (Py_ssize_t i = 0; extras != nullptr && i < extras->size; ++i) {
      longer->extras[i] = __atomic_load_n(&extras->extras[i], __ATOMIC_ACQUIRE);
    }
    longer->extras[slot.index] = extra;
    void* const now = longer;
    if (__atomic_compare_exchange_n(&code->co_extra, &before, now, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE)) {
      return true;
    }
    PyMem_Free(longer);
  }
}

#else

bool SetCodeExtra(PyCodeObject* code, const ExtraSlot& slot, void* extra) {
  if (slot.is_direct && code->co_extra == nullptr) {
    const size_t bytes = sizeof(CodeExtras) + static_cast<size_t>(slot.index) * sizeof(void*);
    // CPython resizes it with PyMem_Realloc and frees it with PyMem_Free.
    auto* extras = static_cast<CodeExtras*>(PyMem_Calloc(1, bytes));
    if (extras == nullptr) return false;
    extras->size = slot.index + 1;
    extras->extras[slot.index] = extra;
    code->co_extra = extras;
    return true;
  }
  if (PyUnstable_Code_SetExtra(reinterpret_cast<PyObject*>(code), slot.index, extra) == 0) {
    return true;
  }
  PyErr_Clear();
  return false;
}

#endif

namespace {

// The first members of _PyInterpreterFrame (internal/pycore_frame.h): the same from 3.12 to 3.14.
// 3.12 names the first one f_code.
struct FrameStart {
  void* executable;
  FrameStart* previous;
  void* function;  // not in frames of the interpreter's own code
};

// 3.14 marks pointers in their lowest bits.
PyObject* Unmarked(void* pointer) {
  return reinterpret_cast<PyObject*>(reinterpret_cast<uintptr_t>(pointer) & ~uintptr_t{7});
}

FrameStart* CurrentFrame() {
#if PY_VERSION_HEX >= 0x030D0000
  return reinterpret_cast<FrameStart*>(PyThreadState_GetUnchecked()->current_frame);
#else
  return reinterpret_cast<FrameStart*>(PyThreadState_Get()->cframe->current_frame);
#endif
}

// The code of the first frame from `*frame` outwards that runs code of a program. Sets `*frame` to
// it.
PyCodeObject* CodeFrom(FrameStart** frame) {
  for (; *frame != nullptr; *frame = (*frame)->previous) {
    PyObject* const object =
        PyUnstable_InterpreterFrame_GetCode(reinterpret_cast<_PyInterpreterFrame*>(*frame));
    Py_XDECREF(object);  // the frame has a reference
    if (object == nullptr || !PyCode_Check(object)) continue;
    // The interpreter's own frames below Python code that C calls (3.12), and below __init__, have
    // code of _Py_MakeShimCode. From 3.13 on, those below code that C calls have None.
    auto* const code = reinterpret_cast<PyCodeObject*>(object);
    if (PyUnicode_CompareWithASCIIString(code->co_filename, "<shim>") != 0) return code;
  }
  return nullptr;
}

}  // namespace

PyCodeObject* CurrentCode() {
  FrameStart* frame = CurrentFrame();
  return CodeFrom(&frame);
}

PyCodeObject* CallingCode() {
  FrameStart* frame = CurrentFrame();
  if (CodeFrom(&frame) == nullptr) return nullptr;
  frame = frame->previous;
  return CodeFrom(&frame);
}

const void* CurrentFrameId() { return CurrentFrame(); }

const void* FrameOf(PyCodeObject* code) {
  const FrameStart* const frame = CurrentFrame();
  if (frame == nullptr) return nullptr;
  return Unmarked(frame->executable) == reinterpret_cast<PyObject*>(code) ? frame : nullptr;
}

PyObject* FunctionOfFrame(PyCodeObject* code) {
  const auto* const frame = static_cast<const FrameStart*>(FrameOf(code));
  if (frame == nullptr) return nullptr;
  PyObject* const function = Unmarked(frame->function);
  return function != nullptr && PyFunction_Check(function) ? function : nullptr;
}

// Without the code before RESUME, which makes cells, copies free variables and returns generators.
std::vector<uint32_t> EventLines(PyCodeObject* code) {
  constexpr long kInstructionBytes = 2;
  std::vector<uint32_t> lines;
  const long first_byte = (long{code->_co_firsttraceable} + 1) * kInstructionBytes;
  PyObject* const iterable =
      PyObject_CallMethod(reinterpret_cast<PyObject*>(code), "co_lines", nullptr);
  PyObject* const iterator = iterable != nullptr ? PyObject_GetIter(iterable) : nullptr;
  while (PyObject* const part = iterator != nullptr ? PyIter_Next(iterator) : nullptr) {
    long end = 0;
    PyObject* line = Py_None;
    if (PyArg_ParseTuple(part, "llO", &end, &end, &line) && end > first_byte && line != Py_None) {
      const long number = PyLong_AsLong(line);
      if (number > 0) lines.push_back(static_cast<uint32_t>(number));
    }
    Py_DECREF(part);
  }
  Py_XDECREF(iterator);
  Py_XDECREF(iterable);
  PyErr_Clear();
  std::sort(lines.begin(), lines.end());
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  return lines;
}

PyObject* DictItem(PyObject* dict, PyObject* key) {
  PyObject* const value = PyDict_GetItemWithError(dict, key);
  if (value == nullptr) PyErr_Clear();
  return value;
}

Owned OwnedDictItem(PyObject* dict, PyObject* key) {
#if PY_VERSION_HEX >= 0x030D0000
  PyObject* value = nullptr;
  if (PyDict_GetItemRef(dict, key, &value) < 0) PyErr_Clear();
  return Owned(value);
#else
  return Owned(Py_XNewRef(DictItem(dict, key)));
#endif
}

Owned OwnedItemNamed(PyObject* dict, absl::string_view key) {
  const Owned name(PyUnicode_FromStringAndSize(key.data(), static_cast<Py_ssize_t>(key.size())));
  Owned item = name != nullptr ? OwnedDictItem(dict, name.get()) : nullptr;
  PyErr_Clear();
  return item;
}

Owned TypeAttribute(PyTypeObject* type, PyObject* name) {
#ifdef Py_GIL_DISABLED
  Owned attribute(_PyType_LookupRef(type, name));
#else
  Owned attribute(Py_XNewRef(_PyType_Lookup(type, name)));
#endif
  if (attribute == nullptr) PyErr_Clear();
  return attribute;
}

Owned OwnAttribute(PyTypeObject* type, PyObject* name) {
  const Owned attributes(PyType_GetDict(type));
  return attributes != nullptr ? OwnedDictItem(attributes.get(), name) : nullptr;
}

Owned MroOf(PyTypeObject* type) {
#ifdef Py_GIL_DISABLED
  // type.__mro__ takes the lock of types. The string is made by InternNames.
  static PyObject* const name = PyUnicode_InternFromString("__mro__");
  const Owned getter = TypeAttribute(&PyType_Type, name);
  Owned order(getter != nullptr
                  ? Py_TYPE(getter.get())
                        ->tp_descr_get(getter.get(), reinterpret_cast<PyObject*>(type),
                                       reinterpret_cast<PyObject*>(Py_TYPE(type)))
                  : nullptr);
  if (order == nullptr) PyErr_Clear();
  return order != nullptr && PyTuple_Check(order.get()) ? std::move(order) : nullptr;
#else
  return Owned(Py_XNewRef(type->tp_mro));
#endif
}

bool IsImported(const char* module) {
  if (IsFinalizing()) return false;
  return OwnedItemNamed(PyImport_GetModuleDict(), module) != nullptr;
}

std::string TakeException() {
  PyObject* exception = PyErr_GetRaisedException();
  PyObject* text = exception != nullptr ? PyObject_Str(exception) : nullptr;
  const char* utf8 = text != nullptr ? PyUnicode_AsUTF8(text) : nullptr;
  std::string message = utf8 != nullptr ? utf8 : "unknown error";
  Py_XDECREF(text);
  Py_XDECREF(exception);
  PyErr_Clear();
  return message;
}

}  // namespace pyslow::core
