#include "sweep/trials/match_summary.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/sanitize.h"
#include "base/text.h"

namespace pyslow::trials {

void MatchSummary::Add(absl::StatusOr<Figure> figure) {
  ++found_;
  if (found_ <= skip_) return;
  if (figure.ok() && rule_ != MatchRule::kLast && last_.has_value()) {
    absl::Status same = CheckPrefix(figure->printed, figure->word, last_->word);
    if (!same.ok()) figure = std::move(same);
  }
  last_status_ = figure.status();
  if (!figure.ok()) {
    if (first_error_.ok()) first_error_ = figure.status();
    if (first_cut_.ok() && absl::IsOutOfRange(figure.status())) first_cut_ = figure.status();
    return;
  }
  const double value = figure->value;
  smallest_ = readable_ == 0 ? value : std::min(smallest_, value);
  largest_ = readable_ == 0 ? value : std::max(largest_, value);
  AddStep(*figure);
  const bool is_harmonic = rule_ == MatchRule::kMean && quantity_ == Quantity::kRate;
  sum_ += is_harmonic ? 1 / value : value;
  if (rule_ == MatchRule::kMedian) values_.push_back(value);
  ++readable_;
  last_ = *std::move(figure);
}

void MatchSummary::AddStep(const Figure& figure) {
  const PrintedNumber& number = figure.number;
  if (number.value == 0 || number.step <= 0) return;  // no power of ten
  const int power = static_cast<int>(std::floor(std::log10(std::abs(number.value))));
  Step& step = steps_[power];
  step.printed = step.unit == 0 ? number.step : std::min(step.printed, number.step);
  step.unit = std::max(step.unit, figure.step / number.step);
}

double MatchSummary::LargestStep() const {
  double largest = 0;
  for (const auto& [power, step] : steps_) largest = std::max(largest, step.printed * step.unit);
  return largest;
}

double MatchSummary::ValueOf() const {
  const auto count = static_cast<double>(readable_);
  switch (rule_) {
    case MatchRule::kLast:
      return last_->value;
    case MatchRule::kMean:
      return quantity_ == Quantity::kRate ? count / sum_ : sum_ / count;
    case MatchRule::kSum:
      return sum_;
    case MatchRule::kMax:
      return largest_;
    case MatchRule::kMedian:
      break;
  }
  std::vector<double> values = values_;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

absl::StatusOr<CombinedFigure> MatchSummary::Combined(bool may_be_zero,
                                                      absl::string_view where) const {
  if (found_ <= skip_) {
    return absl::InvalidArgumentError(
        absl::StrCat("it matches ", CountedText(found_, "time", "times"), " in ", where,
                     ", and --skip-matches leaves out ", skip_));
  }
  const bool is_last = rule_ == MatchRule::kLast;
  // An expression that cuts one number may read others in a wrong way, too.
  const absl::Status& status = !first_cut_.ok() ? first_cut_
                               : is_last        ? last_status_
                                                : first_error_;
  if (!status.ok()) {
    const bool is_of_last = is_last && status == last_status_;
    return absl::InvalidArgumentError(absl::StrCat("its ", is_of_last ? "last match" : "match",
                                                   " in ", where, ", ", status.message()));
  }
  CombinedFigure combined;
  const bool needs_all = rule_ == MatchRule::kMean && quantity_ == Quantity::kRate;
  combined.value = needs_all && smallest_ <= 0 ? smallest_ : ValueOf();
  if (!may_be_zero && !(combined.value > 0)) {
    return absl::InvalidArgumentError(
        is_last ? absl::StrCat("its last match in ", where, ", '", Excerpt(last_->printed),
                               "', is not above 0")
                : absl::StrCat("a figure of its ", readable_, " matches is not above 0"));
  }
  combined.unit_seconds = last_->unit_seconds;
  combined.word = last_->word;
  combined.reading.matches = readable_;
  combined.reading.last_counts = is_last;
  combined.reading.smallest = smallest_;
  combined.reading.largest = largest_;
  combined.reading.step = LargestStep();
  if (rule_ == MatchRule::kSum) combined.reading.step *= static_cast<double>(readable_);
  if (is_last) combined.reading.step = last_->step;
  combined.reading.printed = last_->printed;
  combined.reading.read_as = last_->read_as;
  return combined;
}

}  // namespace pyslow::trials
