#include "sweep/render/gpu_words.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "sweep/render/figures.h"

namespace pyslow::render {
namespace {

using model::GpuFinding;
using model::Warning;

std::string TrendText(const GpuFinding& gpu) {
  if (!gpu.change.has_value()) return "";
  const std::string change = PercentText(*gpu.change, true);
  switch (gpu.trend) {
    case GpuFinding::Trend::kFlat:
      return absl::StrCat(", flat over the delays (", change, ")");
    case GpuFinding::Trend::kGrows:
      return absl::StrCat(", grows with the delay (", change, "): it is no limit");
    case GpuFinding::Trend::kFalls:
      return absl::StrCat(", falls with the delay (", change, "): it is no limit");
    case GpuFinding::Trend::kUnknown:
      return gpu.change->range.has_value()
                 ? absl::StrCat(", not known to be flat over the delays (", change, ")")
                 : "";
  }
  return "";
}

std::string Throttled(const Warning& warning) {
  std::string text = absl::StrFormat("Disturbed: in %d of %d trials a GPU lowered its clock (%s)",
                                     warning.count, warning.total, warning.text);
  if (warning.high > 0) {
    absl::StrAppendFormat(&text, "; the mean clock of a trial was %.0f to %.0f MHz", warning.low,
                          warning.high);
  }
  return absl::StrCat(text,
                      ". Trials at other clocks are not equal work: improve the cooling, or lock "
                      "the clock with nvidia-smi -lgc.");
}

}  // namespace

std::string GpuBusyText(const std::optional<model::Estimate>& busy) {
  return busy.has_value() ? PercentText(*busy) : "-";
}

std::string GpuTimeText(const std::optional<model::Estimate>& seconds) {
  return seconds.has_value() ? SecondsText(*seconds) : "-";
}

std::string GpuFigure(const GpuFinding& gpu) {
  return gpu.seconds_per_unit.has_value() ? SecondsText(*gpu.seconds_per_unit)
                                          : PercentText(gpu.busy);
}

std::string GpuMeaning(const GpuFinding& gpu, absl::string_view unit) {
  if (!gpu.seconds_per_unit.has_value()) {
    return absl::StrCat("busy share of the GPU in a trial; its time per ", unit, " is unknown");
  }
  const std::string idle = gpu.idle_seconds_per_unit.has_value()
                               ? absl::StrCat("; for ", SecondsText(*gpu.idle_seconds_per_unit),
                                              " of a ", unit, " the GPU idles")
                               : "";
  return absl::StrCat("GPU time of a ", unit, TrendText(gpu), idle);
}

std::string GpuWarning(const Warning& warning, absl::string_view unit) {
  switch (warning.kind) {
    case Warning::Kind::kGpuLimits: {
      const model::Estimate gain{warning.ratio, model::Range{warning.low, warning.high}};
      return absl::StrFormat(
          "The GPU works for %.0f%% of a %s, and as long whatever the delay: faster Python gains "
          "at "
          "most %s. %s limited to that.",
          warning.share * 100, unit, PercentText(gain),
          warning.count == 1 ? "One prediction was"
                             : absl::StrCat(warning.count, " predictions were"));
    }
    case Warning::Kind::kGpuThrottled:
      return Throttled(warning);
    case Warning::Kind::kGpuShared:
      return absl::StrFormat(
          "In %d of %d trials, other programs used the GPU too: its busy share is theirs as well, "
          "and its time per %s is unknown.",
          warning.count, warning.total, unit);
    default:
      return "";
  }
}

absl::string_view GpuSourceText(absl::string_view source) {
  if (source == "gpm") return "busy share by hardware counters (GPM)";
  if (source == "samples") return "busy share by the driver's samples";
  if (source == "utilization") return "busy share by the driver's rate, which is coarse";
  return "busy share by sysfs";
}

}  // namespace pyslow::render
