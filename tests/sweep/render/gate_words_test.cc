#include "sweep/render/gate_words.h"

#include <gtest/gtest.h>

#include <string>

namespace pyslow::render {
namespace {

using model::Gate;

model::Result ResultOf(const std::string& name, double low, double high,
                       model::Reason::Kind reason = model::Reason::Kind::kEveryCallCounts) {
  model::Result result;
  result.kind = model::SubjectKind::kGroup;
  result.name = name;
  result.curve.reason.kind = reason;
  result.curve.change_at_largest_dose = {(low + high) / 2, model::Range{low, high}};
  return result;
}

std::string LineOf(const Gate& gate, const model::Findings& findings) {
  return GateLine(gate, model::Judge(gate, findings));
}

Gate ChangeBelow(double limit) {
  Gate gate;
  gate.text = "change<-2%";
  gate.is_below = true;
  gate.limit = limit;
  return gate;
}

TEST(GateLine, JudgesWholeIntervals) {
  model::Findings findings;
  findings.groups = {ResultOf("slow", -0.08, -0.06), ResultOf("unclear", -0.03, -0.01),
                     ResultOf("fast", -0.01, 0.01)};
  EXPECT_EQ(LineOf(ChangeBelow(-0.02), findings),
            "--fail-if change<-2% holds: slow -7.0% [-8.0, -6.0]");
  findings.groups.erase(findings.groups.begin());
  EXPECT_EQ(LineOf(ChangeBelow(-0.02), findings),
            "--fail-if change<-2% is not decided: unclear -2.0% [-3.0, -1.0]; more blocks (--runs) "
            "would narrow the intervals");
  findings.groups.erase(findings.groups.begin());
  EXPECT_EQ(LineOf(ChangeBelow(-0.02), findings), "--fail-if change<-2% does not hold");
  findings.groups.clear();
  EXPECT_EQ(LineOf(ChangeBelow(-0.02), findings),
            "--fail-if change<-2% cannot be judged: no result has this figure");
}

TEST(GateLine, AnEstimateWithoutAnIntervalDecidesNothing) {
  model::Findings findings;
  findings.groups = {ResultOf("one block", -0.5, -0.5)};
  findings.groups[0].curve.change_at_largest_dose->range.reset();
  EXPECT_EQ(model::Judge(ChangeBelow(-0.02), findings).open.size(), 1U);
}

TEST(GateLine, JudgesVerdicts) {
  Gate gate;
  gate.text = "verdict=critical";
  gate.figure = Gate::Figure::kVerdict;
  gate.verdict = model::Verdict::kLinear;
  model::Findings findings;
  findings.functions = {ResultOf("a:f", -1, 0), ResultOf("a:g", -1, 0)};
  EXPECT_EQ(LineOf(gate, findings), "--fail-if verdict=critical holds: a:f, a:g");
  for (model::Result& result : findings.functions) {
    result.curve.reason.kind = model::Reason::Kind::kNoiseHides;
  }
  EXPECT_EQ(
      LineOf(gate, findings),
      "--fail-if verdict=critical is not decided: a:f, a:g; more blocks (--runs) would narrow "
      "the intervals");
  for (model::Result& result : findings.functions) {
    result.curve.reason.kind = model::Reason::Kind::kEffectExcluded;
  }
  EXPECT_EQ(LineOf(gate, findings), "--fail-if verdict=critical does not hold");
}

TEST(GateLine, JudgesTheTimeOfAUnit) {
  Gate gate;
  gate.text = "time>5ms";
  gate.figure = Gate::Figure::kTime;
  gate.limit = 0.005;
  model::Findings findings;
  findings.control = model::Timing{{0.0061, model::Range{0.0059, 0.0063}}, 4};
  EXPECT_EQ(LineOf(gate, findings), "--fail-if time>5ms holds: 6.10ms [5.90, 6.30]");
}

}  // namespace
}  // namespace pyslow::render
