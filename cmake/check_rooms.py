#!/usr/bin/env python3
"""Checks the includes between rooms.

usage: check_rooms.py [DIRECTORY]

A room is a folder for which a CMakeLists.txt in DIRECTORY (default: this project) calls
pyslow_room(FOLDER … ROOMS folder…). A folder of tests is one whose CMakeLists.txt calls
pyslow_test(NAME … ROOMS folder…). The rules:

  - A source file includes headers only of its own room and of the rooms that its folder names.
    A source file outside these folders includes no header of a room.
  - Each name in ROOMS is a room, and the folder includes a header of it.
  - ROOMS form no cycle.
  - All source files of rooms have different names.

Prints one line, FILE:LINE: MESSAGE, for each violation. Exit status: 0 if there is none, 1 if
there are some, 2 if the command line is wrong or DIRECTORY has no room.
"""

import bisect
import collections
import os
import pathlib
import posixpath
import re
import sys

# A CMake token: a comment, a bracket argument, a quoted argument, a parenthesis, or a plain word.
# Generator expressions and variables are parts of words.
TOKEN = re.compile(
    r'#\[(?P<c>=*)\[.*?\](?P=c)\]|#[^\n]*|\[(?P<b>=*)\[.*?\](?P=b)\]|"(?:\\.|[^"\\])*"|[()]|[^\s()#"]+',
    re.DOTALL,
)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">\n]+)[">]', re.MULTILINE)
KEYWORDS = {"VERSION", "SOURCES", "ROOMS", "LIBRARIES", "ENVIRONMENT"}
SUFFIXES = {".c", ".cc", ".cpp", ".h", ".hpp", ".inc", ".S"}

# A folder whose includes are checked. `named` maps each room in ROOMS to its FILE:LINE.
Folder = collections.namedtuple("Folder", "path cmake_file is_room named")


class Lines:
    """Line numbers of offsets in a text."""

    def __init__(self, text):
        self._starts = [match.end() for match in re.finditer("\n", text)]

    def __call__(self, offset):
        return bisect.bisect_right(self._starts, offset) + 1


def walk(root):
    """Paths of all files, relative to `root`; without build trees and hidden directories."""
    for directory, directories, files in os.walk(root):
        directories[:] = sorted(d for d in directories if d != "build" and not d.startswith("."))
        relative = pathlib.Path(directory).relative_to(root)
        for file in sorted(files):
            yield (relative / file).as_posix()


def read(root, path):
    return (root / path).read_text(encoding="utf-8", errors="replace")


def cmake_calls(text):
    """(command, [(argument, line)]) for each command of a CMakeLists.txt."""
    line_of = Lines(text)
    command, arguments, depth = "", [], 0
    for match in TOKEN.finditer(text):
        token, line = match[0], line_of(match.start())
        if token.startswith("#"):
            continue
        depth += {"(": 1, ")": -1}.get(token, 0)
        if depth == 0 and token == ")":
            yield command.lower(), arguments
            arguments = []
        elif depth == 0:
            command = token
        elif token not in "()":
            arguments += [(word, line) for word in token.strip('"').split(";") if word]


def rooms_of_call(arguments):
    """The arguments between ROOMS and the next keyword."""
    is_inside = False
    for word, line in arguments:
        if word in KEYWORDS:
            is_inside = word == "ROOMS"
        elif is_inside:
            yield word, line


def read_folders(root, files):
    """{path: Folder} for rooms and folders of tests."""
    folders = {}
    for path in files:
        if posixpath.basename(path) != "CMakeLists.txt":
            continue
        for command, arguments in cmake_calls(read(root, path)):
            if command not in ("pyslow_room", "pyslow_test") or not arguments:
                continue
            is_room = command == "pyslow_room"
            name = arguments[0][0] if is_room else posixpath.dirname(path)
            folder = folders.setdefault(name, Folder(name, path, is_room, {}))
            for room, line in rooms_of_call(arguments[1:]):
                folder.named.setdefault(room, f"{path}:{line}")
    return folders


