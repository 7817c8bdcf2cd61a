#include "sweep/cli/outputs.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "sweep/render/analysis_json.h"
#include "sweep/render/coz_profile.h"
#include "sweep/render/html_report.h"

namespace pyslow::cli {
namespace {

absl::Status WriteFile(const std::string& path, const std::string& text) {
  const std::string unfinished = absl::StrCat(path, ".new");
  std::FILE* const file = std::fopen(unfinished.c_str(), "we");
  bool written = file != nullptr && std::fwrite(text.data(), 1, text.size(), file) == text.size();
  const int error = errno;
  written = file != nullptr && std::fclose(file) == 0 && written;
  if (written && std::rename(unfinished.c_str(), path.c_str()) == 0) return absl::OkStatus();
  const int why = written || error == 0 ? errno : error;
  std::remove(unfinished.c_str());
  return absl::UnavailableError(absl::StrCat(path, ": cannot be written: ", std::strerror(why)));
}

}  // namespace

absl::Status WriteOutputs(const render::Findings& findings, const std::string& directory) {
  absl::Status status =
      WriteFile(absl::StrCat(directory, "/analysis.json"), render::AnalysisJson(findings));
  if (status.ok()) {
    status = WriteFile(absl::StrCat(directory, "/report.html"), render::HtmlReport(findings));
  }
  if (status.ok()) {
    status = WriteFile(absl::StrCat(directory, "/profile.coz"), render::CozProfile(findings));
  }
  return status;
}

}  // namespace pyslow::cli
