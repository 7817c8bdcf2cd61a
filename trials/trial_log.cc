#include "trials/trial_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/file.h"

namespace pyslow::trials {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchema = 1;
constexpr size_t kLargestFile = size_t{1} << 30;

// Words on a command line may be any bytes, and JSON is UTF-8: what is not becomes U+FFFD.
std::string Line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

const char* NameOf(Measure measure) {
  switch (measure) {
    case Measure::kWallTime:
      return "wall-time";
    case Measure::kThroughput:
      return "throughput-regex";
    case Measure::kTime:
      return "time-regex";
  }
  return "";
}

bool MeasureNamed(const std::string& name, Measure* measure) {
  for (const Measure known : {Measure::kWallTime, Measure::kThroughput, Measure::kTime}) {
    if (name != NameOf(known)) continue;
    *measure = known;
    return true;
  }
  return false;
}

Json ToJson(const Settings& s, const std::string& version, const std::string& started) {
  return {{"kind", "sweep"},
          {"schema", kSchema},
          {"version", version},
          {"started", started},
          {"pyslow", s.pyslow},
          {"command", s.command},
          {"targets_file", s.targets_file},
          {"targets", s.targets},
          {"groups", s.groups},
          {"delays_ns", s.delays_ns},
          {"frequency", s.frequency},
          {"start_ns", s.start_ns},
          {"duration_ns", s.duration_ns},
          {"measure", NameOf(s.measure)},
          {"regex", s.regex},
          {"blocks", s.blocks},
          {"seed", s.seed},
          {"timeout_ns", s.timeout_ns}};
}

Json ToJson(const Trial& t) {
  Json json = {{"kind", "trial"},
               {"trial", t.index},
               {"block", t.block},
               {"delay_ns", t.delay_ns},
               {"wall_seconds", t.wall_seconds},
               {"window_seconds", t.window_seconds},
               {"seconds_per_unit", t.seconds_per_unit},
               {"core_wait_seconds", nullptr},
               {"counts", nullptr}};
  if (t.core_wait_seconds.has_value()) json["core_wait_seconds"] = *t.core_wait_seconds;
  if (t.counts.has_value()) {
    json["counts"] = {{"calls", t.counts->calls},
                      {"delayed", t.counts->delayed},
                      {"asked_ns", t.counts->asked_ns},
                      {"spun_ns", t.counts->spun_ns}};
  }
  return json;
}

Trial TrialFrom(const Json& json) {
  Trial t;
  json.at("trial").get_to(t.index);
  json.at("block").get_to(t.block);
  json.at("delay_ns").get_to(t.delay_ns);
  json.at("wall_seconds").get_to(t.wall_seconds);
  json.at("window_seconds").get_to(t.window_seconds);
  json.at("seconds_per_unit").get_to(t.seconds_per_unit);
  const Json& core_wait = json.at("core_wait_seconds");
  if (!core_wait.is_null()) t.core_wait_seconds = core_wait.get<double>();
  const Json& counts = json.at("counts");
  if (!counts.is_null()) {
    t.counts.emplace();
    counts.at("calls").get_to(t.counts->calls);
    counts.at("delayed").get_to(t.counts->delayed);
    counts.at("asked_ns").get_to(t.counts->asked_ns);
    counts.at("spun_ns").get_to(t.counts->spun_ns);
  }
  return t;
}

absl::StatusOr<Settings> SettingsFrom(const Json& json) {
  if (json.at("kind") != "sweep") {
    return absl::DataLossError("line 1: it does not describe a sweep");
  }
  if (json.at("schema") != kSchema) {
    return absl::FailedPreconditionError(absl::StrCat("line 1: its schema is ",
                                                      json.at("schema").dump(),
                                                      " and this pyslow-sweep reads ", kSchema));
  }
  Settings s;
  json.at("pyslow").get_to(s.pyslow);
  json.at("command").get_to(s.command);
  json.at("targets_file").get_to(s.targets_file);
  json.at("targets").get_to(s.targets);
  json.at("groups").get_to(s.groups);
  json.at("delays_ns").get_to(s.delays_ns);
  json.at("frequency").get_to(s.frequency);
  json.at("start_ns").get_to(s.start_ns);
  json.at("duration_ns").get_to(s.duration_ns);
  json.at("regex").get_to(s.regex);
  json.at("blocks").get_to(s.blocks);
  json.at("seed").get_to(s.seed);
  json.at("timeout_ns").get_to(s.timeout_ns);
  const auto measure = json.at("measure").get<std::string>();
  if (MeasureNamed(measure, &s.measure)) return s;
  return absl::DataLossError(absl::StrCat("line 1: '", measure, "' is no known measure"));
}

absl::Status Damaged(size_t line, const char* what) {
  return absl::DataLossError(absl::StrCat("line ", line, ": it is damaged: ", what));
}

}  // namespace

absl::StatusOr<std::unique_ptr<TrialLog>> TrialLog::Create(const std::string& path,
                                                           const Settings& settings,
                                                           const std::string& version,
                                                           const std::string& started) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
  if (fd < 0) {
    return absl::UnavailableError(absl::StrCat("cannot be made: ", std::strerror(errno)));
  }
  std::unique_ptr<TrialLog> log(new TrialLog(fd));
  absl::Status written = log->WriteLine(Line(ToJson(settings, version, started)));
  if (!written.ok()) return written;
  return log;
}

TrialLog::~TrialLog() { close(fd_); }

absl::Status TrialLog::Append(const Trial& trial) { return WriteLine(Line(ToJson(trial))); }

absl::Status TrialLog::WriteLine(const std::string& line) {
  size_t done = 0;
  while (done < line.size()) {
    const ssize_t wrote = write(fd_, line.data() + done, line.size() - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) {
      return absl::UnavailableError(absl::StrCat("cannot be written: ", std::strerror(errno)));
    }
    done += static_cast<size_t>(wrote);
  }
  if (fsync(fd_) != 0) {
    return absl::UnavailableError(absl::StrCat("cannot be synced: ", std::strerror(errno)));
  }
  return absl::OkStatus();
}

absl::StatusOr<RecordedSweep> ReadTrialLog(const std::string& path) {
  absl::StatusOr<std::string> text = ReadRegularFile(path, kLargestFile);
  if (!text.ok()) return text.status();
  std::vector<std::string> lines = absl::StrSplit(*text, '\n');
  RecordedSweep sweep;
  sweep.torn = !lines.back().empty();  // what follows the last end of line
  lines.pop_back();
  if (lines.empty()) return absl::DataLossError("it has no complete line");
  for (size_t i = 0; i < lines.size(); ++i) {
    try {  // nlohmann-json reports by throwing
      const Json json = Json::parse(lines[i]);
      if (i == 0) {
        absl::StatusOr<Settings> settings = SettingsFrom(json);
        if (!settings.ok()) return settings.status();
        sweep.settings = *std::move(settings);
      } else if (json.at("kind") == "trial") {
        sweep.trials.push_back(TrialFrom(json));
      }
    } catch (const Json::exception& error) {
      return Damaged(i + 1, error.what());
    }
  }
  return sweep;
}

}  // namespace pyslow::trials
