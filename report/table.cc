#include "report/table.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/duration_text.h"
#include "base/text.h"

namespace pyslow::report {
namespace {

using session::CallCounts;
using session::FunctionSnapshot;
using session::SessionSnapshot;

constexpr size_t kMostUnmatched = 20;  // targets listed
constexpr size_t kMostPidsOfANote = 5;

struct Style {
  explicit Style(bool color)
      : bold(color ? "\033[1m" : ""),
        faint(color ? "\033[2m" : ""),
        warning(color ? "\033[33m" : ""),
        end(color ? "\033[0m" : "") {}
  absl::string_view bold, faint, warning, end;
};

// Cells right-aligned in columns two blanks apart, but for the last, which is the row's name.
struct Row {
  std::vector<std::string> cells;
  bool faint = false;
};

std::string Aligned(const std::vector<Row>& rows, const Style& style) {
  const size_t columns = rows.front().cells.size() - 1;
  std::vector<size_t> widths(columns);
  for (const Row& row : rows) {
    for (size_t i = 0; i < columns; ++i) widths[i] = std::max(widths[i], row.cells[i].size());
  }
  std::string text;
  for (const Row& row : rows) {
    const bool is_head = &row == &rows.front();
    absl::StrAppend(&text, is_head ? style.bold : row.faint ? style.faint : "");
    for (size_t i = 0; i < columns; ++i) {
      absl::StrAppend(&text, std::string(widths[i] - row.cells[i].size(), ' '), row.cells[i], "  ");
    }
    absl::StrAppend(&text, row.cells.back(), is_head || row.faint ? style.end : "", "\n");
  }
  return text;
}

std::string CellText(const session::Cell& cell) {
  if (cell.frequency == 0) return "off";
  std::string delay = cell.delay_ns == 0 ? "0" : FormatTimeNs(cell.delay_ns);
  if (cell.frequency == 1) return delay;
  return absl::StrCat(delay, " every ", CountText(cell.frequency));
}

// Who has called outside of the window, as a column only where anybody has.
bool AnyOutside(const Summary& summary) { return summary.total.calls_outside > 0; }

void AddCounts(const CallCounts& counts, const WallShare& share, uint64_t processes, bool outside,
               std::vector<std::string>* cells) {
  cells->push_back(CountText(counts.calls));
  if (outside) cells->push_back(CountText(counts.calls_outside));
  cells->push_back(CountText(counts.delayed));
  cells->push_back(DurationText(static_cast<double>(counts.asked_ns)));
  cells->push_back(ShareText(share.injected_ns, share.wall_ns));
  cells->push_back(CountText(processes));
}

void AddHeads(bool outside, std::vector<std::string>* cells) {
  cells->emplace_back("calls");
  if (outside) cells->emplace_back("outside");
  for (const char* head : {"delayed", "injected", "of wall", "processes"}) {
    cells->emplace_back(head);
  }
}

std::string FormatHead(const SessionSnapshot& session, const Summary& summary, const Style& style) {
  std::string text =
      absl::StrCat(style.bold, "session ", Printable(session.settings.session_id), style.end);
  if (summary.wall_ns.has_value()) absl::StrAppend(&text, ": ", DurationText(*summary.wall_ns));
  absl::StrAppend(&text, summary.wall_ns.has_value() ? ", " : ": ",
                  CountedText(session.processes.size(), "process", "processes"));
  if (summary.running > 0) {
    const bool all = summary.running == session.processes.size();
    absl::StrAppend(&text, all ? ", running" : absl::StrCat(", ", summary.running, " running"));
  }
  absl::StrAppend(&text, ", on ", Printable(session.settings.host), "\n");
  std::vector<std::string> settings;
  for (const absl::string_view line : absl::StrSplit(session.settings.text, '\n')) {
    // What is empty or 0 is off.
    if (line.empty() || absl::EndsWith(line, "=") || absl::EndsWith(line, "=0ns")) continue;
    settings.push_back(Printable(line));
  }
  if (!settings.empty()) absl::StrAppend(&text, absl::StrJoin(settings, ", "), "\n");
  return text;
}

std::string FormatGroups(const SessionSnapshot& session, const Summary& summary,
                         const Style& style) {
  const bool outside = AnyOutside(summary);
  std::vector<Row> rows(1);
  rows[0].cells.emplace_back("functions");
  AddHeads(outside, &rows[0].cells);
  rows[0].cells.emplace_back("delay");
  rows[0].cells.emplace_back("group");
  for (size_t i = 0; i < summary.groups.size(); ++i) {
    const GroupSummary& group = summary.groups[i];
    const session::Group& settings = session.settings.groups[i];
    Row row;
    row.cells.push_back(CountText(group.functions));
    AddCounts(group.counts, group.share, group.processes, outside, &row.cells);
    row.cells.push_back(settings.chosen ? CellText(session.cells[i]) : "-");
    std::string name = Printable(settings.name);
    if (!settings.chosen) absl::StrAppend(&name, " (left out by --group)");
    if (settings.chosen && session.cells[i] != settings.initial) {
      absl::StrAppend(&name, " (began with ", CellText(settings.initial), ")");
    }
    row.cells.push_back(std::move(name));
    row.faint = group.functions == 0 || !settings.chosen;
    rows.push_back(std::move(row));
  }
  return Aligned(rows, style);
}

// "module:qualname", and where it is if there are several of that name, which are neighbours.
std::string NameOfFunction(const std::vector<FunctionSnapshot>& functions, uint32_t index) {
  const FunctionSnapshot& function = functions[index];
  const auto has_same_name = [&](uint32_t other) {
    return other < functions.size() && functions[other].qualname == function.qualname &&
           functions[other].module == function.module;
  };
  std::string name = absl::StrCat(Printable(function.module), ":", Printable(function.qualname));
  if (has_same_name(index - 1) || has_same_name(index + 1)) {  // 0 - 1 is out of range too
    absl::StrAppend(&name, " (", Printable(function.file), ":", function.first_line, ")");
  }
  return name;
}

std::string FormatFunctions(const SessionSnapshot& session, const Summary& summary,
                            const TableOptions& options, const Style& style) {
  const size_t shown = std::min(options.top, summary.ranking.size());
  if (shown == 0) return "";
  const bool outside = AnyOutside(summary);
  const bool groups = session.settings.groups.size() > 1;
  std::vector<Row> rows(1);
  AddHeads(outside, &rows[0].cells);
  rows[0].cells.emplace_back("function");
  for (size_t rank = 0; rank < shown; ++rank) {
    const uint32_t i = summary.ranking[rank];
    const FunctionSnapshot& function = session.functions[i];
    Row row;
    AddCounts(function.counts, summary.function_shares[i], function.processes, outside, &row.cells);
    std::string name = NameOfFunction(session.functions, i);
    if (groups) {
      absl::StrAppend(&name, "  [", Printable(session.settings.groups[function.group].name), "]");
    }
    row.cells.push_back(std::move(name));
    rows.push_back(std::move(row));
  }
  std::string text = absl::StrCat("\n", Aligned(rows, style));
  const size_t left = summary.ranking.size() - shown;
  if (left > 0) {
    absl::StrAppend(
        &text, style.faint, "and ", CountedText(left, "more function", "more functions"),
        options.name_options ? absl::StrCat(" (--top ", summary.ranking.size(), " shows all)") : "",
        style.end, "\n");
  }
  return text;
}

std::string UnmatchedLine(const SessionSnapshot& session, const UnmatchedTarget& unmatched,
                          const Style& style) {
  const session::Target& target = session.settings.targets[unmatched.target];
  std::string line =
      absl::StrCat("  ", Printable(target.source), ":", target.line, ":", target.column, ": ",
                   style.warning, Printable(target.text), style.end);
  if (unmatched.shadowed) {
    absl::StrAppend(&line, "  (earlier lines take in all that it would)");
  } else if (!unmatched.near.empty()) {
    std::vector<std::string> near;
    for (const std::string& pattern : unmatched.near) near.push_back(Printable(pattern));
    absl::StrAppend(&line, "  near it: ", absl::StrJoin(near, ", "));
  }
  return absl::StrCat(line, "\n");
}

std::string FormatUnmatched(const SessionSnapshot& session, const Summary& summary,
                            const TableOptions& options, const Style& style) {
  if (summary.unmatched.empty()) return "";
  std::string text = absl::StrCat("\n", style.bold, "matched nothing", style.end, "\n");
  const size_t shown = std::min(kMostUnmatched, summary.unmatched.size());
  for (size_t i = 0; i < shown; ++i) {
    absl::StrAppend(&text, UnmatchedLine(session, summary.unmatched[i], style));
  }
  const size_t left = summary.unmatched.size() - shown;
  if (left > 0) {
    absl::StrAppend(&text, "  and ", CountText(left), " more",
                    options.name_options ? " (--json has them all)" : "", "\n");
  }
  return text;
}

std::string FormatDelivery(const Summary& summary) {
  const auto asked_ns = static_cast<double>(summary.total.asked_ns);
  if (asked_ns <= 0) return "";
  return absl::StrFormat("\ndelivered %s of delay for %s asked for (x%.3f)\n",
                         DurationText(summary.total.spun_ns), DurationText(asked_ns),
                         summary.total.spun_ns / asked_ns);
}

std::string FormatNotes(const SessionSnapshot& session, const Summary& summary,
                        const Style& style) {
  std::string text;
  for (const std::string& warning : summary.warnings) {
    absl::StrAppend(&text, style.warning, "warning: ", warning, style.end, "\n");
  }
  for (const Note& note : summary.notes) {
    std::vector<std::string> pids;
    for (size_t i = 0; i < std::min(note.processes.size(), kMostPidsOfANote); ++i) {
      pids.push_back(absl::StrCat(session.processes[note.processes[i]].pid));
    }
    if (note.processes.size() > kMostPidsOfANote) {
      pids.push_back(absl::StrCat("and ", note.processes.size() - kMostPidsOfANote, " more"));
    }
    absl::StrAppend(&text, "note: ", Printable(note.text), " (process ", absl::StrJoin(pids, ", "),
                    ")\n");
  }
  return text.empty() ? text : absl::StrCat("\n", text);
}

}  // namespace

std::string FormatTable(const SessionSnapshot& session, const Summary& summary,
                        const TableOptions& options) {
  const Style style(options.color);
  return absl::StrCat(FormatHead(session, summary, style), "\n",
                      FormatGroups(session, summary, style),
                      FormatFunctions(session, summary, options, style),
                      FormatUnmatched(session, summary, options, style), FormatDelivery(summary),
                      FormatNotes(session, summary, style));
}

bool MayColor(int file_descriptor) {
  const char* const no_color = std::getenv("NO_COLOR");
  return isatty(file_descriptor) == 1 && (no_color == nullptr || *no_color == '\0');
}

}  // namespace pyslow::report
