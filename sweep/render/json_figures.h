// Figures and texts in JSON documents.
#ifndef PYSLOW_SWEEP_RENDER_JSON_FIGURES_H_
#define PYSLOW_SWEEP_RENDER_JSON_FIGURES_H_

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/sanitize.h"
#include "sweep/model/estimate.h"

namespace pyslow::render {

// JSON has neither infinities nor NaN: they are null.
inline nlohmann::ordered_json Number(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}

inline nlohmann::ordered_json Number(const std::optional<double>& value) {
  return value.has_value() ? Number(*value) : nlohmann::ordered_json(nullptr);
}

// [estimate, low, high]; the ends are null without an interval.
inline nlohmann::ordered_json Figures(const model::Estimate& estimate) {
  const auto& range = estimate.range;
  return nlohmann::ordered_json::array(
      {Number(estimate.value),
       range.has_value() ? Number(range->low) : nlohmann::ordered_json(nullptr),
       range.has_value() ? Number(range->high) : nlohmann::ordered_json(nullptr)});
}

// null for nullopt.
inline nlohmann::ordered_json Figures(const std::optional<model::Estimate>& estimate) {
  return estimate.has_value() ? Figures(*estimate) : nlohmann::ordered_json(nullptr);
}

// A list of texts of any bytes.
inline nlohmann::ordered_json Texts(const std::vector<std::string>& texts) {
  nlohmann::ordered_json array = nlohmann::ordered_json::array();
  for (const std::string& text : texts) array.push_back(ValidUtf8(text));
  return array;
}

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_JSON_FIGURES_H_
