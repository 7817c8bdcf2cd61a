// pyslow-report: what a session of pyslow did.
#include "report/program.h"

int main(int argc, char** argv) { return pyslow::report::RunProgram({argv + 1, argv + argc}); }
