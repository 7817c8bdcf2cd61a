// The ranges of lines of a function that targets select, and the frames that are in them.
#ifndef PYSLOW_CORE_CODE_LINES_H_
#define PYSLOW_CORE_CODE_LINES_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <new>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "core/function.h"
#include "patterns/line_range.h"

namespace pyslow::core {

// The placeholder for code with such ranges. Never destroyed.
struct CodeWithLines : Function {
  // A range in lines of the file, and the function that its entries are counted as.
  struct Range {
    patterns::LineRange lines;
    Function* function;

    friend bool operator==(const Range&, const Range&) = default;
  };

  Function* of_calls = nullptr;  // of the calls; nullptr if no target matches them
  std::vector<Range> ranges;
  std::vector<uint32_t> code_lines;  // at which events can occur, ascending

  void SetRanges(std::vector<Range> all, std::vector<uint32_t> of_code) {
    ranges = std::move(all);
    code_lines = std::move(of_code);
    if (code_lines.empty()) return;
    first_line_ = code_lines.front();
    at_line_.resize(code_lines.back() - first_line_ + 1);
    for (const Range& range : ranges) {
      auto line = std::lower_bound(code_lines.begin(), code_lines.end(), range.lines.first);
      for (; line != code_lines.end() && range.lines.Contains(*line); ++line) {
        at_line_[*line - first_line_].push_back(range);
      }
    }
  }

  // The ranges that contain `line`, in the order of `ranges`. Each line of a function of hundreds
  // of lines may be a range, so an event must not search them.
  const std::vector<Range>& RangesAt(uint32_t line) const {
    const size_t place = size_t{line} - first_line_;  // huge for lines before the first one
    return place < at_line_.size() ? at_line_[place] : no_ranges_;
  }

 private:
  uint32_t first_line_ = 0;
  std::vector<std::vector<Range>> at_line_;  // by line, from first_line_
  std::vector<Range> no_ranges_;
};

// The frames whose last line is in a range. A frame is known by its address. CPython reports no end
// of a frame by an exception to events of one function, so the address may be that of a dead frame
// until the next frame starts there. All members need the GIL.
class LineFrames {
 public:
  // To be called when a frame starts.
  void Start(const void* frame) {
    if (!lines_.empty()) lines_.erase(frame);
  }

  // The last line of a frame if that is in a range, otherwise 0.
  uint32_t LastLine(const void* frame) const {
    const auto found = lines_.find(frame);
    return found == lines_.end() ? 0 : found->second;
  }

  // To be called when a frame comes to `line`. Returns its last line if that is in a range,
  // otherwise 0. `is_inside`: whether `line` is in a range.
  uint32_t Move(const void* frame, uint32_t line, bool is_inside) {
    if (lines_.empty() && !is_inside) return 0;
    const auto found = lines_.find(frame);
    const uint32_t last = found == lines_.end() ? 0 : found->second;
    if (is_inside) {
      if (found != lines_.end()) {
        found->second = line;
      } else {
        Add(frame, line);
      }
    } else if (found != lines_.end()) {
      lines_.erase(found);
    }
    return last;
  }

  void AfterForkInChild() noexcept {}

 private:
  // Bounds the memory for dead frames, to some 40 MB. A living frame that is forgotten enters its
  // range once more.
  static constexpr size_t kMaxFrames = size_t{1} << 20;

  void Add(const void* frame, uint32_t line) {
    if (lines_.size() >= kMaxFrames) lines_.clear();
    lines_.emplace(frame, line);
  }

  absl::flat_hash_map<const void*, uint32_t> lines_;
};

// LineFrames for any thread, without a GIL. A generator may continue in another thread, so the
// frames are not those of a thread. Frames of different threads are seldom in the same part, so
// that threads seldom wait for each other.
class LineFramesOfThreads {
 public:
  void Start(const void* frame) {
    Part& part = PartOf(frame);
    const std::lock_guard lock(part.mutex);
    part.frames.Start(frame);
  }
  uint32_t LastLine(const void* frame) {
    Part& part = PartOf(frame);
    const std::lock_guard lock(part.mutex);
    return part.frames.LastLine(frame);
  }
  uint32_t Move(const void* frame, uint32_t line, bool is_inside) {
    Part& part = PartOf(frame);
    const std::lock_guard lock(part.mutex);
    return part.frames.Move(frame, line, is_inside);
  }

  // For the child of a fork by C code: a thread that does not exist there may have locked a part.
  void AfterForkInChild() noexcept {
    for (Part& part : parts_) new (&part.mutex) std::mutex;
  }

 private:
  struct alignas(64) Part {
    std::mutex mutex;
    LineFrames frames;
  };
  static constexpr size_t kParts = 64;

  Part& PartOf(const void* frame) {
    return parts_[(reinterpret_cast<uintptr_t>(frame) * 0x9e3779b97f4a7c15) >> 58];
  }
  static_assert(size_t{1} << (64 - 58) == kParts);

  std::array<Part, kParts> parts_;
};

}  // namespace pyslow::core

#endif  // PYSLOW_CORE_CODE_LINES_H_
