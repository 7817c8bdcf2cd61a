// Detects uses of Python that the engine cannot follow.
#ifndef PYSLOW_CORE_UNSUPPORTED_USE_H_
#define PYSLOW_CORE_UNSUPPORTED_USE_H_

#include "core/shared.h"
#include "session/recorder.h"

namespace pyslow::core {

// Adds a note to the record, once for each: subinterpreters, which raise no events of our tool, and
// greenlets, which switch stacks without an event. With the GIL held.
class UnsupportedUse {
 public:
  // `checks_greenlets`: they matter for own time only.
  UnsupportedUse(session::Recorder* recorder, bool checks_greenlets)
      : recorder_(recorder), checks_greenlets_(checks_greenlets) {}

  // CPython has no notification for either, so this is called when a code object runs for the first
  // time. Leaves no exception set. Also safe while the interpreter is finalized.
  void Check();

 private:
  session::Recorder* const recorder_;
  Shared<bool> checks_subinterpreters_ = true;
  Shared<bool> checks_greenlets_;
};

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_UNSUPPORTED_USE_H_
