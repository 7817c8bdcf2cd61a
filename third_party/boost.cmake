# Boost, headers only: Boost.Math for quantiles of Student's t and other distributions.
# Reason: well tested against published tables. Minimum version: 1.74 (Debian 12).
find_package(Boost 1.74 REQUIRED CONFIG)
