#include "sweep/trials/long_running_program.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/duration_text.h"
#include "sweep/trials/left_processes.h"
#include "sweep/trials/results_directory.h"
#include "sweep/trials/run_process.h"
#include "sweep/trials/session_counts.h"
#include "sweep/trials/trial_outcome.h"

namespace pyslow::trials {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr milliseconds kReadyPause{100};
constexpr milliseconds kMinPollPause{100};

}  // namespace

LongRunningProgram::LongRunningProgram(const TrialSettings* settings,
                                       std::vector<std::string> environment,
                                       const std::string& directory, LiveFunctions* functions,
                                       SignalWatch* signals)
    : settings_(*settings),
      environment_(std::move(environment)),
      session_(SessionDirectory(directory, "live")),
      log_(directory + "/server.log"),
      functions_(*functions),
      signals_(signals) {}

LongRunningProgram::~LongRunningProgram() { Stop(); }

std::optional<TrialOutcome> LongRunningProgram::Start(const Instrumentation& instrumentation,
                                                      bool instrumented) {
  Stop();
  RemoveSession(session_);
  instrumentation_ = instrumentation;
  instrumented_ = instrumented;
  CommandSpec spec;
  spec.argv = PyslowArgv(settings_, instrumentation_, instrumented, {}, session_);
  spec.environment = EnvironmentOfSession(environment_, settings_.live && instrumented);
  spec.input = settings_.input;
  spec.grace_ns = GraceNs();
  session_variable_ = SessionVariable(spec.environment);
  ended_well_ = false;
  treatments_.clear();
  own_time_ = false;
  functions_read_ = 0;
  started_ = Clock::now();
  absl::StatusOr<std::unique_ptr<BackgroundProcess>> server =
      BackgroundProcess::Start(spec, log_, signals_);
  if (!server.ok()) {
    return FailedOutcome(absl::StrCat(spec.argv.front(), ": ", server.status().message()), "");
  }
  server_ = *std::move(server);
  std::optional<TrialOutcome> failure = WaitUntilReady();
  if (failure.has_value()) Stop();
  return failure;
}

