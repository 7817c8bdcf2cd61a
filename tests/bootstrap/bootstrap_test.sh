#!/usr/bin/env bash
# Tests of ./bootstrap and third_party/find_pythons with fake interpreters: shell scripts that print the
# output of third_party/python_facts.py. Each function named It… is a test; run one with
#   bootstrap_test.sh NAME
# The fake versions are 3.17 to 3.19, which no machine has, because /usr/bin is always searched.
set -eu
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
tab=$'\t'
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
unset PYENV_ROOT UV_PYTHON_INSTALL_DIR XDG_DATA_HOME
export HOME=$home PATH=$home/first:$home/second:/usr/bin:/bin

# fake PATH [NAME=VALUE]...: makes an interpreter. Facts that are not given are those of a usable 3.19.0.
fake() {
  local path=$home/$1 fact
  shift
  mkdir -p "$(dirname "$path")" "$home/include"
  touch "$home/include/Python.h"
  {
    echo '#!/bin/sh'
    for fact in "executable=$path" implementation=CPython version=3.19 release=3.19.0 \
      order=$((0x031300f0)) final=1 free_threaded=0 "include=$home/include" \
      library=/lib/libpython3.19.so ensurepip=1 "$@"; do
      echo "echo '$fact'"
    done
  } >"$path"
  chmod +x "$path"
}

find_pythons() { "$root/third_party/find_pythons" "$@" || true; }

# expect_line TEXT: expects a line with TEXT in standard input.
expect_line() {
  local input
  input=$(cat)
  grep -qF -- "$1" <<<"$input" && return
  printf 'no line with: %s\nin:\n%s\n' "$1" "$input"
  exit 1
}

# expect_no_line TEXT: expects no line with TEXT in standard input.
expect_no_line() {
  local input
  input=$(cat)
  ! grep -qF -- "$1" <<<"$input" && return
  printf 'a line with: %s\nin:\n%s\n' "$1" "$input"
  exit 1
}

# expect_error TEXT ARGUMENT...: expects that bootstrap prints one line with TEXT and exits with 2.
expect_error() {
  local text=$1 output status=0
  shift
  output=$("$root/bootstrap" "$@" 2>&1) || status=$?
  expect_line "$text" <<<"$output"
  if [[ $status != 2 || $(wc -l <<<"$output") != 1 || $output != "bootstrap: error: "* ]]; then
    printf 'bootstrap %s: exit status %s, output:\n%s\n' "$*" "$status" "$output"
    exit 1
  fi
}

ItFindsPythonsOnPathUnderPyenvAndUnderUv() {
  fake second/python3
  fake .pyenv/versions/3.18.2/bin/python3 version=3.18 order=$((0x031202f0))
  fake .local/share/uv/python/cpython-3.17/bin/python3 version=3.17 order=$((0x031100f0))
  find_pythons | expect_line "fit${tab}3.19${tab}3.19.0${tab}1${tab}$home/second/python3"
  find_pythons | expect_line "$home/.pyenv/versions/3.18.2/bin/python3"
  find_pythons | expect_line "$home/.local/share/uv/python/cpython-3.17/bin/python3"
}

ItFindsThePythonsBehindPyenvShims() {
  mkdir -p "$home/elsewhere/shims"
  fake elsewhere/versions/3.19.0/bin/python3
  fake elsewhere/shims/python3 executable=/none/of/these
  PATH=$home/elsewhere/shims:$PATH find_pythons | expect_line "$home/elsewhere/versions/3.19.0/"
  PATH=$home/elsewhere/shims:$PATH find_pythons | expect_no_line /none/of/these
}

ItSelectsTheNewestOfAMinorVersion() {
  fake first/python3.19
  fake second/python3.19 release=3.19.1 order=$((0x031301f0))
  find_pythons | expect_line "3.19.1${tab}1${tab}$home/second/python3.19"
  find_pythons | expect_line "unused$tab$home/first/python3.19"
}

ItSelectsTheFirstOnPathOfTwoEqualVersions() {
  fake first/python3.19
  fake second/python3.19
  find_pythons | expect_line "3.19.0${tab}1${tab}$home/first/python3.19"
}

ItListsAnInterpreterWithSeveralNamesOnce() {
  fake second/python3.19
  ln -s ../second/python3.19 "$home/first-link"
  mkdir -p "$home/first"
  ln -s ../second/python3.19 "$home/first/python3"
  [[ $(find_pythons | grep -cF "$home/second/python3.19") == 1 ]]
}

