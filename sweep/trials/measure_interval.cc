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
// While a unit's beginning is waited for, looking takes at most a twentieth of a core.
constexpr int kPollPausePerCost = 20;
constexpr milliseconds kShortestPollPause{1};
constexpr milliseconds kLongestPollPause{100};

struct Point {
  Clock::time_point time;
  uint64_t units = 0;
  session::SessionSnapshot snapshot;
  nanoseconds cost{0};
};

class Measurer {
 public:
  Measurer(const UnitCounter& counter, Waiter* waiter, Waiter::Woken* woken)
      : counter_(counter), waiter_(*waiter), woken_(*woken) {}

  absl::StatusOr<Point> Look() const {
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
    woken_ = waiter_.Until(until);
    return woken_ == Waiter::Woken::kTime;
  }

  // The next unit's beginning, or what is there at `limit`. nullopt: woken.
  absl::StatusOr<std::optional<Point>> NextUnit(Clock::time_point limit) {
    absl::StatusOr<Point> point = Look();
    if (!point.ok()) return point.status();
    const uint64_t before = point->units;
    while (point->units == before && point->time < limit) {
      const nanoseconds pause = std::clamp<nanoseconds>(point->cost * kPollPausePerCost,
                                                        kShortestPollPause, kLongestPollPause);
      if (!Wait(std::min(Clock::now() + pause, limit))) return std::optional<Point>();
      point = Look();
      if (!point.ok()) return point.status();
    }
    return std::optional<Point>(*std::move(point));
  }

 private:
  const UnitCounter& counter_;
  Waiter& waiter_;
  Waiter::Woken& woken_;
};

// Waits until `until` with points of the course on the way. False: woken.
absl::StatusOr<bool> Follow(Measurer* measurer, const Point& switched, Clock::time_point until,
                            nanoseconds step, std::vector<CoursePoint>* course) {
  for (;;) {
    const Clock::time_point next = Clock::now() + step;
    if (!measurer->Wait(std::min(next, until))) return false;
    const absl::StatusOr<Point> point = measurer->Look();
    if (!point.ok()) return point.status();
    course->push_back(
        {duration<double>(point->time - switched.time).count(), point->units - switched.units});
    if (next >= until) return true;
  }
}

}  // namespace

absl::StatusOr<std::optional<Interval>> MeasureByUnits(const UnitCounter& counter, Waiter* waiter,
                                                       nanoseconds settling, nanoseconds length,
                                                       std::vector<CoursePoint>* course,
                                                       Waiter::Woken* woken) {
  Measurer measurer(counter, waiter, woken);
  const absl::StatusOr<Point> switched = measurer.Look();
  if (!switched.ok()) return switched.status();
  const nanoseconds step = (settling + length) / kCoursePoints;
  const auto follow = [&](Clock::time_point until) {
    return Follow(&measurer, *switched, until, step, course);
  };
  const absl::StatusOr<bool> settled = follow(switched->time + settling);
  if (!settled.ok()) return settled.status();
  if (!*settled) return std::optional<Interval>();
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
  interval.seconds = duration<double>((*last)->time - (*first)->time).count();
  interval.units = (*last)->units - (*first)->units;
  interval.first = std::move((*first)->snapshot);
  interval.last = std::move((*last)->snapshot);
  return std::optional<Interval>(std::move(interval));
}

}  // namespace pyslow::trials
