#include "core/engine_threads.h"

#include <pthread.h>

#include "core/shared.h"

namespace pyslow::core {
namespace {

// To be called when a thread ends. Python code may still run in it afterwards, in a destructor of
// another library: it then has a new EngineThread, and this function is called again.
void Leave(void* thread) {
  t_engine_thread = nullptr;
  static_cast<EngineThread*>(thread)->is_used.store(false, std::memory_order_release);
}

void CallLeaveAtEnd(EngineThread* thread) {
  static pthread_key_t key = 0;
  static const bool has_key = pthread_key_create(&key, Leave) == 0;
  if (has_key) pthread_setspecific(key, thread);  // not reused if no pthread key is free
}

}  // namespace

EngineThreads::EngineThreads(const Window& window, NativeMatcher* native_matcher,
                             MatchedFunctions* functions)
    : window_(window), native_matcher_(native_matcher), functions_(functions) {
  t_engine_thread = nullptr;  // of an earlier engine, in tests
}

void EngineThreads::SetWindow(const Window& window) {
  window_ = window;
  This().window = window;
}

EngineThread& EngineThreads::Enter() {
  t_engine_thread = &FindOrAdd();
  CallLeaveAtEnd(t_engine_thread);
  return *t_engine_thread;
}

EngineThread& EngineThreads::FindOrAdd() {
  const SharedLock lock;
  for (EngineThread& thread : threads_) {
    if (!thread.is_used.load(std::memory_order_relaxed) &&
        !thread.is_used.exchange(true, std::memory_order_acquire)) {
      return thread;
    }
  }
  EngineThread& thread = threads_.emplace_back(window_);
  if (native_matcher_ != nullptr)
    thread.natives = std::make_unique<NativeCallables>(native_matcher_);
  return thread;
}

Function* EngineThreads::MakeCopy(Function* original) {
  std::vector<Function*>& copies = This().copies;
  if (copies.size() <= original->number) copies.resize(original->number + 1);
  const SharedLock lock;
  return copies[original->number] = functions_->Copy(original);
}

}  // namespace pyslow::core
