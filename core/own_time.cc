#include "core/own_time.h"

#include <pthread.h>

#include <algorithm>
#include <vector>

#include "base/posix_clock.h"

namespace pyslow::core {
namespace {

struct Thread {
  std::vector<Function*> frames;
  uint64_t generation = 0;                       // of `frames`; see OwnTime::Restart
  Window::State state = Window::State::kBefore;  // of the window at the last event
  uint64_t begin_ticks = 0;                      // start of the last event
  uint64_t since_ticks = 0;                      // end of the last event
  uint64_t in_events_ticks = 0;                  // total
  // Both clocks at the last reading of the processor clock.
  uint64_t read_ticks = 0;
  int64_t read_processor_ns = 0;
  bool must_read = true;  // the thread may have waited since, outside of all frames

  void Forget(uint64_t new_generation) {
    generation = new_generation;
    frames.clear();
    must_read = true;
  }

  // The counter is read last. The kernel preempts a thread most often at the end of a system call,
  // and a wait between the two readings must not count in the time that follows.
  void ReadClocks(Counter counter) {
    read_processor_ns = ThreadNs();
    read_ticks = ReadCounter(counter);
    must_read = false;
  }
};

// A pointer, because it has no destructor: exit() destroys the main thread's objects before it
// calls handlers that may run Python code.
thread_local Thread* t_thread = nullptr;

Thread* MakeThread() {
  static pthread_key_t key = 0;
  static const bool has_key = pthread_key_create(&key, [](void* thread) {
                                delete static_cast<Thread*>(thread);
                                t_thread = nullptr;
                              }) == 0;
  auto* const thread = new Thread;
  if (has_key) pthread_setspecific(key, thread);  // leaked if no pthread key is free
  return thread;
}

Thread& ThisThread() {
  if (t_thread == nullptr) [[unlikely]]
    t_thread = MakeThread();
  return *t_thread;
}

}  // namespace

OwnTime::Stretch OwnTime::BeginEvent(Window::State state) {
  Thread& thread = ThisThread();
  const uint64_t now = ReadCounter(calibration_.counter);
  const uint64_t generation = generation_;
  if (thread.generation != generation) [[unlikely]]
    thread.Forget(generation);
  const uint64_t between = now - thread.since_ticks;
  thread.begin_ticks = now;
  Stretch stretch;
  stretch.crosses_edge = thread.state != state;
  thread.state = state;
  if (thread.frames.empty()) {
    thread.must_read = thread.must_read || between > may_have_waited_ticks_;
    return stretch;
  }
  const uint64_t event_ticks = event_ticks_;
  const uint64_t passed = between > event_ticks ? between - event_ticks : 0;
  stretch.function = thread.frames.back();
  stretch.ran_ns = static_cast<double>(passed) * calibration_.ns_per_tick;
  stretch.all_ns = static_cast<int64_t>(stretch.ran_ns);
  if (passed > may_have_waited_ticks_) {
    const double all_ns = static_cast<double>(now - thread.read_ticks) * calibration_.ns_per_tick;
    const int64_t read_processor_ns = thread.read_processor_ns;
    thread.ReadClocks(calibration_.counter);
    const auto ran_ns = static_cast<double>(thread.read_processor_ns - read_processor_ns);
    stretch.ran_ns = std::clamp(stretch.ran_ns - (all_ns - ran_ns), 0.0, stretch.ran_ns);
  }
  return stretch;
}

void OwnTime::EndEvent() {
  Thread& thread = ThisThread();
  thread.since_ticks = ReadCounter(calibration_.counter);
  // The event includes a delay, which is not own time.
  if (thread.since_ticks - thread.begin_ticks > may_have_waited_ticks_) {
    thread.ReadClocks(calibration_.counter);
    thread.since_ticks = thread.read_ticks;
  }
  thread.in_events_ticks += thread.since_ticks - thread.begin_ticks;
}

// The frames of this thread are dropped here and not at its next event: the current event may enter
// one, which stays.
void OwnTime::Restart() {
  generation_ = generation_ + 1;
  ThisThread().Forget(generation_);
}

uint64_t OwnTime::TicksInEvents() { return ThisThread().in_events_ticks; }

void OwnTime::Enter(Function* function) {
  Thread& thread = ThisThread();
  if (thread.frames.empty() && thread.must_read) thread.ReadClocks(calibration_.counter);
  thread.frames.push_back(function);
}

void OwnTime::Leave(const Function* function) {
  std::vector<Function*>& frames = ThisThread().frames;
  const auto found = std::find(frames.rbegin(), frames.rend(), function);
  if (found != frames.rend()) frames.erase(found.base() - 1, frames.end());
}

}  // namespace pyslow::core
