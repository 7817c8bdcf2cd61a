#include "sweep/statistics/bend.h"

#include <algorithm>
#include <boost/math/tools/minima.hpp>
#include <cmath>
#include <limits>

#include "sweep/statistics/block_mean.h"
#include "sweep/statistics/least_squares.h"
#include "sweep/statistics/line.h"

namespace pyslow::statistics {

using model::Range;
using model::Shape;

namespace {

constexpr double kBentProbability = 0.99;     // R3
constexpr double kGrowingProbability = 0.95;  // R4
// Residual squares below this, as ratios of T0², are rounding errors; those of measured times are
// far larger.
constexpr double kRounding = 1e-20;
constexpr int kKnees = 120;  // grid over the range of the doses

Eigen::MatrixXd Columns(const Eigen::VectorXd& first, const Eigen::VectorXd& second) {
  Eigen::MatrixXd columns(first.size(), 2);
  columns << first, second;
  return columns;
}

// A fit with a knee: to max(0, x − knee), or to x and max(0, x − knee).
struct KneeFit {
  double knee = 0;
  LeastSquaresFit fit;
  double squares = std::numeric_limits<double>::infinity();  // including those within blocks
};

class Fitter {
 public:
  explicit Fitter(const std::vector<Block>& blocks) : means_(MeansOf(blocks)) {}

  const LevelMeans& means() const { return means_; }

  double LargestKnee() const { return means_.x(means_.x.size() - 2); }

  KneeFit Hinge(double knee) const {
    KneeFit hinge{knee, SolveLeastSquares(Beyond(means_.x, knee), means_.y)};
    hinge.squares = means_.Squares(hinge.fit.squares);
    return hinge;
  }

  // The coefficients are the slope before the knee and its change at the knee.
  KneeFit TwoSlopes(double knee) const {
    KneeFit two{knee, SolveLeastSquares(Columns(means_.x, Beyond(means_.x, knee)), means_.y)};
    two.squares = means_.Squares(two.fit.squares);
    return two;
  }

  KneeFit BestHinge() const {
    KneeFit best = Hinge(0);
    for (const KneeFit& hinge : Hinges()) {
      if (hinge.squares < best.squares) best = hinge;
    }
    const double step = LargestKnee() / kKnees;
    const auto squares = [this](double knee) { return Hinge(knee).squares; };
    const double refined =
        boost::math::tools::brent_find_minima(squares, std::max(0.0, best.knee - step),
                                              std::min(LargestKnee(), best.knee + step), 24)
            .first;
    const KneeFit finer = Hinge(refined);
    return finer.squares < best.squares ? finer : best;
  }

  std::vector<KneeFit> Hinges() const {
    std::vector<KneeFit> hinges;
    for (int i = 0; i <= kKnees; ++i) hinges.push_back(Hinge(LargestKnee() * i / kKnees));
    return hinges;
  }

  // Fits with at least two levels before the knee and a steeper slope after it.
  std::vector<KneeFit> ConvexTwoSlopes() const {
    std::vector<KneeFit> fits;
    const double least = means_.x(1);
    for (int i = 0; i <= kKnees; ++i) {
      KneeFit two = TwoSlopes(least + (LargestKnee() - least) * i / kKnees);
      if (two.fit.coefficients(1) > 0) fits.push_back(two);
    }
    return fits;
  }

  // F of a fit with `squares` and `parameters` against a simpler one.
  double F(double simpler_squares, double squares, int parameters) const {
    const double noise = std::max(squares, kRounding) / means_.DegreesOfFreedom(parameters);
    return (simpler_squares - squares) / noise;
  }

  bool Beats(double simpler_squares, double squares, int parameters, double probability) const {
    const double degrees = means_.DegreesOfFreedom(parameters);
    return F(simpler_squares, squares, parameters) > FisherQuantile(probability, degrees);
  }

