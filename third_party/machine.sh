# What ./bootstrap needs of the machine: packages, and Pythons to build for. Sourced by it; uses its
# say, refuse, fail, logged, root, command, prefix and pythons_given.
# shellcheck shell=bash disable=SC2154

# ---- what is missing -----------------------------------------------------------------------

has() { command -v "$1" >/dev/null; }

# Those of the given packages that are not installed, one a line.
missing_packages() {
  local installed
  installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)
  printf '%s\n' "$@" | grep -vxF "$(sed -n 's/ installed$//p' <<<"$installed")" || true
}

# apt-get as root, asking nothing.
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
    say "apt-get update failed; going on with the lists that are there"
}

# Installs those of the given packages that are missing. Does nothing where there is no apt: what
# is not there, CMake then names.
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

# The version of a package that apt would install, such as 3.13.5-1; nothing if it knows none.
candidate() {
  apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: \([0-9].*\)/\1/p'
}

# Those of the given packages that apt offers, where this user may install any.
install_offered() {
  local package offered=()
  has apt-cache && { ((EUID == 0)) || has sudo; } || return 0
  for package; do
    [[ -z $(candidate "$package") ]] || offered+=("$package")
  done
  (install_packages "${offered[@]}") || say "going on without ${offered[*]}"
}

# ---- which Pythons -------------------------------------------------------------------------

found='' # what third_party/find_pythons printed

find_pythons() { found=$("$root/third_party/find_pythons" "${pythons_given[@]}") || true; }

# lines KIND: those lines of find_pythons that begin so, without the KIND.
lines() { sed -n "s/^$1$tab//p" <<<"$found"; }

# These run something of PyPI's under every Python; the others build for the newest.
tests_every_python() { [[ $command == test || $command == compatibility ]]; }

# The packages that would make Debian's or Ubuntu's own Python fit to be built for, one a line:
# only where such a Python is there, and wanted.
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

# Whether apt offers a python3 that is new enough, when none was found.
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
      echo "Those looked at:"
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
or name one that is elsewhere: ./bootstrap $command --python PYTHON
END
  } >&2
  exit 2
}

# Ends with `found` holding at least one fit Python, installing Debian's own if that is what it takes.
require_pythons() {
  local packages=()
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
  ((${#packages[@]} == 0)) || find_pythons
  if [[ -z $(lines fit) || (${#pythons_given[@]} -gt 0 && -n $(lines refused)) ]]; then
    refuse_without_python
  fi
  choose_pythons
}

# Of lines of `fit` the newest: by FINAL; within that they stand oldest first.
newest() { sort -s -t "$tab" -k3,3n | tail -n 1; }

chosen=() # lines of `fit` that are built for

# The test commands take every Python, the others the newest release; all that --python names.
choose_pythons() {
  mapfile -t chosen < <(lines fit)
  if ! tests_every_python && ((${#pythons_given[@]} == 0)); then
    mapfile -t chosen < <(lines fit | newest)
  fi
}

# column N: that field of every chosen line, one a line.
column() { printf '%s\n' "${chosen[@]}" | cut -f "$1"; }

show_pythons() {
  find_pythons
  [[ -n $(lines fit) ]] || refuse_without_python
  lines fit | awk -F "$tab" '{printf "%-8s %s (%s)\n", $2, $4, $6}'
  lines unused | sed "s/^/unused   /; s/$tab/: /"
  lines refused | sed "s/^/refused  /; s/$tab/: /"
}
