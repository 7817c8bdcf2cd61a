#include "sweep/statistics/bend.h"

#include <algorithm>
#include <boost/math/tools/minima.hpp>
#include <cmath>
#include <limits>

#include "sweep/statistics/block_mean.h"
#include "sweep/statistics/level_effects.h"

namespace pyslow::statistics {

using model::Range;
using model::Shape;

namespace {

constexpr double kBentProbability = 0.99;     // R3
constexpr double kSurelyBent = 0.999;         // R4, to call a curve growing
constexpr double kGrowingProbability = 0.98;  // R4, with the limits of R18
constexpr double kStartProbability = 0.99;    // R18
constexpr double kFlatStart = 0.25;           // R18: of the slope after the knee
constexpr double kThresholdDegrees = 6;       // R4: at least
constexpr double kNegligibleStart = 0.1;      // R27: the same; R20 calls such a subject hidden
constexpr double kMisfitProbability = 0.99;   // R27
constexpr double kLeastMisfitDegrees = 2;     // R27
constexpr double kAllowedKnee = 0.95;         // R18
constexpr double kLeastSlack = 0.2;           // R18: of the largest delay
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
  EffectsFit fit;
};

class Fitter {
 public:
  explicit Fitter(const std::vector<Block>& blocks) : effects_(EffectsOf(blocks)) {}

  const LevelEffects& effects() const { return effects_; }

  // The last delay but one. There are at least two besides the control.
  double LargestKnee() const { return effects_.x(effects_.x.size() - 2); }

  EffectsFit LineFit() const { return FitEffects(effects_, effects_.x); }
  EffectsFit QuadraticFit() const {
    return FitEffects(effects_, Columns(effects_.x, effects_.x.cwiseAbs2()));
  }
  KneeFit Hinge(double knee) const {
    return {knee, FitEffects(effects_, Beyond(effects_.x, knee))};
  }

  // The coefficients are the slope before the knee and its change at the knee.
  KneeFit TwoSlopes(double knee) const {
    return {knee, FitEffects(effects_, Columns(effects_.x, Beyond(effects_.x, knee)))};
  }

  KneeFit BestHinge() const {
    KneeFit best = Hinge(0);
    for (const KneeFit& hinge : Hinges()) {
      if (hinge.fit.squares < best.fit.squares) best = hinge;
    }
    const double step = LargestKnee() / kKnees;
    const auto squares = [this](double knee) { return Hinge(knee).fit.squares; };
    const double refined =
        boost::math::tools::brent_find_minima(squares, std::max(0.0, best.knee - step),
                                              std::min(LargestKnee(), best.knee + step), 24)
            .first;
    const KneeFit finer = Hinge(refined);
    return finer.fit.squares < best.fit.squares ? finer : best;
  }

  std::vector<KneeFit> Hinges() const {
    std::vector<KneeFit> hinges;
    hinges.reserve(kKnees + 1);
    for (int i = 0; i <= kKnees; ++i) hinges.push_back(Hinge(LargestKnee() * i / kKnees));
    return hinges;
  }

  // Fits with at least two levels before the knee and a steeper slope after it.
  std::vector<KneeFit> ConvexTwoSlopes() const {
    std::vector<KneeFit> fits;
    const double least = effects_.x(0);
    for (int i = 0; i <= kKnees; ++i) {
      KneeFit two = TwoSlopes(least + (LargestKnee() - least) * i / kKnees);
      if (two.fit.coefficients(1) > 0) fits.push_back(two);
    }
    return fits;
  }

  // F of a fit with `squares` and `parameters` against a simpler one.
  double F(double simpler_squares, double squares, int parameters) const {
    const double noise = std::max(squares, kRounding) / effects_.DegreesOfFreedom(parameters);
    return (simpler_squares - squares) / noise;
  }

  bool Beats(double simpler_squares, double squares, int parameters, double probability) const {
    const double degrees = effects_.DegreesOfFreedom(parameters);
    return F(simpler_squares, squares, parameters) > FisherQuantile(probability, degrees);
  }

