// Builds sessions as plain data for the report tests.
#ifndef PYSLOW_TESTS_REPORT_REPORT_TESTING_H_
#define PYSLOW_TESTS_REPORT_REPORT_TESTING_H_

#include <string>

#include "session/snapshot.h"

namespace pyslow::report {

inline constexpr int64_t kSecond = 1'000'000'000;

// A session with groups [default] and [model], one target each with a delay of 10 us, and no
// process. It begins at 100 s and is read 10 s later, in the same boot.
inline session::SessionSnapshot EmptySession() {
  session::SessionSnapshot session;
  session.settings.session_id = "sample";
  session.settings.epoch_monotonic_ns = 100 * kSecond;
  session.settings.host = "host";
  session.settings.boot_id = "boot";
  session.settings.text = "start=0ns\non=start\ngil=hold\nstart_at=\n";
  session.settings.groups = {{"default", {10'000, 1}, true}, {"model", {10'000, 1}, true}};
  session.settings.targets = {{"/t/targets.txt", 1, 1, "json:*", 0, false},
                              {"/t/targets.txt", 3, 1, "model.*:*", 1, false}};
  session.cells = {{10'000, 1}, {10'000, 1}};
  session.read_monotonic_ns = 110 * kSecond;
  session.read_host = "host";
  session.read_boot_id = "boot";
  return session;
}

// Adds a process from `begin` to `end`, in seconds of the session; 0: no recorded end.
inline session::ProcessSnapshot& AddProcess(session::SessionSnapshot* session, int begin, int end) {
  session::ProcessSnapshot& process = session->processes.emplace_back();
  process.record =
      "record-" + std::string(1, static_cast<char>('a' + session->processes.size() - 1));
  process.pid = 1000 + static_cast<int64_t>(session->processes.size());
  process.host = "host";
  process.boot_id = "boot";
  process.start_monotonic_ns = (100 + begin) * kSecond;
  process.end_monotonic_ns = end == 0 ? 0 : (100 + end) * kSecond;
  return process;
}

// Adds a function of target and group `group` without calls. Add functions in the order of names.
inline uint32_t AddFunction(session::SessionSnapshot* session, const std::string& module,
                            const std::string& qualname, uint32_t group = 0) {
  session->functions.push_back(
      {{module, qualname, "/lib/" + module + ".py", 7}, group, group, {}, 0});
  return static_cast<uint32_t>(session->functions.size() - 1);
}

// Adds calls of a function in the last process, each delayed by exactly 10 us.
inline void Call(session::SessionSnapshot* session, uint32_t function, uint64_t calls) {
  const session::CallCounts counts = {calls, 0, calls, calls * 10'000,
                                      static_cast<double>(calls) * 10'000};
  session->processes.back().functions.push_back({function, counts});
  session->functions[function].counts += counts;
  session->functions[function].processes += 1;
}

}  // namespace pyslow::report

#endif  // PYSLOW_TESTS_REPORT_REPORT_TESTING_H_
