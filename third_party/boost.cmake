# Boost, headers only: Boost.Math for the quantiles of Student's t and other distributions.
# Why: the reference implementation in C++, tested against published tables. Lowest: 1.74 (Debian 12).
find_package(Boost 1.74 REQUIRED CONFIG)
