"""Targets with lines. The truth is counted by plain Python with sys.settrace, in a process of its own."""

import json
import unittest

from harness import PYSLOW, PYTHON, SWEEP, VENV, CountingTest, clean_environment, run

# Each function f counts its lines 3 to 5.
PROGRAMS = {
    "asyncio": """async def f(n):
    for i in range(n):
        await asyncio.sleep(0)
        lock = asyncio.Lock()
        async with lock: await asyncio.sleep(0)
    return n
import asyncio
async def main():
    await asyncio.gather(*(f(n) for n in range(5)))
    task = asyncio.create_task(f(100))
    await asyncio.sleep(0)
    task.cancel()
    try: await task
    except asyncio.CancelledError: pass
asyncio.run(main())
""",
    "generators in threads": """def f(n):
    for i in range(n):
        yield i
        try: yield -i
        except ValueError: i = 0
import threading
def work():
    for _ in range(20):
        for i, n in enumerate(f(9)):
            if i == 12: break
        g = f(3); next(g); next(g); g.throw(ValueError)
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
""",
    "recursion and exceptions": """def f(n):
    if n > 1:
        try: return f(n - 1) + f(n - 2)
        except KeyError: n = 2
        finally: n -= 1
    if n == 1: raise KeyError
    return n
try: f(12)
except KeyError: pass
""",
    "a long function": "def f(n):\n    while n:\n        n -= 1\n        a = [n\n             for _ in range(3)]\n" +
                       "".join(f"        b{i} = {i} if n % 7 else None\n" for i in range(400)) + "f(50)\n",
}
TRUTH = """
import sys, threading
entries = 0
lock = threading.Lock()
last = {}
def trace(frame, event, argument):
    global entries
    if frame.f_code.co_name != "f" or frame.f_code.co_filename != "PROGRAM": return trace
    if event == "line":
        with lock:
            entries += 3 <= frame.f_lineno <= 5 and not 3 <= last.get(frame, 0) <= 5
            last[frame] = frame.f_lineno
    return trace
source = compile(sys.argv[1], "PROGRAM", "exec")
threading.settrace(trace)
sys.settrace(trace)
exec(source, {"__name__": "__main__"})
sys.settrace(None)
threading.settrace(None)
print(entries)
"""
# A tool that switches lines off after their first event and on again, as coverage does.
COVERAGE = """
import sys
monitoring = sys.monitoring
monitoring.use_tool_id(1, "coverage")
seen = set()
def line(code, number):
    seen.add((code.co_name, number))
    return monitoring.DISABLE
def start(code, offset):
    monitoring.set_local_events(1, code, monitoring.events.LINE)
    return monitoring.DISABLE
monitoring.register_callback(1, monitoring.events.LINE, line)
monitoring.register_callback(1, monitoring.events.PY_START, start)
monitoring.set_events(1, monitoring.events.PY_START)
monitoring.restart_events()
{program}
for n in range(3): f(n)
monitoring.restart_events()
f(4)
monitoring.free_tool_id(1)
f(5)
print(("f", {line}) in seen)
"""
LOOP = """def f(n):
    for i in range(n):
        if i % 2 == 0:
            a = i
            a += 1
    return n
"""
TIMED = LOOP + """
import time
begin, work = time.perf_counter(), time.process_time()
f({n})
print(time.perf_counter() - begin, time.process_time() - work)
"""
SWEPT = """
import time
def work(ms):
    end = time.perf_counter() + ms / 1e3
    while time.perf_counter() < end: pass
def step(n):
    if n % 2:
        work(0.2)
    else:
        work(0.1)
begin = time.perf_counter()
for n in range(400): step(n)
print("throughput:", 400 / (time.perf_counter() - begin))
"""


