#include "sweep/trials/long_running_program.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/duration_text.h"
#include "sweep/trials/run_process.h"
#include "sweep/trials/session_counts.h"
#include "sweep/trials/trial_outcome.h"

namespace pyslow::trials {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr milliseconds kReadyPause{100};

void RemoveTree(const std::string& path) {
  std::error_code ignored;  // a directory left behind is harmless
  std::filesystem::remove_all(path, ignored);
}

}  // namespace

Service::Service(const TrialSettings* settings, std::vector<std::string> environment,
                 const std::string& directory, SignalWatch* signals)
    : settings_(*settings),
      environment_(std::move(environment)),
      session_(std::filesystem::absolute(directory).string() + "/session-live"),
      log_(directory + "/server.log"),
      signals_(signals) {}

Service::~Service() { Stop(); }

std::optional<TrialOutcome> Service::Start(const Instruments& instruments, bool instrumented) {
  Stop();
  instruments_ = instruments;
  instrumented_ = instrumented;
  CommandSpec spec;
  spec.argv = StartWords(settings_, instruments_, instrumented, {}, session_);
  spec.environment = EnvironmentOfSession(environment_);
  started_ = Clock::now();
  absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(spec, log_, signals_);
  if (!server.ok()) {
    return Failed(absl::StrCat(spec.argv.front(), ": ", server.status().message()), "");
  }
  server_ = *std::move(server);
  std::optional<TrialOutcome> trouble = WaitUntilReady();
  if (trouble.has_value()) Stop();
  return trouble;
}

void Service::Stop() {
  cells_.reset();
  if (server_ == nullptr) return;
  server_->Stop();
  server_.reset();
  RemoveTree(session_);
}

TrialOutcome Service::Died() {
  const ChildEnd end = server_->Stop();
  std::string output = server_->Output();
  Stop();
  const bool by_itself = !end.by_signal && end.number == 0;
  return Failed(absl::StrCat(settings_.is_server ? "the server " : "the command ", Words(end),
                             " while it was measured",
                             by_itself ? "; trials against it need it to go on running" : ""),
                std::move(output));
}

TrialOutcome Service::NotReady(const std::string& answer) {
  const std::string what =
      !settings_.ready_command.empty()
          ? absl::StrCat("--ready-command ", answer)
          : absl::StrCat("--progress: ", settings_.progress, " was not called");
  return Failed(absl::StrCat("it was not ready within ", FormatTimeNs(settings_.ready_timeout_ns),
                             " (--ready-timeout): ", what),
                server_->Output());
}

// The session is there once pyslow has come so far; a launcher may take its time.
absl::Status Service::OpenCells() {
  if (cells_.has_value() || !HasSession(instruments_, instrumented_)) return absl::OkStatus();
  auto cells = session::ControlCells::Open(session_);
  if (!cells.ok()) return cells.status();
  cells_ = *std::move(cells);
  return absl::OkStatus();
}

absl::StatusOr<bool> Service::IsReady(Clock::time_point until, std::string* answer) {
  if (!settings_.ready_command.empty()) {
    ProcessSpec spec;
    spec.argv = ShellWords(settings_.ready_command);
    spec.environment = environment_;
    spec.timeout_ns = std::max<int64_t>(1, nanoseconds(until - Clock::now()).count());
    spec.may_go_on = [&] { return !server_->HasEnded(); };
    const absl::StatusOr<ProcessResult> result = RunProcess(spec, *signals_);
    if (!result.ok()) return result.status();
    if (result->end == ProcessResult::End::kInterrupted) {
      kill(getpid(), result->number);  // for the waiter, which looks next
      return false;
    }
    const bool exited = result->end == ProcessResult::End::kExited;
    *answer = exited ? Words({false, result->number}) : "did not end";
    if (!exited || result->number != 0) return false;
  }
  if (absl::Status opened = OpenCells(); !opened.ok()) {
    *answer = absl::StrCat("said yes, but there is no session yet: ", opened.message());
    return false;
  }
  const bool by_progress =
      settings_.ready_command.empty() && has_session() && settings_.measure == Measure::kProgress;
  if (!by_progress) return true;
  const absl::StatusOr<uint64_t> calls = Progress();
  return calls.ok() && *calls > 0;
}

std::optional<TrialOutcome> Service::WaitUntilReady() {
  const Clock::time_point until = started_ + nanoseconds(settings_.ready_timeout_ns);
  Waiter waiter(signals_, nullptr, [&] { return !server_->HasEnded(); });
  std::string answer = "did not end";
  bool is_ready = false;
  for (;;) {
    const Clock::time_point next = is_ready ? started_ + nanoseconds(settings_.start_ns)
                                            : std::min(Clock::now() + kReadyPause, until);
    switch (waiter.Until(next)) {
      case Waiter::Woken::kInterrupted:
        return Interrupted(waiter.interrupt());
      case Waiter::Woken::kStopped:
        return Died();
      case Waiter::Woken::kTime:
        break;
    }
    if (is_ready) return std::nullopt;
    if (Clock::now() >= until) return NotReady(answer);
    const absl::StatusOr<bool> ready = IsReady(until, &answer);
    if (!ready.ok()) {
      return Failed(absl::StrCat("--ready-command: ", ready.status().message()), "");
    }
    is_ready = *ready;
  }
}

absl::Status Service::SetDelays(const std::vector<Treatment>& treatments) {
  if (!cells_.has_value()) return absl::OkStatus();
  const std::vector<session::Group>& groups = cells_->settings().groups;
  for (size_t i = 0; i < groups.size(); ++i) {
    session::Cell cell;
    for (const Treatment& treatment : treatments) {
      if (instruments_.groups[treatment.group] != groups[i].name) continue;
      cell = {treatment.delay_ns, static_cast<uint32_t>(treatment.frequency)};
    }
    if (absl::Status stored = cells_->Store(i, cell); !stored.ok()) return stored;
  }
  return absl::OkStatus();
}

absl::StatusOr<session::SessionSnapshot> Service::Read() const {
  return session::ReadSession(session_);
}

absl::StatusOr<uint64_t> Service::Progress() const {
  const absl::StatusOr<session::SessionSnapshot> snapshot = Read();
  if (!snapshot.ok()) return snapshot.status();
  return CallsOf(*snapshot, settings_.progress, instruments_.progress_group);
}

}  // namespace pyslow::trials
