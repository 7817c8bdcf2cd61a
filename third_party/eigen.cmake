# Eigen: least squares and the linear algebra of the sweep's designs. Why: header only, exact about
# rank and conditioning, kept. Lowest: 3.4 (Debian 12).
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
