#include "bench/monitors.h"

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "bench/python.h"
#include "core/clock.h"
#include "core/install.h"
#include "session/control_cells.h"
#include "session/recorder.h"
#include "session/session.h"

namespace pyslow::bench {
namespace {

constexpr int kToolId = 3;  // the id that the engine takes first

// The events that are counted: PY_START, PY_RESUME, CALL and LINE.
constexpr int kEvents[] = {1 << 0, 1 << 1, 1 << 4, 1 << 5};
constexpr size_t kStart = 0;
constexpr size_t kCall = 2;
constexpr size_t kLine = 3;

// The callbacks of these events, each an owned reference or null.
struct Callbacks {
  PyObject* of_event[std::size(kEvents)] = {};
};

// Registers callbacks with sys.monitoring while it is switched on.
class RegisteredCallbacks : public Monitor {
 public:
  explicit RegisteredCallbacks(const Callbacks& callbacks) : callbacks_(callbacks) {}

  void SwitchOn() override {
    PyObject* monitoring = PySys_GetObject("monitoring");
    int events = 0;
    Call(PyObject_CallMethod(monitoring, "use_tool_id", "is", kToolId, "bench"));
    for (size_t i = 0; i < std::size(kEvents); ++i) {
      if (callbacks_.of_event[i] == nullptr) continue;
      events |= kEvents[i];
      Call(PyObject_CallMethod(monitoring, "register_callback", "iiO", kToolId, kEvents[i],
                               callbacks_.of_event[i]));
    }
    Call(PyObject_CallMethod(monitoring, "set_events", "ii", kToolId, events));
    // Undoes the DISABLE of other monitors.
    Call(PyObject_CallMethod(monitoring, "restart_events", nullptr));
  }
  void SwitchOff() override { Release(); }

  // Unregisters the callbacks of kToolId, and returns them.
  static Callbacks Release() {
    PyObject* monitoring = PySys_GetObject("monitoring");
    Call(PyObject_CallMethod(monitoring, "set_events", "ii", kToolId, 0));
    Callbacks callbacks;
    for (size_t i = 0; i < std::size(kEvents); ++i) {
      PyObject* callback = Checked(PyObject_CallMethod(monitoring, "register_callback", "iiO",
                                                       kToolId, kEvents[i], Py_None));
      if (callback != Py_None) callbacks.of_event[i] = callback;
    }
    Call(PyObject_CallMethod(monitoring, "free_tool_id", "i", kToolId));
    return callbacks;
  }

 private:
  static void Call(PyObject* result) { Py_DECREF(Checked(result)); }

  const Callbacks callbacks_;
};

struct Bare {
  PyObject_HEAD vectorcallfunc vectorcall;
  PyObject* result;
};

PyObject* ReturnResult(PyObject* self, PyObject* const*, size_t, PyObject*) {
  return Py_NewRef(reinterpret_cast<Bare*>(self)->result);
}

PyTypeObject* BareType() {
  static PyMemberDef members[] = {
      {"__vectorcalloffset__", Py_T_PYSSIZET, offsetof(Bare, vectorcall), Py_READONLY, nullptr},
      {nullptr, 0, 0, 0, nullptr}};
  static PyType_Slot slots[] = {{Py_tp_members, members},
                                {Py_tp_call, reinterpret_cast<void*>(PyVectorcall_Call)},
                                {0, nullptr}};
  static PyType_Spec spec = {"bench.Bare", sizeof(Bare), 0,
                             Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL, slots};
  return reinterpret_cast<PyTypeObject*>(Checked(PyType_FromSpec(&spec)));
}

class NoMonitor : public Monitor {
 public:
  void SwitchOn() override {}
  void SwitchOff() override {}
};

class SourceMonitor : public Monitor {
 public:
  explicit SourceMonitor(const char* source) : space_(Run(source)) {}
  void SwitchOn() override { Py_DECREF(Checked(PyObject_CallNoArgs(Get(space_, "on")))); }
  void SwitchOff() override { Py_DECREF(Checked(PyObject_CallNoArgs(Get(space_, "off")))); }

