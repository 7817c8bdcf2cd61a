#include "sweep/cli/sweep_settings_json.h"

#include <array>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace pyslow::cli {
namespace {

using Json = nlohmann::json;
using trials::CommaMeaning;
using trials::MatchRule;
using trials::Measure;

constexpr std::array<std::pair<Measure, const char*>, 4> kMeasures = {
    {{Measure::kWallTime, "wall_time"},
     {Measure::kThroughput, "throughput"},
     {Measure::kTime, "time"},
     {Measure::kProgress, "progress"}}};

constexpr std::array<std::pair<CommaMeaning, const char*>, 3> kCommas = {
    {{CommaMeaning::kUnknown, ""},
     {CommaMeaning::kThousands, "thousands"},
     {CommaMeaning::kDecimal, "decimal"}}};

template <typename Table, typename Value>
const char* NameIn(const Table& table, Value value) {
  for (const auto& [known, name] : table) {
    if (known == value) return name;
  }
  return "";
}

// False if the table lacks the name.
template <typename Table, typename Value>
bool FindNamed(const Table& table, const std::string& name, Value* value) {
  for (const auto& [known, known_name] : table) {
    if (name != known_name) continue;
    *value = known;
    return true;
  }
  return false;
}

template <typename T>
Json OrNull(const std::optional<T>& value) {
  return value.has_value() ? Json(*value) : Json(nullptr);
}

template <typename T>
void GetTo(const Json& json, std::optional<T>& value) {
  if (!json.is_null()) value = json.get<T>();
}

Json ToJson(const std::optional<trials::OtherVersion>& against) {
  if (!against.has_value()) return nullptr;
  return {{"command", against->command},
          {"environment", against->environment},
          {"python", against->python}};
}

std::optional<trials::OtherVersion> AgainstFromJson(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return trials::OtherVersion{json.at("command").get<std::vector<std::string>>(),
                              json.at("environment").get<std::vector<std::string>>(),
                              json.at("python").get<std::string>()};
}

Json ToJson(const trials::TrialSettings& t) {
  return {{"pyslow", t.pyslow},
          {"python", t.python},
          {"launcher", t.launcher},
          {"command", t.command},
          {"start_ns", t.start_ns},
          {"duration_ns", t.duration_ns},
          {"start_at", t.start_at},
          {"on", t.on},
          {"gil", t.gil},
          {"against", ToJson(t.against)},
          {"measure", NameIn(kMeasures, t.measure)},
          {"detects_benchmark", t.detects_benchmark},
          {"benchmark", t.benchmark},
          {"regex", t.regex},
          {"json", t.json},
          {"progress", t.progress},
          {"units_regex", t.units_regex},
          {"units_json", t.units_json},
          {"unit", t.unit},
          {"comma", NameIn(kCommas, t.comma)},
          {"matches", NameIn(trials::kMatchRules, t.matches)},
          {"skip_matches", t.skip_matches},
          {"metrics", t.metrics},
          {"json_metrics", t.json_metrics},
          {"metric_command", t.metric_command},
          {"server", t.is_server},
          {"ready_command", t.ready_command},
          {"load", t.load},
          {"ready_timeout_ns", t.ready_timeout_ns},
          {"live", t.live},
          {"interval_ns", t.interval_ns},
          {"gpu", t.gpu},
          {"timeout_ns", t.timeout_ns},
          {"grace_ns", OrNull(t.grace_ns)}};
}

void ReadTrials(const Json& json, trials::TrialSettings& t) {
  json.at("pyslow").get_to(t.pyslow);
  json.at("launcher").get_to(t.launcher);
  json.at("command").get_to(t.command);
  json.at("start_ns").get_to(t.start_ns);
  json.at("duration_ns").get_to(t.duration_ns);
  json.at("start_at").get_to(t.start_at);
  json.at("on").get_to(t.on);
  json.at("gil").get_to(t.gil);
  json.at("regex").get_to(t.regex);
  json.at("progress").get_to(t.progress);
  json.at("metrics").get_to(t.metrics);
  json.at("metric_command").get_to(t.metric_command);
  json.at("server").get_to(t.is_server);
  json.at("ready_command").get_to(t.ready_command);
  json.at("load").get_to(t.load);
  json.at("ready_timeout_ns").get_to(t.ready_timeout_ns);
  json.at("live").get_to(t.live);
  json.at("interval_ns").get_to(t.interval_ns);
  json.at("timeout_ns").get_to(t.timeout_ns);
  // Sweeps before these options have no such keys.
  t.units_regex = json.value("units_regex", "");
  GetTo(json.value("grace_ns", Json()), t.grace_ns);
  t.unit = json.value("unit", "");
  t.python = json.value("python", "");
  t.against = AgainstFromJson(json.value("against", Json()));
  t.gpu = json.value("gpu", "");
  t.detects_benchmark = json.value("detects_benchmark", false);
  t.benchmark = json.value("benchmark", "");
  t.json = json.value("json", "");
  t.units_json = json.value("units_json", "");
  t.json_metrics = json.value("json_metrics", t.json_metrics);
  t.skip_matches = json.value("skip_matches", uint64_t{0});
}

// The words of a list of choices. DataLoss if one is not known.
absl::Status ReadChoices(const Json& json, trials::TrialSettings& t) {
  const auto measure = json.at("measure").get<std::string>();
  if (!FindNamed(kMeasures, measure, &t.measure)) {
    return absl::DataLossError(absl::StrCat("'", measure, "' is not a known measure"));
  }
  const std::string comma = json.value("comma", "");
  const std::string matches = json.value("matches", "last");
  if (!FindNamed(kCommas, comma, &t.comma) ||
      !FindNamed(trials::kMatchRules, matches, &t.matches)) {
    return absl::DataLossError(
        absl::StrCat("'", comma, "', '", matches, "': not a known meaning of matches"));
  }
  return absl::OkStatus();
}

}  // namespace

