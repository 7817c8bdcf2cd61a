#include "core/install.h"

#include <pthread.h>

#include <optional>
#include <utility>

#include "core/at_exit.h"
#include "core/call_targets.h"
#include "core/cpython.h"
#include "core/monitoring_tool.h"
#include "core/self_calibration.h"
#include "core/shared.h"

namespace pyslow::core {
namespace {

// The process's engine. A fork handler has no argument to pass it in.
Engine* g_engine = nullptr;

template <CallEvent kEvent>
constexpr auto kCount = [](Engine* e, PyCodeObject* code) { return e->OnEvent<kEvent>(code); };
template <CallEvent kEvent>
constexpr auto kCountAndTime =
    [](Engine* e, PyCodeObject* code) { return e->OnTimedEvent<kEvent>(code); };
constexpr auto kEnter = [](Engine* e, PyCodeObject* code) { return e->OnEnter(code, true); };
constexpr auto kThrow = [](Engine* e, PyCodeObject* code) { return e->OnEnter(code, false); };
constexpr auto kLeave = [](Engine* e, PyCodeObject* code) { return e->OnLeave(code, true); };
constexpr auto kUnwind = [](Engine* e, PyCodeObject* code) { return e->OnLeave(code, false); };

constexpr auto kTimedStart = [](Engine* e, PyCodeObject* code) { return e->OnTimedStart(code); };
constexpr auto kLine = [](Engine* e, PyCodeObject* code, uint32_t line) {
  return e->OnLine(code, line);
};
constexpr auto kTimedLine = [](Engine* e, PyCodeObject* code, uint32_t line) {
  return e->OnTimedLine(code, line);
};
constexpr auto kSeen = [](Engine* e, PyCodeObject* code) { return e->OnSeen(code); };
constexpr auto kNativeCall = [](Engine* e, PyCodeObject* code, PyObject* callable) {
  return e->OnNativeCall(code, callable);
};
constexpr auto kTimedNativeCall = [](Engine* e, PyCodeObject* code, PyObject* callable) {
  return e->OnTimedNativeCall(code, callable);
};
constexpr auto kNativeReturn = [](Engine* e, PyCodeObject* code, PyObject* callable) {
  return e->OnNativeReturn(code, callable);
};
constexpr auto kNothing = [](Engine* /*e*/, PyCodeObject* /*code*/, PyObject* /*callable*/) {
  return Py_NewRef(Py_None);
};

template <auto handle>
constexpr vectorcallfunc kVectorcall = CallHandler<Engine, handle>;
template <auto handle>
constexpr vectorcallfunc kCallVectorcall = CallableHandler<Engine, handle>;
template <auto handle>
constexpr vectorcallfunc kLineVectorcall = LineHandler<Engine, handle>;

// The modes that the process may use.
struct Modes {
  bool plain;
  bool timed;
};

// The kinds of calls that targets select beside those of Python functions.
struct Kinds {
  bool native;   // all calls of other callables are events
  bool callers;  // some target has a caller
  bool lines;    // some target has lines

