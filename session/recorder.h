// The record of one process: the functions matched and their counters, in a file of the session's
// directory that other processes read while it is written, or in private memory.
#ifndef PYSLOW_SESSION_RECORDER_H_
#define PYSLOW_SESSION_RECORDER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

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

// A function and the target that matches it. A text over 1 MiB is cut and ends in an ellipsis.
struct MatchedFunction {
  FunctionIdView id;
  uint32_t group = 0;   // index into Settings::groups
  uint32_t target = 0;  // index into Settings::targets
};

// Where a function is counted, and which one it is of its process's: 0, 1, … in the order in which
// they were first added.
struct CountedFunction {
  FunctionCounters* counters = nullptr;
  uint32_t number = 0;
};

struct RecorderOptions {
  std::string python_version;  // "3.13.0"
  double ns_per_tick = 1;      // of FunctionCounters::spun_ticks
  double resolution_ns = 0;    // the smallest delay that is honest here
};

// Not thread-safe: all of it runs in the thread that holds the GIL, except AfterForkInChild. Keeps
// no file descriptor open.
class Recorder {
 public:
  // Makes this process's record. In a session without a directory it is private memory. Where no
  // record can be made: an error (as Session::Open's, to follow "DIRECTORY: ") in the process that
  // made the session; any other runs on uncounted, which the session tells its readers.
  static absl::StatusOr<std::unique_ptr<Recorder>> Create(const Session& session,
                                                          const RecorderOptions& options);

  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // The counters of the function of that name, made at its first mention, and owned. They never
  // move, and stay the function's after a fork: see Own. Where no more space can be had in the
  // file, this one and all later ones are private memory and the record tells how many. Makes a
  // fork's own record first. Null counters only where there is no memory at all: do not count the
  // function.
  CountedFunction AddFunction(const MatchedFunction& function);

  // Records a called function that no target matches, for suggestions. Recorded once; its first
  // line is 0.
  void AddUnmatched(const FunctionIdView& id);

  // Leaves a sentence for readers, such as "tool id 3 was taken by coverage". Any bytes; lost where
  // there is no space.
  void AddNote(absl::string_view text);

  void AddFlags(uint64_t flags);  // of RecordFlags; they stay

  // Says that the process ends now in an orderly way; MarkMainEnded that only the end of its
  // interpreter is left. A fork that made no record changes nothing.
  void MarkEnded();
  void MarkMainEnded();

  // In a fork's child, from a pthread_atfork handler: from now on the counters are still the
  // parent's and must not be written. Only sets a flag.
  void AfterForkInChild() noexcept { forked_ = true; }

  // Whether AfterForkInChild was called and the process has no record of its own yet.
  bool forked() const { return forked_; }

  // Gives a fork's child its record, in which each function is to be owned before it is counted;
  // does nothing in other processes. Where no record can be made, the counters become private
  // memory and the session tells its readers. False only where there is no memory either: then
  // nothing may be counted in this process any more.
  [[nodiscard]] bool StartOwnRecord();

  // To be called before the first call that is counted of each function that was added before a
  // fork: its counters are then this process's, 0, at the same address. Makes the process's record
  // first. False: they are not, and must not be written.
  [[nodiscard]] bool Own(const FunctionCounters* counters) {
    return StartOwnRecord() && store_.Own(counters);
  }

  // Why this process is not counted, or "".
  const std::string& uncounted() const { return uncounted_; }
  // How many functions are not in the record since no space could be had.
  uint64_t lost() const { return store_.lost(); }
  // The record's file name in the session's directory, or "".
  const std::string& record_name() const { return store_.file_name(); }

 private:
  // An entry of the record as the index holds it, with the hash of its key: to grow the index, or
  // to tell most other keys from it, its memory need not be read.
  struct Indexed {
    uint64_t checksum;
    char* entry;
    uint32_t number;  // CountedFunction::number, for a function's
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
  // The entry of that key, made where there is none; null: no memory.
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
