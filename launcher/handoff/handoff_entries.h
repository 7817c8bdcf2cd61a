// Names of the environment entries that carry a Handoff. Separate from handoff.h for exec_stub.cc,
// which is linked to no library.
#ifndef PYSLOW_LAUNCHER_HANDOFF_HANDOFF_ENTRIES_H_
#define PYSLOW_LAUNCHER_HANDOFF_HANDOFF_ENTRIES_H_

namespace pyslow::handoff {

inline constexpr char kPreloadEntry[] = "LD_PRELOAD=";
// Why CPython is embedded; in place of LD_PRELOAD.
inline constexpr char kReasonEntry[] = "PYSLOW_EMBED_REASON=";
// The last entry: the process name followed by the pyslow program's absolute path, such as
// "python/opt/pyslow/bin/pyslow3.13".
inline constexpr char kHandoffEntry[] = "PYSLOW_HANDOFF=";
// In place of kHandoffEntry: the sender did not check that the executable is the Python of this
// start.
inline constexpr char kUnverifiedHandoffEntry[] = "PYSLOW_UNVERIFIED_HANDOFF=";

// What LD_PRELOAD names if the library's path cannot stand there: a descriptor, which the library
// closes.
inline constexpr char kDescriptorPrefix[] = "/proc/self/fd/";

}  // namespace pyslow::handoff

#endif  // PYSLOW_LAUNCHER_HANDOFF_HANDOFF_ENTRIES_H_
