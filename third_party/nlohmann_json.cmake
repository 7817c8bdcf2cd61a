# nlohmann-json: writes and reads trials.jsonl and the programs' --json output.
# Why: the most used JSON library for C++, header only, kept; speed is no concern here. Lowest: 3.11.
find_package(nlohmann_json 3.11 REQUIRED)