  bool has_calls() const { return native || callers; }  // CALL events are used
};

absl::Status RegisterEvents(const Settings& settings, const Kinds& kinds, const Modes& modes,
                            Engine* engine, MonitoringTool* tool) {
  const auto event_of = [&](const char* name, vectorcallfunc plain, vectorcallfunc timed) {
    return MonitoringTool::Event{name, modes.plain ? plain : nullptr,
                                 modes.timed ? timed : nullptr};
  };
  const auto call_of = [&](const char* name, bool is_call, vectorcallfunc plain,
                           vectorcallfunc timed) {
    return event_of(name, is_call ? plain : nullptr, is_call ? timed : kVectorcall<kEnter>);
  };
  // Callers and code with lines are found by their start.
  const auto start_of = [&](vectorcallfunc plain, vectorcallfunc timed) {
    const bool is_seen = (kinds.callers || kinds.lines) && !settings.on_start;
    return is_seen ? event_of("PY_START", kVectorcall<kSeen>, kVectorcall<kTimedStart>)
                   : call_of("PY_START", settings.on_start, plain, timed);
  };
  const bool has_calls = kinds.has_calls();
  MonitoringTool::Event call_event =
      event_of(kCallEvent, has_calls ? kCallVectorcall<kNativeCall> : nullptr,
               has_calls ? kCallVectorcall<kTimedNativeCall> : nullptr);
  call_event.is_local = !kinds.native;
  const auto native_end_of = [&](const char* name) {
    const bool is_used = has_calls && modes.timed;
    MonitoringTool::Event event = event_of(name, is_used ? kCallVectorcall<kNothing> : nullptr,
                                           is_used ? kCallVectorcall<kNativeReturn> : nullptr);
    event.is_implied = true;
    return event;
  };
  MonitoringTool::Event line_event =
      event_of(kLineEvent, kinds.lines ? kLineVectorcall<kLine> : nullptr,
               kinds.lines ? kLineVectorcall<kTimedLine> : nullptr);
  line_event.is_local = true;
  constexpr auto kStart = CallEvent::kStart;
  constexpr auto kResume = CallEvent::kResume;
  const MonitoringTool::Event all[] = {
      start_of(kVectorcall<kCount<kStart>>, kVectorcall<kCountAndTime<kStart>>),
      call_of("PY_RESUME", settings.on_resume, kVectorcall<kCount<kResume>>,
              kVectorcall<kCountAndTime<kResume>>),
      event_of("PY_THROW", nullptr, kVectorcall<kThrow>),
      event_of("PY_RETURN", nullptr, kVectorcall<kLeave>),
      event_of("PY_YIELD", nullptr, kVectorcall<kLeave>),
      event_of("PY_UNWIND", nullptr, kVectorcall<kUnwind>),
      call_event,
      native_end_of("C_RETURN"),
      native_end_of("C_RAISE"),
      line_event};
  for (const MonitoringTool::Event& event : all) {
    if (event.plain == nullptr && event.timed == nullptr) continue;
    if (absl::Status status = tool->Register(event, engine); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// Whether a delay is possible in this process: now, or later by a change of a cell.
bool MayDelay(const session::Session& session, const patterns::TargetSet& targets) {
  if (!session.directory().empty()) return true;
  for (size_t group = 0; group < targets.groups().size(); ++group) {
    const session::Cell cell = session::UnpackCell(session.cell(group).load());
    if (targets.groups()[group].selected && cell.frequency > 0 && cell.delay_ns > 0) return true;
  }
  return false;
}

Window MakeWindow(const EngineOptions& options) {
  const Settings& settings = options.settings;
  const int64_t open_ns =
      options.start_at.has_value() ? Window::kNever : settings.epoch_ns + settings.start_ns;
  return Window(options.calibration, open_ns, settings.duration_ns);
}

}  // namespace

absl::Status InstallEngine(EngineOptions options) {
  const Settings settings = options.settings;
  const Kinds kinds = {SelectsNative(options.targets, settings), HasCallers(options.targets),
                       HasLines(options.targets)};
  const std::optional<ExtraSlot> slot = RequestExtraSlot();
  const std::optional<ExtraSlot> caller_slot = kinds.callers ? RequestExtraSlot() : std::nullopt;
  if (!slot.has_value() || caller_slot.has_value() != kinds.callers) {
    return absl::FailedPreconditionError("no extra slot is left on code objects");
  }
  if (kIsFreeThreaded && !(slot->is_direct && (!kinds.callers || caller_slot->is_direct))) {
    return absl::FailedPreconditionError("this free-threaded Python stores extra slots otherwise");
  }
  const session::Session& session = *options.session;
  session::Recorder* const recorder = options.recorder;
  const Window window = MakeWindow(options);
  const bool is_over = window.state() == Window::State::kAfter;
  const bool may_delay = !is_over && MayDelay(session, options.targets);
  const bool can_switch = session.own_time() != nullptr;
  const Modes modes = {!settings.own_time, settings.own_time || can_switch};
  SelfCalibration self_calibration(options.calibration, *slot);

  // Both are never destroyed: see their headers.
  auto* const tool = new MonitoringTool(recorder);
  if (absl::Status status = tool->TakeId(); !status.ok()) return status;
  auto* const engine = new Engine(std::move(options), tool, {*slot, caller_slot});
  if (absl::Status status = RegisterEvents(settings, kinds, modes, engine, tool); !status.ok()) {
    return status;
  }
  if (!session.directory().empty()) {
    absl::Status status =
        RunLastAtExit([](void* of) { static_cast<Engine*>(of)->MarkMainEnded(); }, engine);
    if (!status.ok()) return status;
  }
  const MeasuredKind kind = settings.on_start    ? MeasuredKind::kCalls
                            : settings.on_resume ? MeasuredKind::kResumptions
                            : kinds.has_calls()  ? MeasuredKind::kNativeCalls
                                                 : MeasuredKind::kLines;
  EventMode mode = modes.timed ? EventMode::kTimed : EventMode::kPlain;
  if (modes.timed && !is_over) self_calibration.MeasureCallsWithoutEvents();
  if (absl::Status status = tool->SwitchOn(mode); !status.ok()) return status;
  if (modes.timed && !is_over) self_calibration.MeasureEvents(kinds.native ? 3 : 2);
  if (may_delay) self_calibration.MeasureOvershoot(mode, kind, engine);
  if (modes.timed && modes.plain) {
    mode = EventMode::kPlain;  // the engine switches when it reads the first cell
    if (!tool->SetMode(mode)) {
      return absl::FailedPreconditionError("sys.monitoring: switching the events failed");
    }
    if (may_delay) self_calibration.MeasureOvershoot(mode, kind, engine);
  }
  engine->Start(window, self_calibration.costs(), mode);

  g_engine = engine;
  if (!session.directory().empty() &&
      pthread_atfork(nullptr, nullptr, [] { g_engine->AfterForkInChild(); }) != 0) {
    return absl::ResourceExhaustedError("no memory for a fork handler");
  }
  return absl::OkStatus();
}

}  // namespace pyslow::core
