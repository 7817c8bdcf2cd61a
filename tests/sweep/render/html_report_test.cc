#include "sweep/render/html_report.h"

#include <gtest/gtest.h>

#include <string>

#include "render_testing.h"

namespace pyslow::render {

using model::Findings;
using model::StepSummary;

namespace {

std::string Page(const Findings& findings) { return HtmlReport(findings); }

TEST(HtmlReportTest, BeginsWithTheSentences) {
  const std::string page = Page(WholeSweep());
  const size_t said = page.find("Python is on the critical path");
  ASSERT_NE(said, std::string::npos);
  EXPECT_LT(said, page.find("<table>"));
}

TEST(HtmlReportTest, HasEveryWarningCommandSettingAndPriority) {
  const std::string page = Page(WholeSweep());
  for (const char* part :
       {"Disturbed: in 3 of 200 trials", "pyslow-sweep --seed 7 -- app.py --batch 8",
        "app.py --batch 8", "Some CPU @ 2 GHz", "up to 1.01% [0.81, 1.21] more steps/s",
        "/srv/app/model.py:31", "only outside the window", "2026-01-02T03:04:05Z"}) {
    EXPECT_TRUE(Has(page, part)) << part;
  }
}

TEST(HtmlReportTest, HasAPlotForEachCurve) {
  Findings findings = WholeSweep();
  findings.functions[2].curve.levels.resize(2);
  const std::string page = Page(findings);
  for (const char* name : {"all Python functions", "model", "model:Layer.forward", "model:hide"}) {
    EXPECT_TRUE(Has(page, std::string("<h3>") + name + "</h3>")) << name;
  }
  EXPECT_FALSE(Has(page, "<h3>model:&lt;lambda&gt;</h3>"));
}

TEST(HtmlReportTest, EscapesMarkup) {
  Findings findings = WholeSweep();
  findings.unit = "<i>";
  findings.settings.emplace_back("\"><script>alert(1)</script>", "'><script>");
  findings.commands = {"</pre><script>"};
  const std::string page = Page(findings);
  EXPECT_FALSE(Has(page, "<script"));
  EXPECT_FALSE(Has(page, "<b>&\""));  // a group's name
  EXPECT_FALSE(Has(page, "<i>"));
  EXPECT_TRUE(Has(page, "&lt;b&gt;&amp;&quot;名前"));
  EXPECT_TRUE(Has(page, "a &lt;tool&gt; id &amp; its callbacks were lost."));
}

TEST(HtmlReportTest, HasNoExternalReference) {
  const std::string page = Page(WholeSweep());
  for (const char* part :
       {"src=", "@import", "<link rel=\"stylesheet", "href=\"http", "url(http"}) {
    EXPECT_FALSE(Has(page, part)) << part;
  }
}

TEST(HtmlReportTest, DrawsTwoPlotsOfACurve) {
  Findings findings = WholeSweep();
  findings.groups.clear();
  findings.functions.clear();
  const std::string page = Page(findings);
  EXPECT_TRUE(Has(page, "Time per step against delay: all Python functions"));
  EXPECT_EQ(page.find("<svg"), page.find("aria-label=\"Time per step against delay") +
                                   std::string("aria-label=\"Time per step against delay: all "
                                               "Python functions\">")
                                       .size());
}

// On a phone the rest of a row is off the screen.
TEST(HtmlReportTest, NamesAreInTheFirstColumn) {
  const std::string page = Page(WholeSweep());
  EXPECT_TRUE(Has(page, "<tr><td class=\"name\">model:Layer.forward</td><td>linear</td>"));
  EXPECT_TRUE(Has(page, "<tr><td class=\"name\">1. model:Layer.forward</td>"));
}

TEST(HtmlReportTest, ShowsASweepWithoutResults) {
  Findings findings;
  StepSummary nothing;
  nothing.outcome = StepSummary::Outcome::kNothingCalled;
  findings.steps = {nothing};
  EXPECT_TRUE(Has(Page(findings), "no function that the targets match was called."));
}

}  // namespace
}  // namespace pyslow::render
