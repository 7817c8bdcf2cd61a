#include "core/process_role.h"

#include <cstdlib>
#include <initializer_list>

#include "absl/strings/str_cat.h"
#include "session/host.h"

namespace pyslow::core {
namespace {

constexpr size_t kMaxTitleBytes = 4096;

// Appends "NAME=NUMBER" with the first of the environment variables that is set.
void AppendNumber(absl::string_view name, std::initializer_list<const char*> variables,
                  std::vector<std::string>* names) {
  for (const char* const variable : variables) {
    const char* const number = std::getenv(variable);
    if (number == nullptr || *number == '\0') continue;
    names->push_back(absl::StrCat(name, "=", number));
    return;
  }
}

// The program may set them itself: os.environ calls setenv with the GIL held.
std::vector<std::string> Ranks() {
  std::vector<std::string> ranks;
  // torchrun; Open MPI; PMIx and PMI (MPICH); Slurm.
  AppendNumber("rank", {"RANK", "OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"},
               &ranks);
  AppendNumber("local_rank",
               {"LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID", "SLURM_LOCALID"},
               &ranks);
  return ranks;
}

}  // namespace

std::string ProcessRole::Title() {
  std::string title = session::CommandLine(kMaxTitleBytes);
  if (option_words_ == 0) return title;
  if (first_title_.empty()) {
    first_title_ = title;
    own_title_ = session::CommandLine(kMaxTitleBytes, option_words_);
  }
  return title == first_title_ ? own_title_ : title;
}

// Returns whether they have changed.
bool ProcessRole::ReadNames() {
  if (!kIsFreeThreaded || names_.empty()) ranks_ = Ranks();
  std::vector<std::string> names = {Title(), session::ThreadName()};
  names.insert(names.end(), ranks_.begin(), ranks_.end());
  if (names == names_) return false;
  names_ = std::move(names);
  return true;
}

bool ProcessRole::Read() {
  const SharedLock lock;
  const int64_t now_ns = CoarseMonotonicNs();
  if (now_ns < next_reading_ns_) return false;  // another thread has read them meanwhile
  const patterns::Role before = role_;
  RecordNames();
  next_reading_ns_ = now_ns + kMaxAgeNs;
  return role_ != before;
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
