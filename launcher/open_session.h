// A process's part in a session: joins it, or makes it.
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

// Opens the session that `resolved` asks for (a directory, a temporary one for --summary, or none)
// and this process's record in it. An error, "WHERE: WHAT", only in the process that makes the
// session: any other runs on without being counted, and says so in a line on stderr.
absl::StatusOr<Membership> OpenSession(const ResolvedSettings& resolved,
                                       const core::Calibration& calibration);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_OPEN_SESSION_H_