 private:
  const LevelEffects effects_;
};

Shape LineShape(const LevelEffects& effects, const EffectsFit& line) {
  Shape shape;
  shape.intercept = line.intercept * effects.y_scale;
  shape.slope = line.coefficients(0) * effects.y_scale / effects.x_scale;
  return shape;
}

Shape KneeShape(const LevelEffects& effects, const KneeFit& fit, Shape::Kind kind) {
  const double slope_scale = effects.y_scale / effects.x_scale;
  const Eigen::VectorXd& slopes = fit.fit.coefficients;
  Shape shape;
  shape.kind = kind;
  shape.intercept = fit.fit.intercept * effects.y_scale;
  shape.knee = fit.knee * effects.x_scale;
  shape.slope = kind == Shape::Kind::kHinge ? 0 : slopes(0) * slope_scale;
  shape.slope_after = slopes.sum() * slope_scale;
  return shape;
}

Shape QuadraticShape(const LevelEffects& effects, const EffectsFit& fit) {
  Shape shape;
  shape.kind = Shape::Kind::kQuadratic;
  shape.intercept = fit.intercept * effects.y_scale;
  shape.slope = fit.coefficients(0) * effects.y_scale / effects.x_scale;
  shape.curvature = fit.coefficients(1) * effects.y_scale / (effects.x_scale * effects.x_scale);
  return shape;
}

// R4: the profile-likelihood interval of the slope before the knee.
Range SlopesBefore(const Fitter& fitter, const std::vector<KneeFit>& fits, double best,
                   double probability) {
  const LevelEffects& effects = fitter.effects();
  const double degrees = effects.DegreesOfFreedom(3);
  const double noise = std::max(best, kRounding) / degrees;
  const double cut = best + noise * FisherQuantile(probability, degrees);
  Range range{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  for (const KneeFit& two : fits) {
    if (two.fit.squares > cut) continue;
    const double half = std::sqrt((cut - two.fit.squares) * two.fit.variances(0));
    range.low = std::min(range.low, two.fit.coefficients(0) - half);
    range.high = std::max(range.high, two.fit.coefficients(0) + half);
  }
  return range;
}

struct Noise {
  double variance = 0;  // of a trial around a shape
  double degrees_of_freedom = 0;
};

// R27: of trials around a hinge, or of the delays' means around it if these differ from it by more
// than trials do: a rounded knee. (The usual test of the lack of fit.)
Noise NoiseAround(const LevelEffects& effects, const KneeFit& hinge) {
  const double degrees = effects.DegreesOfFreedom(2);
  const Noise all = {std::max(hinge.fit.squares, kRounding) / degrees, degrees};
  const auto of_misfit = static_cast<double>(effects.x.size() - 2);
  const double of_trials = degrees - of_misfit;
  if (of_misfit < 1 || of_trials < 1) return all;
  const double misfit = (hinge.fit.squares - effects.within) / of_misfit;
  const double trials = std::max(effects.within, kRounding) / of_trials;
  if (misfit <= trials * FisherQuantile(kMisfitProbability, of_misfit, of_trials)) return all;
  return {misfit, std::max(of_misfit, kLeastMisfitDegrees)};
}

// R6: the profile-likelihood intervals of the knee and of the slope after it.
void AddKneeIntervals(const Fitter& fitter, const KneeFit& best, double confidence, Bend& bend) {
  const LevelEffects& effects = fitter.effects();
  const Noise noise = NoiseAround(effects, best);
  const double cut = best.fit.squares + noise.variance * FisherQuantile(1 - 0.4 * (1 - confidence),
                                                                        noise.degrees_of_freedom);
  Range knee{best.knee, best.knee};
  Range slope{best.fit.coefficients(0), best.fit.coefficients(0)};
  std::vector<KneeFit> hinges = fitter.Hinges();
  hinges.push_back(best);
  for (const KneeFit& hinge : hinges) {
    if (hinge.fit.squares > cut) continue;
    knee = {std::min(knee.low, hinge.knee), std::max(knee.high, hinge.knee)};
    const double half = std::sqrt((cut - hinge.fit.squares) * hinge.fit.variances(0));
    slope = {std::min(slope.low, hinge.fit.coefficients(0) - half),
             std::max(slope.high, hinge.fit.coefficients(0) + half)};
  }
  // The interval is extended by one step of the grid. A knee at the last delay but one may lie
  // beyond it, and then the slope is unbounded.
  const double step = fitter.LargestKnee() / kKnees;
  const bool open = knee.high + step >= fitter.LargestKnee();
  knee = {std::max(0.0, knee.low - step), open ? 1.0 : knee.high + step};
  bend.knee = model::Times({best.knee, knee}, effects.x_scale);
  bend.slope_after =
      model::Times({best.fit.coefficients(0), slope}, effects.y_scale / effects.x_scale);
  if (open) bend.slope_after->range.reset();
}

double NoiseOf(const LevelEffects& effects, double squares, int parameters) {
  return std::sqrt(squares / effects.DegreesOfFreedom(parameters)) * effects.y_scale;
}

Start StartOf(const LevelEffects& effects, const KneeFit& two, const Range& slopes) {
  const double slope_scale = effects.y_scale / effects.x_scale;
  Start start;
  start.knee = two.knee * effects.x_scale;
  start.intercept = two.fit.intercept * effects.y_scale;
  start.slope = two.fit.coefficients(0) * slope_scale;
  start.degrees_of_freedom = effects.DegreesOfFreedom(3);
  start.standard_error =
      std::sqrt(two.fit.squares / start.degrees_of_freedom * two.fit.variances(0)) * slope_scale;
  start.slopes = {slopes.low * slope_scale, slopes.high * slope_scale};
  return start;
}

// The shapes of R3.
struct Shapes {
  explicit Shapes(const Fitter& fitter)
      : line(fitter.LineFit()), quadratic(fitter.QuadraticFit()), hinge(fitter.BestHinge()) {
    bent_squares = hinge.fit.coefficients(0) > 0 ? hinge.fit.squares : line.squares;
    if (is_convex()) bent_squares = std::min(bent_squares, quadratic.squares);
  }
  bool is_convex() const { return quadratic.coefficients(1) > 0; }

  EffectsFit line;
  EffectsFit quadratic;
  KneeFit hinge;
  double bent_squares = 0;  // of the best shape that bends upwards; else of the line
};

bool MayBeBent(const LevelEffects& effects) {
  return effects.x.size() >= 2 && effects.DegreesOfFreedom(2) >= 1;
}

// Blocks without the trial at the largest delay, if there is only one.
std::vector<Block> WithoutLoneTrial(std::vector<Block> blocks) {
  const int64_t largest_ns = DelaysOf(blocks).back();
  if (TimesAt(blocks, largest_ns).size() > 1) return blocks;
  for (Block& block : blocks) {
    std::erase_if(block, [&](const Observation& o) { return o.delay_ns == largest_ns; });
  }
  return blocks;
}

// R4: whether a curve is bent, beyond what one trial or chance explains.
bool IsSurelyBent(const std::vector<Block>& blocks) {
  const Fitter fitter(WithoutLoneTrial(blocks));
  if (!MayBeBent(fitter.effects())) return false;
  const Shapes shapes(fitter);
  return fitter.Beats(shapes.line.squares, shapes.bent_squares, 2, kSurelyBent);
}

// R4, R18 and R27, for a bent curve.
void ClassifyBend(const std::vector<Block>& blocks, const Fitter& fitter, const Shapes& shapes,
                  double confidence, Bend& bend) {
  const LevelEffects& effects = fitter.effects();
  const KneeFit& hinge = shapes.hinge;
  const EffectsFit& quadratic = shapes.quadratic;
  bend.kind = Bend::Kind::kUnclear;
  bend.shape = KneeShape(effects, hinge, Shape::Kind::kHinge);
  bend.noise = NoiseOf(effects, hinge.fit.squares, 2);
  const std::vector<KneeFit> fits = fitter.ConvexTwoSlopes();
  if (effects.DegreesOfFreedom(3) < 1 || fits.empty()) return;
  const KneeFit& two = *std::min_element(
      fits.begin(), fits.end(),
      [](const KneeFit& a, const KneeFit& b) { return a.fit.squares < b.fit.squares; });
  const Range first = SlopesBefore(fitter, fits, two.fit.squares, kStartProbability);
  const bool two_slopes = fitter.Beats(hinge.fit.squares, two.fit.squares, 3, kGrowingProbability);
  const bool curved = shapes.is_convex() &&
                      fitter.Beats(hinge.fit.squares, quadratic.squares, 2, kGrowingProbability);
  const auto starts_below = [&](double share) {
    return first.high < share * hinge.fit.coefficients(0);
  };
  if ((two_slopes || curved) && first.low > 0 && !starts_below(kNegligibleStart)) {
    if (!IsSurelyBent(blocks)) return;
    bend.kind = Bend::Kind::kGrowing;
    bend.start = StartOf(effects, two, SlopesBefore(fitter, fits, two.fit.squares, confidence));
    bend.shape = curved && (!two_slopes || quadratic.squares <= two.fit.squares)
                     ? QuadraticShape(effects, quadratic)
                     : KneeShape(effects, two, Shape::Kind::kTwoSlopes);
    return;
  }
  if (starts_below(kFlatStart) && effects.DegreesOfFreedom(3) >= kThresholdDegrees) {
    bend.kind = Bend::Kind::kThreshold;
    AddKneeIntervals(fitter, hinge, confidence, bend);
  }
}

// R18: whether a hinge with its knee at a fifth of the largest delay or later fits about as well
// as the best fit.
bool MayHaveSlack(const Fitter& fitter, double best_squares) {
  const double degrees = fitter.effects().DegreesOfFreedom(2);
  const double cut = best_squares * (1 + FisherQuantile(kAllowedKnee, degrees) / degrees);
  for (const KneeFit& hinge : fitter.Hinges()) {
    if (hinge.knee >= kLeastSlack && hinge.fit.squares <= cut) return true;
  }
  return false;
}

// A curve without an effect at the largest delay is not bent upwards.
bool Rises(const LevelEffects& effects, const EffectsFit& line, double confidence) {
  const Eigen::Index last = effects.x.size() - 1;
  const double degrees = effects.DegreesOfFreedom(1);
  const double error = std::sqrt(line.squares / degrees * line.variances(0));
  return effects.effects(last) > 0 &&
         line.coefficients(0) > StudentQuantile((1 + confidence) / 2, degrees) * error;
}

}  // namespace

Bend FindBend(const std::vector<Block>& blocks, double confidence) {
  const Fitter fitter(blocks);
  const LevelEffects& effects = fitter.effects();
  const EffectsFit line = fitter.LineFit();
  Bend bend;
  bend.shape = LineShape(effects, line);
  if (effects.DegreesOfFreedom(1) >= 1) bend.noise = NoiseOf(effects, line.squares, 1);
  if (!MayBeBent(effects)) return bend;

  const Shapes shapes(fitter);
  bend.kind = Bend::Kind::kStraight;
  if (Rises(effects, line, confidence) &&
      fitter.Beats(line.squares, shapes.bent_squares, 2, kBentProbability)) {
    ClassifyBend(blocks, fitter, shapes, confidence, bend);
    return bend;
  }
  const double curved_squares = shapes.quadratic.squares;
  bend.flattens =
      !shapes.is_convex() && fitter.Beats(line.squares, curved_squares, 2, kBentProbability);
  bend.may_have_slack =
      MayHaveSlack(fitter, std::min({line.squares, shapes.hinge.fit.squares, curved_squares}));
  return bend;
}

}  // namespace pyslow::statistics
