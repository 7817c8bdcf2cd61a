"""Ten workloads in pure Python, each with a different mix of interpreter features.

A workload runs for some hundredths of a second and returns a value that is the same under every
interpreter. As a program, for interpreter_speed.py:

    workloads.py NAME TIMES    prints the minimum processor time of a run in seconds, and the value
"""

import collections
import json
import pickle
import re
import sys
import time


def floats():
    """Planets around a sun: arithmetic in nested loops, without attributes."""
    bodies = [[0.0, 0.0, 0.0, 0.0, 0.0, 40.0]]
    bodies += [[r, 0.0, 0.1 * r, 0.0, (40.0 / r) ** 0.5, 0.001 * r] for r in (1.0, 2.0, 4.0, 8.0)]
    step = 0.001
    for _ in range(1200):
        for i, (x, y, z, _, _, mass) in enumerate(bodies):
            here = bodies[i]
            for there in bodies[i + 1:]:
                dx, dy, dz = x - there[0], y - there[1], z - there[2]
                pull = step / (dx * dx + dy * dy + dz * dz + 0.01) ** 1.5
                here[3] -= dx * there[5] * pull
                here[4] -= dy * there[5] * pull
                there[3] += dx * mass * pull
                there[4] += dy * mass * pull
        for body in bodies:
            body[0] += step * body[3]
            body[1] += step * body[4]
    return round(sum(body[0] + body[1] for body in bodies), 6)


class Job:
    __slots__ = ("name", "left", "waits_for")

    def __init__(self, name, left, waits_for):
        self.name, self.left, self.waits_for = name, left, waits_for

    def is_ready(self, done):
        return self.waits_for is None or self.waits_for in done

    def work(self):
        self.left -= 1
        return self.left == 0


class UrgentJob(Job):
    def work(self):
        return super().work() or super().work()


class Scheduler:
    def __init__(self, jobs):
        self.queue = collections.deque(jobs)
        self.done = set()
        self.turns = 0

    def run(self):
        while self.queue:
            self.turns += 1
            job = self.queue.popleft()
            if job.is_ready(self.done) and job.work():
                self.done.add(job.name)
            else:
                self.queue.append(job)
        return self.turns


def objects():
    """A round-robin scheduler: method calls, inheritance, attributes."""
    jobs = [(UrgentJob if n % 3 == 0 else Job)(n, 20 + n % 7, n - 1 if n % 5 else None)
            for n in range(400)]
    return Scheduler(jobs).run()


class Cell:
    def __init__(self):
        self.value = 0
        self.readers = []

    def set(self, value):
        if value != self.value:
            self.value = value
            for reader in self.readers:
                reader.update()


class Sum:
    def __init__(self, inputs, output):
        self.inputs, self.output = inputs, output
        for cell in inputs:
            cell.readers.append(self)

    def update(self):
        self.output.set(sum([cell.value for cell in self.inputs]) % 1009)


def constraints():
    """Cells that depend on others, as in a spreadsheet: small calls through stored objects."""
    rows = [[Cell() for _ in range(6)] for _ in range(7)]
    for above, below in zip(rows, rows[1:]):
        for column, cell in enumerate(below):
            Sum([above[column], above[column - 1]], cell)
    for value in range(1, 90):
        rows[0][value % 6].set(value)
    return [cell.value for cell in rows[-1]]


def in_order(low, high):
    if low < high:
        middle = (low + high) // 2
        yield from in_order(low, middle)
        yield middle
        yield from in_order(middle + 1, high)


def generators():
    """Traversal of a tree with nested generators."""
    return sum(value * (place & 3) for place, value in enumerate(in_order(0, 12000)))


def recursion():
    """Takeuchi's function: only calls and comparisons."""
    def tak(x, y, z):
        return z if y >= x else tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y))

    return tak(15, 9, 3)


def words():
    """Splits, counts and joins words."""
    text = " ".join(f"word{(n * n) % 701}-{n % 13}" for n in range(9000))
    counts = {}
    for word in text.split():
        stem, _, tail = word.partition("-")
        counts[stem] = counts.get(stem, 0) + len(tail)
    lines = [f"{stem.upper():>10} {count:5d}" for stem, count in sorted(counts.items())]
    return sum(map(ord, "\n".join(line.replace("WORD", "w") for line in lines)))


def life():
    """Conway's Game of Life on an unbounded board: sets, tuples, comprehensions."""
    alive = {(x, y) for x in range(24) for y in range(24) if (x * x + 3 * y) % 5 < 2}
    around = [(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy]
    for _ in range(10):
        counts = collections.Counter((x + dx, y + dy) for x, y in alive for dx, dy in around)
        alive = {cell for cell, count in counts.items() if count == 3 or count == 2 and cell in alive}
    return len(alive)


def documents():
    """Encodes and decodes JSON; the indented form is written by the library's Python code."""
    document = {f"key{n}": {"list": list(range(n % 17)), "text": "aé" * (n % 5), "none": None,
                            "number": n / 7} for n in range(250)}
    for _ in range(3):
        document = json.loads(json.dumps(json.loads(json.dumps(document, indent=1))))
    return len(json.dumps(document, sort_keys=True))


def expressions():
    """Regular expressions on a log."""
    log = "\n".join(f"2024-01-{n % 28 + 1:02d} host{n % 9} [{n * 37 % 1000}ms] GET /a/{n}/b?x={n % 4}"
                    for n in range(1500))
    line = re.compile(r"^(\S+) host(\d) \[(\d+)ms\] (?:GET|PUT) (/[\w/]*)\?x=([0-2])$", re.M)
    slow = [match for match in line.finditer(log) if int(match[3]) > 500]
    return len(slow) + len(re.sub(r"(\d)(?=\d\b)", r"<\1>", log))


def pickles():
    """Pickles and unpickles with the pickle module's Python implementation."""
    data = [{"n": n, "text": str(n), "pair": (n, -n), "more": [n] * 3} for n in range(400)]
    packed = pickle._dumps(data, 4)
    return len(packed) + len(pickle._loads(packed))


WORKLOADS = {function.__name__: function for function in (
    floats, objects, constraints, generators, recursion, words, life, documents, expressions, pickles)}


def main():
    function, times = WORKLOADS[sys.argv[1]], int(sys.argv[2])
    value = function()
    spent = []
    for _ in range(times):
        begin = time.process_time_ns()
        function()
        spent.append(time.process_time_ns() - begin)
    print(min(spent) / 1e9, value)


if __name__ == "__main__":
    main()
