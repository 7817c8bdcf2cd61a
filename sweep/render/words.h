// What was found, in sentences: the only place where a verdict is put into words.
#ifndef PYSLOW_SWEEP_RENDER_WORDS_H_
#define PYSLOW_SWEEP_RENDER_WORDS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "sweep/render/findings.h"
#include "sweep/statistics/judge.h"

namespace pyslow::render {

// What the verdict means, as short as a table wants it: "on the critical path".
absl::string_view Meaning(statistics::Verdict verdict);

// The verdict on `subject` ("Python", a group, a function) with its figures, as a sentence without
// its full stop: "Python is on the critical path: 10us more per call costs 5.1% [4.6, 5.5]".
std::string VerdictSentence(absl::string_view subject, const statistics::CurveFinding& curve,
                            absl::string_view unit);

// The throughput that a delay of each call costs, as a share, read off the fitted shape; with an
// interval where the shape is a line that has one. The delay is a round one, not above the largest
// measured, that costs something between 1% and 50% where there is one.
struct Cost {
  int64_t delay_ns = 0;
  statistics::Estimate share;
};
std::optional<Cost> CostOfDelay(const statistics::CurveFinding& curve);

// "12.3us", or "-" where it was not measured, which is 0.
std::string OwnTimeText(double own_seconds);

// "81 functions were called, 1,234 calls a unit".
std::string CountSentence(const std::vector<CountedFunction>& counted, absl::string_view unit);

// "each call took 10us less", "all of the calls' own time were gone".
std::string IfFaster(const statistics::Prediction& prediction);

// What faster Python is worth: "if each call took 10us less, up to 5.6% [5.0, 6.1] more units/s";
// or why nothing is expected.
std::string OpportunitySentence(const statistics::CurveFinding& curve, absl::string_view unit);

// Which of `ranked` matters most, and how many do. `kind`: "subsystem", "function".
std::string RankingSentence(const std::vector<Result>& ranked, absl::string_view kind);

// A line of the list of what to optimise first.
Priority PriorityOf(const Result& result, absl::string_view unit);

// What a sentence about the result has for its subject: "Python" for all Python functions.
std::string SubjectOf(const Result& result);

// As plain text: names may hold anything (see Printable).
std::string NameText(const Result& result);

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_WORDS_H_
