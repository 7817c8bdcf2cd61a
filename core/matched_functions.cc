#include "core/matched_functions.h"

#include "absl/strings/str_cat.h"

namespace pyslow::core {
namespace {

constexpr uint32_t kOpenerNumber = 1;  // Function::number; those of other functions follow

}  // namespace

MatchedFunctions::MatchedFunctions(const patterns::TargetSet& targets,
                                   const session::Session* session, session::Recorder* recorder)
    : session_(session), recorder_(recorder) {
  MakePlaceholder(&opener_);
  opener_.number = kOpenerNumber;
  opener_.opens_window = true;
  for (const patterns::Group& group : targets.groups()) processes_.push_back(group.process);
  for (const patterns::Target& target : targets.targets()) {
    const bool is_listed = !target.excludes && targets.groups()[target.group].selected;
    has_matched_.push_back(!is_listed);
    if (is_listed && !session->directory().empty()) ++targets_without_match_;
  }
}

void MatchedFunctions::MakePlaceholder(Function* function) {
  function->counters = &unread_counters_;
  function->cell = &off_cell_;
  function->is_target = false;
}

Function* MatchedFunctions::Resolve(const FunctionIdView& id, const patterns::Match& match,
                                    bool opens_window) {
  Function* const function = match.found() && match.selected ? Add(id, match) : nullptr;
  if (!match.found()) AddUnmatched(id);
  if (function == nullptr) return opens_window ? &opener_ : nullptr;
  if (function->opens_window != opens_window) function->opens_window = opens_window;
  return function;
}

Function* MatchedFunctions::Add(const FunctionIdView& id, const patterns::Match& match) {
  FunctionIdView counted_id = id;
  const std::string& process = processes_[static_cast<size_t>(match.group)];
  const std::string qualname = process.empty() ? "" : QualnameIn(id.qualname, process);
  if (!process.empty()) counted_id.qualname = qualname;
  const session::CountedFunction counted = recorder_->AddFunction(
      {counted_id, static_cast<uint32_t>(match.group), static_cast<uint32_t>(match.target)});
  if (counted.counters == nullptr) return nullptr;
  if (counted.number < functions_.size()) return &functions_[counted.number];
  NoteMatch(match.target);
  Function& function = functions_.emplace_back();
  function.counters = counted.counters;
  function.cell = CellOf(counted.key, static_cast<size_t>(match.group));
  function.number = kOpenerNumber + static_cast<uint32_t>(functions_.size());
  AddToList(&function);
  return &function;
}

void MatchedFunctions::AddToList(Function* function) {
  function->next = all_functions_.load(std::memory_order_relaxed);
  all_functions_.store(function, std::memory_order_release);
}

Function* MatchedFunctions::Copy(Function* original) {
  Function& copy = copies_.emplace_back();
  copy.counters = original->counters;
  copy.cell = original->cell;
  copy.opens_window = original->opens_window;
  copy.is_target = original->is_target;
  if (original->has_copy && original->is_target) {
    copy.counters = recorder_->AddCounters(original->counters);
    if (copy.counters == nullptr) MakePlaceholder(&copy);
  }
  original->has_copy = true;
  AddToList(&copy);
  return &copy;
}

void MatchedFunctions::AddUnmatched(FunctionIdView id) {
  if (!records_unmatched()) return;
  id.first_line = 0;
  if (recorder_->AddUnmatched(id)) --unmatched_left_;
}

void MatchedFunctions::NoteCompiledLines(const FunctionIdView& id) {
  recorder_->AddNote(
      absl::StrCat(id.module, ":", id.qualname,
                   " is compiled code, whose lines raise no events: its targets with "
                   "lines were ignored"));
}

const std::atomic<uint64_t>* MatchedFunctions::CellOf(uint64_t key, size_t group) {
  if (const auto* cell = session_->FunctionCell(key, group); cell != nullptr) return cell;
  if (session_->own_time() != nullptr && !notes_group_cell_) {
    notes_group_cell_ = true;
    recorder_->AddNote(
        "the program has more functions than a live sweep can delay one by one: the functions that "
        "were called last were counted and never delayed");
  }
  return &session_->cell(group);
}

void MatchedFunctions::NoteMatch(int32_t target) {
  if (has_matched_[target]) return;
  has_matched_[target] = true;
  if (targets_without_match_ > 0) --targets_without_match_;
}

void MatchedFunctions::ForgetCells() noexcept {
  for (Function* function = all_functions_.load(std::memory_order_acquire); function != nullptr;
       function = function->next) {
    function->word = session::kNoCell;
  }
}

}  // namespace pyslow::core