Json ToJson(const steps::Settings& s) {
  return {{"trials", ToJson(s.trials)},
          {"targets_file", s.targets_file},
          {"targets", s.targets},
          {"groups", s.groups},
          {"steps",
           {{"impact", s.steps.impact},
            {"isolate", s.steps.isolate},
            {"focus", s.steps.focus},
            {"sites", s.steps.sites},
            {"lines", s.steps.lines},
            {"gil", s.steps.gil}}},
          {"delays_ns", s.delays_ns},
          {"control_added", s.control_added},
          {"frequency", s.frequency},
          {"max_slowdown", s.max_slowdown},
          {"blocks", OrNull(s.blocks)},
          {"precision", OrNull(s.precision)},
          {"budget_seconds", OrNull(s.budget_seconds)},
          {"min_gain", s.min_gain},
          {"warmup", s.warmup},
          {"retries", s.retries},
          {"seed", s.seed}};
}

Json LimitsToJson(const steps::Settings& s) {
  return {{"blocks", OrNull(s.blocks)},
          {"precision", OrNull(s.precision)},
          {"budget_seconds", OrNull(s.budget_seconds)}};
}

absl::StatusOr<steps::Settings> SettingsFromJson(const Json& json) {
  steps::Settings s;
  try {  // nlohmann-json reports by throwing
    const Json& trials = json.at("trials");
    ReadTrials(trials, s.trials);
    if (absl::Status read = ReadChoices(trials, s.trials); !read.ok()) return read;
    json.at("targets_file").get_to(s.targets_file);
    json.at("targets").get_to(s.targets);
    json.at("groups").get_to(s.groups);
    json.at("steps").at("impact").get_to(s.steps.impact);
    json.at("steps").at("isolate").get_to(s.steps.isolate);
    json.at("steps").at("focus").get_to(s.steps.focus);
    // An older sweep has none of these.
    s.steps.sites = json.at("steps").value("sites", false);
    s.steps.lines = json.at("steps").value("lines", false);
    s.steps.gil = json.at("steps").value("gil", false);
    json.at("delays_ns").get_to(s.delays_ns);
    json.at("control_added").get_to(s.control_added);
    json.at("frequency").get_to(s.frequency);
    json.at("max_slowdown").get_to(s.max_slowdown);
    GetTo(json.at("blocks"), s.blocks);
    GetTo(json.at("precision"), s.precision);
    GetTo(json.at("budget_seconds"), s.budget_seconds);
    json.at("seed").get_to(s.seed);
    // Sweeps before these options have no such keys, and no warm-up.
    s.min_gain = json.value("min_gain", s.min_gain);
    s.warmup = json.value("warmup", int64_t{0});
    s.retries = json.value("retries", s.retries);
  } catch (const Json::exception& error) {
    return absl::DataLossError(absl::StrCat("the settings are damaged: ", error.what()));
  }
  return s;
}

}  // namespace pyslow::cli
