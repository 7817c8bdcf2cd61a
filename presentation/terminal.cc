#include "experiment/presentation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "base/duration_text.h"

namespace pyslow::experiment {
namespace {

constexpr int kMostDecimals = 9;

// The place of a number's first digit: 0 for 1 … 9.99, −1 for 0.1 … 0.999.
int Magnitude(double value) { return static_cast<int>(std::floor(std::log10(value))); }

int Decimals(int significant, double value) {
  if (value <= 0) return 0;
  return std::clamp(significant - 1 - Magnitude(value), 0, kMostDecimals);
}

std::string Rounded(double value, int decimals) {
  std::string text = absl::StrFormat("%.*f", decimals, value);
  const bool is_zero = text.find_first_of("123456789") == std::string::npos;
  return is_zero && text.front() == '-' ? text.substr(1) : text;  // no "-0.0"
}

std::string Signed(double value, int decimals) {
  std::string text = Rounded(value, decimals);
  return value > 0 ? absl::StrCat("+", text) : text;
}

using Row = std::vector<std::string>;

// At least one row; columns two blanks apart, the first aligned as said, the others at their left.
enum Align { kLeft, kRight };
std::string FormatTable(const std::vector<Row>& rows, Align first) {
  std::vector<size_t> widths(rows.front().size());
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string table;
  for (const Row& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - row[i].size(), ' ');
      const bool at_right = i == 0 && first == kRight;
      absl::StrAppend(&line, i == 0 ? "" : "  ", at_right ? padding : "", row[i],
                      at_right ? "" : padding);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    absl::StrAppend(&table, line, "\n");
  }
  return table;
}

absl::string_view UnitOf(Measure measure) { return measure == Measure::kWallTime ? "run" : "unit"; }

std::string FormatPercent(const Estimate& ratio) {
  const double half =
      ratio.range.has_value() ? (ratio.range->high - ratio.range->low) / 2 : ratio.value / 100;
  const int decimals = std::min(Decimals(2, std::abs(half * 100)), 2);
  std::string text = absl::StrCat(Signed(ratio.value * 100, decimals), "%");
  if (ratio.range.has_value()) {
    absl::StrAppend(&text, " [", Rounded(ratio.range->low * 100, decimals), ", ",
                    Rounded(ratio.range->high * 100, decimals), "]");
  }
  return text;
}

std::string FormatLevels(const Analysis& analysis) {
  const absl::string_view unit = UnitOf(analysis.measure);
  std::vector<Row> rows = {{"delay", absl::StrCat(unit, "s/s"), "change",
                            absl::StrCat("time/", unit), absl::StrCat("calls/", unit),
                            absl::StrCat("dose/", unit)}};
  for (const LevelResult& level : analysis.levels) {
    const bool counted = level.calls_per_unit.has_value();
    rows.push_back(
        {absl::StrCat("  ", level.delay_ns == 0 ? "0" : FormatTimeNs(level.delay_ns)),
         FormatEstimate(level.throughput),
         level.change.has_value() ? FormatPercent(*level.change) : "control",
         FormatSeconds(level.seconds_per_unit.value),
         counted ? Rounded(*level.calls_per_unit, Decimals(4, *level.calls_per_unit)) : "-",
         counted ? FormatSeconds(*level.dose_seconds) : "-"});
  }
  return FormatTable(rows, kRight);
}

std::string FormatFit(const Analysis& analysis) {
  const Fit& fit = *analysis.delay_fit;
  const std::string unit(UnitOf(analysis.measure));
  const bool has_kappa = analysis.kappa.has_value();
  // Where units were not counted, the calls per unit are an estimate, and the interval is the
  // slope's alone.
  const absl::string_view caution =
      analysis.measure == Measure::kWallTime ? "" : ", as exact as calls/unit is";
  const std::vector<Row> rows = {
      {"  T0", FormatSeconds(fit.intercept), ""},
      {"  n*", FormatEstimate(fit.slope),
       absl::StrCat("calls of a ", unit, " that are on the critical path")},
      {"  kappa", has_kappa ? FormatEstimate(*analysis.kappa) : "withheld",
       has_kappa
           ? absl::StrCat("share of the dose that reaches the clock (0: hidden, 1: all)", caution)
           : analysis.kappa_withheld}};
  return absl::StrCat("T = T0 + n* x delay = T0 + kappa x dose, where T is the time of a ", unit,
                      ":\n", FormatTable(rows, kLeft));
}

std::string FormatPredictions(const Analysis& analysis) {
  const absl::string_view unit = UnitOf(analysis.measure);
  if (analysis.predictions.empty()) return "";
  std::vector<Row> rows;
  for (const Prediction& p : analysis.predictions) {
    Row row = {absl::StrCat("  -", FormatTimeNs(p.faster_ns)), "", ""};
    if (p.throughput.has_value()) {
      row[1] = absl::StrCat(FormatEstimate(*p.throughput), " ", unit, "s/s");
      row[2] = FormatPercent(Plus(*p.gain, -1));
      if (!p.withheld.empty()) absl::StrAppend(&row[2], "  (", p.withheld, ")");
    } else {
      row[1] = absl::StrCat("withheld: ", p.withheld);
    }
    rows.push_back(row);
  }
  return absl::StrCat(
      "Expected if each call took less time (up to: a call cannot save more than it takes):\n",
      FormatTable(rows, kRight));
}

std::string FormatWarnings(const Analysis& analysis) {
  std::string text;
  if (analysis.trials_left_out > 0) {
    absl::StrAppend(&text, "Left out: ", analysis.trials_left_out,
                    analysis.trials_left_out == 1 ? " trial" : " trials",
                    " of a block that was not completed.\n");
  }
  if (analysis.trials_disturbed > 0) {
    const size_t trials = analysis.trials_left_out + analysis.blocks * analysis.levels.size();
    absl::StrAppend(&text, "Disturbed: in ", analysis.trials_disturbed, " of ", trials,
                    " trials the command waited for a core for over 1% of its time. A delay then "
                    "costs\nmore than it says: trust the figures only as far as most trials were "
                    "calm, or run it again.\n");
  }
  return text.empty() ? "" : absl::StrCat(text, "\n");
}

}  // namespace

