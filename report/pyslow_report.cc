// The main function of pyslow-report.
#include "report/report_program.h"

int main(int argc, char** argv) { return pyslow::report::RunProgram({argv + 1, argv + argc}); }
