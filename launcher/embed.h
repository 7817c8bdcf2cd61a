// Running CPython in a program of ours. Which libpython that is was settled when it was built, and
// so were the two ways to have it: linked to this program (embed_linked.cc), or loaded by another
// one, so that this one stays small (embed_apart.cc).
#ifndef PYSLOW_LAUNCHER_EMBED_H_
#define PYSLOW_LAUNCHER_EMBED_H_

#include <string>

namespace pyslow::launcher {

// Whether Embed runs the same CPython as `executable` does, at the same speed.
bool EmbedsAllOf(const std::string& executable);

// libpyslow and this program's own file, both absolute.
struct OwnFiles {
  std::string binary;
  std::string library;
};

// The program that embeds, which is one that the dynamic loader loads.
std::string EmbeddingProgram(const OwnFiles& files);

// Start, in this process or in the program that it becomes. `reason` says why the interpreter's own
// executable is not run, where it should have been; else "". Returns the exit status.
int Embed(int argc, char** argv, const OwnFiles& files, const std::string& reason);

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_EMBED_H_