 private:
  PyObject* const space_;
};

[[noreturn]] void Die(const std::string& message) {
  std::fprintf(stderr, "%s\n", message.c_str());
  std::exit(1);
}

void Check(const absl::Status& status) {
  if (!status.ok()) Die(std::string(status.message()));
}

session::Settings SessionSettings(const EngineCase& engine_case, const patterns::TargetSet& set) {
  session::Settings settings;
  settings.session_id = session::NewSessionId();
  for (const patterns::Group& group : set.groups()) {
    settings.groups.push_back({group.name, {engine_case.delay_ns, 1}, true});
  }
  for (const patterns::Target& target : set.targets()) {
    settings.targets.push_back({"bench", 1, 1, target.text, target.group, target.excludes});
  }
  return settings;
}

}  // namespace

std::unique_ptr<Monitor> Nothing() { return std::make_unique<NoMonitor>(); }

namespace {

PyObject* NewBare(bool disables) {
  Bare* bare = PyObject_New(Bare, BareType());
  Checked(reinterpret_cast<PyObject*>(bare));
  bare->vectorcall = ReturnResult;
  bare->result = disables
                     ? Checked(PyObject_GetAttrString(PySys_GetObject("monitoring"), "DISABLE"))
                     : Py_NewRef(Py_None);
  return reinterpret_cast<PyObject*>(bare);
}

std::unique_ptr<Monitor> BareAt(size_t event, bool disables) {
  Callbacks callbacks;
  callbacks.of_event[event] = NewBare(disables);
  return std::make_unique<RegisteredCallbacks>(callbacks);
}

}  // namespace

std::unique_ptr<Monitor> BareCallback(bool disables) { return BareAt(kStart, disables); }
std::unique_ptr<Monitor> BareCallCallback() { return BareAt(kCall, false); }
std::unique_ptr<Monitor> BareLineCallback() { return BareAt(kLine, false); }

namespace {

std::unique_ptr<session::Session> OpenSession(const EngineCase& engine_case,
                                              const session::Settings& settings) {
  if (!engine_case.has_directory) return session::Session::OpenPrivate(settings);
  auto session = session::Session::OpenTemporary(settings);
  Check(session.status());
  return *std::move(session);
}

// An engine's callbacks, and the cells of its session if the session has a directory.
struct Installed {
  Callbacks callbacks;
  std::optional<session::ControlCells> cells;
};

Installed Install(const EngineCase& engine_case) {
  patterns::TargetSet targets;
  Check(targets.AddText(engine_case.targets, "bench"));
  Check(targets.Check());
  std::unique_ptr<session::Session> session =
      OpenSession(engine_case, SessionSettings(engine_case, targets));
  auto recorder = session::Recorder::Create(*session, {});
  Check(recorder.status());
  Installed installed;
  if (engine_case.has_directory) {
    auto cells = session::ControlCells::Open(session->directory());
    Check(cells.status());
    installed.cells = *std::move(cells);
    // The mappings remain; the files are no longer needed.
    Check(session->RemoveDirectory());
  }
  const core::Counter counter = core::BestCounter();
  Check(core::InstallEngine({engine_case.settings, std::move(targets), std::nullopt,
                             core::Calibrate(counter, core::ReadClocks(counter)), session.release(),
                             recorder->release()}));
  installed.callbacks = RegisteredCallbacks::Release();
  return installed;
}

class EngineTool : public AdjustableEngine {
 public:
  explicit EngineTool(Installed installed)
      : tool_(installed.callbacks), cells_(*std::move(installed.cells)) {}

  void SwitchOn() override { tool_.SwitchOn(); }
  void SwitchOff() override { tool_.SwitchOff(); }
  void SetCells(const session::Cell& cell) override {
    for (size_t i = 0; i < cells_.settings().groups.size(); ++i) Check(cells_.Store(i, cell));
  }

 private:
  RegisteredCallbacks tool_;
  session::ControlCells cells_;
};

}  // namespace

std::unique_ptr<Monitor> EngineMonitor(const EngineCase& engine_case) {
  return std::make_unique<RegisteredCallbacks>(Install(engine_case).callbacks);
}

std::unique_ptr<AdjustableEngine> EngineWithCells(const EngineCase& engine_case) {
  return std::make_unique<EngineTool>(Install(engine_case));
}

std::unique_ptr<Monitor> PythonMonitor(const char* source) {
  return std::make_unique<SourceMonitor>(source);
}

}  // namespace pyslow::bench