std::string FormatSeconds(double seconds) {
  struct Unit {
    double seconds;
    absl::string_view name;
  };
  static constexpr std::array<Unit, 4> kUnits = {
      {{1, "s"}, {1e-3, "ms"}, {1e-6, "us"}, {1e-9, "ns"}}};
  if (seconds <= 0) return seconds < 0 ? absl::StrCat("-", FormatSeconds(-seconds)) : "0";
  const auto* unit = std::find_if(kUnits.begin(), kUnits.end() - 1, [&](const Unit& u) {
    return seconds >= u.seconds * 0.99995;  // rounds to 1.000 of it
  });
  const double value = seconds / unit->seconds;
  return absl::StrCat(Rounded(value, Decimals(4, std::max(value, 1.0))), unit->name);
}

std::string FormatEstimate(const Estimate& estimate, double scale) {
  const double value = estimate.value * scale;
  if (!estimate.range.has_value()) return Rounded(value, Decimals(4, std::abs(value)));
  const double low = estimate.range->low * scale;
  const double high = estimate.range->high * scale;
  const int decimals = Decimals(2, (high - low) / 2);
  return absl::StrCat(Rounded(value, decimals), " [", Rounded(low, decimals), ", ",
                      Rounded(high, decimals), "]");
}

std::string FormatAnalysis(const Analysis& analysis) {
  const bool one_block = analysis.blocks == 1;
  std::string text =
      absl::StrCat("Means of ", analysis.blocks, one_block ? " block" : " blocks",
                   one_block ? "" : " with 95% intervals", ", change against the control:\n",
                   FormatLevels(analysis), "\n", FormatWarnings(analysis));
  if (!analysis.never_called) {
    return absl::StrCat(text, FormatFit(analysis), "\n", FormatPredictions(analysis));
  }
  return absl::StrCat(text,
                      "Untested: no function that the targets match was called in the window, so "
                      "nothing was delayed.\n");
}

std::string FormatTrial(const Trial& trial, size_t planned, Measure measure) {
  const std::string figure =
      measure == Measure::kWallTime
          ? FormatSeconds(trial.seconds_per_unit)
          : absl::StrCat(FormatEstimate({1 / trial.seconds_per_unit, std::nullopt}), " units/s");
  return absl::StrCat(
      "trial ", trial.index + 1, " of ", planned, ": ",
      trial.delay_ns == 0 ? "control" : absl::StrCat("delay ", FormatTimeNs(trial.delay_ns)), ": ",
      figure);
}

}  // namespace pyslow::experiment
