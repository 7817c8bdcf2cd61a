#include "report/unused_roles.h"

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "base/sanitize.h"
#include "base/text.h"
#include "patterns/glob.h"
#include "patterns/near_miss.h"
#include "patterns/roles.h"

namespace pyslow::report {
namespace {

constexpr size_t kMaxNamed = 8;

std::string ListOf(const std::vector<std::string>& names) {
  std::vector<std::string> quoted;
  for (const std::string& name : names) quoted.push_back(absl::StrCat("'", Excerpt(name), "'"));
  return ListText(quoted, kMaxNamed);
}

// The names of processes that the GLOB `text` matches.
std::vector<std::string> NamesOf(const std::string& text, const session::SessionSnapshot& session) {
  std::vector<std::string> names;
  patterns::Glob glob;
  if (!patterns::ParseGlob(text, &glob).ok()) return names;  // not written by pyslow
  const patterns::ProcessGlob process(text);
  for (const std::string& name : session.process_names) {
    if (process.Matches(name)) names.push_back(name);
  }
  return names;
}

}  // namespace

bool AppliesSomewhere(size_t group, const session::SessionSnapshot& session) {
  const std::string& text = session.settings.groups[group].process;
  if (text.empty()) return true;
  const auto is_of_group = [&](const session::FunctionSnapshot& function) {
    return function.group == group;
  };
  if (absl::c_any_of(session.functions, is_of_group)) return true;
  return !NamesOf(text, session).empty();
}

bool AppliesWherever(size_t outer, size_t inner, const session::SessionSnapshot& session) {
  const std::vector<session::Group>& groups = session.settings.groups;
  if (groups[outer].process == groups[inner].process || groups[outer].process == "*") return true;
  const std::vector<std::string> inside = NamesOf(groups[inner].process, session);
  const std::vector<std::string> around = NamesOf(groups[outer].process, session);
  return !inside.empty() && absl::c_all_of(inside, [&](const std::string& name) {
    return absl::c_linear_search(around, name);
  });
}

void WarnOfUnusedRoles(const session::SessionSnapshot& session,
                       std::vector<std::string>* warnings) {
  for (size_t i = 0; i < session.settings.groups.size(); ++i) {
    const session::Group& group = session.settings.groups[i];
    if (!group.chosen || AppliesSomewhere(i, session)) continue;
    const std::vector<std::string> near = patterns::NearNames(group.process, session.process_names);
    warnings->push_back(absl::StrCat(
        "group ", Printable(group.name), " applied in no process: process=",
        Printable(group.process), " matches none of their names, ", ListOf(session.process_names),
        near.empty() ? "" : absl::StrCat("; similar: ", ListOf(near))));
  }
}

}  // namespace pyslow::report
