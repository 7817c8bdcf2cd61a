// A command that goes on running while trials are measured against it.
#ifndef PYSLOW_SWEEP_TRIALS_BACKGROUND_PROCESS_H_
#define PYSLOW_SWEEP_TRIALS_BACKGROUND_PROCESS_H_

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "sweep/trials/child_process.h"
#include "sweep/trials/signal_watch.h"

namespace pyslow::trials {

class Server {
 public:
  // Its output goes to the file `output`, which begins anew. `signals` is kept, not owned.
  // Unavailable, to follow "FILE: ", where it cannot be started.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const CommandSpec& spec,
                                                       const std::string& output,
                                                       SignalWatch* signals);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  pid_t pid() const { return child_.pid(); }
  bool HasEnded() const { return end_.has_value() || child_.HasEnded(); }

  // Asks its group to end, and kills who has not ended after the grace or when this process is
  // asked to end meanwhile; the signal that asked is there again afterwards. Returns how it ended.
  ChildEnd Stop(std::chrono::nanoseconds grace = std::chrono::seconds(10));

  // The end of what it printed.
  std::string Output() const;

 private:
  Server(Child child, std::string output, SignalWatch* signals)
      : child_(child), output_(std::move(output)), signals_(*signals) {}

  Child child_;
  const std::string output_;
  SignalWatch& signals_;
  std::optional<ChildEnd> end_;
};

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_BACKGROUND_PROCESS_H_