ItRejectsAPythonThatIsTooOld() {
  fake first/python3 version=3.11 release=3.11.9
  find_pythons | expect_line \
    "refused$tab$home/first/python3${tab}it is Python 3.11.9, and pyslow needs 3.12 or later"
}

ItRejectsPython2() {
  fake first/python3 version=2.7 release=2.7.18
  find_pythons | expect_line "it is Python 2.7.18"
}

ItRejectsOtherImplementations() {
  fake first/python3 implementation=PyPy
  find_pythons | expect_line "it is PyPy, and pyslow embeds CPython"
}

ItRejectsAFreeThreadedBuildThatWasNotTested() {
  fake first/python3 version=3.14 free_threaded=1
  find_pythons | expect_line "it is free-threaded, and of such Pythons pyslow supports 3.13t alone"
}

ItRejectsAFreeThreadedBuildForAWheel() {
  fake first/python3 version=3.13 free_threaded=1
  find_pythons --headers | expect_line "it is free-threaded, and a wheel has no library"
}

ItSelectsAFreeThreadedBuildBeforeTheUsualOne() {
  fake first/python3 version=3.13
  fake second/python3 version=3.13 free_threaded=1
  find_pythons | expect_line "fit${tab}3.13t$tab"
  [[ $(find_pythons | head -n 1) == "fit${tab}3.13t$tab"* ]]
}

# Regression: the sanitizer builds had only the Python with a GIL.
ItTestsThePythonWithoutAGilUnderSanitizersToo() {
  local usual="3.13${tab}3.13.0${tab}1${tab}/usual$tab" without="3.13t${tab}3.13.0${tab}1${tab}/without$tab"
  # shellcheck source=third_party/machine.sh
  source "$root/third_party/machine.sh"
  chosen=("$without" "$usual")
  sanitized_pythons | expect_line '/usual;/without'
  chosen=("$usual")
  sanitized_pythons | expect_no_line ';'
  chosen=("$without")
  sanitized_pythons | expect_no_line ';'
}

# Regression: the filters matched no test of a free-threaded Python.
ItRunsTheTestsOfThePythonWithoutAGilUnderSanitizers() {
  local filters filter
  filters=$(sed -n 's/.*"include": {"name": "\([^"]*\)".*/\1/p' "$root/CMakePresets.json")
  [[ $(wc -l <<<"$filters") == 2 ]]
  while read -r filter; do
    grep -qE -- "$filter" <<<engine3.13t_test.FreeThreads.Count
    grep -qE -- "$filter" <<<engine3.13_test.Engine.Count
  done <<<"$filters"
}

ItRejectsAPythonWithoutHeaders() {
  fake first/python3 include=/nowhere
  find_pythons | expect_line "no /nowhere/Python.h: install its headers"
}

ItRejectsAPythonWithoutASharedLibrary() {
  fake first/python3 library=
  find_pythons | expect_line "it has no shared libpython3.19"
}

ItFindsTheOldestHeadersForAWheelWithoutALibrary() {
  fake first/python3.19 release=3.19.1 order=$((0x031301f0)) library=
  fake second/python3.19 library=
  fake second/python3.18 version=3.18 release=3.18.0rc1 order=$((0x031200c1)) final=0
  find_pythons --headers | expect_line "fit${tab}3.19${tab}3.19.0${tab}1${tab}$home/second/python3.19"
  find_pythons --headers | expect_line "unused$tab$home/first/python3.19"
  find_pythons --headers | expect_line "refused$tab$home/second/python3.18${tab}it is a pre-release"
}

ItRejectsAPythonThatDoesNotRunAndQuotesItsError() {
  mkdir -p "$home/first"
  printf '#!/bin/sh\necho "libpython3.so: not found" >&2; exit 127\n' >"$home/first/python3"
  chmod +x "$home/first/python3"
  find_pythons | expect_line \
    "refused$tab$home/first/python3${tab}it does not run: libpython3.so: not found"
}

ItSearchesOnlyNamedPythons() {
  fake first/python3
  fake named version=3.18 release=3.18.0
  find_pythons "$home/named" | expect_line "3.18.0"
  [[ $(find_pythons "$home/named" | wc -l) == 1 ]]
}

ItReportsAnInvalidCommandLineInOneLine() {
  expect_error 'expected a command'
  expect_error 'unknown command "tset"' tset
  expect_error 'expected one command' demo test
  expect_error 'unknown option "--pyhton"' build --pyhton /usr/bin/python3
  expect_error 'install needs --prefix' install
  expect_error '--prefix needs a value' install --prefix
  expect_error '--prefix needs a value' install --prefix --python
  expect_error '--prefix needs a value' install --prefix=
  expect_error 'it is not a directory' install --prefix /dev/null
  expect_error '--prefix is only for install' test --prefix "$home"
  expect_error '--python /no/such: there is no such file' build --python /no/such
  expect_error 'it is not an executable file' build --python "$home"
}

