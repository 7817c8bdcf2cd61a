// Installs an engine in the interpreter.
#ifndef PYSLOW_CORE_INSTALL_H_
#define PYSLOW_CORE_INSTALL_H_

#include "absl/status/status.h"
#include "core/engine.h"

namespace pyslow::core {

// Creates the process's engine, registers it with sys.monitoring, calibrates it and starts it. To
// be called once, with the GIL held in the main thread, between the two halves of a StagedStart.
// FailedPrecondition if no tool id is free or CPython refuses; ResourceExhausted without memory for
// a fork handler. After an error the interpreter must not run the program.
absl::Status InstallEngine(EngineOptions options);

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_INSTALL_H_
