#include "sweep/statistics/hadamard.h"

namespace pyslow::statistics {
namespace {

enum class Construction { kNone, kUnit, kPaleyOne, kPaleyTwo, kDoubled };

bool IsPrime(size_t n) {
  if (n < 2) return false;
  for (size_t d = 2; d * d <= n; ++d) {
    if (n % d == 0) return false;
  }
  return true;
}

Construction HowToMake(size_t order) {
  if (order == 1) return Construction::kUnit;
  if (order < 1 || order % 2 != 0) return Construction::kNone;
  if (order % 4 == 0 && IsPrime(order - 1)) return Construction::kPaleyOne;
  const size_t q = order / 2 - 1;
  if (q % 4 == 1 && IsPrime(q)) return Construction::kPaleyTwo;
  return HowToMake(order / 2) == Construction::kNone ? Construction::kNone : Construction::kDoubled;
}

// The quadratic character of (row − column) in the field of q elements (1 for a square, −1 for a
// non-square, 0 for 0), with a first row of 1 and a first column of `left`.
Eigen::MatrixXi BorderedResidues(size_t q, int left) {
  const auto size = static_cast<Eigen::Index>(q);
  Eigen::VectorXi residue = Eigen::VectorXi::Constant(size, -1);
  residue(0) = 0;
  for (Eigen::Index i = 1; i < size; ++i) residue(i * i % size) = 1;
  Eigen::MatrixXi bordered(size + 1, size + 1);
  bordered.row(0).setOnes();
  bordered.col(0).setConstant(left);
  bordered(0, 0) = 0;
  for (Eigen::Index i = 0; i < size; ++i) {
    for (Eigen::Index j = 0; j < size; ++j) {
      bordered(i + 1, j + 1) = residue((i - j + size) % size);
    }
  }
  return bordered;
}

// The block matrix [tl tr; bl br].
Eigen::MatrixXi InQuarters(const Eigen::MatrixXi& tl, const Eigen::MatrixXi& tr,
                           const Eigen::MatrixXi& bl, const Eigen::MatrixXi& br) {
  Eigen::MatrixXi whole(2 * tl.rows(), 2 * tl.cols());
  whole << tl, tr, bl, br;
  return whole;
}

Eigen::MatrixXi Unnormalised(size_t order) {
  const auto size = static_cast<Eigen::Index>(order);
  switch (HowToMake(order)) {
    case Construction::kPaleyOne:
      return BorderedResidues(order - 1, -1) + Eigen::MatrixXi::Identity(size, size);
    case Construction::kPaleyTwo: {
      const Eigen::MatrixXi c = BorderedResidues(order / 2 - 1, 1);
      const Eigen::MatrixXi i = Eigen::MatrixXi::Identity(size / 2, size / 2);
      return InQuarters(c + i, c - i, c - i, -c - i);
    }
    case Construction::kDoubled: {
      const Eigen::MatrixXi half = HadamardMatrix(order / 2);
      return InQuarters(half, half, half, -half);
    }
    case Construction::kUnit:
    case Construction::kNone:
      break;
  }
  return Eigen::MatrixXi::Ones(1, 1);
}

}  // namespace

size_t HadamardOrder(size_t min_order) {
  size_t order = min_order < 1 ? 1 : min_order;
  while (HowToMake(order) == Construction::kNone) ++order;
  return order;
}

Eigen::MatrixXi HadamardMatrix(size_t order) {
  Eigen::MatrixXi matrix = Unnormalised(order);
  // A sign change of a whole row keeps the columns orthogonal.
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) matrix.row(i) *= matrix(i, 0);
  return matrix;
}

}  // namespace pyslow::statistics
