#include "sweep/cli/describe.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "base/duration_text.h"
#include "base/file.h"
#include "base/shell_command.h"
#include "sweep/cli/against_options.h"
#include "sweep/render/figures.h"
#include "sweep/trials/known_benchmarks.h"

namespace pyslow::cli {
namespace {

constexpr size_t kMaxCpuinfoBytes = 4 << 20;

void Add(absl::string_view name, const std::string& value, NamedTexts* texts) {
  if (!value.empty()) texts->emplace_back(name, value);
}

std::string UnitText(const trials::TrialSettings& trials) {
  const std::string units = absl::StrCat(trials.units_regex, trials.units_json);
  const std::string figure = absl::StrCat(trials.regex, trials.json);
  if (const auto* const known = trials::FindBenchmark(trials.benchmark)) {
    return absl::StrCat(known->figure, ", by ", known->program, " (--benchmark ", known->name, ": ",
                        figure, ")");
  }
  switch (trials.measure) {
    case trials::Measure::kWallTime:
      return units.empty() ? "a run of the command"
                           : absl::StrCat("the window divided by the number of ", units);
    case trials::Measure::kThroughput:
      return absl::StrCat("units per second by ", figure);
    case trials::Measure::kTime:
      return absl::StrCat("seconds per unit by ", figure);
    case trials::Measure::kProgress:
      return absl::StrCat("a call of ", trials.progress);
  }
  return "";
}

// How several matches and commas are read, if not by default.
void AddFigures(const trials::TrialSettings& trials, NamedTexts* texts) {
  for (const auto& [rule, name] : trials::kMatchRules) {
    const bool is_default = rule == trials::MatchRule::kLast;
    if (rule == trials.matches && !is_default) Add("of several matches", name, texts);
  }
  if (trials.skip_matches > 0) Add("skipped matches", absl::StrCat(trials.skip_matches), texts);
  if (trials.comma != trials::CommaMeaning::kUnknown) {
    const bool is_decimal = trials.comma == trials::CommaMeaning::kDecimal;
    Add("a comma in a number", is_decimal ? "decimal" : "thousands", texts);
  }
}

std::string StepsText(const steps::Settings& settings) {
  std::vector<std::string> steps;
  if (settings.steps.impact) steps.push_back("impact");
  if (settings.steps.isolate) steps.push_back("isolate");
  if (settings.steps.focus) steps.push_back("focus");
  if (settings.steps.sites) steps.push_back("sites");
  if (settings.steps.lines) steps.push_back("lines");
  if (settings.steps.gil) steps.push_back("GIL released");
  return absl::StrJoin(steps, ", ");
}

std::string ProcessorModel() {
  const absl::StatusOr<std::string> text = ReadRegularFile("/proc/cpuinfo", kMaxCpuinfoBytes);
  if (!text.ok()) return "";
  for (const absl::string_view line : absl::StrSplit(*text, '\n')) {
    if (!absl::StartsWith(line, "model name")) continue;
    return std::string(absl::StripAsciiWhitespace(line.substr(line.find(':') + 1)));
  }
  return "";
}

}  // namespace

NamedTexts DescribeSettings(const steps::Settings& settings) {
  const trials::TrialSettings& trials = settings.trials;
  NamedTexts texts;
  Add("command", ShellCommand(trials.command), &texts);
  Add("other version", OtherVersionText(trials), &texts);
  Add("launcher", ShellCommand(trials.launcher), &texts);
  Add("mode",
      trials.live        ? "live"
      : trials.is_server ? "server"
                         : "a process for each trial",
      &texts);
  Add("unit", UnitText(trials), &texts);
  Add("target file", settings.targets_file, &texts);
  Add("targets", absl::StrJoin(settings.targets, " "), &texts);
  Add("groups", absl::StrJoin(settings.groups, ", "), &texts);
  Add("steps", StepsText(settings), &texts);
  Add("window",
      absl::StrCat(
          "from ", trials.start_at.empty() ? FormatTimeNs(trials.start_ns) : trials.start_at,
          trials.duration_ns == 0 ? "" : absl::StrCat(", for ", FormatTimeNs(trials.duration_ns))),
      &texts);
  Add("frequency", absl::StrCat(settings.frequency), &texts);
  Add("events", trials.on.empty() ? "start" : trials.on, &texts);
  Add("GIL in a delay", trials.gil.empty() ? "hold" : trials.gil, &texts);
  Add("maximum slowdown", absl::StrFormat("%g", settings.max_slowdown), &texts);
  Add("smallest gain that matters", absl::StrFormat("%g%%", settings.min_gain * 100), &texts);
  Add("warm-up trials", absl::StrCat(settings.warmup), &texts);
  Add("retries of a failed trial", absl::StrCat(settings.retries), &texts);
  if (trials.grace_ns.has_value()) {
    Add("grace before SIGKILL", FormatTimeNs(*trials.grace_ns), &texts);
  }
  Add("units of a trial by", absl::StrCat(trials.units_regex, trials.units_json), &texts);
  Add("unit of time", trials.unit, &texts);
  AddFigures(trials, &texts);
  Add("load", trials.load, &texts);
  Add("GPUs", trials.gpu, &texts);
  Add("metric command", trials.metric_command, &texts);
  for (const auto* const metrics : {&trials.metrics, &trials.json_metrics}) {
    for (const auto& [name, place] : *metrics) Add(absl::StrCat("metric ", name), place, &texts);
  }
  Add("seed", absl::StrCat(settings.seed), &texts);
  return texts;
}

std::string PlanText(const steps::Settings& settings) {
  std::string text = "plan: ";
  if (settings.warmup > 0 && !settings.trials.live) {
    absl::StrAppend(&text, render::Counted(static_cast<size_t>(settings.warmup), "warm-up trial"),
                    "; ");
  }
  absl::StrAppend(&text, "3 to 7 trials to count calls and own time");
  std::vector<std::string> slowed;
  if (settings.steps.impact) slowed.emplace_back("everything at once");
  if (settings.steps.isolate) slowed.emplace_back("each subsystem");
  if (settings.steps.focus) slowed.emplace_back("each function that may matter");
  if (settings.steps.sites) slowed.emplace_back("the calls of the first one by their callers");
  if (settings.steps.lines) slowed.emplace_back("the lines of the first one");
  if (!slowed.empty()) {
    absl::StrAppend(&text, "; then slow ", absl::StrJoin(slowed, ", "),
                    settings.blocks.has_value()
                        ? absl::StrCat(", in ", render::Counted(*settings.blocks, "block"))
                        : ", until answered");
  }
  if (settings.steps.gil) {
    std::vector<std::string> compared;
    if (settings.steps.impact) compared.emplace_back("everything");
    if (settings.steps.focus) compared.emplace_back("the first function");
    absl::StrAppend(&text, "; ", absl::StrJoin(compared, " and "),
                    " also with the GIL released (--gil)");
  }
  std::vector<std::string> starts;
  if (settings.steps.sites) starts.emplace_back("the calls");
  if (settings.steps.lines) starts.emplace_back("the lines");
  if (settings.trials.live && !starts.empty()) {
    absl::StrAppend(&text, "; the program starts anew ", starts.size() == 1 ? "once" : "twice",
                    " for ", absl::StrJoin(starts, " and "));
  }
  if (settings.trials.against.has_value()) {
    absl::StrAppend(&text, "; then both versions in turns",
                    settings.blocks.has_value() ? "" : ", until decided");
  }
  if (const double seconds = steps::BudgetSecondsOf(settings); std::isfinite(seconds)) {
    absl::StrAppend(&text, "; at most ", FormatTimeNs(std::llround(seconds * 1e9)),
                    " of trials, starts included (--time-budget)");
  }
  return text;
}

NamedTexts DescribeMachine(const std::string& pyslow_version) {
  NamedTexts texts;
  utsname names = {};
  if (uname(&names) == 0) {
    Add("host", names.nodename, &texts);
    Add("kernel", absl::StrCat(names.sysname, " ", names.release, " ", names.machine), &texts);
  }
  Add("processor", ProcessorModel(), &texts);
  Add("cores", absl::StrCat(sysconf(_SC_NPROCESSORS_ONLN)), &texts);
  Add("pyslow", OneLine(pyslow_version), &texts);
  return texts;
}

NamedTexts RecordedMachine(const trials::RecordedSweep& recorded) {
  const auto machine = recorded.sweep.find("machine");
  if (machine == recorded.sweep.end() || !machine->is_array()) {
    return {{"host", recorded.last.host}};
  }
  NamedTexts texts;
  for (const auto& pair : *machine) {
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string() || !pair[1].is_string()) {
      continue;
    }
    texts.emplace_back(pair[0].get<std::string>(), pair[1].get<std::string>());
  }
  return texts;
}

std::string OneLine(absl::string_view lines) {
  return absl::StrReplaceAll(absl::StripAsciiWhitespace(lines), {{"\n", "; "}});
}

std::vector<std::string> WithoutOut(const std::vector<std::string>& words) {
  std::vector<std::string> kept;
  bool is_option = true;
  for (size_t i = 0; i < words.size(); ++i) {
    is_option = is_option && words[i] != "--";
    if (is_option && words[i] == "--out") {
      ++i;
    } else if (!is_option || !absl::StartsWith(words[i], "--out=")) {
      kept.push_back(words[i]);
    }
  }
  return kept;
}

}  // namespace pyslow::cli
