#include "report/report_table.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/duration_text.h"
#include "base/sanitize.h"
#include "base/terminal.h"
#include "base/text.h"
#include "base/text_table.h"
#include "base/width.h"

namespace pyslow::report {
namespace {

using session::CallCounts;
using session::FunctionSnapshot;
using session::SessionSnapshot;

constexpr size_t kMaxUnmatched = 20;  // targets listed
constexpr size_t kMaxPidsOfNote = 5;
constexpr size_t kMaxHosts = 4;
constexpr size_t kIndent = 2;  // of a continued line

std::string CellText(const session::Cell& cell) {
  if (cell.frequency == 0) return "off";
  std::string delay = cell.delay_ns == 0 ? "0" : FormatTimeNs(cell.delay_ns);
  if (cell.frequency == 1) return delay;
  return absl::StrCat(delay, " every ", CountText(cell.frequency));
}

// The optional columns, shown only if they carry information.
struct Columns {
  Columns(const SessionSnapshot& session, const Summary& summary)
      : outside(summary.total.calls_outside > 0),
        processes(session.processes.size() > 1),
        own(summary.total.own_ns > 0) {}
  bool outside;    // calls outside the window
  bool processes;  // number of processes that called
  bool own;        // own time
  bool delayed = true;
};

void AddCounts(const CallCounts& counts, const WallShare& share, uint64_t processes,
               const Columns& columns, std::vector<std::string>* cells) {
  cells->push_back(CountText(counts.calls));
  if (columns.outside) cells->push_back(CountText(counts.calls_outside));
  if (columns.own) cells->push_back(DurationText(static_cast<double>(counts.own_ns)));
  if (columns.delayed) cells->push_back(CountText(counts.delayed));
  cells->push_back(DurationText(static_cast<double>(counts.asked_ns)));
  cells->push_back(ShareText(share.injected_ns, share.wall_ns));
  if (columns.processes) cells->push_back(CountText(processes));
}

void AddHeads(const Columns& columns, std::vector<std::string>* cells) {
  cells->emplace_back("calls");
  if (columns.outside) cells->emplace_back("outside");
  if (columns.own) cells->emplace_back("own time");
  if (columns.delayed) cells->emplace_back("delayed");
  for (const char* head : {"injected", "of wall"}) cells->emplace_back(head);
  if (columns.processes) cells->emplace_back("processes");
}

// "on HOST, HOST": the hosts of the processes, the session's first host first.
std::string HostsText(const SessionSnapshot& session) {
  std::vector<std::string> hosts = {Printable(session.settings.host)};
  std::set<std::pair<std::string, std::string>> boots;
  for (const session::ProcessSnapshot& process : session.processes) {
    boots.emplace(process.host, process.boot_id);
    std::string host = Printable(process.host);
    if (std::find(hosts.begin(), hosts.end(), host) == hosts.end()) {
      hosts.push_back(std::move(host));
    }
  }
  const size_t count = hosts.size();
  if (count > kMaxHosts) {
    hosts.resize(kMaxHosts);
    hosts.push_back(absl::StrCat("and ", count - kMaxHosts, " more"));
  }
  std::string text = absl::StrCat("on ", absl::StrJoin(hosts, ", "));
  if (boots.size() > count) absl::StrAppend(&text, " (", boots.size(), " boots)");
  return text;
}

// The settings that differ from their defaults.
std::string SettingsText(const SessionSnapshot& session) {
  std::vector<std::string> settings;
  for (const absl::string_view line : absl::StrSplit(session.settings.text, '\n')) {
    if (line.empty() || absl::EndsWith(line, "=") || absl::EndsWith(line, "=0ns")) continue;
    if (line == "on=start" || line == "gil=hold") continue;
    settings.push_back(Printable(line));
  }
  return absl::StrJoin(settings, ", ");
}

// The first line of a command; a program given with -c can have several.
std::string CommandText(absl::string_view command) {
  const size_t end = command.find('\n');
  if (end == absl::string_view::npos) return Printable(command);
  return absl::StrCat(Printable(command.substr(0, end)), "\u2026");
}

std::string FormatHead(const SessionSnapshot& session, const Summary& summary,
                       const TableOptions& options, const Style& style) {
  std::string text;
  if (options.command && !session.processes.empty()) {
    const std::string command = CommandText(session.processes.front().command);
    absl::StrAppend(&text, style.bold,
                    options.columns == 0 ? command : Elided(command, options.columns), style.end,
                    "\n");
  }
  std::string line = absl::StrCat("session ", Printable(session.settings.session_id), ": ");
  if (summary.wall_ns.has_value()) absl::StrAppend(&line, DurationText(*summary.wall_ns), ", ");
  absl::StrAppend(&line, CountedText(session.processes.size(), "process", "processes"));
  if (summary.running > 0) {
    const bool all = summary.running == session.processes.size();
    absl::StrAppend(&line, all ? ", running" : absl::StrCat(", ", summary.running, " running"));
  }
  absl::StrAppend(&line, ", ", HostsText(session));
  absl::StrAppend(&text, Wrapped(line, options.columns, kIndent), "\n");
  const std::string settings = SettingsText(session);
  if (!settings.empty()) {
    absl::StrAppend(&text, Wrapped(settings, options.columns, kIndent), "\n");
  }
  return text;
}

std::string FormatGroups(const SessionSnapshot& session, const Summary& summary,
                         const TableOptions& options, const Style& style) {
  const Columns columns(session, summary);
  std::vector<TableRow> rows(1);
  rows[0].cells.emplace_back("functions");
  AddHeads(columns, &rows[0].cells);
  rows[0].cells.emplace_back("delay");
  rows[0].cells.emplace_back("group");
  for (size_t i = 0; i < summary.groups.size(); ++i) {
    const GroupSummary& group = summary.groups[i];
    const session::Group& settings = session.settings.groups[i];
    TableRow row;
    row.cells.push_back(CountText(group.functions));
    AddCounts(group.counts, group.share, group.processes, columns, &row.cells);
    row.cells.push_back(settings.chosen ? CellText(session.cells[i]) : "-");
    row.cells.push_back(Printable(settings.name));
    if (!settings.process.empty()) {
      row.after_name = absl::StrCat(" (process=", Printable(settings.process), ")");
    }
    if (!settings.chosen) absl::StrAppend(&row.after_name, " (not selected by --group)");
    if (settings.chosen && session.cells[i] != settings.initial) {
      absl::StrAppend(&row.after_name, " (initially ", CellText(settings.initial), ")");
    }
    row.faint = group.functions == 0 || !settings.chosen;
    rows.push_back(std::move(row));
  }
  return FormatRows(rows, style, options.columns);
}

// Sets a row's name to the function's, with file and line if another function has the same name.
// Functions are sorted, so these are adjacent.
void NameFunction(const std::vector<FunctionSnapshot>& functions, uint32_t index, TableRow* row) {
  const FunctionId& id = functions[index].id;
  const auto has_same_name = [&](uint32_t other) {
    return other < functions.size() && functions[other].id.qualname == id.qualname &&
           functions[other].id.module == id.module;
  };
  row->before_name = absl::StrCat(Printable(id.module), ":");
  std::string name = Printable(id.qualname);
  // index 0 - 1 wraps and is out of range
  if (has_same_name(index - 1) || has_same_name(index + 1)) {
    absl::StrAppend(&name, " (", Printable(id.file), ":", id.first_line, ")");
  }
  row->cells.push_back(std::move(name));
}

std::string FormatFunctions(const SessionSnapshot& session, const Summary& summary,
                            const TableOptions& options, const Style& style) {
  const size_t shown = std::min(options.top, summary.ranking.size());
  if (shown == 0) return "";
  Columns columns(session, summary);
  // If every call was delayed, the column repeats `calls`.
  columns.delayed =
      std::any_of(summary.ranking.begin(), summary.ranking.begin() + static_cast<ptrdiff_t>(shown),
                  [&](uint32_t i) {
                    return session.functions[i].counts.delayed != session.functions[i].counts.calls;
                  });
  const bool groups = session.settings.groups.size() > 1;
  std::vector<TableRow> rows(1);
  AddHeads(columns, &rows[0].cells);
  rows[0].cells.emplace_back("function");
  for (size_t rank = 0; rank < shown; ++rank) {
    const uint32_t i = summary.ranking[rank];
    const FunctionSnapshot& function = session.functions[i];
    TableRow row;
    AddCounts(function.counts, summary.function_shares[i], function.processes, columns, &row.cells);
    NameFunction(session.functions, i, &row);
    if (groups) {
      row.after_name =
          absl::StrCat("  [", Printable(session.settings.groups[function.group].name), "]");
    }
    rows.push_back(std::move(row));
  }
  std::string text = absl::StrCat("\n", FormatRows(rows, style, options.columns));
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
                          const TableOptions& options, const Style& style) {
  const session::Target& target = session.settings.targets[unmatched.target];
  const std::string where =
      absl::StrCat("  ", Printable(target.source), ":", target.line, ":", target.column, ": ");
  const std::string pattern = Printable(target.text);
  std::string hint;
  if (unmatched.shadowed) {
    hint = "(earlier targets match all of its functions)";
  } else if (!unmatched.near.empty()) {
    std::vector<std::string> near;
    for (const std::string& name : unmatched.near) near.push_back(Printable(name));
    hint = absl::StrCat("similar: ", absl::StrJoin(near, ", "));
  }
  if (!unmatched.hint.empty()) {
    hint = absl::StrCat(hint, hint.empty() ? "" : "; ", Printable(unmatched.hint));
  }
  const size_t width = DisplayWidth(where) + DisplayWidth(pattern) + 2 + DisplayWidth(hint);
  const bool fits = options.columns == 0 || width <= options.columns;
  if (!fits && !hint.empty()) {
    constexpr size_t kDeep = 6;
    const size_t room = std::max(options.columns, kDeep + 1) - kDeep;
    hint = absl::StrCat(std::string(kDeep, ' '), Wrapped(hint, room, kDeep));
  }
  return absl::StrCat(style.faint, where, style.end, pattern,
                      hint.empty() ? ""
                      : fits       ? "  "
                                   : "\n",
                      hint, "\n");
}

std::string FormatUnmatched(const SessionSnapshot& session, const Summary& summary,
                            const TableOptions& options, const Style& style) {
  if (summary.unmatched.empty()) return "";
  std::string text = absl::StrCat("\n", style.bold, "matched nothing", style.end, "\n");
  const size_t shown = std::min(kMaxUnmatched, summary.unmatched.size());
  for (size_t i = 0; i < shown; ++i) {
    absl::StrAppend(&text, UnmatchedLine(session, summary.unmatched[i], options, style));
  }
  const size_t left = summary.unmatched.size() - shown;
  if (left > 0) {
    absl::StrAppend(&text, "  and ", CountText(left), " more",
                    options.name_options ? " (--json lists all)" : "", "\n");
  }
  return text;
}

std::string FormatDelivery(const Summary& summary) {
  const auto asked_ns = static_cast<double>(summary.total.asked_ns);
  if (asked_ns <= 0) return "";
  return absl::StrFormat("\ndelivered %s of delay for %s requested (x%.3f)\n",
                         DurationText(summary.total.spun_ns), DurationText(asked_ns),
                         summary.total.spun_ns / asked_ns);
}

std::string FormatNotes(const SessionSnapshot& session, const Summary& summary,
                        const TableOptions& options, const Style& style) {
  std::string text;
  // Colour is added after wrapping, as escapes have no width.
  const auto add = [&](absl::string_view head, absl::string_view color, absl::string_view body) {
    const std::string line = Wrapped(absl::StrCat(head, " ", body), options.columns, kIndent);
    absl::StrAppend(&text, color, head, color.empty() ? "" : style.end, line.substr(head.size()),
                    "\n");
  };
  for (const std::string& warning : summary.warnings) add("warning:", style.warning, warning);
  for (const Note& note : summary.notes) {
    std::vector<std::string> pids;
    for (size_t i = 0; i < std::min(note.processes.size(), kMaxPidsOfNote); ++i) {
      pids.push_back(absl::StrCat(session.processes[note.processes[i]].pid));
    }
    if (note.processes.size() > kMaxPidsOfNote) {
      pids.push_back(absl::StrCat("and ", note.processes.size() - kMaxPidsOfNote, " more"));
    }
    add("note:", style.bold,
        absl::StrCat(Printable(note.text), " (process ", absl::StrJoin(pids, ", "), ")"));
  }
  return text.empty() ? text : absl::StrCat("\n", text);
}

}  // namespace

std::string FormatTable(const SessionSnapshot& session, const Summary& summary,
                        const TableOptions& options) {
  const Style style(options.color);
  return absl::StrCat(FormatHead(session, summary, options, style), "\n",
                      FormatGroups(session, summary, options, style),
                      FormatFunctions(session, summary, options, style),
                      FormatUnmatched(session, summary, options, style), FormatDelivery(summary),
                      FormatNotes(session, summary, options, style));
}

}  // namespace pyslow::report
