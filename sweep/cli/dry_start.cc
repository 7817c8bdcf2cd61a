#include "sweep/cli/dry_start.h"

#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/duration_text.h"
#include "sweep/steps/subjects.h"
#include "sweep/trials/run_process.h"

namespace pyslow::cli {
namespace {

constexpr int64_t kTimeoutNs = int64_t{60} * 1'000'000'000;

// Adds `--name=value` as one word.
void AddOption(absl::string_view name, absl::string_view value, std::vector<std::string>* words) {
  words->push_back(absl::StrCat(name, "=", value));
}

std::vector<std::string> DryStartWords(const steps::Settings& settings) {
  const trials::TrialSettings& trials = settings.trials;
  std::vector<std::string> words = {trials.pyslow};
  if (!trials.python.empty()) AddOption("--python", trials.python, &words);
  if (!settings.targets_file.empty()) AddOption("--targets", settings.targets_file, &words);
  for (const std::string& target : settings.targets) AddOption("--target", target, &words);
  for (const std::string& group : settings.groups) AddOption("--group", group, &words);
  if (settings.targets_file.empty() && settings.targets.empty())
    AddOption("--target", "*:*", &words);
  AddOption("--delay", "0", &words);
  AddOption("--frequency", absl::StrCat(settings.frequency), &words);
  if (trials.start_at.empty()) AddOption("--start", FormatTimeNs(trials.start_ns), &words);
  AddOption("--duration", FormatTimeNs(trials.duration_ns), &words);
  if (!trials.start_at.empty()) AddOption("--start-at", trials.start_at, &words);
  if (!trials.on.empty()) AddOption("--on", trials.on, &words);
  if (!trials.gil.empty()) AddOption("--gil", trials.gil, &words);
  words.insert(words.end(), {"-I", "-S", "-c", "pass"});
  return words;
}

// The error that pyslow reported, or all its output if it failed in another way.
std::string DryStartError(const std::string& pyslow, const std::string& output) {
  for (absl::string_view text : absl::StrSplit(output, '\n')) {
    if (absl::ConsumePrefix(&text, "pyslow: error: ")) return absl::StrCat(text);
  }
  return absl::StrCat(pyslow, ": it fails with these targets and an empty program; it printed: ",
                      absl::StripAsciiWhitespace(output));
}

}  // namespace

absl::StatusOr<std::string> FindPyslow(const std::string& given) {
  std::string path = given;
  if (path.empty()) {
    std::error_code error;
    const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
    path = (self.parent_path() / "pyslow").string();
  }
  std::error_code ignored;
  if (access(path.c_str(), X_OK) == 0 && !std::filesystem::is_directory(path, ignored)) return path;
  return absl::NotFoundError(
      absl::StrCat(given.empty() ? "" : "--pyslow: ", path,
                   ": no such program; name the pyslow to start with --pyslow PATH"));
}

absl::Status DryStart(const steps::Settings& settings, const std::vector<std::string>& environment,
                      trials::SignalWatch& signals) {
  trials::ProcessSpec spec;
  spec.argv = DryStartWords(settings);
  spec.environment = environment;
  spec.timeout_ns = kTimeoutNs;
  const absl::StatusOr<trials::ProcessResult> result = trials::RunProcess(spec, signals);
  if (!result.ok()) {
    return absl::UnavailableError(
        absl::StrCat(settings.trials.pyslow, ": ", result.status().message()));
  }
  if (result->end == trials::ProcessResult::End::kInterrupted) {
    return absl::CancelledError(absl::StrCat(result->number));
  }
  if (result->end != trials::ProcessResult::End::kExited || result->number != 0) {
    return absl::InvalidArgumentError(DryStartError(settings.trials.pyslow, result->output));
  }
  if (settings.targets_file.empty() && settings.targets.empty()) return absl::OkStatus();
  return steps::GroupsOf(settings.targets_file, settings.targets, settings.groups).status();
}

std::string PyslowVersion(const trials::TrialSettings& settings,
                          const std::vector<std::string>& environment,
                          trials::SignalWatch& signals) {
  trials::ProcessSpec spec;
  spec.argv = {settings.pyslow};
  if (!settings.python.empty()) AddOption("--python", settings.python, &spec.argv);
  spec.argv.emplace_back("--version");
  spec.environment = environment;
  spec.timeout_ns = kTimeoutNs;
  const absl::StatusOr<trials::ProcessResult> result = trials::RunProcess(spec, signals);
  const bool ran = result.ok() && result->end == trials::ProcessResult::End::kExited;
  return ran && result->number == 0 ? result->output : "";
}

}  // namespace pyslow::cli