int64_t LongRunningProgram::GraceNs() const { return settings_.grace_ns.value_or(10'000'000'000); }

void LongRunningProgram::Stop() {
  cells_.reset();
  if (server_ == nullptr) return;
  const Session session = {session_variable_, server_->pid()};
  server_->Stop();
  server_.reset();
  for (std::string& name : EndLeftProcesses(session, nanoseconds(GraceNs()), signals_)) {
    left_.push_back(std::move(name));
  }
  RemoveSession(session_);
}

TrialOutcome LongRunningProgram::Died() {
  const ChildExit end = server_->Stop();
  std::string output = server_->Output();
  Stop();
  ended_well_ = !end.by_signal && end.number == 0;
  const char* const remedy = settings_.live ? "; it must run for at least one trial"
                                            : "; it must keep running while trials measure it";
  return FailedOutcome(
      absl::StrCat(settings_.is_server ? "the server " : "the command ", Describe(end),
                   " while it was measured", ended_well_ ? remedy : ""),
      std::move(output));
}

TrialOutcome LongRunningProgram::NotReady(const std::string& answer) {
  std::string similar;
  if (settings_.ready_command.empty() && has_session()) {
    const absl::StatusOr<session::SessionSnapshot> snapshot = Read();
    if (snapshot.ok()) similar = SimilarToProgress(*snapshot, settings_);
  }
  const std::string what =
      !settings_.ready_command.empty()
          ? absl::StrCat("--ready-command ", answer)
          : absl::StrCat("--progress: ", settings_.progress, " was not called", similar);
  return FailedOutcome(
      absl::StrCat("it was not ready within ", FormatTimeNs(settings_.ready_timeout_ns),
                   " (--ready-timeout): ", what),
      server_->Output());
}

// pyslow makes the session some time after its start, and a launcher may delay that start.
absl::Status LongRunningProgram::OpenCells() {
  if (cells_.has_value() || !HasSession(instrumentation_, instrumented_)) return absl::OkStatus();
  auto cells = session::ControlCells::Open(session_);
  if (!cells.ok()) return cells.status();
  cells_ = *std::move(cells);
  return absl::OkStatus();
}

absl::StatusOr<bool> LongRunningProgram::IsReady(Clock::time_point until, std::string* answer) {
  if (!settings_.ready_command.empty()) {
    ProcessSpec spec;
    spec.argv = ShellArgv(settings_.ready_command);
    spec.environment = environment_;
    spec.timeout_ns = std::max<int64_t>(1, nanoseconds(until - Clock::now()).count());
    spec.may_continue = [&] { return !server_->HasEnded(); };
    const absl::StatusOr<ProcessResult> result = RunProcess(spec, *signals_);
    if (!result.ok()) return result.status();
    if (result->end == ProcessResult::End::kInterrupted) {
      SignalWatch::RaiseAgain(result->number);  // for WaitUntilReady
      return false;
    }
    const bool exited = result->end == ProcessResult::End::kExited;
    *answer = exited ? Describe({false, result->number}) : "did not end";
    if (!exited || result->number != 0) return false;
  }
  if (absl::Status opened = OpenCells(); !opened.ok()) {
    *answer = absl::StrCat("exited with status 0, but there is no session yet: ", opened.message());
    return false;
  }
  const bool by_progress =
      settings_.ready_command.empty() && has_session() && settings_.measure == Measure::kProgress;
  if (!by_progress) return true;
  const absl::StatusOr<session::SessionSnapshot> snapshot = Read();
  return snapshot.ok() && ProgressIn(*snapshot) > 0;
}

std::optional<TrialOutcome> LongRunningProgram::WaitUntilReady() {
  const Clock::time_point until = started_ + nanoseconds(settings_.ready_timeout_ns);
  InterruptibleWait wait(signals_, nullptr, [&] { return !server_->HasEnded(); });
  std::string answer = "did not end";
  bool is_ready = false;
  for (;;) {
    const Clock::time_point next = is_ready ? started_ + nanoseconds(settings_.start_ns)
                                            : std::min(Clock::now() + kReadyPause, until);
    switch (wait.Until(next)) {
      case InterruptibleWait::Wakeup::kInterrupted:
        return InterruptedOutcome(wait.interrupt());
      case InterruptibleWait::Wakeup::kStopped:
        return Died();
      case InterruptibleWait::Wakeup::kDeadline:
        break;
    }
    if (is_ready) return std::nullopt;
    if (Clock::now() >= until) return NotReady(answer);
    const absl::StatusOr<bool> ready = IsReady(until, &answer);
    if (!ready.ok()) {
      return FailedOutcome(absl::StrCat("--ready-command: ", ready.status().message()), "");
    }
    is_ready = *ready;
  }
}

// The control has another frequency while own time is measured, so that each cell changes when that
// is switched.
session::Cell LongRunningProgram::CellOf(std::optional<uint32_t> group) const {
  session::Cell cell = {0, own_time_ ? 2U : 1U};
  for (const Treatment& treatment : treatments_) {
    if (treatment.group != group) continue;
    cell = {treatment.delay_ns, static_cast<uint32_t>(treatment.frequency)};
  }
  return cell;
}

// A function without a cell follows its group; pyslow adds a note to its record.
void LongRunningProgram::StoreFunctions(size_t first) {
  for (size_t i = first; i < functions_.all().size(); ++i) {
    const LiveFunction& function = functions_.all()[i];
    cells_->StoreFunction(function.key, CellOf(function.group)).IgnoreError();
  }
}

absl::Status LongRunningProgram::SetDelays(const std::vector<Treatment>& treatments,
                                           bool releases_gil, bool own_time) {
  if (!cells_.has_value()) return absl::OkStatus();
  cells_->SetReleasesGil(releases_gil);
  treatments_ = treatments;
  own_time_ = own_time && has_functions();
  if (has_functions()) {
    cells_->SetOwnTime(own_time_);
    Poll();
  }
  const std::vector<session::Group>& groups = cells_->settings().groups;
  for (size_t i = 0; i < groups.size(); ++i) {
    std::optional<uint32_t> group;
    for (uint32_t j = 0; j < instrumentation_.groups.size(); ++j) {
      if (instrumentation_.groups[j] == groups[i].name) group = j;
    }
    // With another setup, the groups of the running program have no treatment.
    if (has_functions() && !functions_.is_base()) group.reset();
    if (absl::Status stored = cells_->Store(i, CellOf(group)); !stored.ok()) return stored;
  }
  if (has_functions()) StoreFunctions(0);
  return absl::OkStatus();
}

absl::StatusOr<session::SessionSnapshot> LongRunningProgram::Read() {
  const uint64_t functions = has_functions() ? cells_->functions() : 0;
  absl::StatusOr<session::SessionSnapshot> snapshot = session::ReadSession(session_);
  if (!snapshot.ok() || functions == functions_read_) return snapshot;
  functions_read_ = functions;
  StoreFunctions(functions_.Add(*snapshot));
  return snapshot;
}

// A pause of 20 times the duration of a poll limits polling to 5% of a core.
void LongRunningProgram::Poll() {
  const Clock::time_point begin = Clock::now();
  if (!has_functions() || begin < next_poll_) return;
  if (cells_->functions() != functions_read_) Read().IgnoreError();
  next_poll_ = begin + std::max<nanoseconds>(kMinPollPause, 20 * (Clock::now() - begin));
}

uint64_t LongRunningProgram::ProgressIn(const session::SessionSnapshot& snapshot) const {
  return ProgressOf(snapshot, settings_, instrumentation_.progress_group);
}

}  // namespace pyslow::trials
