#include "report/unused_roles.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/sanitize.h"
#include "patterns/glob.h"
#include "patterns/near_miss.h"
#include "patterns/roles.h"

namespace pyslow::report {
namespace {

constexpr size_t kMaxNamed = 8;

std::string Quoted(const std::string& name) { return absl::StrCat("'", Excerpt(name), "'"); }

std::string ListOf(const std::vector<std::string>& names) {
  std::vector<std::string> shown;
  for (size_t i = 0; i < std::min(names.size(), kMaxNamed); ++i) shown.push_back(Quoted(names[i]));
  if (names.size() > kMaxNamed) {
    shown.push_back(absl::StrCat("and ", names.size() - kMaxNamed, " more"));
  }
  return absl::StrJoin(shown, ", ");
}

}  // namespace

bool AppliesSomewhere(const session::Group& group, const session::SessionSnapshot& session) {
  if (group.process.empty()) return true;
  patterns::Glob glob;
  if (!patterns::ParseGlob(group.process, &glob).ok()) return false;  // not written by pyslow
  const patterns::ProcessGlob process(group.process);
  return absl::c_any_of(session.process_names,
                        [&](const std::string& name) { return process.Matches(name); });
}

std::vector<std::string> WarnOfUnusedRoles(const session::SessionSnapshot& session) {
  std::vector<std::string> warnings;
  for (const session::Group& group : session.settings.groups) {
    if (!group.chosen || AppliesSomewhere(group, session)) continue;
    const std::vector<std::string> near = patterns::NearNames(group.process, session.process_names);
    warnings.push_back(absl::StrCat("group ", Printable(group.name),
                                    " applied in no process: process=", Printable(group.process),
                                    " matches none of their names, ", ListOf(session.process_names),
                                    near.empty() ? "" : absl::StrCat("; similar: ", ListOf(near))));
  }
  return warnings;
}

}  // namespace pyslow::report
