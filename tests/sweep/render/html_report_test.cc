#include "sweep/render/html_report.h"

#include <gtest/gtest.h>

#include <string>

#include "render_testing.h"

namespace pyslow::render {
namespace {

constexpr const char* kNoGnuplot = "/nonexistent/gnuplot";

std::string Page(const Findings& findings) { return HtmlReport(findings, kNoGnuplot); }

TEST(HtmlReportTest, BeginsWithTheStoryInWords) {
  const std::string page = Page(WholeSweep());
  const size_t said = page.find("Python is on the critical path");
  ASSERT_NE(said, std::string::npos);
  EXPECT_LT(said, page.find("<table>"));
}

TEST(HtmlReportTest, HasEveryWarningCommandSettingAndPriority) {
  const std::string page = Page(WholeSweep());
  for (const char* part :
       {"3 of 200 trials were disturbed by", "pyslow-sweep --seed 7 -- app.py --batch 8",
        "app.py --batch 8", "Some CPU @ 2 GHz", "up to 1% more steps/s", "/srv/app/model.py:31",
        "outside the window alone", "2026-01-02T03:04:05Z"}) {
    EXPECT_TRUE(Has(page, part)) << part;
  }
}

TEST(HtmlReportTest, HasACurveForEachResultThatIsOne) {
  Findings findings = WholeSweep();
  findings.functions[2].curve.levels.resize(2);
  const std::string page = Page(findings);
  for (const char* name : {"all Python functions", "model", "model:Layer.forward", "model:hide"}) {
    EXPECT_TRUE(Has(page, std::string("<h3>") + name + "</h3>")) << name;
  }
  EXPECT_FALSE(Has(page, "<h3>model:&lt;lambda&gt;</h3>"));
}

TEST(HtmlReportTest, EscapesWhatABrowserWouldObey) {
  Findings findings = WholeSweep();
  findings.unit = "<i>";
  findings.settings.emplace_back("\"><script>alert(1)</script>", "'><script>");
  findings.commands = {"</pre><script>"};
  const std::string page = Page(findings);
  EXPECT_FALSE(Has(page, "<script"));
  EXPECT_FALSE(Has(page, "<b>&\""));  // a group's name
  EXPECT_FALSE(Has(page, "<i>"));
  EXPECT_TRUE(Has(page, "&lt;b&gt;&amp;&quot;名前"));
  EXPECT_TRUE(Has(page, "disturbed by &lt;other&gt; programs &amp; left out"));
}

TEST(HtmlReportTest, RefersToNothingOutsideOfIt) {
  const std::string page = HtmlReport(WholeSweep(), "gnuplot");
  for (const char* part :
       {"src=", "@import", "<link rel=\"stylesheet", "href=\"http", "url(http"}) {
    EXPECT_FALSE(Has(page, part)) << part;
  }
}

TEST(HtmlReportTest, IsWholeWithoutGnuplotAndSaysSo) {
  const std::string page = Page(WholeSweep());
  EXPECT_TRUE(Has(page, "Install gnuplot"));
  EXPECT_FALSE(Has(page, "<svg"));
  EXPECT_TRUE(Has(page, "</html>"));
}

TEST(HtmlReportTest, ShowsASweepThatFoundNothing) {
  Findings findings;
  findings.steps = {{Step::kCount, "1. Count", "Nothing was called.", ""}};
  EXPECT_TRUE(Has(Page(findings), "Nothing was called."));
}

}  // namespace
}  // namespace pyslow::render