ItReportsWhyANamedPythonIsRejected() {
  fake old version=3.9 release=3.9.1
  expect_error "$home/old: it is Python 3.9.1, and pyslow needs 3.12" build --python "$home/old"
}

# tool NAME LINE: makes a program that prints LINE.
tool() {
  mkdir -p "$home/first"
  printf '#!/bin/sh\necho "%s"\n' "$2" >"$home/first/$1"
  chmod +x "$home/first/$1"
}

# release ID VERSION NAME: makes the file that bootstrap reads in place of /etc/os-release.
release() {
  export PYSLOW_OS_RELEASE=$home/os-release
  printf 'ID=%s\nVERSION_ID="%s"\nPRETTY_NAME="%s"\n' "$@" >"$PYSLOW_OS_RELEASE"
}

# Links to the programs that bootstrap itself uses, and nothing else: no compiler, no cmake.
only_coreutils() {
  local program
  mkdir -p "$home/bare"
  for program in bash cat chmod dirname env grep head mkdir paste rm sed sort wc; do
    ln -s "$(command -v "$program")" "$home/bare/$program"
  done
  PATH=$home/first:$home/bare
}

ItRefusesToolsThatAreTooOldAndNamesTheWheel() {
  release ubuntu 22.04 'Ubuntu 22.04.5 LTS'
  tool cmake 'cmake version 3.22.1'
  tool c++ 11.4.0
  expect_error 'and here are CMake 3.22.1, c++ 11.4.0; Debian 12, Ubuntu 24.04 and later' test
  expect_error 'pip install pyslow-*.whl' build
  tool cmake 'cmake version 3.25.0'
  expect_error 'and here are c++ 11.4.0;' demo
  tool cmake 'cmake version 3.9.6'
  CXX='env c++' expect_error 'and here are CMake 3.9.6, env c++ 11.4.0;' package
}

ItRefusesAReleaseWithOldPackagesBeforeItInstallsAny() {
  only_coreutils
  tool apt-get 'this may not run'
  release ubuntu 22.04 'Ubuntu 22.04.5 LTS'
  expect_error 'and here are the packages of Ubuntu 22.04.5 LTS;' build
  release debian 11 'Debian GNU/Linux 11 (bullseye)'
  expect_error 'and here are the packages of Debian GNU/Linux 11 (bullseye);' build
}

# Of processor time, which does not grow on a busy machine: neither it nor its programs take a second.
ItRefusesAnOldReleaseInItsFirstSecond() {
  local spent TIMEFORMAT='%U %S'
  only_coreutils
  release ubuntu 22.04 'Ubuntu 22.04.5 LTS'
  spent=$({ time "$root/bootstrap" build >/dev/null 2>&1 || true; } 2>&1)
  [[ $spent =~ ^0.[0-9]+\ 0.[0-9]+$ ]] || { echo "user and system seconds: $spent" && exit 1; }
}

# Then the next error is that of the Python named on the command line.
ItAcceptsNewToolsOnAnOldReleaseAndAnyOtherRelease() {
  fake old version=3.9 release=3.9.1
  release ubuntu 22.04 'Ubuntu 22.04.5 LTS'
  tool cmake 'cmake version 3.28.3'
  tool c++ 13.2.0
  expect_error 'it is Python 3.9.1' build --python "$home/old"
  tool c++ 14.0.6-clang
  expect_error 'it is Python 3.9.1' build --python "$home/old"
  release fedora 40 'Fedora Linux 40'
  expect_error 'it is Python 3.9.1' build --python "$home/old"
  PYSLOW_OS_RELEASE=/none/of/these expect_error 'it is Python 3.9.1' build --python "$home/old"
}

# Otherwise no Python seems to have CPython linked in, and the first build has no libpyslow.
ItLooksAtThePythonsAgainIfThePackagesBringNm() {
  local command=test pythons_given=() looks=0
  # shellcheck source=/dev/null
  source "$root/third_party/machine.sh"
  find_pythons() {
    has nm && found="fit${tab}with nm" || found="fit${tab}without nm"
    ((++looks))
  }
  install_packages() { tool nm ''; }
  only_coreutils
  require_pythons g++
  [[ ${chosen[*]} == 'with nm' && $looks == 2 ]]
  require_pythons g++
  [[ $looks == 3 ]]
}

declare -F "$1" >/dev/null || { echo "no test named $1" && exit 1; }
"$1"
