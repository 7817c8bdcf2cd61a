// Joins or creates the session of this process.
#ifndef PYSLOW_LAUNCHER_OPEN_SESSION_H_
#define PYSLOW_LAUNCHER_OPEN_SESSION_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "core/clock.h"
#include "launcher/launch_settings.h"
#include "session/recorder.h"
#include "session/session.h"

namespace pyslow::launcher {

struct Membership {
  std::unique_ptr<session::Session> session;
  std::unique_ptr<session::Recorder> recorder;
};

// Opens the session and this process's record in it: in --session's directory, for --summary in a
// temporary directory, else in private memory. Fails, with "WHERE: WHAT", only in the session's
// first process; any other process runs uncounted in private memory and prints a warning.
absl::StatusOr<Membership> OpenSession(const ResolvedSettings& resolved,
                                       const core::Calibration& calibration);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_OPEN_SESSION_H_
