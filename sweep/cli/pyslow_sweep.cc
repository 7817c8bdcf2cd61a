// pyslow-sweep: measures how far the throughput of a program depends on the speed of its functions.
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
