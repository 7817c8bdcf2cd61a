// A sweep that is started, continued or analysed again.
#ifndef PYSLOW_SWEEP_CLI_JOB_H_
#define PYSLOW_SWEEP_CLI_JOB_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "sweep/cli/describe.h"
#include "sweep/cli/sweep_command_line.h"
#include "sweep/model/findings.h"
#include "sweep/model/gate.h"
#include "sweep/steps/sweep_settings.h"
#include "sweep/trials/trial_log.h"
#include "sweep/trials/trial_runner.h"

namespace pyslow::cli {

inline constexpr char kProgram[] = "pyslow-sweep";
inline constexpr int kFailed = 1;
inline constexpr int kSignalBase = 128;  // shells report a command that a signal ended in this way

// Reports an error and returns `status`.
int Error(absl::string_view message, int status);
// The same for a message that may continue with lines of a program's output.
int ErrorWithOutput(absl::string_view message, int status);

// NOLINTNEXTLINE(bugprone-exception-escape): only a failed allocation throws there
struct Job {
  steps::Settings settings;
  std::string directory;
  bool is_new = false;                    // this run made the directory
  trials::RecordedSweep recorded;         // the trials measured so far
  std::unique_ptr<trials::TrialLog> log;  // nullptr: nothing is run
  std::vector<std::string> environment;
  NamedTexts machine;
  std::string started;
  bool quiet = false;
  std::vector<model::Gate> gates;

  std::string LogPath() const { return directory + "/trials.jsonl"; }
  // The file of the trials' standard input, if they have one.
  std::string InputPath() const { return directory + "/stdin"; }
};

// Sets the job's settings to the recorded ones, with the changes that the command line makes, and
// its machine, if that is recorded. InvalidArgument, with a complete message, if the command line
// does not suit that sweep.
absl::Status LoadSettings(const CommandLine& line, Job* job);

// The error of reading or opening the job's log. Returns the exit status.
int LogError(const Job& job, const absl::Status& status);

// Adds to `findings` how they were measured. `settings` are those at the end of the sweep,
// `seconds` the duration of its trials.
void Describe(const Job& job, const steps::Settings& settings, double seconds,
              model::Findings* findings);

// Runs the job's trials, except those that are recorded, prints the findings and writes them to
// files. Returns the exit status.
int RunJob(Job job, trials::TrialRunner* runner);

}  // namespace pyslow::cli

#endif  // PYSLOW_SWEEP_CLI_JOB_H_
