// The role of this process: the groups with process=GLOB that apply in it.
#ifndef PYSLOW_CORE_PROCESS_ROLE_H_
#define PYSLOW_CORE_PROCESS_ROLE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "core/clock.h"
#include "core/function.h"
#include "core/shared.h"
#include "patterns/roles.h"
#include "session/recorder.h"

namespace pyslow::core {

// A program changes its title without an event, so the names are read from time to time, at calls
// of the functions that depend on them: such a call has the role that the process had at most
// kMaxAgeNs, and a step of the kernel's coarse clock (up to 10 ms), before. The first of these
// calls in a process, also in the child of a fork, reads them.
//
// Without a GIL the program may change its environment in another thread meanwhile (getenv and
// setenv are no pair that may run at the same time), so the ranks are read once, by the first
// RecordNames.
//
// All members except Forget need the GIL. Without a GIL any thread may call Refresh and role, and
// RecordNames needs a SharedLock, except before there is a second thread.
class ProcessRole {
 public:
  static constexpr int64_t kMaxAgeNs = 50'000'000;

  // `roles` and `recorder` must outlive this object. The title is that of python: without the
  // `option_words` of pyslow after the first word, unless the program sets it.
  ProcessRole(patterns::Roles* roles, session::Recorder* recorder, size_t option_words)
      : roles_(*roles), recorder_(*recorder), option_words_(option_words) {}

  // Reads the names if it is time to. Returns whether the role is another one now; without a GIL,
  // in one of the threads alone.
  bool Refresh() { return CoarseMonotonicNs() >= next_reading_ns_ && Read(); }

  // The role that the last reading gave.
  patterns::Role role() const { return role_; }

  // Reads the names, and records those that are new for the report.
  void RecordNames();

  // Makes the next Refresh read the names. For the child of a fork, before anything else runs
  // there; async-signal-safe.
  void Forget() noexcept { next_reading_ns_ = 0; }

 private:
  // A program may change its title at each task.
  static constexpr size_t kMaxRecordedNames = 100;

  bool Read();
  bool ReadNames();
  std::string Title();

  patterns::Roles& roles_;
  session::Recorder& recorder_;
  const size_t option_words_;
  std::string first_title_;  // with them
  std::string own_title_;
  std::vector<std::string> names_;
  std::vector<std::string> ranks_;
  absl::flat_hash_set<std::string> recorded_;
  Shared<patterns::Role> role_ = patterns::kNoRole;
  Shared<int64_t> next_reading_ns_ = 0;  // of the coarse clock
};

// The placeholder for a function, or a callable called by some caller, whose match depends on the
// role. Never destroyed. Its members need the GIL, or without a GIL a SharedLock.
class FunctionByRole : public Function {
 public:
  // Decides about the function in a role; nullptr: no target matches it then.
  using Decide = std::function<Function*(patterns::Role)>;
  explicit FunctionByRole(Decide decide) : decide_(std::move(decide)) {
    kind = FunctionKind::kByRole;
  }

  // The function in the role, which may be a placeholder of another kind; nullptr as above.
  Function* In(patterns::Role role) {
    if (role >= functions_.size()) functions_.resize(role + 1);
    if (!functions_[role].has_value()) functions_[role] = decide_(role);
    return *functions_[role];
  }

 private:
  Decide decide_;
  std::vector<std::optional<Function*>> functions_;  // by role; nullopt: not decided yet
};

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_PROCESS_ROLE_H_
