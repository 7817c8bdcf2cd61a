#include "sweep/render/progress.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "base/sanitize.h"
#include "base/text.h"
#include "base/width.h"

namespace pyslow::render {
namespace {

constexpr size_t kWidestBar = 30;
constexpr absl::string_view kFull = "\u2588";
constexpr absl::string_view kEmpty = "\u2591";

// "1:05", "2:03:00".
std::string ClockText(double seconds) {
  const auto whole = static_cast<int64_t>(std::ceil(seconds));
  if (whole >= 3600) {
    return absl::StrFormat("%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  }
  return absl::StrFormat("%d:%02d", whole / 60, whole % 60);
}

// "about 1:05 left, at most 9:20" with these words. The first part is a guess, since a sweep ends
// when it is answered; the second one is what the budget allows.
std::string TimeLeft(const Progress& progress, absl::string_view about, absl::string_view at_most) {
  const bool has_budget = !std::isinf(progress.most_seconds_left);
  if (has_budget && progress.seconds_left >= progress.most_seconds_left) {
    return absl::StrCat(at_most, ClockText(progress.most_seconds_left), " left");
  }
  return absl::StrCat(
      about, ClockText(progress.seconds_left), " left",
      has_budget ? absl::StrCat(", ", at_most, ClockText(progress.most_seconds_left)) : "");
}

std::string Bar(const Progress& progress, size_t columns) {
  const size_t full = progress.total == 0 ? 0 : columns * progress.done / progress.total;
  std::string bar;
  for (size_t i = 0; i < columns; ++i) absl::StrAppend(&bar, i < full ? kFull : kEmpty);
  return bar;
}

}  // namespace

std::string ProgressBar(const Progress& progress, size_t width) {
  const std::string counts = progress.total == 0
                                 ? absl::StrCat(" trial ", progress.done)
                                 : absl::StrCat(" ", progress.done, "/", progress.total, "  ",
                                                TimeLeft(progress, "~", "max "));
  const size_t room =
      width - std::min(width, DisplayWidth(counts) + 1);  // the last column stays empty
  const size_t columns = std::min(kWidestBar, room / 2);
  constexpr absl::string_view kBetween = "  ";
  const size_t for_now = room - columns;
  return absl::StrCat("\r", Bar(progress, columns), Elided(counts, width - 1 - columns),
                      for_now > kBetween.size() ? kBetween : "",
                      Elided(Printable(progress.now), for_now - std::min(for_now, kBetween.size())),
                      "\033[K");
}

std::string ProgressBarEnd() { return "\r\033[K"; }

std::string ProgressLine(const Progress& progress) {
  const std::string left = progress.total == 0
                               ? ""
                               : absl::StrCat(" of about ", progress.total, ", ",
                                              TimeLeft(progress, "about ", "at most "));
  return absl::StrCat("trial ", progress.done, left, ": ", Printable(progress.now));
}

std::string FailedTrialLine(const FailedTrial& failed) {
  // The last clause of the first line introduces further lines, which quote output.
  absl::string_view why = failed.why;
  if (const size_t line = why.find('\n'); line != absl::string_view::npos) {
    why = why.substr(0, line);
    why = why.substr(0, why.rfind("; "));
  }
  return absl::StrCat("trial ", failed.number, ", ", failed.now, ": ", why, "; it is repeated (",
                      failed.repetition, " of at most ", failed.repetitions, ")",
                      failed.log.empty() ? "" : "; its output is in ", failed.log);
}

std::string ReadAsLine(const std::string& printed, const std::string& read_as) {
  return absl::StrCat("read '", Excerpt(printed), "' as ", read_as);
}

std::string LeftProcessesLine(const std::vector<std::string>& left) {
  return absl::StrCat("the command left ", CountedText(left.size(), "process", "processes"),
                      " behind: ", absl::StrJoin(left, ", "), "; ",
                      left.size() == 1 ? "it was" : "they were", " ended");
}

std::string BenchmarkLine(const model::BenchmarkFound& found) {
  const bool fits_others = !found.others.empty();
  return absl::StrCat(
      "the output is that of ", found.program, ", whose figure is '", found.printed, "', ",
      found.figure,
      fits_others ? absl::StrCat("; it is also that of ", absl::StrJoin(found.others, ", ")) : "",
      "; to choose another: --benchmark ", fits_others ? found.others.front() : "NAME",
      " (see --list-benchmarks), --benchmark none for the time of a run, or an expression such as "
      "--throughput-regex");
}

}  // namespace pyslow::render
