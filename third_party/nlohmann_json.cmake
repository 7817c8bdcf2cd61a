# nlohmann-json: reads and writes trials.jsonl, and writes --json output. Reason: the most used JSON library for
# C++, header only, maintained; its speed is sufficient. Minimum version: 3.11.
find_package(nlohmann_json 3.11 REQUIRED)
