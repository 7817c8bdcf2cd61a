#!/usr/bin/env python3
"""Checks that every #include is of a room that the including room names, and that file names are unique.

usage: check_rooms.py [DIRECTORY]

A room is a folder for which a CMakeLists.txt calls pyslow_room(FOLDER … ROOMS folder…). A folder of
tests names its rooms with pyslow_test(NAME … ROOMS folder…). Prints one line for each violation and
exits 1 if there is any; 2 if DIRECTORY holds no room.
"""

import collections
import pathlib
import re
import sys

CALL = re.compile(r"^ *pyslow_(room|test)\(([^)]*)\)", re.MULTILINE)
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
KEYWORDS = {"VERSION", "SOURCES", "ROOMS", "LIBRARIES", "ENVIRONMENT"}




def rooms_of_call(words):
    """The words between ROOMS and the next keyword."""
    if "ROOMS" not in words:
        return []
    rest = words[words.index("ROOMS") + 1 :]
    end = next((i for i, word in enumerate(rest) if word in KEYWORDS), len(rest))
    return rest[:end]


def read_rooms(root):
    """({room: rooms it names}, {folder of tests: rooms it names}), folders relative to root."""
    rooms, tests = {}, collections.defaultdict(set)
    for path in sorted(root.rglob("CMakeLists.txt")):
        folder = path.parent.relative_to(root)
        if folder.parts[:1] == ("build",):
            continue
        text = re.sub(r"#.*", "", path.read_text(encoding="utf-8"))
        for kind, arguments in CALL.findall(text):
            words = arguments.split()
            if kind == "room":
                rooms.setdefault(words[0], set()).update(rooms_of_call(words))
            else:
                tests[folder.as_posix()].update(rooms_of_call(words))
    return rooms, tests


def room_of(path, rooms):
    """The innermost room that holds the file `path`, or None."""
    for folder in pathlib.PurePosixPath(path).parents:
        if folder.as_posix() in rooms:
            return folder.as_posix()
    return None


def sources(root, folder):
    for path in sorted((root / folder).rglob("*")):
        if path.suffix in (".cc", ".h"):
            yield path.relative_to(root).as_posix()


def includes(root, path, rooms):
    """(line, included header, its room) for each #include in `path` of a header of a room."""
    text = (root / path).read_text(encoding="utf-8")
    for match in INCLUDE.finditer(text):
        room = room_of(match[1], rooms)
        if room is not None:
            yield text.count("\n", 0, match.start(1)) + 1, match[1], room


def check_folder(root, folder, paths, named, rooms):
    used = set()
    for path in paths:
        for line, header, room in includes(root, path, rooms):
            used.add(room)
            if room != folder and room not in named:
                yield (
                    f'{path}:{line}: "{header}" is of the room {room}; '
                    f"{folder}/CMakeLists.txt does not name it in ROOMS"
                )
    for room in sorted(named - rooms.keys()):
        yield f"{folder}/CMakeLists.txt: ROOMS names {room}, which is no room"
    for room in sorted((named & rooms.keys()) - used):
        yield f"{folder}/CMakeLists.txt: ROOMS names {room}, but nothing of it is included"


def check_includes(root, rooms, tests):
    for room, named in rooms.items():
        paths = [path for path in sources(root, room) if room_of(path, rooms) == room]
        yield from check_folder(root, room, paths, named, rooms)
    for folder, named in tests.items():
        paths = [path for path in sources(root, folder) if path.rpartition("/")[0] == folder]
        yield from check_folder(root, folder, paths, named, rooms)


def check_names(root, rooms):
    named = collections.defaultdict(list)
    for room in rooms:
        for path in sources(root, room):
            if path not in named[pathlib.PurePosixPath(path).name]:
                named[pathlib.PurePosixPath(path).name].append(path)
    for name, paths in sorted(named.items()):
        if len(paths) > 1:
            yield f"{name}: more than one file has this name: {', '.join(paths)}"


def main(arguments):
    if len(arguments) > 1:
        print(__doc__, file=sys.stderr)
        return 2
    root = pathlib.Path(arguments[0] if arguments else pathlib.Path(__file__).parent.parent)
    rooms, tests = read_rooms(root)
    if not rooms:
        print(f"check_rooms: error: {root}: no CMakeLists.txt calls pyslow_room", file=sys.stderr)
        return 2
    violations = [*check_includes(root, rooms, tests), *check_names(root, rooms)]
    for violation in violations:
        print(violation)
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
