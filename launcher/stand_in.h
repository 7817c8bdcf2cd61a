// A directory for sys.executable, if pyslow runs an environment whose bin/ has no pyslow.
//
// Programs start children by sys.executable, and look for other programs beside it. So it is in a
// directory that stands in for bin/: it has links to all that is in bin/, and links to pyslow in
// place of python, python3 and python3.X. A child that is started by such a name finds the
// environment through the link stands-for, also if it has no environment variables.
//
//   CACHE/pyslow/environments/NAME-HASH/bin/          the stand-in for ENVIRONMENT/bin
//   CACHE/pyslow/environments/NAME-HASH/stands-for -> ENVIRONMENT/bin
//   CACHE/pyslow/environments/NAME-HASH/as-of      -> the time of ENVIRONMENT/bin
//   CACHE/pyslow/environments/NAME-HASH/at         -> that bin/, as no link in a copy does
//
// Processes may make and update the same stand-in at the same time; names in it never go away as
// long as they are in ENVIRONMENT/bin.
#ifndef PYSLOW_LAUNCHER_STAND_IN_H_
#define PYSLOW_LAUNCHER_STAND_IN_H_

#include <functional>
#include <string>
#include <vector>

namespace pyslow::launcher {

// The bin/ that `directory` stands in for, or "" if it is no stand-in.
std::string StandsFor(const std::string& directory);

// Whether the stand-in `directory` is a copy, made by a program that copies what is around
// sys.executable. That program takes the copy for an environment of its own, into which it may
// install packages, and they must not come into the original. False without a link `at`.
bool IsCopiedStandIn(const std::string& directory);

// Ray makes the environment of runtime_env={"pip": ...} by a script that copies the environment
// that sys.executable of another process is in. If `words`, Python's arguments, run that script,
// names the environment in place of its stand-in.
void NameEnvironmentToCopy(std::vector<std::string>* words);

// The stand-in below the directory `cache` for the bin/ of the interpreter `python`, from where
// children run `program`. Makes it, or updates it if bin/ has changed. "" if that fails, as on a
// read-only disk, or if `cache` is "". If it is new, removes stand-ins beside it that are a day old
// and whose environments are gone.
std::string StandIn(const std::string& cache, const std::string& python,
                    const std::string& program);

// Updates a stand-in, which may be empty. Returns whether pyslow can be run by its python.
bool UpdateStandIn(const std::string& stand_in, const std::string& python,
                   const std::string& program);

// Where caches may be. The first two may be "".
struct CachePlaces {
  std::string xdg_cache_home;                    // $XDG_CACHE_HOME
  std::string home;                              // $HOME
  std::function<std::string()> home_of_account;  // called only if the first two are unusable
  std::string temporary;                         // /tmp
};
// The directory for caches of this user: XDG_CACHE_HOME, else .cache in HOME or in the home of the
// account (getpwuid(3)), else a private directory pyslow-UID in `temporary`. Makes it, and pyslow/
// in it. Skips what cannot be made or written, and a directory that belongs to another user, as
// under sudo, or that everyone may write to: others could change its contents. "" if nothing is
// left.
std::string CacheDirectory(const CachePlaces& places);
// Those of this process.
std::string CacheDirectory();

}  // namespace pyslow::launcher

#endif  // PYSLOW_LAUNCHER_STAND_IN_H_
