#include "launcher/run_python.h"

#include <Python.h>


#include "base/report_error.h"
#include "core/cpython.h"

namespace pyslow::launcher {
namespace {

// Ends the process as CPython's main does: with the status of -h, -V and similar options, or with
// Python's error message.
[[noreturn]] void Exit(PyStatus status) { Py_ExitStatusException(status); }

PyStatus SetPath(PyConfig* config, wchar_t** field, const std::string& path) {
  return path.empty() ? PyStatus_Ok() : PyConfig_SetBytesString(config, field, path.c_str());
}

// Sets the result of Py_GetArgcArgv to the whole command line, pyslow's options included:
// setproctitle searches for these words in front of the environment.
PyStatus SetCommandLine(PyConfig* config, const std::vector<std::string>& command_line) {
  for (const std::string& word : command_line) {
    wchar_t* decoded = Py_DecodeLocale(word.c_str(), nullptr);
    if (decoded == nullptr) return PyStatus_NoMemory();
    const PyStatus status = PyWideStringList_Append(&config->orig_argv, decoded);
    PyMem_RawFree(decoded);
    if (PyStatus_Exception(status)) return status;
  }
  return PyStatus_Ok();
}

// As pymain_init in Modules/main.c: the defaults of the python program, and argv as bytes.
PyStatus Configure(PyConfig* config, const PythonChoice& choice, std::vector<char*>* argv,
                   const std::vector<std::string>& command_line) {
  const auto argc = static_cast<Py_ssize_t>(argv->size());
  PyPreConfig preconfig;
  PyPreConfig_InitPythonConfig(&preconfig);
  PyStatus status = Py_PreInitializeFromBytesArgs(&preconfig, argc, argv->data());
  if (PyStatus_Exception(status)) return status;
  PyConfig_InitPythonConfig(config);
  status = PyConfig_SetBytesArgv(config, argc, argv->data());
  if (!PyStatus_Exception(status)) status = SetCommandLine(config, command_line);
  if (PyStatus_Exception(status)) return status;
  status = SetPath(config, &config->executable, choice.executable);
  if (PyStatus_Exception(status)) return status;
  return SetPath(config, &config->base_executable, choice.base_executable);
}

// Sets an attribute of sys to a path.
void SetSysPath(const char* name, const std::string& path) {
  if (path.empty()) return;
  PyObject* text = PyUnicode_DecodeFSDefault(path.c_str());
  if (text == nullptr || PySys_SetObject(name, text) != 0) PyErr_Clear();
  Py_XDECREF(text);
}

// Called after site has found the environment from another sys.executable. PYTHONEXECUTABLE changes
// both.
void SetExecutables(const PythonChoice& choice) {
  if (choice.final_executable.empty()) return;
  SetSysPath("executable", choice.final_executable);
  SetSysPath("_base_executable", choice.base_executable);
}

// sys.orig_argv without pyslow's options: programs restart themselves with sys.executable and it.
void SetOrigArgv(const std::vector<std::string>& words) {
  const auto size = static_cast<Py_ssize_t>(words.size());
  PyObject* list = PyList_New(size);
  bool is_complete = list != nullptr;
  for (Py_ssize_t i = 0; is_complete && i < size; ++i) {
    PyObject* text = PyUnicode_DecodeFSDefault(words[static_cast<size_t>(i)].c_str());
    is_complete = text != nullptr && PyList_SetItem(list, i, text) == 0;
  }
  if (!is_complete || PySys_SetObject("orig_argv", list) != 0) PyErr_Clear();
  Py_XDECREF(list);
}

PyStatus Start(PyConfig* config, const std::function<absl::Status()>& install) {
  if (install == nullptr) return Py_InitializeFromConfig(config);
  core::StagedStart start(config);
  const PyStatus status = start.StartCore();
  if (PyStatus_Exception(status)) return status;
  if (const absl::Status installed = install(); !installed.ok()) {
    ReportError("pyslow", installed.message());
    std::_Exit(kUsageStatus);
  }
  return start.FinishStart();
}

}  // namespace

std::string PythonVersion() {
  const std::string version = Py_GetVersion();  // "3.13.0 (main, …) [GCC …]"
  return version.substr(0, version.find(' '));
}

int RunPython(const PythonChoice& choice, const std::vector<std::string>& command_line,
              const std::vector<std::string>& words, const std::function<absl::Status()>& install) {
  std::vector<std::string> storage = {choice.argv0};
  storage.insert(storage.end(), words.begin(), words.end());
  std::vector<char*> argv;
  argv.reserve(storage.size());
  for (std::string& word : storage) argv.push_back(word.data());
  PyConfig config;
  PyStatus status = Configure(&config, choice, &argv, command_line);
  if (!PyStatus_Exception(status)) status = Start(&config, install);
  if (PyStatus_Exception(status)) Exit(status);
  PyConfig_Clear(&config);
  if (storage != command_line) SetOrigArgv(storage);
  SetExecutables(choice);
  return Py_RunMain();
}

}  // namespace pyslow::launcher
