# cxxopts: parses the options of pyslow-sweep and pyslow-report, and formats --help of all programs.
# Why: the user's choice; header only. pyslow splits its options itself, by the same table
# (base/options.h): cxxopts initialises the C++ locales, which costs about 60 us of each start.
# Lowest: 3.1 (Debian 12 has 3.1.1, Debian 13 has 3.2.1).
find_package(cxxopts 3.1 REQUIRED)
# Its regular expressions are compiled before main, whatever main does: 0.5 ms of each start.
target_compile_definitions(cxxopts::cxxopts INTERFACE CXXOPTS_NO_REGEX)
