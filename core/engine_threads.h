// What each thread of the engine has to itself in a build of CPython without a GIL.
#ifndef PYSLOW_CORE_ENGINE_THREADS_H_
#define PYSLOW_CORE_ENGINE_THREADS_H_

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "core/decision.h"
#include "core/function.h"
#include "core/matched_functions.h"
#include "core/native_callables.h"
#include "core/window.h"
#include "patterns/roles.h"

namespace pyslow::core {

// The call path writes a function's counters and its number of calls until the next delay. Without
// a GIL, several threads may be in it at once. So each thread has its own copies of the functions
// that it calls, and no counter has more than one writer: neither a locked instruction nor a cache
// line that moves between cores. The Function that is stored on a code object is then only the
// original. The window's state and the cache of native callables are copied likewise.
//
// When a thread ends, the next new thread continues with its copies. So their number is that of the
// threads that run at the same time.
struct EngineThread {
  explicit EngineThread(const Window& from) : window(from) {}

  Window window;
  std::vector<Function*> copies;  // by Function::number; nullptr: not called by this thread yet
  std::unique_ptr<NativeCallables> natives;  // nullptr if CALL events are not used
  // The originals of calls of functions whose match depends on the caller.
  absl::flat_hash_map<std::pair<const Function*, const Caller*>, Function*> by_caller;
  // Those of functions whose match depends on the role.
  absl::flat_hash_map<std::pair<const Function*, patterns::Role>, Function*> by_role;
  std::atomic<bool> is_used = true;
};

// The EngineThread of the calling thread; nullptr before its first event. Initialized before any
// code runs, and always in the static part of the thread's memory (no library of this project is
// loaded by dlopen), so reading it calls no function.
[[gnu::tls_model("initial-exec")]] inline constinit thread_local EngineThread* t_engine_thread =
    nullptr;

// The threads of the process's engine. Only without a GIL; any thread may call all members, except
// the constructor and SetWindow.
class EngineThreads {
 public:
  // `native_matcher`: nullptr if CALL events are not used. The objects must outlive this one. To be
  // called in the main thread before there are others.
  EngineThreads(const Window& window, NativeMatcher* native_matcher, MatchedFunctions* functions);

  // Replaces the window of all threads. Only while there is one thread.
  void SetWindow(const Window& window);

  EngineThread& This() { return t_engine_thread != nullptr ? *t_engine_thread : Enter(); }

  // This thread's copy of a function. Makes it at the thread's first call.
  Function* CopyOf(Function* original) {
    if (original->number == Function::kNoCopies) return original;
    std::vector<Function*>& copies = This().copies;
    if (original->number < copies.size() && copies[original->number] != nullptr) [[likely]]
      return copies[original->number];
    return MakeCopy(original);
  }

  // This thread's copy of the function that `decide` returns for the key, or nullptr if it returns
  // that. `known`: a map of This(); each key is decided once.
  template <typename Known, typename Decide>
  Function* CopyOfDecided(Known* known, const typename Known::key_type& key, const Decide& decide) {
    const auto [place, is_new] = known->try_emplace(key, nullptr);
    if (is_new) place->second = decide();
    return place->second != nullptr ? CopyOf(place->second) : nullptr;
  }

 private:
  EngineThread& Enter();
  EngineThread& FindOrAdd();
  Function* MakeCopy(Function* original);

  Window window_;
  NativeMatcher* const native_matcher_;
  MatchedFunctions* const functions_;
  std::deque<EngineThread> threads_;
};

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_ENGINE_THREADS_H_
