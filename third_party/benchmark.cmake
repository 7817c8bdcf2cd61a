# Google Benchmark: the micro-benchmarks in bench/. Reason: has repetitions, statistics and a stable output
# format. Minimum version: 1.7 (Debian 12).
find_package(benchmark 1.7 REQUIRED)
