// Reads for how long a CPU quota stopped this process's control group, and how often the processors
// slowed down because they were hot.
#ifndef PYSLOW_SWEEP_TRIALS_THROTTLING_H_
#define PYSLOW_SWEEP_TRIALS_THROTTLING_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace pyslow::trials {

// Seconds for which a quota stopped the processors of a control group, summed over the processors,
// since the group was made. By file, one for each group from that of this process up to the root,
// since each may have a quota; both cgroup versions. Children inherit the group. Empty: no cpu
// controller. `proc`, `sys`: the paths of /proc and /sys.
std::map<std::string, double> ReadQuotaStops(const std::string& proc, const std::string& sys);

// Seconds between two readings, for the group that was stopped the longest: if groups above each
// other have quotas, their stops overlap. nullopt if the readings share no file.
std::optional<double> StoppedBetween(const std::map<std::string, double>& first,
                                     const std::map<std::string, double>& last);

// The number of times since boot that a processor or its package began to slow down because of
// heat, summed over the processors. nullopt: the kernel does not report it.
std::optional<uint64_t> ReadThermalThrottles(const std::string& sys);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_THROTTLING_H_
