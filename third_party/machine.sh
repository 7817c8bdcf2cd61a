# Finds and installs the packages and Pythons that ./bootstrap needs. Sourced by ./bootstrap; uses its say,
# refuse, fail, logged, root, tab, command and pythons_given.
# shellcheck shell=bash disable=SC2154

# ---- the tools of the release --------------------------------------------------------------

# older VERSION LEAST: whether VERSION, which begins with numbers and dots, is lower than LEAST.
older() { [[ $1 != "$2" && $(printf '%s\n' "$1" "$2" | sort -V | head -n 1) == "$1" ]]; }

# Prints the tools that are installed and too old to build pyslow, one per line.
old_tools() {
  local version words least=12
  version=$(cmake --version 2>/dev/null | sed -n 's/^cmake version //p')
  [[ -z $version ]] || ! older "$version" 3.25 || echo "CMake $version"
  read -ra words <<<"${CXX:-c++}"
  version=$("${words[@]}" -dumpfullversion -dumpversion 2>/dev/null) || return 0
  [[ $("${words[@]}" --version) != *clang* ]] || least=14
  ! older "$version" "$least" || echo "${words[*]} $version"
}

# Prints the name of this release if its packages are older than what the build needs.
old_release() {
  local ID='' VERSION_ID='' PRETTY_NAME='' first
  # shellcheck source=/dev/null
  source "${PYSLOW_OS_RELEASE-/etc/os-release}" 2>/dev/null || return 0
  case $ID in
    debian) first=12 ;;
    ubuntu) first=24.04 ;;
    *) return 0 ;;
  esac
  [[ -z $VERSION_ID ]] || ! older "$VERSION_ID" "$first" || echo "$PRETTY_NAME"
}

# Exits, before anything is installed, if pyslow cannot be built with the tools of this machine: those that
# are installed or, if one is missing, those that the release has.
require_release() {
  local found release
  found=$(old_tools | paste -sd , | sed 's/,/, /g')
  release=$(old_release)
  if [[ -z $found && -n $release ]] && ! { has cmake && has "${CXX:-c++}"; }; then
    found="the packages of $release"
  fi
  [[ -z $found ]] || refuse "building needs CMake 3.25 and g++ 12 or clang 14, and here are $found;" \
    "Debian 12, Ubuntu 24.04 and later have them; a wheel that is built there runs with glibc 2.34" \
    "and later: pip install pyslow-*.whl"
}

# ---- packages ------------------------------------------------------------------------------

has() { command -v "$1" >/dev/null; }

# missing_packages PACKAGE...: prints those that are not installed, one per line.
missing_packages() {
  local installed
  installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)
  printf '%s\n' "$@" | grep -vxF "$(sed -n 's/ installed$//p' <<<"$installed")" || true
}

# Runs apt-get as root, without questions.
apt() {
  local sudo=()
  ((EUID == 0)) || sudo=(sudo)
  logged apt.log "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q "$@"
}

apt_updated=''
apt_update() {
  [[ -z $apt_updated ]] || return 0
  apt_updated=1
  say "apt-get update"
  apt update ||
    say "apt-get update failed; continuing with the existing package lists"
}

# install_packages PACKAGE...: installs those that are missing. Does nothing without apt; CMake then reports
# what is missing.
install_packages() {
  local missing=()
  if (($# == 0)) || ! has dpkg-query || ! has apt-get; then
    return 0
  fi
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]} > 0)) || return 0
  if ((EUID != 0)) && ! has sudo; then
    refuse "run as root, or install sudo; these packages are missing: ${missing[*]}"
  fi
  apt_update
  say "apt-get install ${missing[*]}"
  apt install -y --no-install-recommends "${missing[@]}" ||
    fail "apt-get could not install ${missing[*]}"
}

# candidate PACKAGE: prints the version that apt would install, such as 3.13.5-1, or nothing.
candidate() {
  apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: \([0-9].*\)/\1/p'
}

# install_offered PACKAGE...: installs those that apt offers, if this user may install packages.
install_offered() {
  local package offered=()
  has apt-cache && { ((EUID == 0)) || has sudo; } || return 0
  for package; do
    [[ -z $(candidate "$package") ]] || offered+=("$package")
  done
  (install_packages "${offered[@]}") || say "continuing without ${offered[*]}"
}

# ---- Pythons -------------------------------------------------------------------------------

found='' # output of third_party/find_pythons

find_pythons() { found=$("$root/third_party/find_pythons" "${pythons_given[@]}") || true; }

# lines KIND: prints the lines of `found` that begin with KIND, without KIND.
lines() { sed -n "s/^$1$tab//p" <<<"$found"; }

# Whether the command is one that runs under all Pythons and needs packages from PyPI.
tests_every_python() { [[ $command == test || $command == compatibility ]]; }

