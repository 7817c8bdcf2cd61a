"""Threads, forks, signals and unusual code: all calls are counted, and nothing crashes or hangs."""

import signal
import subprocess
import sys
import time
import unittest

from harness import MINOR, PYSLOW, CountingTest, TestCase, clean_environment, run


class Threads(CountingTest):
    def test_all_calls_of_many_threads_are_counted(self):
        for gil in ("hold", "release"):
            calls = self.calls_of("""
import sys, threading
sys.setswitchinterval(1e-5)
def f(): pass
def work():
    for _ in range(2000): f()
threads = [threading.Thread(target=work) for _ in range(16)]
for thread in threads: thread.start()
for thread in threads: thread.join()
""", "--gil", gil, target="__main__:[fw]*", delay="1us")
            self.assertEqual(calls, {"f": 32_000, "work": 16}, gil)

    def test_a_daemon_thread_in_a_delay_does_not_block_the_exit(self):
        # In release mode, the thread is ended inside the delay, where no destructor may run.
        for gil in ("hold", "release"):
            for _ in range(3):
                self.assertEqual(self.output_of("--target", "__main__:f", "--delay", "30ms", "--gil", gil, "-c", """
import threading, time
def f(): pass
def work():
    while True: f()
for _ in range(4): threading.Thread(target=work, daemon=True).start()
time.sleep(0.05)
print("end")
"""), "end")

    def test_forks_while_threads_run_new_code(self):
        calls = self.calls_of("""
import os, threading, warnings
warnings.simplefilter("ignore")
stop = False
def work():
    while not stop:
        space = {"__name__": "made"}
        exec("def g(): pass", space)
        space["g"]()
def f(): pass
threads = [threading.Thread(target=work) for _ in range(3)]
for thread in threads: thread.start()
for _ in range(100):
    pid = os.fork()
    if pid == 0:
        f()
        exec("def h(): pass\\nh()", {"__name__": "__main__"})
        os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
stop = True
for thread in threads: thread.join()
""", target="*:[fgh]")
        self.assertEqual((calls["f"], calls["h"]), (100, 100))


class Forks(CountingTest):
    def test_each_fork_has_a_record(self):
        report = self.report_of("""
import os
def f(): pass
for _ in range(3): f()
for _ in range(4):
    if os.fork() == 0:
        for _ in range(5): f()
        if os.fork() == 0: f()
        else: os.wait()
        os._exit(0)
for _ in range(4): os.wait()
""", target="__main__:f")
        self.assertEqual(sorted(f["calls"] for f in report["functions"]), [3 + 4 * 5 + 4 * 1])
        self.assertEqual(len(report["processes"]), 9)

    def test_a_fork_without_calls_has_no_record(self):
        report = self.report_of("import os\ndef f(): pass\nf()\nif os.fork() == 0: os._exit(0)\nos.wait()",
                                target="__main__:f")
        self.assertEqual(len(report["processes"]), 1)

    def test_a_fork_inside_a_delayed_call(self):
        calls = self.calls_of("""
import os
def f():
    pid = os.fork()
    if pid == 0:
        g()
        os._exit(0)
    os.waitpid(pid, 0)
def g(): pass
for _ in range(20): f()
""", target="__main__:[fg]", delay="10us")
        self.assertEqual(calls, {"f": 20, "g": 20})

    def test_a_preexec_fn_is_counted(self):
        calls = self.calls_of("""
import subprocess
def f(): pass
for _ in range(3): subprocess.run(["true"], preexec_fn=f)
""", target="__main__:f")
        self.assertEqual(calls, {"f": 3})


