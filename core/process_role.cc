#include "core/process_role.h"

#include <cstdlib>
#include <initializer_list>

#include "absl/strings/str_cat.h"
#include "session/host.h"

namespace pyslow::core {
namespace {

constexpr size_t kMaxTitleBytes = 4096;

// Appends "NAME=NUMBER" with the first of the environment variables that is set. The program may
// set them itself: os.environ calls setenv with the GIL held.
void AppendNumber(absl::string_view name, std::initializer_list<const char*> variables,
                  std::vector<std::string>* names) {
  for (const char* const variable : variables) {
    const char* const number = std::getenv(variable);
    if (number == nullptr || *number == '\0') continue;
    names->push_back(absl::StrCat(name, "=", number));
    return;
  }
}

}  // namespace

// Returns whether they have changed.
bool ProcessRole::ReadNames() {
  std::vector<std::string> names = {session::CommandLine(kMaxTitleBytes), session::ThreadName()};
  // torchrun; Open MPI; PMIx and PMI (MPICH); Slurm.
  AppendNumber("rank", {"RANK", "OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"},
               &names);
  AppendNumber("local_rank",
               {"LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID", "SLURM_LOCALID"},
               &names);
  if (names == names_) return false;
  names_ = std::move(names);
  return true;
}

void ProcessRole::Read() {
  next_reading_ns_ = CoarseMonotonicNs() + kMaxAgeNs;
  RecordNames();
}

void ProcessRole::RecordNames() {
  if (roles_.empty() || !ReadNames()) return;
  role_ = roles_.RoleOf(names_);
  for (const std::string& name : names_) {
    if (recorded_.size() >= kMaxRecordedNames) return;
    if (!name.empty() && recorded_.insert(name).second) recorder_.AddProcessName(name);
  }
}

}  // namespace pyslow::core
