// The functions of a program that runs on while the setup changes, and the group of the current
// setup that each of them belongs to.
#ifndef PYSLOW_SWEEP_TRIALS_LIVE_FUNCTIONS_H_
#define PYSLOW_SWEEP_TRIALS_LIVE_FUNCTIONS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "patterns/call_matcher.h"
#include "patterns/line_matcher.h"
#include "patterns/roles.h"
#include "patterns/target_set.h"
#include "session/snapshot.h"
#include "sweep/trials/pyslow_command.h"

namespace pyslow::trials {

struct LiveFunction {
  uint64_t key = 0;  // of its cell: session::FunctionKey
  FunctionId id;
  std::string base_group;         // of the base setup
  std::optional<uint32_t> group;  // of the current setup; nullopt: none
};

// The program runs with the targets of the base setup, a superset of the others. A function belongs
// to the group that a program started with the current setup would give it. Not thread-safe.
class LiveFunctions {
 public:
  // `on_call`: whether --on names calls of callables that are no Python functions.
  explicit LiveFunctions(bool on_call = false) : on_call_(on_call) {}

  // Makes `base` the base setup and the current one, and forgets all functions. Errors are complete
  // messages.
  absl::Status SetBase(const Instrumentation& base);
  // Makes `setup` the current one if the base setup covers it: whether it does. Errors as above.
  absl::StatusOr<bool> Select(const Instrumentation& setup);
  bool has_base() const { return base_.has_value(); }
  // The base setup. Only if has_base().
  const Instrumentation& base() const { return *base_; }
  // Whether the current setup has the groups of the base setup.
  bool is_base() const { return is_base_; }

  // Adds the functions of `snapshot`, which is of a program that runs with the base setup. Returns
  // the number of functions before; the new ones follow in all().
  size_t Add(const session::SessionSnapshot& snapshot);
  const std::vector<LiveFunction>& all() const { return functions_; }

  // `snapshot` as if the program ran with the current setup. Adds its functions.
  session::SessionSnapshot Regrouped(session::SessionSnapshot snapshot);

 private:
  struct Targets {
    Instrumentation instrumentation;
    std::unique_ptr<patterns::TargetSet> set;
    std::unique_ptr<patterns::Roles> roles;
    // For Python functions, and for other callables.
    std::unique_ptr<patterns::CallMatcher> python;
    std::unique_ptr<patterns::CallMatcher> native;
    std::unique_ptr<patterns::LineMatcher> lines;  // of targets with lines
    std::vector<std::optional<uint32_t>> groups;   // by group of `set`: index in the setup's groups
  };
  absl::StatusOr<Targets> Compile(const Instrumentation& instrumentation) const;
  static std::optional<uint32_t> IndexOf(const Instrumentation& instrumentation,
                                         const std::string& group);
  static patterns::Match Find(Targets* targets, const LiveFunction& function);
  static patterns::Match FindCall(Targets* targets, patterns::Role role,
                                  const patterns::FunctionNames& caller,
                                  const patterns::FunctionNames& callee);
  std::optional<uint32_t> GroupOf(const LiveFunction& function);
  bool Covers(Targets* targets) const;
  static bool IsInBase(const patterns::Target& target, bool is_native, bool was_recorded,
                       Targets* base);

  const bool on_call_;
  std::optional<Instrumentation> base_;
  Targets current_;
  bool is_base_ = true;
  std::vector<LiveFunction> functions_;
  absl::flat_hash_map<uint64_t, size_t> by_key_;
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_LIVE_FUNCTIONS_H_