class UnusualCode(CountingTest):
    def test_code_objects_at_a_reused_address(self):
        calls = self.calls_of("""
import gc
for i in range(300):
    name = "taken" if i % 2 else "left"
    space = {"__name__": "__main__"}
    exec(f"def {name}(): pass", space)
    space[name]()
    del space
    gc.collect(0)
""", target="__main__:taken")
        self.assertEqual(calls, {"taken": 150})

    def test_another_user_of_code_extras_frees_only_its_values(self):
        # CPython calls a free function for every code object with a slot for its index, even if unset.
        self.assertEqual(self.output_of("--target", "*:*", "--delay", "0", "-c", """
import ctypes, gc
python = ctypes.pythonapi
freefunc = ctypes.CFUNCTYPE(None, ctypes.c_voidp)
python.PyUnstable_Eval_RequestCodeExtraIndex.restype = ctypes.c_ssize_t
set_extra = python.PyUnstable_Code_SetExtra
set_extra.argtypes = (ctypes.py_object, ctypes.c_ssize_t, ctypes.c_voidp)
freed = []
free = freefunc(freed.append)
index = python.PyUnstable_Eval_RequestCodeExtraIndex(free)
def made():
    names = {}
    exec("def f(): pass", names)
    names["f"]()
    return names["f"]
made()
g = made()
set_extra(g.__code__, index, 8)
g()
del g
gc.collect()
print(freed)
"""), "[8]")

    def test_replaced_code(self):
        calls = self.calls_of("""
def f(): pass
def g(): pass
f(); g()
f.__code__ = g.__code__
f()
f.__code__ = f.__code__.replace(co_qualname="h")
f(); f()
""", target="__main__:[fgh]")
        self.assertEqual(calls, {"f": 1, "g": 2, "h": 2})

    def test_generators_with_close_and_throw_and_never_started(self):
        calls = self.calls_of("""
import asyncio
def g():
    try:
        while True: yield
    except ValueError: yield 1
g()
started = g(); next(started); next(started); started.close()
thrown = g(); next(thrown); thrown.throw(ValueError); thrown.close()
async def c():
    await asyncio.sleep(0)
    return 5
async def agen():
    yield await c()
async def main():
    async for _ in agen(): pass
asyncio.run(main())
""", "--on", "start,resume", target="__main__:[gcam]*")
        # throw() is neither a start nor a resumption, and a generator that was never started has no call.
        self.assertEqual(calls["g"], 1 + 1 + 1)
        self.assertEqual((calls["c"], calls["agen"]), (2, 3))

    @unittest.skipIf(sys.version_info >= (3, 13), "close() regards a frame whose PY_RESUME callback released "
                     "the GIL as suspended and frees it while its thread runs; any Python callback that "
                     "sleeps has the same effect")
    def test_a_generator_cannot_be_closed_during_its_delay(self):
        # The frame is running, so that close() raises ValueError.
        calls = self.calls_of("""
import threading, time
def g():
    while True: yield
running = g()
next(running)
thread = threading.Thread(target=next, args=(running,))
thread.start()
time.sleep(0.2)
try: running.close()
except ValueError as error: print(error)
thread.join()
running.close()
try: next(running)
except StopIteration: print("closed")
""", "--gil", "release", "--on", "resume", target="__main__:g", delay="600ms")
        self.assertEqual(self.output, "generator already executing\nclosed\n")
        self.assertEqual(calls, {"g": 1})

    def test_code_that_is_replaced_and_freed_during_its_delay(self):
        calls = self.calls_of("""
import gc, os, signal
def f(): return "old"
def handler(*_):
    global f
    f.__code__ = (lambda: "new").__code__
    del f
    gc.collect()
signal.signal(signal.SIGALRM, handler)
signal.setitimer(signal.ITIMER_REAL, 0.05)
print(f())
""", target="__main__:f", delay="200ms")
        self.assertEqual((self.output, calls), ("old\n", {"f": 1}))

    def test_exceptions_and_recursion(self):
        calls = self.calls_of("""
def f(n):
    if n == 0: raise ValueError
    f(n - 1)
for _ in range(10):
    try: f(50)
    except ValueError: pass
def g(): g()
try: g()
except RecursionError: print("too deep")
""", target="__main__:[fg]")
        self.assertEqual(calls["f"], 10 * 51)
        self.assertEqual(self.output, "too deep\n")

    def test_names_that_are_not_valid_text(self):
        report = self.report_of(r"""
import types
def template(): pass
for qualname, file in (("\udc80", "f\udcff.py"), ("x" * 10_000, "g.py"), ("tab\tname\n", "")):
    code = template.__code__.replace(co_qualname=qualname, co_filename=file)
    types.FunctionType(code, {"__name__": "odd\ud800"})()
for space in ({}, {"__name__": 7}):
    exec("def nameless(): pass\nnameless()", space)
""", target="*:*")
        names = [function["qualname"] for function in report["functions"]]
        self.assertIn("x" * 10_000, names)
        self.assertIn("tab\tname\n", names)
        # A __name__ that is missing or not a string gives the empty module name.
        nameless = [f for f in report["functions"] if f["qualname"] == "nameless"]
        self.assertEqual([(f["module"], f["calls"]) for f in nameless], [("", 2)])


