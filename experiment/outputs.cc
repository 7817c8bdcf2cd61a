#include "experiment/outputs.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "presentation/coz.h"
#include "presentation/html.h"
#include "presentation/json.h"

namespace pyslow::experiment {
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

absl::Status WriteOutputs(const presentation::Findings& findings, const std::string& directory) {
  absl::Status status =
      WriteFile(absl::StrCat(directory, "/analysis.json"), presentation::AnalysisJson(findings));
  if (status.ok()) {
    status = WriteFile(absl::StrCat(directory, "/report.html"), presentation::HtmlReport(findings));
  }
  if (status.ok()) {
    status = WriteFile(absl::StrCat(directory, "/profile.coz"), presentation::CozProfile(findings));
  }
  return status;
}

}  // namespace pyslow::experiment
