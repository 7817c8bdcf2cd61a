// Writes the record of one process: its matched functions and their counters, in a file of the
// session directory or in private memory. The file can be read at any time and survives a crash.
#ifndef PYSLOW_SESSION_RECORDER_H_
#define PYSLOW_SESSION_RECORDER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/function_id.h"
#include "session/counters.h"
#include "session/format.h"
#include "session/record_flags.h"
#include "session/record_store.h"
#include "session/session.h"

namespace pyslow::session {

// A function and the target that matches it. A longer text than 1 MiB is cut and ends in an
// ellipsis.
struct MatchedFunction {
  FunctionIdView id;
  uint32_t group = 0;   // index into Settings::groups
  uint32_t target = 0;  // index into Settings::targets
};

// A function in the record. `number` counts the process's functions from 0, in the order in which
// they were added.
struct CountedFunction {
  FunctionCounters* counters = nullptr;
  uint32_t number = 0;
  uint64_t key = 0;  // FunctionKey
};

struct RecorderOptions {
  std::string python_version;  // "3.13.0"
  double ns_per_tick = 1;      // of FunctionCounters::spun_ticks
  double resolution_ns = 0;    // the smallest accurate delay
};

// Not thread-safe: call with the GIL held, or without a GIL one thread at a time, except
// AfterForkInChild. Keeps no file descriptor open.
class Recorder {
 public:
  // Creates this process's record: a file, or private memory if the session has no directory. If
  // the file cannot be created, the session's first process gets an error as for Session::Open; any
  // other process counts in private memory and is added to the session's uncounted processes.
  static absl::StatusOr<std::unique_ptr<Recorder>> Create(const Session& session,
                                                          const RecorderOptions& options);

  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // Returns the counters of a function, which it adds at the first call; they are writable. Their
  // address is fixed, also after a fork (see MakeWritable). If the file cannot grow, the counters
  // of this and all later functions are private memory, and the functions are added to lost(). Null
  // counters if there is no memory: do not count the function. Calls StartOwnRecord.
  CountedFunction AddFunction(const MatchedFunction& function);

  // Adds counters of their own for another thread that calls a function, whose counters AddFunction
  // has returned; readers sum all counters of a function. Otherwise as AddFunction. nullptr if
  // there is no memory.
  FunctionCounters* AddCounters(const FunctionCounters* counters);

  // Records a called function that no target matches, for suggestions. Each is recorded once:
  // false if it was recorded before. Set `id.first_line` to 0.
  bool AddUnmatched(const FunctionIdView& id);

  // Records a message for readers, such as "tool id 3 was taken by coverage". Arbitrary bytes; lost
  // if there is no space.
  void AddNote(absl::string_view text);

  // Records a name of the process (see patterns/roles.h), for the report. Each is recorded once.
  void AddProcessName(absl::string_view name);

  void AddFlags(uint64_t flags);  // RecordFlags to set

  // Record the current time as the end of the process, and as the start of the interpreter's
  // finalization. Without effect in a forked child without a record.
  void MarkEnded();
  void MarkMainEnded();

  // Call in the child of a fork, from a pthread_atfork handler. The counters are then the parent's
  // and must not be written (see MakeWritable). Async-signal-safe: only sets a flag.
  void AfterForkInChild() noexcept { forked_ = true; }

  // Whether this is a forked child without a record of its own.
  bool forked() const { return forked_; }

  // In a forked child without a record, creates one; MakeWritable is then needed before each
  // function is counted. If the file cannot be created, the counters are private memory and the
  // process is added to the session's uncounted processes. False if there is no memory: count no
  // function in this process any more.
  [[nodiscard]] bool StartOwnRecord();

  // In a forked child, call before the first write to the counters of a function that was added
  // before the fork: they are then this process's, 0, at the same address. Calls StartOwnRecord.
  // False if there is no memory: do not write them.
  [[nodiscard]] bool MakeWritable(const FunctionCounters* counters) {
    return StartOwnRecord() && store_.MakeWritable(counters);
  }

  // Why this process has no record that readers see; "" if it has one.
  const std::string& uncounted() const { return uncounted_; }
  // Functions that are not in the file, for lack of space.
  uint64_t lost() const { return store_.lost(); }
  // The record's file name in the session directory; "" for private memory.
  const std::string& record_name() const { return store_.file_name(); }

 private:
  // An entry and the checksum of its key, so that the index grows and compares without reading the
  // entry's memory.
  struct Indexed {
    uint64_t checksum;
    char* entry;
    uint32_t number;  // CountedFunction::number, of a function
  };
  struct KeyHash {
    using is_transparent = void;
    size_t operator()(const Indexed& indexed) const { return indexed.checksum; }
    size_t operator()(const EntryKey& key) const { return key.checksum; }
  };
  struct KeyEqual {
    using is_transparent = void;
    bool operator()(const Indexed& a, const Indexed& b) const { return a.entry == b.entry; }
    bool operator()(const Indexed& indexed, const EntryKey& key) const;
  };

  Recorder(const Session& session, const RecorderOptions& options);
  absl::Status Start(absl::string_view forked_from);
  RecordFixed Describe(absl::string_view forked_from) const;
  // Returns the entry with this key; appends it if there is none. Null if there is no memory.
  const Indexed* FindOrAppend(const EntryKey& key, uint32_t group, uint32_t target);
  char* Append(const EntryKey& key, uint32_t group, uint32_t target);

  const Session& session_;
  const RecorderOptions options_;
  RecordStore store_;
  absl::flat_hash_set<Indexed, KeyHash, KeyEqual> index_;
  uint32_t functions_ = 0;
  bool forked_ = false;
  std::string uncounted_;
};

}  // namespace pyslow::session

#endif  // PYSLOW_SESSION_RECORDER_H_
