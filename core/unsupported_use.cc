#include "core/unsupported_use.h"

#include <Python.h>

#include "core/cpython.h"

namespace pyslow::core {

void UnsupportedUse::Check() {
  if (checks_subinterpreters_ && HasSubinterpreters() && checks_subinterpreters_.Exchange(false)) {
    const SharedLock lock;
    recorder_->AddNote(
        "the program used subinterpreters, whose calls are neither delayed nor counted");
  }
  if (checks_greenlets_ && IsImported("greenlet") && checks_greenlets_.Exchange(false)) {
    const SharedLock lock;
    recorder_->AddNote(
        "the program uses greenlets, which switch stacks without an event: own time may be "
        "attributed "
        "to the wrong functions");
  }
}

}  // namespace pyslow::core
