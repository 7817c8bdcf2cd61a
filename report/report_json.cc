#include "report/report_json.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/sanitize.h"

namespace pyslow::report {
namespace {

using Json = nlohmann::ordered_json;
using session::CallCounts;
using session::SessionSnapshot;

Json OrNull(const std::optional<double>& number) {
  return number.has_value() ? Json(*number) : Json(nullptr);
}

void AddCounts(const CallCounts& counts, Json* object) {
  (*object)["calls"] = counts.calls;
  (*object)["calls_outside"] = counts.calls_outside;
  (*object)["delayed"] = counts.delayed;
  (*object)["injected_ns"] = counts.asked_ns;
  (*object)["delivered_ns"] = counts.spun_ns;
  (*object)["own_ns"] = counts.own_ns;
  (*object)["resumed"] = counts.resumed;
}

void AddShare(const WallShare& share, uint32_t processes, Json* object) {
  const bool known = share.wall_ns > 0;
  (*object)["processes"] = processes;
  (*object)["wall_ns"] = known ? Json(share.wall_ns) : Json(nullptr);
  (*object)["share_of_wall"] = known ? Json(share.injected_ns / share.wall_ns) : Json(nullptr);
}

Json SessionJson(const SessionSnapshot& session, const Summary& summary) {
  Json names = Json::array();
  for (const std::string& name : session.process_names) names.push_back(ValidUtf8(name));
  return {{"id", ValidUtf8(session.settings.session_id)},
          {"host", ValidUtf8(session.settings.host)},
          {"boot_id", ValidUtf8(session.settings.boot_id)},
          {"epoch_wall_ns", session.settings.epoch_wall_ns},
          {"epoch_monotonic_ns", session.settings.epoch_monotonic_ns},
          {"window_opened_ns", session.window_opened_ns},
          {"settings", ValidUtf8(session.settings.text)},
          {"wall_ns", OrNull(summary.wall_ns)},
          {"running", summary.running},
          {"uncounted_processes", session.uncounted},
          {"process_names", std::move(names)}};
}

Json GroupsJson(const SessionSnapshot& session, const Summary& summary) {
  Json groups = Json::array();
  for (size_t i = 0; i < summary.groups.size(); ++i) {
    const GroupSummary& group = summary.groups[i];
    const session::Group& settings = session.settings.groups[i];
    Json object = {{"name", ValidUtf8(settings.name)},
                   {"chosen", settings.chosen},
                   {"process", ValidUtf8(settings.process)},
                   {"delay_ns", session.cells[i].delay_ns},
                   {"frequency", session.cells[i].frequency},
                   {"initial_delay_ns", settings.initial.delay_ns},
                   {"initial_frequency", settings.initial.frequency},
                   {"functions", group.functions},
                   {"functions_called", group.called}};
    AddCounts(group.counts, &object);
    AddShare(group.share, group.processes, &object);
    groups.push_back(std::move(object));
  }
  return groups;
}

// Formatted without a Json object: for 100 000 functions, objects cost most of the time.
std::string FunctionText(const SessionSnapshot& session, const Summary& summary, size_t i) {
  const session::FunctionSnapshot& function = session.functions[i];
  const CallCounts& counts = function.counts;
  const WallShare& share = summary.function_shares[i];
  const bool known = share.wall_ns > 0;
  const auto text = [](absl::string_view bytes) { return Json(ValidUtf8(bytes)).dump(); };
  const auto number = [](double value) { return Json(value).dump(); };
  return absl::StrCat(
      "{\"module\":", text(function.id.module), ",\"qualname\":", text(function.id.qualname),
      ",\"file\":", text(function.id.file), ",\"line\":", function.id.first_line,
      ",\"group\":", function.group, ",\"target\":", function.target, ",\"calls\":", counts.calls,
      ",\"calls_outside\":", counts.calls_outside, ",\"delayed\":", counts.delayed,
      ",\"injected_ns\":", counts.asked_ns, ",\"delivered_ns\":", number(counts.spun_ns),
      ",\"own_ns\":", counts.own_ns, ",\"resumed\":", counts.resumed,
      ",\"processes\":", function.processes,
      ",\"wall_ns\":", known ? number(share.wall_ns) : "null",
      ",\"share_of_wall\":", known ? number(share.injected_ns / share.wall_ns) : "null", "}");
}

Json TargetsJson(const SessionSnapshot& session, const Summary& summary) {
  std::vector<uint64_t> matched(session.settings.targets.size());
  for (const session::FunctionSnapshot& function : session.functions) ++matched[function.target];
  Json targets = Json::array();
  for (size_t i = 0; i < matched.size(); ++i) {
    const session::Target& target = session.settings.targets[i];
    targets.push_back({{"source", ValidUtf8(target.source)},
                       {"line", target.line},
                       {"column", target.column},
                       {"text", ValidUtf8(target.text)},
                       {"group", target.group},
                       {"exclusion", target.exclusion},
                       {"functions", matched[i]},
                       {"matched_nothing", false},
                       {"shadowed", false},
                       {"near", Json::array()},
                       {"hint", ""}});
  }
  for (const UnmatchedTarget& unmatched : summary.unmatched) {
    Json& target = targets[unmatched.target];
    target["matched_nothing"] = true;
    target["shadowed"] = unmatched.shadowed;
    for (const std::string& near : unmatched.near) target["near"].push_back(ValidUtf8(near));
    target["hint"] = ValidUtf8(unmatched.hint);
  }
  return targets;
}

Json ProcessJson(const SessionSnapshot& session, const Summary& summary, size_t i) {
  const session::ProcessSnapshot& process = session.processes[i];
  Json object = {{"record", ValidUtf8(process.record)},
                 {"forked_from", ValidUtf8(process.forked_from)},
                 {"pid", process.pid},
                 {"parent_pid", process.parent_pid},
                 {"host", ValidUtf8(process.host)},
                 {"boot_id", ValidUtf8(process.boot_id)},
                 {"command", ValidUtf8(process.command)},
                 {"python", ValidUtf8(process.python_version)},
                 {"state", absl::StrCat(NameOf(summary.processes[i].state))},
                 {"start_wall_ns", process.start_wall_ns},
                 {"wall_ns", OrNull(summary.processes[i].wall_ns)},
                 {"resolution_ns", process.resolution_ns},
                 {"unslowed", (process.flags & session::kDisabled) != 0},
                 {"reservation_kept", (process.flags & session::kNoReservation) == 0},
                 {"lost_functions", process.lost},
                 {"notes", Json::array()},
                 {"groups", Json::array()}};
  for (const std::string& note : process.notes) object["notes"].push_back(ValidUtf8(note));
  for (const CallCounts& counts : summary.processes[i].groups) {
    Json group = Json::object();
    AddCounts(counts, &group);
    object["groups"].push_back(std::move(group));
  }
  return object;
}

Json DeliveryJson(const Summary& summary) {
  const auto asked_ns = static_cast<double>(summary.total.asked_ns);
  return {{"injected_ns", summary.total.asked_ns},
          {"delivered_ns", summary.total.spun_ns},
          {"ratio", asked_ns > 0 ? Json(summary.total.spun_ns / asked_ns) : Json(nullptr)}};
}

// Appends the member `name`, a list of `count` items that text_of(i) formats, with a line break
// before each.
template <typename TextOf>
void AppendList(const char* name, size_t count, absl::string_view line_break, TextOf text_of,
                std::string* text) {
  absl::StrAppend(text, ",", line_break, "\"", name, "\":[");
  for (size_t i = 0; i < count; ++i) {
    absl::StrAppend(text, i == 0 ? "" : ",", line_break, text_of(i));
  }
  absl::StrAppend(text, "]");
}

}  // namespace

std::string FormatJson(const SessionSnapshot& session, const Summary& summary, bool one_line) {
  const absl::string_view line_break = one_line ? "" : "\n";
  std::string text = absl::StrCat("{\"schema\":", kJsonSchema, ",", line_break,
                                  "\"session\":", SessionJson(session, summary).dump());
  const auto append_whole = [&](const char* name, const Json& list) {
    AppendList(
        name, list.size(), line_break, [&](size_t i) { return list[i].dump(); }, &text);
  };
  append_whole("groups", GroupsJson(session, summary));
  AppendList(
      "functions", session.functions.size(), line_break,
      [&](size_t i) { return FunctionText(session, summary, i); }, &text);
  append_whole("targets", TargetsJson(session, summary));
  AppendList(
      "processes", session.processes.size(), line_break,
      [&](size_t i) { return ProcessJson(session, summary, i).dump(); }, &text);
  absl::StrAppend(&text, ",", line_break, "\"delivery\":", DeliveryJson(summary).dump());
  append_whole("warnings", Json(summary.warnings));
  absl::StrAppend(&text, "}\n");
  return text;
}

}  // namespace pyslow::report
