// The line search on scripted points: which of them it accepts, and where it tries next. The expected answers are the
// two conditions written out by hand: Wolfe's with c1 = 1e-4 and c2 = 0.9 (Nocedal, Wright 2006, 3.1), and the
// approximate one of Hager and Zhang (2005, eq. 2.3).
#include <catch2/catch.hpp>
#include <vector>

#include "fit/quasi_newton.hpp"

namespace {

struct Point {
  double value, slope;
};

/// The steps that are tried from a start of value 2 and slope -1, the first one 0.5 long, where the first trial finds
/// this point. Any further trial finds one that every line search accepts.
std::vector<double> trials(const Point& first, double& taken) {
  std::vector<double> steps;
  const moe::Line line = [&](double step) {
    steps.push_back(step);
    return steps.size() == 1 ? moe::LinePoint{step, first.value, first.slope, {}} : moe::LinePoint{step, 0, 0, {}};
  };
  taken = moe::line_search(line, {0, 2, -1, {}}, 0.5).step;
  return steps;
}

}  // namespace

TEST_CASE("a step is accepted by Wolfe's conditions, or by the approximate ones", "[solver][line_search]") {
  struct Case {
    Point point;
    bool accepted;
  };
  const double rounding = 2e-12;  // of the value 2, relative 1e-12
  for (const Case& c : {
           // The value must fall by 1e-4 of what the slope promises, which is 0.5. The slope 2 fails the approximate
           // condition.
           Case{{2 - 0.51e-4, 2}, true},
           Case{{2 - 0.49e-4, 2}, false},
           // The slope must rise to 0.9 of the first one.
           Case{{1.8, -0.89}, true},
           Case{{1.8, -0.91}, false},
           // A value that is the same up to rounding is accepted where the slope is at most 1 - 2e-4 times the first
           // one's size, and not where the value is higher.
           Case{{2 + 0.5 * rounding, 0.9997}, true},
           Case{{2 + 0.5 * rounding, 0.9999}, false},
           Case{{2 + 0.5 * rounding, -0.89}, true},
           Case{{2 + 0.5 * rounding, -0.91}, false},
           Case{{2 + 2 * rounding, 0.5}, false},
       }) {
    CAPTURE(c.point.value - 2, c.point.slope);
    double taken = 0;
    const std::vector<double> steps = trials(c.point, taken);
    CHECK((steps.size() == 1) == c.accepted);
    CHECK((taken == 0.5) == c.accepted);
  }
}

TEST_CASE("a step that is too short grows, one that is too long is cut by the secant rule", "[solver][line_search]") {
  double taken = 0;
  CHECK(trials({1.6, -0.95}, taken).back() == Approx(4 * 0.5));
  // The slope rises from -1 to 3 along a step of 0.5, so the secant is 0 at a quarter of it.
  CHECK(trials({2.5, 3}, taken).back() == Approx(0.25 * 0.5));
  // The secant's zero is not trusted near the ends: 1 / 101 becomes 0.05.
  CHECK(trials({2.5, 100}, taken).back() == Approx(0.05 * 0.5));
  // Where the slope at the far end goes down the value has a top between, and the middle is tried.
  CHECK(trials({2.5, -0.5}, taken).back() == Approx(0.5 * 0.5));
}
