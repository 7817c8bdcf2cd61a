#include "interpreter.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/cpython.h"
#include "core/install.h"
#include "core/python_text.h"
#include "patterns/target_set.h"
#include "session/record_reader.h"

namespace pyslow::core {
namespace {

session::Settings SessionSettings(const InterpreterOptions& options,
                                  const patterns::TargetSet& set) {
  session::Settings result;
  result.function_cells = options.function_cells;
  result.session_id = session::NewSessionId();
  const session::Cell cell = {options.delay_ns, 1};
  for (const patterns::Group& group : set.groups())
    result.groups.push_back({group.name, cell, true});
  for (const patterns::Target& target : set.targets()) {
    result.targets.push_back({"test", 1, 1, target.text, target.group, target.excludes});
  }
  return result;
}

// Returns `result`. Prints Python's error message if it is null.
PyObject* Checked(PyObject* result) {
  if (result == nullptr && PyErr_Occurred() != nullptr) PyErr_Print();
  EXPECT_NE(result, nullptr);
  return result;
}

}  // namespace

Interpreter::Interpreter(const std::string& targets, const InterpreterOptions& options) {
  patterns::TargetSet set;
  EXPECT_TRUE(set.AddText(targets, "test").ok() && set.Check().ok());
  auto session = session::Session::OpenTemporary(SessionSettings(options, set));
  EXPECT_TRUE(session.ok()) << session.status();
  session_ = *std::move(session);
  auto recorder = session::Recorder::Create(*session_, {});
  EXPECT_TRUE(recorder.ok()) << recorder.status();
  recorder_ = *std::move(recorder);
  PyConfig config;
  PyConfig_InitPythonConfig(&config);
  // As an argument, because StagedStart reads the setting from there.
  char program[] = "python";
  char no_site[] = "-S";
  char* arguments[] = {program, no_site};
  EXPECT_FALSE(PyStatus_Exception(PyConfig_SetBytesArgv(&config, 2, arguments)));
  EXPECT_FALSE(PyStatus_Exception(
      PyConfig_SetBytesString(&config, &config.program_name, PYSLOW_PYTHON_EXECUTABLE)));
  StagedStart start(&config);
  EXPECT_FALSE(PyStatus_Exception(start.StartCore()));
  const Counter counter = BestCounter();
  calibration_ = Calibrate(counter, ReadClocks(counter));
  std::optional<patterns::TargetSet> start_at;
  if (!options.start_at.empty()) {
    EXPECT_TRUE(start_at.emplace().AddInPlace(options.start_at, "test").ok());
  }
  const absl::Status status = InstallEngine({options.settings, std::move(set), std::move(start_at),
                                             calibration_, session_.get(), recorder_.get()});
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_FALSE(PyStatus_Exception(start.FinishStart()));
  PyConfig_Clear(&config);
  module_ = Checked(PyDict_New());
  PyObject* name = Checked(PyUnicode_FromString("tested"));
  EXPECT_EQ(PyDict_SetItemString(module_, "__name__", name), 0);
  Py_DECREF(name);
}

Interpreter::~Interpreter() {
  if (module_ != nullptr) {
    EXPECT_EQ(Finalize(), 0);
  }
  EXPECT_TRUE(session_->RemoveDirectory().ok());
  // The engine is never destroyed and refers to both.
  static_cast<void>(session_.release());
  static_cast<void>(recorder_.release());
}

int Interpreter::Finalize() {
  Py_CLEAR(module_);
  return Py_FinalizeEx();
}

void Interpreter::Run(const char* source) {
  Py_XDECREF(Checked(PyRun_String(source, Py_file_input, module_, module_)));
}

long Interpreter::Value(const char* name) {
  PyObject* value = Checked(PyDict_GetItemString(module_, name));
  return value != nullptr ? PyLong_AsLong(value) : -1;
}

session::CountedFunction Interpreter::FunctionOf(const char* code) {
  auto* object = reinterpret_cast<PyCodeObject*>(Checked(PyDict_GetItemString(module_, code)));
  std::string storage[2];
  return recorder_->AddFunction(
      {{"tested", Utf8Of(object->co_qualname, &storage[0]),
        Utf8Of(object->co_filename, &storage[1]), static_cast<uint32_t>(object->co_firstlineno)}});
}

const session::FunctionCounters& Interpreter::CountersOf(const char* code) {
  return *FunctionOf(code).counters;
}

const session::FunctionCounters& Interpreter::CountersNamed(const char* module,
                                                            const char* qualname, const char* file,
                                                            uint32_t first_line) {
  return *recorder_->AddFunction({{module, qualname, file, first_line}}).counters;
}

session::CallCounts Interpreter::RecordedCounts(const char* module, const char* qualname) const {
  const auto read = session::ReadSession(session_->directory());
  EXPECT_TRUE(read.ok()) << read.status();
  for (const session::ProcessSnapshot& process : read->processes) {
    if (process.pid != getpid()) continue;
    for (const session::FunctionInProcess& called : process.functions) {
      const FunctionId& id = read->functions[called.function].id;
      if (id.module == module && id.qualname == qualname) return called.counts;
    }
  }
  return {};
}

std::vector<std::string> Interpreter::RecordedUnmatched() const {
  const auto read = session::ReadSession(session_->directory());
  EXPECT_TRUE(read.ok()) << read.status();
  std::vector<std::string> names;
  for (const FunctionId& id : read->unmatched) names.push_back(id.Name());
  return names;
}

size_t Interpreter::RecordedEntries(const std::string& module, const std::string& qualname) const {
  const int file = open(absl::StrCat(session_->directory(), "/", recorder_->record_name()).c_str(),
                        O_RDONLY | O_CLOEXEC);
  std::string bytes;
  EXPECT_TRUE(session::ReadRecordBytes(file, &bytes).ok());
  close(file);
  auto reader = session::RecordReader::Open(bytes);
  EXPECT_TRUE(reader.ok()) << reader.status();
  size_t entries = 0;
  session::StoredEntry entry;
  for (;;) {
    const auto more = reader->Next(&entry);
    if (!more.ok() || !*more) return entries;
    if (entry.key.id.module == module && entry.key.id.qualname == qualname) ++entries;
  }
}

const session::FunctionCounters& Interpreter::CountersOfCall(const char* caller,
                                                             const std::string& callee) {
  const std::string qualname = absl::StrCat(caller, " -> ", callee);
  Run(absl::StrCat("its_code = ", caller, ".__code__").c_str());
  auto* code = reinterpret_cast<PyCodeObject*>(PyDict_GetItemString(module_, "its_code"));
  return CountersNamed("tested", qualname.c_str(), "<string>",
                       static_cast<uint32_t>(code->co_firstlineno));
}

uint64_t Interpreter::Calls(const std::string& name) {
  Run(absl::StrCat("its_code = ", name, ".__code__").c_str());
  return CountersOf("its_code").calls;
}

void Interpreter::SetCell(size_t group, const session::Cell& cell) {
  auto cells = session::ControlCells::Open(session_->directory());
  ASSERT_TRUE(cells.ok()) << cells.status();
  EXPECT_TRUE(cells->Store(group, cell).ok());
}

void Interpreter::SetCellOfKey(uint64_t key, const session::Cell& cell) {
  auto cells = session::ControlCells::Open(session_->directory());
  ASSERT_TRUE(cells.ok()) << cells.status();
  EXPECT_TRUE(cells->StoreFunction(key, cell).ok());
}

void Interpreter::SetFunctionCell(const char* code, const session::Cell& cell) {
  SetCellOfKey(FunctionOf(code).key, cell);
}

void Interpreter::SetNamedCell(const char* module, const char* qualname, const char* file,
                               uint32_t first_line, const session::Cell& cell) {
  SetCellOfKey(recorder_->AddFunction({{module, qualname, file, first_line}}).key, cell);
}

void Interpreter::SetOwnTime(bool is_measured, const session::Cell& control) {
  auto cells = session::ControlCells::Open(session_->directory());
  ASSERT_TRUE(cells.ok()) << cells.status();
  cells->SetOwnTime(is_measured);
  for (size_t i = 0; i < cells->settings().groups.size(); ++i) {
    EXPECT_TRUE(cells->Store(i, control).ok());
  }
  for (const auto& function : cells->LoadFunctions()) {
    EXPECT_TRUE(cells->StoreFunction(function.key, control).ok());
  }
}

void Interpreter::SetReleasesGil(bool releases) {
  auto cells = session::ControlCells::Open(session_->directory());
  ASSERT_TRUE(cells.ok()) << cells.status();
  cells->SetReleasesGil(releases);
}

}  // namespace pyslow::core
