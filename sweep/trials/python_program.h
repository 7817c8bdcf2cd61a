// The files that hold the program of a Python command line.
#ifndef PYSLOW_SWEEP_TRIALS_PYTHON_PROGRAM_H_
#define PYSLOW_SWEEP_TRIALS_PYTHON_PROGRAM_H_

#include <map>
#include <string>
#include <vector>

namespace pyslow::trials {

// A checksum of each file, by the path as the user gave it; "" for a file that cannot be read.
using FileChecksums = std::map<std::string, std::string>;

// The files that decide what a sweep of `command`, the words that follow "python", runs: the
// script, or the file of the module of -m if it lies below the current directory, and the target
// file, unless it is "". Files that they use, such as imported modules, are not among them. Reads
// files of at most 64 MiB; a larger one counts as one that cannot be read.
FileChecksums ReadProgramFiles(const std::vector<std::string>& command,
                               const std::string& targets_file);

// The paths whose checksums differ, or that only one of them has, ascending.
std::vector<std::string> ChangedFiles(const FileChecksums& before, const FileChecksums& now);

}  // namespace pyslow::trials

#endif  // PYSLOW_SWEEP_TRIALS_PYTHON_PROGRAM_H_