class Subinterpreters(CountingTest):
    def test_subinterpreters_are_not_delayed_and_are_reported(self):
        report = self.report_of(f"""
{'import _interpreters' if MINOR != '3.12' else 'import _xxsubinterpreters as _interpreters'}
other = _interpreters.create()
def f(): pass
f()
_interpreters.run_string(other, "def f(): pass\\nfor _ in range(9): f()")
_interpreters.destroy(other)
""", target="__main__:f", delay="1us")
        self.assertEqual([function["calls"] for function in report["functions"]], [1])
        notes = [note for process in report["processes"] for note in process["notes"]]
        self.assertTrue(any("subinterpreters" in note for note in notes), notes)


class Signals(TestCase):
    def interrupted(self, gil, thread):
        """Seconds from SIGINT to the end of a delay of 10 s, in the main thread or another thread."""
        program = f"""
import threading, time
def f(): pass
print("ready", flush=True)
if {thread}:
    worker = threading.Thread(target=f, daemon=True)
    worker.start()
    try: worker.join()
    except KeyboardInterrupt: pass
else:
    try: f()
    except KeyboardInterrupt: pass
print(time.monotonic(), flush=True)
"""
        process = subprocess.Popen(
            [PYSLOW, "--target", "__main__:f", "--delay", "10s", "--gil", gil, "-c", program],
            stdout=subprocess.PIPE, text=True, env=clean_environment())
        try:
            self.assertEqual(process.stdout.readline(), "ready\n")
            time.sleep(0.3)
            sent = time.monotonic()
            process.send_signal(signal.SIGINT)
            return float(process.stdout.readline()) - sent
        finally:
            process.kill()
            process.wait()
            process.stdout.close()

    def test_sigint_ends_a_delay_within_a_tenth_of_a_second(self):
        for gil, thread in (("hold", False), ("release", False), ("release", True)):
            with self.subTest(gil=gil, thread=thread):
                # The best of three, because other processes may use the cores.
                self.assertLess(min(self.interrupted(gil, thread) for _ in range(3)), 0.1)

    def test_sigint_reaches_the_main_thread_during_a_delay_of_another_thread(self):
        result = run(PYSLOW, "--target", "__main__:f", "--delay", "800ms", "-c", """
import os, signal, threading, time
def f(): pass
if os.fork() == 0:
    time.sleep(0.2)
    os.kill(os.getppid(), signal.SIGINT)
    os._exit(0)
begin = time.monotonic()
try:
    thread = threading.Thread(target=f)
    thread.start()
    thread.join()
    time.sleep(5)
except KeyboardInterrupt: print(0.19 <= time.monotonic() - begin < 0.7)
""")
        self.assertEqual((result.stdout, result.stderr), ("True\n", ""))

    def test_a_signal_handler_runs_once_and_does_not_shorten_the_delay(self):
        result = run(PYSLOW, "--target", "__main__:f", "--delay", "400ms", "-c", """
import os, signal, time
ticks = []
signal.signal(signal.SIGUSR1, lambda *_: ticks.append(time.monotonic()))
def f(): pass
if os.fork() == 0:
    time.sleep(0.1)
    os.kill(os.getppid(), signal.SIGUSR1)
    os._exit(0)
begin = time.monotonic()
f()
print(len(ticks), time.monotonic() - begin >= 0.4)
""")
        self.assertEqual((result.stdout, result.stderr), ("1 True\n", ""))


class Names(CountingTest):
    def test_the_report_names_the_code_of_functions_with_other_names(self):
        program = """
import dataclasses, functools
@dataclasses.dataclass
class Config:
    x: int
@dataclasses.dataclass
class Other:
    x: int
def constant(function):
    @functools.wraps(function)
    def wrapper(): return 1
    return wrapper
@constant
def answer(): pass
Other(1)
for _ in range(5): Config(1); answer()
"""
        for target, code, calls in (("Config.__init__", "__create_fn__.<locals>.__init__", 6),
                                    ("answer", "constant.<locals>.wrapper", 5)):
            near = self.report_of(program, target=f"__main__:{target}")["targets"][0]["near"]
            self.assertEqual(near[0], f"__main__:{code}")
            self.assertEqual(self.calls_of(program, target=near[0]), {code: calls})


if __name__ == "__main__":
    unittest.main()
