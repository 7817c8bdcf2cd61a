#include "sweep/trials/measure_interval.h"

#include <algorithm>
#include <utility>

namespace pyslow::trials {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::duration;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr int kCoursePoints = 24;
// A poll for the beginning of a unit is followed by a pause of 20 times its duration, so that
// polling uses at most 5% of a core.
constexpr int kPollPausePerCost = 20;
constexpr milliseconds kMinReadPause{1};
constexpr milliseconds kMaxPollPause{100};

struct Point {
  Clock::time_point time;
  uint64_t units = 0;
  session::SessionSnapshot snapshot;
  nanoseconds cost{0};
};

class Measurer {
 public:
  Measurer(const UnitCounter& counter, InterruptibleWait* wait, InterruptibleWait::Wakeup* wakeup)
      : counter_(counter), wait_(*wait), wakeup_(*wakeup) {}

  absl::StatusOr<Point> Sample() const {
    Point point;
    point.time = Clock::now();
    auto snapshot = counter_.read();
    if (!snapshot.ok()) return snapshot.status();
    point.units = counter_.units(*snapshot);
    point.snapshot = *std::move(snapshot);
    point.cost = Clock::now() - point.time;
    return point;
  }

  bool Wait(Clock::time_point until) {
    wakeup_ = wait_.Until(until);
    return wakeup_ == InterruptibleWait::Wakeup::kDeadline;
  }

  // The next beginning of a unit, or the state at `limit`. nullopt if the wait returned early.
  absl::StatusOr<std::optional<Point>> NextUnit(Clock::time_point limit) {
    absl::StatusOr<Point> point = Sample();
    if (!point.ok()) return point.status();
    const uint64_t before = point->units;
    while (point->units == before && point->time < limit) {
      const nanoseconds pause =
          std::clamp<nanoseconds>(point->cost * kPollPausePerCost, kMinReadPause, kMaxPollPause);
      if (!Wait(std::min(Clock::now() + pause, limit))) return std::optional<Point>();
      point = Sample();
      if (!point.ok()) return point.status();
    }
    return std::optional<Point>(*std::move(point));
  }

 private:
  const UnitCounter& counter_;
  InterruptibleWait& wait_;
  InterruptibleWait::Wakeup& wakeup_;
};

// Waits until `until` and appends a point to `*course` after each `step`. False if the wait
// returned early.
absl::StatusOr<bool> Follow(Measurer* measurer, const Point& switched, Clock::time_point until,
                            nanoseconds step, std::vector<CoursePoint>* course) {
  for (;;) {
    const Clock::time_point next = Clock::now() + step;
    if (!measurer->Wait(std::min(next, until))) return false;
    const absl::StatusOr<Point> point = measurer->Sample();
    if (!point.ok()) return point.status();
    course->push_back(
        {duration<double>(point->time - switched.time).count(), point->units - switched.units});
    if (next >= until) return true;
  }
}

}  // namespace

absl::StatusOr<std::optional<Interval>> MeasureWholeUnits(
    const UnitCounter& counter, InterruptibleWait* wait, nanoseconds settling, nanoseconds length,
    DisturbanceWatch* watch, std::vector<CoursePoint>* course, InterruptibleWait::Wakeup* wakeup) {
  Measurer measurer(counter, wait, wakeup);
  const absl::StatusOr<Point> switched = measurer.Sample();
  if (!switched.ok()) return switched.status();
  const nanoseconds step = (settling + length) / kCoursePoints;
  const auto follow = [&](Clock::time_point until) {
    return Follow(&measurer, *switched, until, step, course);
  };
  const absl::StatusOr<bool> settled = follow(switched->time + settling);
  if (!settled.ok()) return settled.status();
  if (!*settled) return std::optional<Interval>();
  watch->Begin();
  auto first = measurer.NextUnit(Clock::now() + length / 2);
  if (!first.ok()) return first.status();
  if (!first->has_value()) return std::optional<Interval>();
  const absl::StatusOr<bool> passed = follow((*first)->time + length);
  if (!passed.ok()) return passed.status();
  if (!*passed) return std::optional<Interval>();
  auto last = measurer.NextUnit(Clock::now() + length / 2);
  if (!last.ok()) return last.status();
  if (!last->has_value()) return std::optional<Interval>();
  Interval interval;
  interval.disturbance = watch->End();
  interval.begin = (*first)->time;
  interval.seconds = duration<double>((*last)->time - (*first)->time).count();
  interval.units = (*last)->units - (*first)->units;
  interval.first = std::move((*first)->snapshot);
  interval.last = std::move((*last)->snapshot);
  return std::optional<Interval>(std::move(interval));
}

}  // namespace pyslow::trials
