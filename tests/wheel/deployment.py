"""The examples in packaging/ as Docker and systemd read them, as far as these tests need it."""

import re
import shlex


def joined(text):
    """The lines without comments and empty ones; a line that ends with a backslash continues."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines()


def docker_steps(text):
    """The pairs (instruction, argument) of a Dockerfile."""
    return [tuple(line.split(None, 1)) for line in joined(text)]


def shell_of(steps, context):
    """A script that does what the steps do to the image, with the files of the directory `context`."""
    lines = ["set -eu"]
    for instruction, argument in steps:
        if instruction == "ADD":
            source, target = argument.split()
            if not source.endswith(".tar.gz"):
                raise ValueError(f"not an archive, which ADD unpacks: {source}")
            lines.append(f"tar -x -C {target} -f {shlex.quote(str(context))}/{source}")
        elif instruction == "RUN":
            lines.append(f"sh -c {shlex.quote(argument)}")
        elif instruction == "ENV":
            lines.append(f"export {argument}")
        elif instruction not in ("ARG", "FROM"):
            raise ValueError(f"unknown instruction {instruction}")
    return "\n".join(lines) + "\n"


def service_of(text, **specifiers):
    """The environment and the command that a unit file with [Service] gives. `specifiers`: N="name" for %N."""
    environment = {}
    command = None
    for line in joined(text):
        key, is_assignment, value = line.partition("=")
        if not is_assignment:
            continue
        value = re.sub("%(.)", lambda found: specifiers[found[1]], value)
        if key == "Environment":
            environment |= dict(word.split("=", 1) for word in shlex.split(value))
        elif key == "ExecStart":
            command = shlex.split(value) or None
    return environment, command
