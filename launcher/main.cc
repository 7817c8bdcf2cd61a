#include "launcher/start.h"
#include "launcher/which_python.h"

int main(int argc, char** argv) {
  return pyslow::launcher::Start(argc, argv, {pyslow::launcher::BinaryFile(), false, ""});
}
