// Finds and ends the processes that a command left behind outside its process group, such as
// daemons.
#ifndef PYSLOW_SWEEP_TRIALS_LEFT_PROCESSES_H_
#define PYSLOW_SWEEP_TRIALS_LEFT_PROCESSES_H_

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "sweep/trials/signal_watch.h"

namespace pyslow::trials {

// Makes this process the parent of its orphaned descendants (PR_SET_CHILD_SUBREAPER), so that
// EndLeftProcesses finds a daemon that overwrote its environment, as redis-server does. Does
// nothing if this process has children already or is the first of a container: it would then adopt
// orphans that are not of the sweep.
void AdoptOrphans();

// Whether this process adopts orphans.
bool AdoptsOrphans();

// Waits for the ended orphans that this process has adopted. `child`: a child that is not one, or
// 0.
void ReapOrphans(pid_t child);

// The processes of one session.
struct Session {
  std::string variable;  // NAME=VALUE that only their environment contains
  pid_t group = 0;       // of the command: ended before
};

// Ends the processes that have `session.variable` in their environment and, after AdoptOrphans, all
// descendants of this process: SIGTERM, and SIGKILL after `grace` or as soon as this process
// receives a termination signal, which is then raised again. A process is identified by its start
// time too, so that a reused process ID is never signalled. Returns "redis-server (pid 123)" for
// each, except those of the group, which may still be ending. To be called when no child of this
// process runs.
std::vector<std::string> EndLeftProcesses(const Session& session, std::chrono::nanoseconds grace,
                                          SignalWatch* signals);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_LEFT_PROCESSES_H_
