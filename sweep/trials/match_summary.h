// Combines the matches of a trial into one figure: --matches and --skip-matches.
#ifndef PYSLOW_SWEEP_TRIALS_MATCH_SUMMARY_H_
#define PYSLOW_SWEEP_TRIALS_MATCH_SUMMARY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "sweep/model/trial.h"
#include "sweep/trials/figure.h"
#include "sweep/trials/trial_settings.h"

namespace pyslow::trials {

struct CombinedFigure {
  double value = 0;
  // Of the last match, as in Figure:
  double unit_seconds = 0;
  std::string word;
  model::FigureReading reading;
};

// Memory is constant, except for the median, which keeps a number for each match. Not thread-safe.
class MatchSummary {
 public:
  // The mean of rates is the harmonic one: all units over all time, if each match counts as many
  // units.
  MatchSummary(MatchRule rule, uint64_t skip, Quantity quantity)
      : rule_(rule), skip_(skip), quantity_(quantity) {}

  void Add(absl::StatusOr<Figure> figure);
  bool has_matches() const { return found_ > 0; }

  // InvalidArgument if a needed match cannot be read, if a match that is not skipped is a part of a
  // number (see ReadFigure), if too few are left, or if the result is not above 0, unless
  // `may_be_zero`. The message follows "--time-regex: ". `where`: of the matches, as in "the
  // command's output".
  absl::StatusOr<CombinedFigure> Combined(bool may_be_zero, absl::string_view where) const;

 private:
  void AddStep(const Figure& figure);
  double ValueOf() const;
  double LargestStep() const;

  MatchRule rule_;
  uint64_t skip_;
  Quantity quantity_;
  uint64_t found_ = 0;
  uint64_t readable_ = 0;
  std::optional<Figure> last_;  // readable
  absl::Status last_status_;
  absl::Status first_error_;
  absl::Status first_cut_;  // the first match that is a part of a number
  double smallest_ = 0;
  double largest_ = 0;
  double sum_ = 0;  // of rates: of their reciprocals
  // By the power of ten of the printed number: its smallest step as printed, and the largest value
  // of 1 as printed. 12.3 among 12.34 and 12.41 is 12.30 (R25).
  struct Step {
    double printed = 0;
    double unit = 0;
  };
  std::map<int, Step> steps_;
  std::vector<double> values_;  // for the median
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_MATCH_SUMMARY_H_
