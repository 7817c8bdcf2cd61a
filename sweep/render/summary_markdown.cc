#include "sweep/render/summary_markdown.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "base/sanitize.h"
#include "sweep/render/advice_words.h"
#include "sweep/render/comparison_words.h"
#include "sweep/render/figures.h"
#include "sweep/render/gil_words.h"
#include "sweep/render/reason_words.h"
#include "sweep/render/step_words.h"
#include "sweep/render/words.h"

namespace pyslow::render {
namespace {

using model::Findings;

// Text of which no character has a meaning in Markdown or HTML.
std::string Plain(absl::string_view text) {
  return absl::StrReplaceAll(Printable(text), {{"\\", "\\\\"},
                                               {"*", "\\*"},
                                               {"_", "\\_"},
                                               {"`", "\\`"},
                                               {"<", "\\<"},
                                               {"[", "\\["},
                                               {"|", "\\|"}});
}

// Text as a code span, also in a table.
std::string Code(absl::string_view text) {
  return absl::StrCat("`", absl::StrReplaceAll(Printable(text), {{"`", "'"}, {"|", "\\|"}}), "`");
}

std::string Paragraph(absl::string_view title, const std::string& text) {
  if (text.empty()) return "";
  return absl::StrCat("**", title, ":** ", Plain(Ended(text)), "\n\n");
}

std::string Sentence(const std::string& text) {
  return text.empty() ? "" : absl::StrCat(Plain(Ended(text)), "\n\n");
}

std::string GlobalVerdict(const Findings& findings) {
  if (!findings.global.has_value()) {
    if (findings.comparison.has_value()) return "";
    return findings.steps.empty()
               ? ""
               : absl::StrCat(Plain(Ended(StepSentence(findings, findings.steps.back()))), "\n\n");
  }
  std::string text =
      absl::StrCat("**", Plain(Ended(VerdictSentence(*findings.global, findings.unit))), "**\n\n");
  const std::string tolerance = ToleranceText(findings.global->curve);
  if (!tolerance.empty()) {
    absl::StrAppend(
        &text, Plain(absl::StrCat(tolerance, " ", ToleranceMeaning(findings.global->curve), ".")),
        "\n\n");
  }
  return text;
}

std::string Versions(const Findings& findings) {
  if (!findings.comparison.has_value()) return "";
  constexpr size_t kMostRows = 10;
  const model::Comparison& comparison = *findings.comparison;
  std::string text =
      absl::StrCat("**", Plain(Ended(ComparisonSentence(comparison, findings.unit))), "**\n\n",
                   comparison.other.empty()
                       ? ""
                       : absl::StrCat("The other version: ", Code(comparison.other), "\n\n"),
                   Sentence(PlaceSentence(comparison)));
  const auto add = [&text](const std::vector<std::vector<std::string>>& rows, bool ends_with_name) {
    if (rows.size() < 2) return;
    for (size_t r = 0; r < rows.size(); ++r) {
      for (size_t c = 0; c < rows[r].size(); ++c) {
        const bool is_name = ends_with_name && r > 0 && c + 1 == rows[r].size();
        absl::StrAppend(&text, "| ", is_name ? Code(rows[r][c]) : Plain(rows[r][c]), " ");
      }
      absl::StrAppend(&text, "|\n");
      if (r > 0) continue;
      for (size_t c = 0; c < rows[r].size(); ++c) absl::StrAppend(&text, "|---");
      absl::StrAppend(&text, "|\n");
    }
    absl::StrAppend(&text, "\n");
  };
  add(VersionRows(comparison, findings.unit), false);
  add(DifferenceRows(comparison, findings.unit, kMostRows), true);
  return text;
}

std::string Gil(const Findings& findings) {
  std::string text;
  for (const model::Result* result : GilResults(findings)) {
    absl::StrAppend(&text, Sentence(GilSentence(*result)));
  }
  return text;
}

std::string WorthMost(const Findings& findings) {
  if (findings.priorities.empty()) return "";
  std::string text =
      absl::StrCat("| ", IsRanking(findings.priorities) ? "worth most" : "no verdict yet",
                   " | gain | evidence |\n|---|---|---|\n");
  for (const model::Priority& priority : findings.priorities) {
    absl::StrAppend(&text, "| ", Code(priority.name), " | ",
                    Plain(WorthText(priority, findings.unit)), " | ", Plain(EvidenceText(priority)),
                    " |\n");
  }
  return absl::StrCat(text, "\n");
}

std::string Measured(const Findings& findings) {
  std::string text = absl::StrCat("Measured by pyslow-sweep: ", Counted(findings.trials, "trial"),
                                  " in ", SecondsText(findings.seconds), ", ", findings.started);
  for (const auto& [name, value] : findings.machine) {
    if (name == "processor" || name == "cores") absl::StrAppend(&text, "; ", name, ": ", value);
  }
  text = absl::StrCat(Plain(Ended(text)), "\n");
  for (const std::string& command : findings.commands) {
    absl::StrAppend(&text, "\n    ", Printable(command), "\n");
  }
  return text;
}

}  // namespace

std::string SummaryMarkdown(const Findings& findings) {
  std::string text =
      absl::StrCat(Versions(findings), GlobalVerdict(findings), Gil(findings), WorthMost(findings),
                   Paragraph("Leave alone", LeaveAlone(findings)));
  for (const model::Warning& warning : findings.warnings) {
    absl::StrAppend(&text, "- ", Plain(WarningSentence(warning, findings.unit)), "\n");
  }
  if (!findings.warnings.empty()) absl::StrAppend(&text, "\n");
  return absl::StrCat(text, Measured(findings));
}

}  // namespace pyslow::render
