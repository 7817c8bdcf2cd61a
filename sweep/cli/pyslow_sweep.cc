// pyslow-sweep: how much of a program's throughput hangs on chosen functions.
#include <unistd.h>

#include <string>
#include <vector>

#include "sweep/cli/sweep_program.h"

int main(int argc, char** argv) {
  std::vector<std::string> environment;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    environment.emplace_back(*variable);
  }
  return pyslow::cli::RunProgram({argv + 1, argv + argc}, environment);
}