class Lines(CountingTest):
    def test_counts_are_those_of_settrace(self):
        for name, program in PROGRAMS.items():
            truth = run(PYTHON, "-c", TRUTH, program)
            self.assertEqual((truth.returncode, truth.stderr), (0, ""), name)
            self.assertGreater(int(truth.stdout), 9)
            for words in (), ("--own-time",), ("--on", "resume"), ("--gil", "release"):
                with self.subTest(name, words=words):
                    entries = self.calls_of(program, *words, target="__main__:f@3-5", delay="1us")
                    self.assertEqual(entries, {"f@3-5": int(truth.stdout)})

    def test_each_entry_adds_its_delay(self):
        """The least of five pairs."""
        for delay, n in (("10us", 20_000), ("300us", 1_000)):
            runs = {"0": [], delay: []}
            for _ in range(5):
                for d, times in runs.items():
                    output = self.output_of("--target", "__main__:f@+3-+4", "--delay", d, "-c", TIMED.format(n=n))
                    times.append([float(word) for word in output.split()])
            wall, work = (min(a) - min(b) for a, b in zip(zip(*runs[delay]), zip(*runs["0"])))
            asked = n // 2 * float(delay[:-2]) * 1e-6
            with self.subTest(delay):
                self.assertGreater(wall, asked * 0.9)
                self.assertLess(work, asked * 1.25)

    def test_other_tools_of_lines_change_no_count(self):
        first = COVERAGE[:COVERAGE.index("{program}")].count("\n") + 1
        program = COVERAGE.format(program=LOOP, line=first + 3)
        entries = self.calls_of(program, target=f"__main__:f@{first + 2}-{first + 4}")
        self.assertEqual(self.output, "True\n")
        self.assertEqual(entries, {f"f@{first + 2}-{first + 4}": sum((0, 1, 2, 4, 5))})

    @unittest.skipUnless((VENV / "bin" / "coverage").exists(), "no coverage; ./bootstrap test installs it")
    def test_coverage_changes_no_count(self):
        script = self.write("covered.py", LOOP + "f(10); f(5)\n")
        for core in "sysmon", "ctrace", "pytrace":
            with self.subTest(core):
                session = self.directory / core
                environment = clean_environment(VIRTUAL_ENV=str(VENV), COVERAGE_CORE=core)
                result = self.pyslow("--session", session, "--target", "__main__:f@4-5", "--delay", "1us",
                                     "-m", "coverage", "run", f"--data-file={self.directory / 'data'}", script,
                                     env=environment)
                self.assertEqual((result.returncode, result.stdout), (0, ""), result)
                self.session = session
                self.assertEqual([(f["qualname"], f["calls"]) for f in self.report()["functions"]], [("f@4-5", 8)])

    def test_code_under_pdb_is_counted(self):
        script = self.write("debugged.py", LOOP + "f(4)\n")
        session = self.directory / "s"
        result = self.pyslow("--session", session, "--target", "__main__:f@4-5", "--delay", "1us", "-m", "pdb", script,
                             input="break 4\ncontinue\nnext\nnext\nclear 1\ncontinue\nquit\n")
        self.assertEqual((result.returncode, result.stderr), (0, ""), result)
        self.assertIn("-> a += 1", result.stdout)
        self.session = session
        self.assertEqual([(f["qualname"], f["calls"]) for f in self.report()["functions"]], [("f@4-5", 2)])

    def test_a_module_by_file_and_its_children(self):
        """Lines are those of the file, also if the module is matched by it."""
        package = self.write("package/work.py", "# a comment\ndef f(n):\n    if n:\n        return 1\n    return 0\n")
        program = self.write("main.py", """\
            import multiprocessing, sys
            sys.path.insert(0, sys.argv[1])
            import work
            if __name__ == "__main__":
                multiprocessing.set_start_method(sys.argv[2])
                with multiprocessing.Pool(2) as pool: pool.map(work.f, range(10), chunksize=5)
                work.f(1)
            """)
        for method in "fork", "spawn":
            session = self.directory / method
            result = self.pyslow("--session", session, "--target", f"{package.parent}/*.py:f@4", "--delay", "1us",
                                 program, package.parent, method)
            self.assertEqual((result.returncode, result.stderr), (0, ""), result)
            self.session = session
            functions = [(f["module"], f["qualname"], f["line"], f["calls"]) for f in self.report()["functions"]]
            self.assertEqual(functions, [("work", "f@4", 2, 10)])

    def test_the_report_names_the_lines_of_the_function(self):
        report = self.report_of(LOOP + "f(3)", "--target", "__main__:f@5", target="__main__:f@100-200")
        self.assertEqual([f["qualname"] for f in report["functions"]], ["f@5"])
        self.assertEqual([target["hint"] for target in report["targets"]], ["f has lines 2-6", ""])
        report = self.report_of(LOOP + "f(3)", target="__main__:ff@3")
        self.assertEqual(report["targets"][0]["near"], ["__main__:f@3"])

    def test_mistakes_are_refused_with_their_place(self):
        for target, words in (("a:f@", "--target:1:4: '@' has no lines after it"),
                              ("a:f@9-3", "--target:1:4: '@9-3' ends before it begins"),
                              ("a:f@3 -> b:g", "--target:1:4: 'a:f@3 -> b:g' has a '->' and lines")):
            self.assert_refused(self.pyslow("--target", target, "--delay", "1us", "-c", "pass"), words)
        self.assert_refused(self.pyslow("--target", "a:f", "--delay", "1us", "--start-at", "a:f@3", "-c", "pass"),
                            "--start-at: expected one MODULE:QUALNAME")

    def test_a_sweep_studies_the_lines(self):
        script = self.write("swept.py", SWEPT)
        out = self.directory / "out"
        result = run(SWEEP, "--pyslow", PYSLOW, "--target", "__main__:step@8", "--target", "__main__:step@10",
                     "--target", "__main__:work", "--steps", "impact,focus", "--runs", "3", "--throughput-regex",
                     r"throughput: ([\d.]+)", "--out", out, "--", script, timeout=240)
        self.assertEqual(result.returncode, 0, result)
        counted = {f["qualname"]: f for f in json.loads((out / "analysis.json").read_text())["counted"]}
        self.assertEqual(set(counted), {"step@8", "step@10", "work"})
        for name in "step@8", "step@10":
            self.assertEqual(counted[name]["calls_per_unit"] * 2, counted["work"]["calls_per_unit"])
            self.assertIn(f"__main__:{name}", result.stdout)
