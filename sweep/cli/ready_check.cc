#include "sweep/cli/ready_check.h"

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "sweep/trials/run_process.h"

namespace pyslow::cli {
namespace {

// Longer ones, such as "until curl ...; do sleep 1; done", wait for the program.
constexpr int64_t kReadyCheckNs = int64_t{5} * 1'000'000'000;
constexpr int64_t kReadyCheckGraceNs = 500'000'000;

// Whether the shell command is one simple command that always succeeds.
bool OnlyWaits(absl::string_view command) {
  if (command.find_first_of(";&|<>()`$\n") != absl::string_view::npos) return false;
  const std::vector<absl::string_view> words =
      absl::StrSplit(command, absl::ByAnyChar(" \t"), absl::SkipEmpty());
  return words.empty() || words[0] == "true" || words[0] == ":" || words[0] == "sleep";
}

}  // namespace

absl::Status CheckReadyCommand(const steps::Settings& settings,
                               const std::vector<std::string>& environment,
                               trials::SignalWatch& signals) {
  const std::string& command = settings.trials.ready_command;
  if (OnlyWaits(command)) return absl::OkStatus();
  trials::ProcessSpec spec;
  spec.argv = trials::ShellArgv(command);
  spec.environment = environment;
  spec.timeout_ns = kReadyCheckNs;
  spec.grace_ns = kReadyCheckGraceNs;
  const absl::StatusOr<trials::ProcessResult> result = trials::RunProcess(spec, signals);
  if (!result.ok()) {
    return absl::UnavailableError(absl::StrCat("--ready-command: ", result.status().message()));
  }
  if (result->end == trials::ProcessResult::End::kInterrupted) {
    return absl::CancelledError(absl::StrCat(result->number));
  }
  if (result->end != trials::ProcessResult::End::kExited || result->number != 0) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      "--ready-command: it succeeds before the program was started: another program answers it, "
      "or it tests nothing; stop that program or choose another port (to wait for a fixed time, "
      "use 'sleep N')");
}

}  // namespace pyslow::cli
