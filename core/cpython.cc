#include "core/cpython.h"

#include <unistd.h>

#include <cstdio>

// 3.12 and 3.13 declare it, 3.14 does not have it, and 3.15 exports it again.
#if PY_VERSION_HEX >= 0x030F0000
extern "C" PyAPI_FUNC(PyStatus) _Py_InitializeMain(void);
#endif

namespace pyslow::core {

#if PY_VERSION_HEX < 0x030E0000 || PY_VERSION_HEX >= 0x030F0000

// PEP 587's multi-phase initialisation: core first, then "main".
PyStatus StagedStart::StartCore() {
  config_->_init_main = 0;
  return Py_InitializeFromConfig(config_);
}

PyStatus StagedStart::FinishStart() { return _Py_InitializeMain(); }

#else

// 3.14 dropped _Py_InitializeMain. `import site` is the first thing that can run user code, so the
// interpreter is initialised without it and site imported afterwards. sys.flags is put right, and
// so is the banner, whose second line pymain_header (Modules/main.c) ties to site_import.

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

// What pymain_run_python and pymain_header ask before the banner.
bool ShowsBanner(const PyConfig& config) {
  if (config.quiet != 0) return false;
  const bool runs_something = config.run_command != nullptr || config.run_filename != nullptr ||
                              config.run_module != nullptr;
  return config.verbose != 0 ||
         (!runs_something && (isatty(STDIN_FILENO) != 0 || config.interactive != 0));
}

// What the command line and the environment say of site and of the banner. Of a configuration of
// its own, since one that is read twice loses -X warn_default_encoding. No path is looked for.
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
  // With -S the banner is CPython's own.
  shows_banner_ = site_import_ != 0 && ShowsBanner(read);
  PyConfig_Clear(&read);
  if (PyStatus_Exception(status)) return status;
  if (shows_banner_) config_->quiet = 1;
  config_->site_import = 0;
  return Py_InitializeFromConfig(config_);
}

PyStatus StagedStart::FinishStart() {
  // A ._pth file beside the executable isolates Python, and has said what becomes of site. (Beside
  // -I that is not told apart.)
  const bool is_told_by_file = isolated_ == 0 && Flag(kFlagIsolated) != 0;
  if (site_import_ != 0 && !is_told_by_file) {
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

bool SetCodeExtra(PyCodeObject* code, Py_ssize_t index, void* extra, bool direct) {
  if (direct && code->co_extra == nullptr) {
    const size_t bytes = sizeof(CodeExtras) + static_cast<size_t>(index) * sizeof(void*);
    // CPython grows it with PyMem_Realloc and frees it with PyMem_Free.
    auto* extras = static_cast<CodeExtras*>(PyMem_Calloc(1, bytes));
    if (extras == nullptr) return false;
    extras->size = index + 1;
    extras->extras[index] = extra;
    code->co_extra = extras;
    return true;
  }
  if (PyUnstable_Code_SetExtra(reinterpret_cast<PyObject*>(code), index, extra) == 0) return true;
  PyErr_Clear();
  return false;
}

bool CanReadExtraDirectly(Py_ssize_t index) {
  PyCodeObject* code = PyCode_NewEmpty("pyslow", "probe", 1);
  if (code == nullptr) {
    PyErr_Clear();
    return false;
  }
  int token = 0;
  const bool empty_before = ReadCodeExtra(code, index) == nullptr;
  const bool set = PyUnstable_Code_SetExtra(reinterpret_cast<PyObject*>(code), index, &token) == 0;
  const bool read = set && ReadCodeExtra(code, index) == &token;
  Py_DECREF(code);
  return empty_before && read;
}

}  // namespace pyslow::core
