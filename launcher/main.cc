#include "launcher/start.h"

int main(int argc, char** argv) { return pyslow::launcher::Start(argc, argv); }
