// pyslow-report: what a session of pyslow did.
#include "report/report_program.h"

int main(int argc, char** argv) { return pyslow::report::RunProgram({argv + 1, argv + argc}); }
