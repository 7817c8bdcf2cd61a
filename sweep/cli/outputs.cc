#include "sweep/cli/outputs.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/file.h"
#include "base/text.h"
#include "sweep/render/analysis_json.h"
#include "sweep/render/coz_profile.h"
#include "sweep/render/html_report.h"
#include "sweep/render/summary_markdown.h"

namespace pyslow::cli {
namespace {

absl::Status Write(const std::string& directory, absl::string_view name,
                   absl::string_view content) {
  const std::string path = absl::StrCat(directory, "/", name);
  return At(path, WriteFile(path, content));
}

}  // namespace

absl::Status WriteOutputs(const model::Findings& findings, const std::string& directory) {
  absl::Status status = Write(directory, "analysis.json", render::AnalysisJson(findings));
  if (status.ok()) status = Write(directory, "report.html", render::HtmlReport(findings));
  if (status.ok()) status = Write(directory, "summary.md", render::SummaryMarkdown(findings));
  if (status.ok()) status = Write(directory, "profile.coz", render::CozProfile(findings));
  return status;
}

}  // namespace pyslow::cli
