// Data that the threads of the engine share in a build of CPython without a GIL. With a GIL, the
// thread that holds it has all data to itself, and nothing here has a cost.
#ifndef PYSLOW_CORE_SHARED_H_
#define PYSLOW_CORE_SHARED_H_

#include <Python.h>

#include <atomic>
#include <mutex>
#include <new>
#include <utility>

#include "core/cpython.h"

namespace pyslow::core {

#ifdef Py_GIL_DISABLED

// A number that one thread may change while others read it.
template <typename T>
class Shared {
 public:
  Shared(T value) : value_(value) {}
  Shared(const Shared& other) : value_(T{other}) {}
  Shared& operator=(const Shared& other) { return *this = T{other}; }
  Shared& operator=(T value) {
    value_.store(value, std::memory_order_relaxed);
    return *this;
  }
  operator T() const { return value_.load(std::memory_order_relaxed); }
  T Exchange(T value) { return value_.exchange(value, std::memory_order_acq_rel); }

 private:
  std::atomic<T> value_;
};

// While it exists, this thread alone uses what the threads of the engine share: the record, the
// matchers, the lists of functions. No function of CPython may be called meanwhile, because it
// could wait for another thread that waits for this lock, or for the end of a stop of the world. So
// os.fork, which stops the world, finds it free.
class [[nodiscard]] SharedLock {
 public:
  SharedLock() { Mutex().lock(); }
  ~SharedLock() { Mutex().unlock(); }
  SharedLock(const SharedLock&) = delete;
  SharedLock& operator=(const SharedLock&) = delete;

  // For the child of a fork by C code, which does not stop the world.
  static void AfterForkInChild() noexcept { new (&Mutex()) std::mutex; }

 private:
  static std::mutex& Mutex() {
    alignas(64) static std::mutex mutex;
    return mutex;
  }
};

#else

template <typename T>
class Shared {
 public:
  Shared(T value) : value_(value) {}
  Shared& operator=(T value) {
    value_ = value;
    return *this;
  }
  operator T() const { return value_; }
  T Exchange(T value) { return std::exchange(value_, value); }

 private:
  T value_;
};

class [[nodiscard]] SharedLock {
 public:
  SharedLock() {}
  static void AfterForkInChild() noexcept {}
};

#endif

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_SHARED_H_