 private:
  const LevelMeans means_;
};

Shape LineShape(const LevelMeans& means, const LeastSquaresFit& line) {
  Shape shape;
  shape.intercept = line.intercept * means.y_scale;
  shape.slope = line.coefficients(0) * means.y_scale / means.x_scale;
  return shape;
}

Shape KneeShape(const LevelMeans& means, const KneeFit& fit, Shape::Kind kind) {
  const double slope_scale = means.y_scale / means.x_scale;
  const Eigen::VectorXd& slopes = fit.fit.coefficients;
  Shape shape;
  shape.kind = kind;
  shape.intercept = fit.fit.intercept * means.y_scale;
  shape.knee = fit.knee * means.x_scale;
  shape.slope = kind == Shape::Kind::kHinge ? 0 : slopes(0) * slope_scale;
  shape.slope_after = slopes.sum() * slope_scale;
  return shape;
}

Shape QuadraticShape(const LevelMeans& means, const LeastSquaresFit& fit) {
  Shape shape;
  shape.kind = Shape::Kind::kQuadratic;
  shape.intercept = fit.intercept * means.y_scale;
  shape.slope = fit.coefficients(0) * means.y_scale / means.x_scale;
  shape.curvature = fit.coefficients(1) * means.y_scale / (means.x_scale * means.x_scale);
  return shape;
}

// R4: the profile-likelihood interval of the slope before the knee.
Range SlopesBefore(const Fitter& fitter, const std::vector<KneeFit>& fits, double best,
                   double probability) {
  const LevelMeans& means = fitter.means();
  const double degrees = means.DegreesOfFreedom(3);
  const double noise = std::max(best, kRounding) / degrees;
  const double cut = best + noise * FisherQuantile(probability, degrees);
  Range range{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  for (const KneeFit& two : fits) {
    if (two.squares > cut) continue;
    const double half = std::sqrt((cut - two.squares) * two.fit.variances(0) / means.blocks);
    range.low = std::min(range.low, two.fit.coefficients(0) - half);
    range.high = std::max(range.high, two.fit.coefficients(0) + half);
  }
  return range;
}

// R6: the profile-likelihood intervals of the knee and of the slope after it.
void AddKneeIntervals(const Fitter& fitter, const KneeFit& best, double confidence, Bend& bend) {
  const LevelMeans& means = fitter.means();
  const double degrees = means.DegreesOfFreedom(2);
  const double noise = std::max(best.squares, kRounding) / degrees;
  const double cut = best.squares + noise * FisherQuantile(1 - 0.4 * (1 - confidence), degrees);
  Range knee{best.knee, best.knee};
  Range slope{best.fit.coefficients(0), best.fit.coefficients(0)};
  std::vector<KneeFit> hinges = fitter.Hinges();
  hinges.push_back(best);
  for (const KneeFit& hinge : hinges) {
    if (hinge.squares > cut) continue;
    knee = {std::min(knee.low, hinge.knee), std::max(knee.high, hinge.knee)};
    const double half = std::sqrt((cut - hinge.squares) * hinge.fit.variances(0) / means.blocks);
    slope = {std::min(slope.low, hinge.fit.coefficients(0) - half),
             std::max(slope.high, hinge.fit.coefficients(0) + half)};
  }
  // The interval is extended by one step of the grid. A knee at the last delay but one may lie
  // beyond it, and then the slope is unbounded.
  const double step = fitter.LargestKnee() / kKnees;
  const bool open = knee.high + step >= fitter.LargestKnee();
  knee = {std::max(0.0, knee.low - step), open ? 1.0 : knee.high + step};
  bend.knee = model::Times({best.knee, knee}, means.x_scale);
  bend.slope_after = model::Times({best.fit.coefficients(0), slope}, means.y_scale / means.x_scale);
  if (open) bend.slope_after->range.reset();
}

double Noise(const LevelMeans& means, double squares, int parameters) {
  return std::sqrt(squares / means.DegreesOfFreedom(parameters)) * means.y_scale;
}

// R4, for a bent curve.
void ClassifyBend(const Fitter& fitter, const KneeFit& hinge, const LeastSquaresFit& quadratic,
                  double confidence, Bend& bend) {
  const LevelMeans& means = fitter.means();
  bend.kind = Bend::Kind::kUnclear;
  bend.shape = KneeShape(means, hinge, Shape::Kind::kHinge);
  bend.noise = Noise(means, hinge.squares, 2);
  const std::vector<KneeFit> fits = fitter.ConvexTwoSlopes();
  if (means.DegreesOfFreedom(3) < 1 || fits.empty()) return;
  const KneeFit& two =
      *std::min_element(fits.begin(), fits.end(),
                        [](const KneeFit& a, const KneeFit& b) { return a.squares < b.squares; });
  const double quadratic_squares = means.Squares(quadratic.squares);
  const bool two_slopes = two.fit.coefficients(0) > 0 &&
                          fitter.Beats(hinge.squares, two.squares, 3, kGrowingProbability);
  const bool curved = quadratic.coefficients(1) > 0 &&
                      fitter.Beats(hinge.squares, quadratic_squares, 2, kGrowingProbability);
  if (two_slopes || curved) {
    bend.kind = Bend::Kind::kGrowing;
    const Range before = SlopesBefore(fitter, fits, two.squares, confidence);
    const double slope_scale = means.y_scale / means.x_scale;
    bend.start =
        Start{two.knee * means.x_scale, {before.low * slope_scale, before.high * slope_scale}};
    bend.shape = curved && (!two_slopes || quadratic_squares <= two.squares)
                     ? QuadraticShape(means, quadratic)
                     : KneeShape(means, two, Shape::Kind::kTwoSlopes);
    return;
  }
  if (SlopesBefore(fitter, fits, two.squares, kGrowingProbability).high <
      hinge.fit.coefficients(0) / 2) {
    bend.kind = Bend::Kind::kThreshold;
    AddKneeIntervals(fitter, hinge, confidence, bend);
  }
}

}  // namespace

Bend FindBend(const std::vector<Block>& blocks, double confidence) {
  // A curve without an effect at the largest delay is not bent upwards.
  const std::optional<Range> effect = Effect(blocks, confidence).range;
  const bool rises = !effect.has_value() || effect->low > 0;
  const Fitter fitter(blocks);
  const LevelMeans& means = fitter.means();
  const LeastSquaresFit line = SolveLeastSquares(means.x, means.y);
  const double line_squares = means.Squares(line.squares);
  Bend bend;
  bend.shape = LineShape(means, line);
  if (means.DegreesOfFreedom(1) >= 1) bend.noise = Noise(means, line_squares, 1);
  if (means.x.size() < 3 || means.DegreesOfFreedom(2) < 1) return bend;

  const LeastSquaresFit quadratic =
      SolveLeastSquares(Columns(means.x, means.x.cwiseAbs2()), means.y);
  const double quadratic_squares = means.Squares(quadratic.squares);
  const bool convex = quadratic.coefficients(1) > 0;
  const KneeFit hinge = fitter.BestHinge();
  double bent_squares = hinge.fit.coefficients(0) > 0 ? hinge.squares : line_squares;
  if (convex) bent_squares = std::min(bent_squares, quadratic_squares);
  bend.kind = Bend::Kind::kStraight;
  if (rises && fitter.Beats(line_squares, bent_squares, 2, kBentProbability)) {
    ClassifyBend(fitter, hinge, quadratic, confidence, bend);
  } else {
    bend.flattens = !convex && fitter.Beats(line_squares, quadratic_squares, 2, kBentProbability);
  }
  return bend;
}

BlockStarts StartsOfGrowth(const std::vector<Block>& blocks, const Start& start) {
  BlockStarts starts;
  for (const Block& block : blocks) {
    const LevelMeans means = MeansOf({block});
    const Eigen::VectorXd beyond = Beyond(means.x, start.knee / means.x_scale);
    const LeastSquaresFit fit = SolveLeastSquares(Columns(means.x, beyond), means.y);
    starts.intercepts.push_back(fit.intercept * means.y_scale);
    starts.slopes.push_back(fit.coefficients(0) * means.y_scale / means.x_scale);
  }
  return starts;
}

}  // namespace pyslow::statistics
