// The environment entries by which a pyslow program tells the next one what to go on with: for
// first_step.cc, which has no library, and handover.cc.
#ifndef PYSLOW_LAUNCHER_HANDOVER_ENTRIES_H_
#define PYSLOW_LAUNCHER_HANDOVER_ENTRIES_H_

namespace pyslow::launcher {

inline constexpr char kPreloadEntry[] = "LD_PRELOAD=";
inline constexpr char kReasonEntry[] = "PYSLOW_EMBEDS=";
// The process's name and the pyslow program's file: "python/opt/pyslow/bin/pyslow3.13".
inline constexpr char kGoesOnEntry[] = "PYSLOW_GOES_ON=";
// The same; but nobody has asked yet whether this start stands for the program that goes on.
inline constexpr char kSupposedEntry[] = "PYSLOW_SUPPOSES=";

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_HANDOVER_ENTRIES_H_
