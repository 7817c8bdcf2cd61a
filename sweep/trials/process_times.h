// Sums the processor time of given processes, of all their descendants and of this process, each
// once, and the time that they waited for a core.
#ifndef PYSLOW_SWEEP_TRIALS_PROCESS_TIMES_H_
#define PYSLOW_SWEEP_TRIALS_PROCESS_TIMES_H_

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "sweep/trials/proc_files.h"

namespace pyslow::trials {

// Processor time of this process, and of its children that have been reaped with their own reaped
// descendants, to the microsecond.
struct OwnTimes {
  int64_t run_ns = 0;
  int64_t children_ns = 0;
};
OwnTimes ReadOwnTimes();

// A process, and the program that it ran last.
struct ProgramTime {
  std::string program;  // the name of its file, such as "python3.12"
  uint64_t start_ticks = 0;
  int64_t run_ns = 0;  // since its start
  // Whether pyslow is part of the program: it is pyslow itself, or libpyslow is loaded. nullopt:
  // the kernel does not show it.
  std::optional<bool> has_pyslow = std::nullopt;
  uint64_t arguments = 0;  // ProcessStat::arguments: another program has others
  int64_t program_ns = 0;  // of `run_ns`: since it executed the program
};

// The processor time of a process that starts and ends between two samples, and of a process after
// its last sample, is complete as soon as its parent has waited for it: parents report the time of
// such children. Waiting for a core is seen in samples only. A process stays watched after its
// parent has ended, and one that this process adopted (PR_SET_CHILD_SUBREAPER) is watched too.
// Not thread-safe.
class ProcessTimes {
 public:
  // `proc` and `own` replace /proc and ReadOwnTimes in tests.
  ProcessTimes(std::string proc, OwnTimes (*own)()) : proc_(std::move(proc)), own_(own) {}

  // Watches `pid`, a child of this process, its descendants and its process group from now on.
  // `is_program`: they are part of the measured program, not a load: their waiting counts, and they
  // are in programs().
  void Add(pid_t pid, bool is_program = true);
  void Sample();

  // The sum since each process's start; the waiting is that of the program alone.
  const SchedulerTimes& sum() const { return sum_; }
  // The processes of the program that samples found, by pid; ended ones too.
  std::map<pid_t, ProgramTime> programs() const;
  // The processes that are not watched, as of the last sample.
  const std::set<pid_t>& others() const { return others_; }
  // Processor time of the program's processes that no sample found.
  int64_t unseen_program_ns() const { return unseen_program_ns_; }
  // Whether the kernel shows how long a thread waited: /proc/PID/task/TID/schedstat.
  bool has_wait() const { return has_wait_; }

 private:
  struct Process {
    pid_t parent = 0;
    bool is_program = false;
    uint64_t start_ticks = 0;
    uint64_t arguments = 0;
    int64_t threads_ns = 0;   // of the threads that samples found
    int64_t run_ns = 0;       // in `sum_`
    int64_t children_ns = 0;  // of children that it has waited for
    // `children_ns` beyond that of children that samples found before they ended. Positive: not yet
    // in `sum_`. Negative: of children that have ended, but not been waited for.
    int64_t unseen_ns = 0;
  };
  struct Thread {
    SchedulerTimes times;
    uint64_t last_sample = 0;  // the number of the last sample that found the thread
  };
  using Processes = std::map<pid_t, Process>;

  void FindProcesses();
  // Whether an orphan that this process adopted is part of the program: always, unless only a load
  // is watched.
  bool AdoptsForProgram() const;
  // Whether libpyslow is loaded into the process.
  std::optional<bool> HasLibrary(pid_t pid) const;
  void NoteProgram(pid_t pid, const Process& process);
  // Reads the processes and removes those that have ended, which it returns.
  Processes ReadProcesses();
  void ReadThreads(pid_t pid, Process* process);
  void ReadOwn();
  // The parent of a process that has ended, or else the nearest ancestor that has not.
  Process* ReaperOf(pid_t pid, const Processes& ended);
  static void SetChildren(int64_t children_ns, Process* process);
  static void SetRun(int64_t run_ns, Process* process, SchedulerTimes* sum);
  void CountUnseen(Process* process);

  const std::string proc_;
  OwnTimes (*const own_)();
  std::map<pid_t, bool> roots_;  // the arguments of Add, whose process groups are watched too
  Process self_;
  Processes watched_;
  struct Program {
    ProgramTime time;
    int64_t before_ns = 0;  // of run_ns: before it executed the program
    int checks = 0;         // of has_pyslow
  };
  std::map<pid_t, Program> programs_;
  int64_t unseen_program_ns_ = 0;
  std::set<pid_t> others_;                             // known not to be watched
  std::map<std::pair<pid_t, pid_t>, Thread> threads_;  // by process and thread
  SchedulerTimes sum_;
  bool has_wait_ = false;
  uint64_t samples_ = 0;
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_PROCESS_TIMES_H_