# Prints the packages, one per line, that the Python of Debian or Ubuntu lacks to be usable, if that Python
# is installed and needed.
python_packages() {
  local executable version ensurepip
  if tests_every_python || [[ -z $(lines fit) ]]; then
    while IFS=$tab read -r executable _; do
      if [[ $executable =~ ^/usr/bin/python(3\.[0-9]+)$ && ${BASH_REMATCH[1]#3.} -ge 12 ]]; then
        printf '%s\n' "python${BASH_REMATCH[1]}-dev" "libpython${BASH_REMATCH[1]}-dev"
        tests_every_python && echo "python${BASH_REMATCH[1]}-venv"
      fi
    done < <(lines refused)
  fi
  while IFS=$tab read -r version _ _ executable _ _ ensurepip _; do
    if tests_every_python && [[ $executable == /usr/bin/* && $ensurepip == 0 ]]; then
      echo "python$version-venv"
    fi
  done < <(lines fit)
  return 0
}

# Whether apt offers a python3 that is new enough.
apt_has_python() {
  has apt-cache || return 1
  [[ -n $(candidate python3) ]] || apt_update
  local minor
  minor=$(candidate python3 | sed -n 's/^3\.\([0-9]*\).*/\1/p')
  [[ -n $minor && $minor -ge 12 ]]
}

refuse_without_python() {
  if ((${#pythons_given[@]} > 0)); then
    lines refused | sed "s/^/bootstrap: error: /; s/$tab/: /" >&2
    exit 2
  fi
  {
    echo "bootstrap: error: found no CPython 3.12 or later with headers and a shared libpython"
    if [[ -n $(lines refused) ]]; then
      echo "These were found:"
      lines refused | sed "s/^/  /; s/$tab/: /"
    else
      echo "There is no python3 on PATH, in /usr/bin, under pyenv or under uv."
    fi
    if has apt-cache && [[ -n $(candidate python3) ]]; then
      echo "  apt's python3: it is $(candidate python3)"
    fi
    cat <<END
Install one of these, then run this again:
  with pyenv:               PYTHON_CONFIGURE_OPTS=--enable-shared pyenv install 3.13
  with uv:                  uv python install 3.13
  Debian 13, Ubuntu 24.04:  apt-get install python3-dev
or name one elsewhere: ./bootstrap $command --python PYTHON
END
  } >&2
  exit 2
}

# require_pythons PACKAGE...: installs the packages and, if no usable Python exists, that of the
# distribution. Afterwards `found` has at least one fit Python.
require_pythons() {
  local packages=() had_nm=1
  has nm || had_nm='' # without it, find_pythons takes no Python for one that has CPython linked in
  find_pythons
  if ((${#pythons_given[@]} > 0)) && [[ -z $(python_packages) && -n $(lines refused) ]]; then
    refuse_without_python
  fi
  mapfile -t packages < <(python_packages)
  if [[ -z $(lines fit) ]] && ((${#packages[@]} + ${#pythons_given[@]} == 0)); then
    apt_has_python || refuse_without_python
    packages=(python3-dev libpython3-dev)
    tests_every_python && packages+=(python3-venv)
  fi
  install_packages "$@" "${packages[@]}"
  if [[ ${#packages[@]} -gt 0 || -z $had_nm ]]; then find_pythons; fi
  if [[ -z $(lines fit) || (${#pythons_given[@]} -gt 0 && -n $(lines refused)) ]]; then
    refuse_without_python
  fi
  choose_pythons
}

# Prints the newest of the fit lines in its input, which are sorted by version; prefers final releases.
newest() { sort -s -t "$tab" -k3,3n | tail -n 1; }

chosen=() # the fit lines to build for

# Chooses all Pythons for --python and for the test commands, else the newest release.
choose_pythons() {
  mapfile -t chosen < <(lines fit)
  if ! tests_every_python && ((${#pythons_given[@]} == 0)); then
    mapfile -t chosen < <(lines fit | newest)
  fi
}

# Prints the executables to test under sanitizers, separated by semicolons: the newest, and one without a GIL.
sanitized_pythons() {
  local usual free_threaded
  usual=$(printf '%s\n' "${chosen[@]}" | newest | cut -f 4)
  free_threaded=$(printf '%s\n' "${chosen[@]}" | awk -F "$tab" '$1 ~ /t$/ {print $4}' | tail -n 1)
  [[ -n $free_threaded && $free_threaded != "$usual" ]] || free_threaded=''
  echo "$usual${free_threaded:+;$free_threaded}"
}

# column N: prints field N of each chosen line.
column() { printf '%s\n' "${chosen[@]}" | cut -f "$1"; }

show_pythons() {
  find_pythons
  [[ -n $(lines fit) ]] || refuse_without_python
  lines fit | awk -F "$tab" '{printf "%-8s %s (%s)\n", $2, $4, $6}'
  lines unused | sed "s/^/unused   /; s/$tab/: /"
  lines refused | sed "s/^/refused  /; s/$tab/: /"
}
