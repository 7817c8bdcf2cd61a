// Finds the groups with process=GLOB that applied in no process.
#ifndef PYSLOW_REPORT_UNUSED_ROLES_H_
#define PYSLOW_REPORT_UNUSED_ROLES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "session/snapshot.h"

namespace pyslow::report {

// Whether the GLOB of `group`, an index into Settings::groups, matches a name of some process, or a
// function was counted in the group: a process records a limited number of names. True for a group
// without a GLOB.
bool AppliesSomewhere(size_t group, const session::SessionSnapshot& session);

// Whether the GLOB of group `outer` matches each recorded name that the GLOB of `inner` matches,
// and there is such a name: `outer` then applies wherever `inner` does. Both are indices into
// Settings::groups, of groups with a GLOB.
bool AppliesWherever(size_t outer, size_t inner, const session::SessionSnapshot& session);

// Appends one message for each chosen group that does not, with the names that processes had.
void WarnOfUnusedRoles(const session::SessionSnapshot& session, std::vector<std::string>* warnings);

}  // namespace pyslow::report

#endif  // PYSLOW_REPORT_UNUSED_ROLES_H_
