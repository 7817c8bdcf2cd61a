#include "core/own_time.h"

#include <algorithm>
#include <vector>

namespace pyslow::core {
namespace {

int64_t ProcessorNs() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

struct Thread {
  std::vector<const Function*> frames;
  uint64_t begin_ticks = 0;  // of the last event
  uint64_t since_ticks = 0;  // its end
  uint64_t in_events_ticks = 0;
  // The two clocks when the processor's was read last.
  uint64_t read_ticks = 0;
  int64_t read_processor_ns = 0;
};

Thread& ThisThread() {
  thread_local Thread thread;
  return thread;
}

}  // namespace

void OwnTime::BeginEvent(bool counts) {
  Thread& thread = ThisThread();
  const uint64_t now = ReadCounter(calibration_.counter);
  thread.begin_ticks = now;
  if (thread.frames.empty()) return;
  const uint64_t between = now - thread.since_ticks;
  const uint64_t passed = between > event_ticks_ ? between - event_ticks_ : 0;
  double own_ns = static_cast<double>(passed) * calibration_.ns_per_tick;
  if (passed > may_have_waited_ticks_) {
    const int64_t processor_ns = ProcessorNs();
    const double ran_ns = static_cast<double>(processor_ns - thread.read_processor_ns);
    const double all_ns = static_cast<double>(now - thread.read_ticks) * calibration_.ns_per_tick;
    own_ns = std::clamp(own_ns - (all_ns - ran_ns), 0.0, own_ns);
    thread.read_ticks = now;
    thread.read_processor_ns = processor_ns;
  }
  const Function* const innermost = thread.frames.back();
  // In a fork's child a function's counters may be the parent's until its cell is read.
  if (counts && innermost->word != session::kNoCell) {
    session::Add(innermost->counters->own_ns, static_cast<uint64_t>(own_ns + 0.5));
  }
}

void OwnTime::EndEvent() {
  Thread& thread = ThisThread();
  thread.since_ticks = ReadCounter(calibration_.counter);
  thread.in_events_ticks += thread.since_ticks - thread.begin_ticks;
}

uint64_t OwnTime::TicksInEvents() { return ThisThread().in_events_ticks; }

void OwnTime::Enter(const Function* function) {
  Thread& thread = ThisThread();
  if (thread.frames.empty()) {
    thread.read_ticks = ReadCounter(calibration_.counter);
    thread.read_processor_ns = ProcessorNs();
  }
  thread.frames.push_back(function);
}

void OwnTime::Leave(const Function* function) {
  std::vector<const Function*>& frames = ThisThread().frames;
  const auto found = std::find(frames.rbegin(), frames.rend(), function);
  if (found != frames.rend()) frames.erase(found.base() - 1, frames.end());
}

}  // namespace pyslow::core
