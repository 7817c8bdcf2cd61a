#include "sweep/render/analysis_json.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/sanitize.h"
#include "sweep/render/comparison_words.h"
#include "sweep/render/gil_words.h"
#include "sweep/render/json_figures.h"
#include "sweep/render/reason_words.h"
#include "sweep/render/step_words.h"
#include "sweep/render/words.h"

namespace pyslow::render {
namespace {

using Json = nlohmann::ordered_json;
using model::CountedFunction;
using model::CurveFinding;
using model::Estimate;
using model::Findings;
using model::Level;
using model::Prediction;
using model::Priority;
using model::Result;
using model::Shape;
using model::StepSummary;
using model::Timing;
using model::Warning;

Json Warnings(const Findings& findings, const std::vector<Warning>& warnings) {
  Json array = Json::array();
  for (const Warning& warning : warnings) {
    array.push_back(ValidUtf8(WarningSentence(warning, findings.unit)));
  }
  return array;
}

Json Pairs(const std::vector<std::pair<std::string, std::string>>& pairs) {
  Json object = Json::object();
  for (const auto& [name, value] : pairs) object[ValidUtf8(name)] = ValidUtf8(value);
  return object;
}

Json TimingJson(const std::optional<Timing>& timing) {
  if (!timing.has_value()) return nullptr;
  return {{"seconds_per_unit", Figures(timing->seconds_per_unit)}, {"trials", timing->trials}};
}

Json ShapeJson(const Shape& shape) {
  switch (shape.kind) {
    case Shape::Kind::kLine:
      return {{"kind", "line"}, {"intercept", shape.intercept}, {"slope", shape.slope}};
    case Shape::Kind::kHinge:
      return {{"kind", "hinge"},
              {"intercept", shape.intercept},
              {"knee_delay_seconds", shape.knee},
              {"slope_after", shape.slope_after}};
    case Shape::Kind::kTwoSlopes:
      return {{"kind", "two-slopes"},
              {"intercept", shape.intercept},
              {"slope", shape.slope},
              {"knee_delay_seconds", shape.knee},
              {"slope_after", shape.slope_after}};
    case Shape::Kind::kQuadratic:
      return {{"kind", "quadratic"},
              {"intercept", shape.intercept},
              {"slope", shape.slope},
              {"curvature", shape.curvature}};
  }
  return nullptr;
}

Json PointsJson(const Findings& findings, const CurveFinding& curve) {
  Json points = Json::array();
  for (const Level& level : curve.levels) {
    Json point = {{"delay_ns", level.delay_ns},
                  {"dose_seconds_per_unit", Number(level.dose_seconds)},
                  {"seconds_per_unit", Figures(level.seconds_per_unit)},
                  {"trials", level.trials},
                  {"calls_per_unit", Number(level.calls_per_unit)},
                  {"throughput", Figures(level.throughput)},
                  {"change", Figures(level.change)}};
    if (!findings.metric_names.empty()) {
      Json metrics = Json::object();
      for (size_t i = 0; i < findings.metric_names.size() && i < level.metrics.size(); ++i) {
        metrics[ValidUtf8(findings.metric_names[i])] = Figures(level.metrics[i]);
      }
      point["metrics"] = std::move(metrics);
    }
    if (curve.gpu.has_value()) {
      point["gpu_busy"] = Figures(level.gpu_busy);
      point["gpu_seconds_per_unit"] = Figures(level.gpu_seconds_per_unit);
    }
    points.push_back(std::move(point));
  }
  return points;
}

Json PredictionsJson(const CurveFinding& curve) {
  Json predictions = Json::array();
  for (const Prediction& p : curve.predictions) {
    predictions.push_back({{"faster_ns", p.share_gone > 0 ? Json(nullptr) : Json(p.faster_ns)},
                           {"share_gone", p.share_gone > 0 ? Json(p.share_gone) : Json(nullptr)},
                           {"throughput", Figures(p.throughput)},
                           {"gain_up_to", Figures(p.gain)},
                           {"withheld", WithheldPhrase(p.withheld)}});
    if (p.limited_by_gpu) predictions.back()["limited_by"] = "gpu";
  }
  return predictions;
}

Json GpuJson(const model::GpuFinding& gpu) {
  return {{"busy", Figures(gpu.busy)},
          {"seconds_per_unit", Figures(gpu.seconds_per_unit)},
          {"idle_seconds_per_unit", Figures(gpu.idle_seconds_per_unit)},
          {"change", Figures(gpu.change)},
          {"trend", model::NameOf(gpu.trend)},
          {"gain_limit", Figures(gpu.gain_limit)},
          {"limited_predictions", gpu.limited}};
}

Json GilJson(const Result& result) {
  const model::GilFinding& gil = *result.gil;
  const bool has_trials = gil.blocks > 0;
  const auto figures = [has_trials](const Estimate& estimate) {
    return has_trials ? Figures(estimate) : Json(nullptr);
  };
  return {{"outcome", model::NameOf(gil.outcome)},
          {"sentence", ValidUtf8(GilSentence(result))},
          {"share", Figures(gil.share)},
          {"delay_ns", gil.delay_ns},
          {"blocks", gil.blocks},
          {"control_seconds_per_unit", figures(gil.control_seconds)},
          {"held_seconds_per_unit", figures(gil.held_seconds)},
          {"released_seconds_per_unit", figures(gil.released_seconds)},
          {"held_change", figures(gil.held_change)},
          {"released_change", figures(gil.released_change)},
          {"wait_seconds", gil.wait_seconds > 0 ? Json(gil.wait_seconds) : Json(nullptr)}};
}

std::optional<Estimate> GainUpTo(const CurveFinding& curve) {
  const Prediction* const farthest = model::FarthestPrediction(curve);
  return farthest == nullptr ? std::nullopt : farthest->gain;
}

Json ResultJson(const Findings& findings, const Result& result) {
  const CurveFinding& curve = result.curve;
  Json json = {
      {"name", ValidUtf8(NameOf(result))},
      {"verdict", model::NameOf(curve.verdict())},
      {"reason", model::NameOf(curve.reason.kind)},
      {"why", ValidUtf8(WhyPhrase(result))},
      {"calls_per_unit", Figures(curve.calls_per_unit)},
      {"own_seconds_per_unit", result.own_seconds_per_unit},
      {"elastic", curve.elastic},
      {"critical_calls_per_unit", Figures(curve.critical_calls)},
      {"kappa", Figures(curve.kappa)},
      {"kappa_withheld", KappaWithheldPhrase(curve.kappa_withheld)},
      {"kappa_per_process", Figures(curve.kappa_per_process)},
      {"slack_seconds_per_unit", Figures(curve.slack_seconds_per_unit)},
      {"slack_seconds_per_call", Figures(curve.slack_seconds_per_call)},
      {"kappa_after_slack", Figures(curve.kappa_after_slack)},
      {"one_percent_delay_seconds", Figures(curve.one_percent_delay_seconds)},
      {"harmless_delay_seconds", Number(curve.harmless_delay_seconds)},
      {"least_slack_seconds_per_call", curve.least_slack_seconds_per_call.has_value()
                                           ? Json(*curve.least_slack_seconds_per_call)
                                           : Json(nullptr)},
      {"change_at_largest_dose", Figures(curve.change_at_largest_dose)},
      {"gain_up_to", Figures(GainUpTo(curve))},
      {"gain_bound", curve.gain_bound.has_value() ? Json(*curve.gain_bound) : Json(nullptr)},
      {"no_gain", curve.no_gain.has_value() ? NoGainPhrase(*curve.no_gain) : ""},
      {"predictions", PredictionsJson(curve)},
      {"blocks", curve.blocks},
      {"trials", curve.trials},
      {"more_blocks", curve.more_blocks},
      {"control_seconds_per_unit", Figures(curve.control)},
      {"shape", ShapeJson(curve.shape)},
      {"points", PointsJson(findings, curve)},
      {"warnings", Warnings(findings, curve.warnings)}};
  if (curve.gpu.has_value()) json["gpu"] = GpuJson(*curve.gpu);
  if (result.gil.has_value()) json["gil"] = GilJson(result);
  if (result.function.has_value()) {
    json["group"] = ValidUtf8(result.group);
    json["file"] = ValidUtf8(result.function->file);
    json["line"] = result.function->first_line;
  }
  if (result.lines.has_value()) {
    json["lines"] = Json::array({result.lines->first, result.lines->second});
  }
  return json;
}

Json ResultsJson(const Findings& findings, const std::vector<Result>& results) {
  Json array = Json::array();
  for (const Result& result : results) array.push_back(ResultJson(findings, result));
  return array;
}

// [low, high]; null if it is not known.
Json RangeJson(const std::optional<model::Range>& range) {
  return range.has_value() ? Json::array({Number(range->low), Number(range->high)}) : Json(nullptr);
}

Json CountedJson(const Findings& findings) {
  Json array = Json::array();
  for (const CountedFunction& f : findings.counted) {
    array.push_back({{"module", ValidUtf8(f.id.module)},
                     {"qualname", ValidUtf8(f.id.qualname)},
                     {"file", ValidUtf8(f.id.file)},
                     {"line", f.id.first_line},
                     {"calls_per_unit", Number(f.calls_per_unit)},
                     {"processes", f.processes},
                     {"only_outside_window", f.only_outside_window},
                     {"polls_per_unit", Number(f.polls_per_unit)},
                     {"own_seconds_per_unit", Number(f.own_seconds_per_unit.value)},
                     {"own_seconds_per_unit_range", RangeJson(f.own_seconds_per_unit.range)}});
  }
  return array;
}

Json StepsJson(const Findings& findings) {
  Json array = Json::array();
  for (const StepSummary& step : findings.steps) {
    array.push_back({{"name", ValidUtf8(StepName(step.step))},
                     {"sentence", ValidUtf8(StepSentence(findings, step))},
                     {"next", ValidUtf8(NextSentence(findings, step))}});
  }
  return array;
}

Json PrioritiesJson(const Findings& findings) {
  Json array = Json::array();
  for (const Priority& p : findings.priorities) {
    array.push_back(
        {{"name", ValidUtf8(p.name)},
         {"verdict", model::NameOf(p.verdict)},
         {"gain_up_to", p.prediction.has_value() ? Figures(p.prediction->gain) : nullptr},
         {"worth", ValidUtf8(WorthText(p, findings.unit))},
         {"how_sure", ValidUtf8(EvidenceText(p))}});
  }
  return array;
}

Json VersionTimesJson(const std::optional<model::VersionTimes>& times) {
  if (!times.has_value()) return nullptr;
  return {{"outcome", model::NameOf(times->outcome)},
          {"seconds_per_unit", Figures(times->first_seconds)},
          {"other_seconds_per_unit", Figures(times->other_seconds)},
          {"time_change", Figures(times->time_change)},
          {"change", Figures(times->change)},
          {"trials", times->first_trials},
          {"other_trials", times->other_trials}};
}

Json DifferencesJson(const std::vector<model::FunctionDifference>& functions) {
  Json array = Json::array();
  for (const model::FunctionDifference& function : functions) {
    array.push_back({{"name", ValidUtf8(function.name)},
                     {"calls_per_unit", Number(function.first_calls)},
                     {"other_calls_per_unit", Number(function.other_calls)},
                     {"own_seconds_per_unit", Number(function.first_own_seconds)},
                     {"other_own_seconds_per_unit", Number(function.other_own_seconds)},
                     {"own_change_seconds_per_unit", Figures(function.own_change_seconds)},
                     {"predicted_change", Figures(function.predicted_change)}});
  }
  return array;
}

Json ComparisonJson(const Findings& findings) {
  if (!findings.comparison.has_value()) return nullptr;
  const model::Comparison& c = *findings.comparison;
  const model::VersionTimes* const answer = c.answer();
  return {{"other", ValidUtf8(c.other)},
          {"outcome", answer == nullptr ? Json(nullptr) : Json(model::NameOf(answer->outcome))},
          {"sentence", ValidUtf8(ComparisonSentence(c, findings.unit))},
          {"blocks", c.blocks},
          {"plain", VersionTimesJson(c.plain)},
          {"control", VersionTimesJson(c.control)},
          {"own_time_blocks", c.own_blocks},
          {"calls_per_unit", Number(c.first_calls)},
          {"other_calls_per_unit", Number(c.other_calls)},
          {"own_change_seconds_per_unit", Figures(c.own_change_seconds)},
          {"predicted_time_change", Figures(c.predicted_time_change)},
          {"predicted_change", Figures(c.predicted_change)},
          {"rest_of_time_change", Figures(c.rest)},
          {"place", model::NameOf(c.place)},
          {"where", ValidUtf8(PlaceSentence(c))},
          {"functions", DifferencesJson(c.functions)}};
}

}  // namespace

std::string AnalysisJson(const model::Findings& findings) {
  Json json = {{"schema", kAnalysisSchema},
               {"unit", ValidUtf8(findings.unit)},
               {"started", ValidUtf8(findings.started)},
               {"seconds", Number(findings.seconds)},
               {"trials", findings.trials},
               {"disturbed", findings.disturbed},
               {"plain", TimingJson(findings.plain)},
               {"control", TimingJson(findings.control)},
               {"global", findings.global.has_value() ? ResultJson(findings, *findings.global)
                                                      : Json(nullptr)},
               {"groups", ResultsJson(findings, findings.groups)},
               {"functions", ResultsJson(findings, findings.functions)},
               {"sites", ResultsJson(findings, findings.sites)},
               {"lines", ResultsJson(findings, findings.lines)},
               {"priorities", PrioritiesJson(findings)},
               {"steps", StepsJson(findings)},
               {"counted", CountedJson(findings)},
               {"warnings", Warnings(findings, findings.warnings)},
               {"settings", Pairs(findings.settings)},
               {"machine", Pairs(findings.machine)},
               {"commands", Texts(findings.commands)}};
  if (findings.comparison.has_value()) json["comparison"] = ComparisonJson(findings);
  return absl::StrCat(json.dump(2), "\n");
}

}  // namespace pyslow::render
