# Google Benchmark: the micro-benchmarks in bench/. Why: repetitions, statistics and a stable output
# format out of the box. Lowest: 1.7 (Debian 12).
find_package(benchmark 1.7 REQUIRED)
