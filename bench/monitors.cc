#include "bench/monitors.h"

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "bench/python.h"
#include "core/clock.h"
#include "core/engine.h"
#include "session/recorder.h"
#include "session/session.h"

namespace pyslow::bench {
namespace {

constexpr int kToolId = 3;  // the engine's first choice

// A reference to a callback for each of the events PY_START and PY_RESUME, or null.
struct Callbacks {
  PyObject* of_event[2] = {nullptr, nullptr};
};

// Callbacks that are registered with sys.monitoring while it is on.
class MonitoringTool : public Monitor {
 public:
  explicit MonitoringTool(const Callbacks& callbacks) : callbacks_(callbacks) {}

  void SwitchOn() override {
    PyObject* monitoring = PySys_GetObject("monitoring");
    int events = 0;
    Call(PyObject_CallMethod(monitoring, "use_tool_id", "is", kToolId, "bench"));
    for (int i = 0; i < 2; ++i) {
      if (callbacks_.of_event[i] == nullptr) continue;
      events |= 1 << i;
      Call(PyObject_CallMethod(monitoring, "register_callback", "iiO", kToolId, 1 << i,
                               callbacks_.of_event[i]));
    }
    Call(PyObject_CallMethod(monitoring, "set_events", "ii", kToolId, events));
    // What another monitor switched off at its place is on again.
    Call(PyObject_CallMethod(monitoring, "restart_events", nullptr));
  }
  void SwitchOff() override { Release(); }

  // Switches off whatever callbacks there are, and returns them.
  static Callbacks Release() {
    PyObject* monitoring = PySys_GetObject("monitoring");
    Call(PyObject_CallMethod(monitoring, "set_events", "ii", kToolId, 0));
    Callbacks callbacks;
    for (int i = 0; i < 2; ++i) {
      PyObject* callback = Checked(
          PyObject_CallMethod(monitoring, "register_callback", "iiO", kToolId, 1 << i, Py_None));
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
  // Of the one that pauses: what it calls before, and how it waits.
  PyObject* inner;
  int64_t ns;
  int64_t frequency;
  int64_t until_pause;
  int64_t waited_ns;
};

PyObject* ReturnResult(PyObject* self, PyObject* const*, size_t, PyObject*) {
  return Py_NewRef(reinterpret_cast<Bare*>(self)->result);
}

PyObject* Pause(PyObject* self, PyObject* const* args, size_t nargsf, PyObject* keywords) {
  Bare* bare = reinterpret_cast<Bare*>(self);
  PyObject* result = PyVectorcall_Function(bare->inner)(bare->inner, args, nargsf, keywords);
  PyObject* name = reinterpret_cast<PyCodeObject*>(args[0])->co_name;
  if (PyUnicode_CompareWithASCIIString(name, "target") == 0 && --bare->until_pause == 0) {
    bare->until_pause = bare->frequency;
    if (bare->ns == 0) return result;
    const int64_t begin_ns = core::MonotonicNs();
    int64_t now_ns = begin_ns;
    while (now_ns - begin_ns < bare->ns) now_ns = core::MonotonicNs();
    bare->waited_ns += now_ns - begin_ns;
  }
  return result;
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
    settings.groups.push_back(
        {group.name,
         {engine_case.settings.delay_ns, static_cast<uint32_t>(engine_case.settings.frequency)},
         true});
  }
  for (const patterns::Target& target : set.targets()) {
    settings.targets.push_back({"bench", 1, 1, target.text, target.group, target.excludes});
  }
  return settings;
}

}  // namespace

std::unique_ptr<Monitor> Nothing() { return std::make_unique<NoMonitor>(); }

std::unique_ptr<Monitor> BareCallback(bool disables) {
  Bare* bare = PyObject_New(Bare, BareType());
  Checked(reinterpret_cast<PyObject*>(bare));
  bare->vectorcall = ReturnResult;
  bare->result = disables
                     ? Checked(PyObject_GetAttrString(PySys_GetObject("monitoring"), "DISABLE"))
                     : Py_NewRef(Py_None);
  return std::make_unique<MonitoringTool>(Callbacks{{reinterpret_cast<PyObject*>(bare), nullptr}});
}

namespace {

// Installs an engine and takes its callbacks.
Callbacks EngineCallbacks(const EngineCase& engine_case) {
  patterns::TargetSet targets;
  Check(targets.AddText(engine_case.targets, "bench"));
  Check(targets.Check());
  const session::Settings settings = SessionSettings(engine_case, targets);
  std::unique_ptr<session::Session> session;
  if (engine_case.has_directory) {
    auto opened = session::Session::OpenTemporary(settings);
    Check(opened.status());
    session = *std::move(opened);
  } else {
    session = session::Session::OpenPrivate(settings);
  }
  auto recorder = session::Recorder::Create(*session, {});
  Check(recorder.status());
  // The records stay mapped; their files are not needed any more.
  if (engine_case.has_directory) Check(session->RemoveDirectory());
  const core::Counter counter = core::BestCounter();
  Check(core::Engine::Install({engine_case.settings, std::move(targets), std::nullopt,
                               core::Calibrate(counter, core::ReadClocks(counter)),
                               session.release(), recorder->release()}));
  return MonitoringTool::Release();
}

class PausingTool : public PausingMonitor {
 public:
  PausingTool(const Callbacks& inner, int64_t ns, int64_t frequency)
      : tool_(Wrapped(inner, ns, frequency)) {}

  void SwitchOn() override { tool_.SwitchOn(); }
  void SwitchOff() override { tool_.SwitchOff(); }
  int64_t TakeWaitedNs() override {
    int64_t sum_ns = 0;
    for (Bare* bare : pausing_) sum_ns += std::exchange(bare->waited_ns, 0);
    return sum_ns;
  }

 private:
  Callbacks Wrapped(const Callbacks& inner, int64_t ns, int64_t frequency) {
    Callbacks callbacks;
    for (int i = 0; i < 2; ++i) {
      if (inner.of_event[i] == nullptr) continue;
      Bare* bare = PyObject_New(Bare, BareType());
      callbacks.of_event[i] = Checked(reinterpret_cast<PyObject*>(bare));
      bare->vectorcall = Pause;
      bare->result = nullptr;
      bare->inner = inner.of_event[i];
      bare->ns = ns;
      bare->frequency = frequency;
      bare->until_pause = frequency;
      bare->waited_ns = 0;
      pausing_.push_back(bare);
    }
    return callbacks;
  }

  std::vector<Bare*> pausing_;
  MonitoringTool tool_;
};

}  // namespace

std::unique_ptr<Monitor> EngineMonitor(const EngineCase& engine_case) {
  return std::make_unique<MonitoringTool>(EngineCallbacks(engine_case));
}

std::unique_ptr<PausingMonitor> PausingEngine(const EngineCase& engine_case, int64_t ns) {
  return std::make_unique<PausingTool>(EngineCallbacks(engine_case), ns,
                                       engine_case.settings.frequency);
}

std::unique_ptr<Monitor> PythonMonitor(const char* source) {
  return std::make_unique<SourceMonitor>(source);
}

}  // namespace pyslow::bench
