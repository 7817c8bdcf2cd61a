#include "sweep/trials/trial_json.h"

#include <optional>

#include "sweep/trials/disturbance.h"

namespace pyslow::trials {
namespace {

using Json = nlohmann::ordered_json;

template <typename Number>
Json OrNull(const std::optional<Number>& number) {
  return number.has_value() ? Json(*number) : Json(nullptr);
}

std::optional<double> NumberOrNull(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return json.get<double>();
}

Json ToJson(const GroupCounts& c) {
  return {{"calls", c.calls},
          {"delayed", c.delayed},
          {"asked_ns", c.asked_ns},
          {"spun_ns", c.spun_ns},
          {"calls_outside", c.calls_outside},
          {"by_process", c.by_process}};
}

GroupCounts GroupCountsFrom(const Json& json) {
  GroupCounts c;
  json.at("calls").get_to(c.calls);
  json.at("delayed").get_to(c.delayed);
  json.at("asked_ns").get_to(c.asked_ns);
  json.at("spun_ns").get_to(c.spun_ns);
  json.at("calls_outside").get_to(c.calls_outside);
  json.at("by_process").get_to(c.by_process);
  return c;
}

Json ToJson(const FunctionCounts& f) {
  return {{"module", f.id.module},
          {"qualname", f.id.qualname},
          {"file", f.id.file},
          {"line", f.id.first_line},
          {"group", f.group},
          {"calls", f.calls},
          {"calls_outside", f.calls_outside},
          {"processes", f.processes},
          {"own_ns", f.own_ns}};
}

FunctionCounts FunctionCountsFrom(const Json& json) {
  FunctionCounts f;
  json.at("module").get_to(f.id.module);
  json.at("qualname").get_to(f.id.qualname);
  json.at("file").get_to(f.id.file);
  json.at("line").get_to(f.id.first_line);
  json.at("group").get_to(f.group);
  json.at("calls").get_to(f.calls);
  json.at("calls_outside").get_to(f.calls_outside);
  json.at("processes").get_to(f.processes);
  f.own_ns = json.value("own_ns", uint64_t{0});
  return f;
}

void AddSpec(const TrialSpec& spec, Json* json) {
  (*json)["trial"] = spec.index;
  (*json)["part"] = spec.part;
  (*json)["block"] = spec.block;
  (*json)["level"] = spec.level;
  (*json)["attempt"] = spec.attempt;
  (*json)["instrumented"] = spec.instrumented;
  (*json)["other_version"] = spec.is_other;
  (*json)["releases_gil"] = spec.releases_gil;
  (*json)["wants_functions"] = spec.wants_functions;
  Json treatments = Json::array();
  for (const Treatment& t : spec.treatments) {
    treatments.push_back(
        {{"group", t.group}, {"delay_ns", t.delay_ns}, {"frequency", t.frequency}});
  }
  (*json)["treatments"] = std::move(treatments);
}

TrialSpec SpecFrom(const Json& json) {
  TrialSpec spec;
  json.at("trial").get_to(spec.index);
  json.at("part").get_to(spec.part);
  json.at("block").get_to(spec.block);
  json.at("level").get_to(spec.level);
  json.at("attempt").get_to(spec.attempt);
  json.at("instrumented").get_to(spec.instrumented);
  spec.is_other = json.value("other_version", false);     // logs of earlier versions lack it
  spec.releases_gil = json.value("releases_gil", false);  // likewise
  json.at("wants_functions").get_to(spec.wants_functions);
  for (const Json& t : json.at("treatments")) {
    spec.treatments.push_back({t.at("group").get<uint32_t>(), t.at("delay_ns").get<int64_t>(),
                               t.at("frequency").get<int64_t>()});
  }
  return spec;
}

void AddCounts(const Trial& trial, Json* json) {
  (*json)["counts"] = nullptr;
  if (trial.counts.has_value()) {
    Json counts = Json::array();
    for (const GroupCounts& group : *trial.counts) counts.push_back(ToJson(group));
    (*json)["counts"] = std::move(counts);
  }
  Json functions = Json::array();
  for (const FunctionCounts& function : trial.functions) functions.push_back(ToJson(function));
  (*json)["functions"] = std::move(functions);
  Json course = Json::array();
  for (const CoursePoint& point : trial.course) course.push_back({point.seconds, point.units});
  (*json)["course"] = std::move(course);
}

Json ToJson(const model::FigureReading& r) {
  return {{"matches", r.matches},   {"last_counts", r.last_counts},
          {"smallest", r.smallest}, {"largest", r.largest},
          {"step", r.step},         {"printed", r.printed},
          {"read_as", r.read_as}};
}

model::FigureReading ReadingFrom(const Json& json) {
  model::FigureReading r;
  json.at("matches").get_to(r.matches);
  json.at("last_counts").get_to(r.last_counts);
  json.at("smallest").get_to(r.smallest);
  json.at("largest").get_to(r.largest);
  json.at("step").get_to(r.step);
  json.at("printed").get_to(r.printed);
  json.at("read_as").get_to(r.read_as);
  return r;
}

Json ToJson(const model::BenchmarkFound& b) {
  return {{"name", b.name},
          {"program", b.program},
          {"figure", b.figure},
          {"printed", b.printed},
          {"others", b.others}};
}

model::BenchmarkFound BenchmarkFrom(const Json& json) {
  model::BenchmarkFound b;
  json.at("name").get_to(b.name);
  json.at("program").get_to(b.program);
  json.at("figure").get_to(b.figure);
  json.at("printed").get_to(b.printed);
  json.at("others").get_to(b.others);
  return b;
}

Json ToJson(const model::GpuUse& g) {
  return {{"index", g.index},
          {"name", g.name},
          {"source", g.source},
          {"busy", g.busy},
          {"seconds_per_unit", OrNull(g.seconds_per_unit)},
          {"clock_mhz", OrNull(g.clock_mhz)},
          {"throttled", g.throttled},
          {"shared", g.is_shared}};
}

model::GpuUse GpuUseFrom(const Json& json) {
  model::GpuUse g;
  json.at("index").get_to(g.index);
  json.at("name").get_to(g.name);
  json.at("source").get_to(g.source);
  json.at("busy").get_to(g.busy);
  g.seconds_per_unit = NumberOrNull(json.at("seconds_per_unit"));
  g.clock_mhz = NumberOrNull(json.at("clock_mhz"));
  json.at("throttled").get_to(g.throttled);
  json.at("shared").get_to(g.is_shared);
  return g;
}

}  // namespace

Json ToJson(const Setup& setup) {
  return {{"kind", "setup"},        {"name", setup.name},     {"targets", setup.targets},
          {"groups", setup.groups}, {"chosen", setup.chosen}, {"own_time", setup.own_time}};
}

Setup SetupFrom(const Json& json) {
  Setup setup;
  json.at("name").get_to(setup.name);
  json.at("targets").get_to(setup.targets);
  json.at("groups").get_to(setup.groups);
  json.at("chosen").get_to(setup.chosen);
  setup.own_time = json.value("own_time", false);
  return setup;
}

Json ToJson(const Trial& trial) {
  Json json = {{"kind", "trial"}};
  AddSpec(trial.spec, &json);
  json["wall_seconds"] = trial.wall_seconds;
  json["other_seconds"] = trial.other_seconds;
  json["window_seconds"] = trial.window_seconds;
  json["seconds_per_unit"] = trial.seconds_per_unit;
  json["units"] = OrNull(trial.units);
  json["metrics"] = trial.metrics;
  if (!trial.metric_units.empty()) json["metric_units"] = trial.metric_units;
  json["reading"] = trial.reading.has_value() ? ToJson(*trial.reading) : Json(nullptr);
  json["benchmark"] = trial.benchmark.has_value() ? ToJson(*trial.benchmark) : Json(nullptr);
  json["core_wait"] = OrNull(trial.core_wait);
  json["other_load"] = OrNull(trial.other_load);
  json["stolen_load"] = OrNull(trial.stolen_load);
  json["processor_mhz"] = OrNull(trial.processor_mhz);
  json["throttled"] = OrNull(trial.throttled);
  json["overheated"] = OrNull(trial.overheated);
  json["disturbed"] = IsDisturbed(trial);  // for other programs; TrialFrom ignores it
  json["processes"] = trial.processes;
  json["notes"] = trial.notes;
  json["failures"] = trial.failures;
  json["left"] = trial.left;
  json["unrecorded"] = trial.unrecorded;
  json["outside"] = trial.outside;
  json["processors"] = OrNull(trial.processors);
  json["ran_on"] = trial.ran_on;
  // A machine without a GPU has no line about it.
  for (const model::GpuUse& gpu : trial.gpus) json["gpus"].push_back(ToJson(gpu));
  AddCounts(trial, &json);
  return json;
}

Trial TrialFrom(const Json& json) {
  Trial trial;
  trial.spec = SpecFrom(json);
  json.at("wall_seconds").get_to(trial.wall_seconds);
  json.at("window_seconds").get_to(trial.window_seconds);
  json.at("seconds_per_unit").get_to(trial.seconds_per_unit);
  trial.units = NumberOrNull(json.at("units"));
  for (const auto& [name, value] : json.at("metrics").items()) {
    trial.metrics[name] = value.get<double>();
  }
  trial.metric_units = json.value("metric_units", std::map<std::string, double>());
  trial.core_wait = NumberOrNull(json.at("core_wait"));
  trial.other_load = NumberOrNull(json.at("other_load"));
  trial.stolen_load = NumberOrNull(json.at("stolen_load"));
  trial.processor_mhz = NumberOrNull(json.at("processor_mhz"));
  // Logs of earlier versions lack these.
  trial.other_seconds = json.value("other_seconds", 0.0);
  if (const Json reading = json.value("reading", Json()); !reading.is_null()) {
    trial.reading = ReadingFrom(reading);
  }
  if (const Json benchmark = json.value("benchmark", Json()); !benchmark.is_null()) {
    trial.benchmark = BenchmarkFrom(benchmark);
  }
  trial.throttled = NumberOrNull(json.value("throttled", Json()));
  if (const Json overheated = json.value("overheated", Json()); !overheated.is_null()) {
    trial.overheated = overheated.get<uint64_t>();
  }
  for (const Json& gpu : json.value("gpus", Json::array())) {
    trial.gpus.push_back(GpuUseFrom(gpu));
  }
  json.at("processes").get_to(trial.processes);
  json.at("notes").get_to(trial.notes);
  trial.failures = json.value("failures", 0);
  trial.left = json.value("left", std::vector<std::string>());
  trial.unrecorded = json.value("unrecorded", std::map<std::string, double>());
  trial.outside = json.value("outside", std::map<std::string, double>());
  trial.processors = NumberOrNull(json.value("processors", Json()));
  trial.ran_on = json.value("ran_on", uint32_t{0});
  if (const Json& counts = json.at("counts"); !counts.is_null()) {
    trial.counts.emplace();
    for (const Json& group : counts) trial.counts->push_back(GroupCountsFrom(group));
  }
  for (const Json& function : json.at("functions")) {
    trial.functions.push_back(FunctionCountsFrom(function));
  }
  for (const Json& point : json.at("course")) {
    trial.course.push_back({point.at(0).get<double>(), point.at(1).get<uint64_t>()});
  }
  return trial;
}

}  // namespace pyslow::trials
