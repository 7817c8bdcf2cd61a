// Findings as sentences: verdicts, rankings, opportunities and priorities. Only the
// files *words.cc turn a finding into English.
#ifndef PYSLOW_SWEEP_RENDER_WORDS_H_
#define PYSLOW_SWEEP_RENDER_WORDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "sweep/model/curve_finding.h"
#include "sweep/model/findings.h"

namespace pyslow::render {

// The name of a result as in analysis.json: "all Python functions", "all targets", a group's name
// or "module:qualname". May hold any bytes.
std::string NameOf(const model::Result& result);

// The same as printable text.
std::string NameText(const model::Result& result);

// The verdict in a table cell: "on the critical path".
absl::string_view Meaning(const model::CurveFinding& curve);

// The verdict on a result with its figures, as a sentence without its full stop: "Python is on the
// critical path: 10us more per call costs 5.1% [4.6, 5.5]".
std::string VerdictSentence(const model::Result& result, absl::string_view unit);

// The share of throughput that a delay of each call costs, read off the fitted shape, with an
// interval if the shape is a line that has one. The delay is a power of ten that is not above the
// largest measured delay, and costs 1% to 50% if one does.
struct Cost {
  int64_t delay_ns = 0;
  model::Estimate share;
};
std::optional<Cost> CostOfDelay(const model::CurveFinding& curve);

// "12.3us", or "-" for 0, which means not measured.
std::string OwnTimeText(double own_seconds);

// "each call took 10us less", "all of the calls' own time were saved".
std::string IfFaster(const model::Prediction& prediction);

// The gain that faster Python would bring, or the reason why none is predicted. If the data do not
// decide whether calls are critical, the sentence says that the gain is without a verdict.
std::string OpportunitySentence(const model::CurveFinding& curve, absl::string_view unit);

// Whether a sentence may call the result's effect shown: its verdict counts calls as critical, its
// table row has an interval, and each interval in the row shows a slowdown.
bool ShowsEffect(const model::CurveFinding& curve);

// "entered" if the results are of lines, else "called".
absl::string_view CalledWord(const std::vector<model::Result>& ranked);
bool IsNeverEntered(const model::Result& result);  // lines
// Why the result has its verdict.
std::string WhyPhrase(const model::Result& result);

// Whether the data leave open if, or how much, the result matters.
bool IsUndecided(const model::CurveFinding& curve);

// Whether the data show that delays cost time, and leave open only how much or from where on.
bool CostsTime(const model::CurveFinding& curve);

// Which of `ranked` matters most, and how many matter; or that all are hidden; or that the data do
// not decide, with the largest effect seen. `kind`: "subsystem", "function".
std::string RankingSentence(const std::vector<model::Result>& ranked, absl::string_view kind);

// Whether one of the priorities has a verdict, or there are none. Otherwise their order says
// nothing.
bool IsRanking(const std::vector<model::Priority>& priorities);

// The title of their list.
absl::string_view PrioritiesTitle(const std::vector<model::Priority>& priorities);

// A priority's gain, or the reason why none is predicted.
std::string WorthText(const model::Priority& priority, absl::string_view unit);

// The evidence for it: "curve: 8 blocks, 24 trials".
std::string EvidenceText(const model::Priority& priority);

}  // namespace pyslow::render

#endif  // PYSLOW_SWEEP_RENDER_WORDS_H_