def innermost(path, folders):
    """The innermost of `folders` that holds the file `path`, or None."""
    for parent in pathlib.PurePosixPath(path).parents:
        if parent.as_posix() in folders:
            return parent.as_posix()
    return None


def includes(root, path):
    """(line, header as written, its path relative to `root`) for each #include in `path`.

    Headers are searched for as the compiler does: "…" in the file's own directory, then from the
    root; tests also from tests/. A header found nowhere is taken to be relative to the root.
    """
    text = read(root, path)
    line_of = Lines(text)
    for match in INCLUDE.finditer(text):
        quote, header = match.groups()
        tried = [posixpath.dirname(path)] if quote == '"' else []
        tried += ["", "tests"] if path.startswith("tests/") else [""]
        paths = [posixpath.normpath(posixpath.join(directory, header)) for directory in tried]
        found = next((p for p in paths if (root / p).is_file()), posixpath.normpath(header))
        yield line_of(match.start(2)), header, found


def check_includes(root, folder, paths, rooms):
    used = set()
    for path in paths:
        for line, header, header_path in includes(root, path):
            room = innermost(header_path, rooms)
            if room is None:
                continue
            used.add(room)
            if room != folder.path and room not in folder.named:
                yield (
                    f"{path}:{line}: {header} is a header of the room {room}, "
                    f"which ROOMS in {folder.cmake_file} does not name"
                )
    for room, place in folder.named.items():
        if room not in rooms:
            yield f"{place}: ROOMS names {room}, which is not a room"
        elif room not in used:
            yield f"{place}: ROOMS names {room}, but {folder.path} includes no header of it"


def check_outside(root, paths, rooms):
    """Reports includes by files that are in no room and no folder of tests."""
    for path in paths:
        for line, header, header_path in includes(root, path):
            room = innermost(header_path, rooms)
            if room is not None:
                yield (
                    f"{path}:{line}: {header} is a header of the room {room}, "
                    "but this file is in no room"
                )


def check_cycles(rooms):
    """Reports one line for each ROOMS entry that closes a cycle."""
    finished, stack = set(), []

    def visit(path):
        stack.append(path)
        for room, place in rooms[path].named.items():
            if room in stack:
                cycle = " → ".join([*stack[stack.index(room) :], room])
                yield f"{place}: ROOMS form a cycle: {cycle}"
            elif room in rooms and room not in finished:
                yield from visit(room)
        finished.add(stack.pop())

    for path in rooms:
        if path not in finished:
            yield from visit(path)


def check_names(paths):
    first = {}
    for path in paths:
        other = first.setdefault(posixpath.basename(path), path)
        if other != path:
            yield f"{path}:1: {other} has the same file name"


def violations(root, files, folders):
    rooms = {path: folder for path, folder in folders.items() if folder.is_room}
    sources = collections.defaultdict(list)
    for path in files:
        if posixpath.splitext(path)[1] in SUFFIXES:
            sources[innermost(path, folders)].append(path)
    for path, folder in folders.items():
        yield from check_includes(root, folder, sources[path], rooms)
    yield from check_outside(root, sources[None], rooms)
    yield from check_cycles(rooms)
    yield from check_names([path for room in rooms for path in sources[room]])


def main(arguments):
    if len(arguments) > 1 or any(word.startswith("-") for word in arguments):
        print(__doc__, file=sys.stderr)
        return 2
    root = pathlib.Path(arguments[0] if arguments else pathlib.Path(__file__).parent.parent)
    files = list(walk(root))
    folders = read_folders(root, files)
    if not any(folder.is_room for folder in folders.values()):
        print(f"check_rooms: error: {root}: no CMakeLists.txt calls pyslow_room", file=sys.stderr)
        return 2
    found = list(violations(root, files, folders))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
