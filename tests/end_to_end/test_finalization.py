"""Python code that runs while the interpreter is finalized ends as under python: same output, same status."""

import unittest

from harness import PYTHON, CountingTest, run

# Objects that die at each stage of Py_FinalizeEx. Functions that their methods call are first called
# there. Everything they need is a default argument, because modules have lost their attributes.
STAGES = """
import _thread, atexit, gc, os, sys, threading, time

class Late:
    def __init__(self, name):
        self.name = name
        self.itself = self  # a cycle, so that the garbage collector finds it

    def __del__(self, write=os.write, exec=exec, range=range):
        def nested(): return (lambda: 1)()
        def generate():
            for i in range(3): yield i
        space = {}
        exec("def new(): return 1", space)
        total = nested() + space["new"]() + [i for i in generate()][2]
        write(1, b"%s %d\\n" % (self.name, total))

def suspended(name, write=os.write):
    try:
        yield
    finally:
        write(1, name + b" closed\\n")

def start(name):
    generator = suspended(name)
    next(generator)
    return generator

atexit.register(lambda: Late(b"atexit"))
in_module = Late(b"module")              # when modules are cleared
gc_module = start(b"module")
sys.late = Late(b"sys")                  # after sys.modules is gone
sys.generator = start(b"sys")
local = _thread._local()                 # when the thread state is cleared
local.late = Late(b"thread state")
sys.local = local
print("ok", flush=True)
"""

# Options for each path through the engine. The delays of 12 ms are long enough to check for signals.
PATHS = {
    "counted": [],
    "all functions": ["--target", "*:*"],
    "all functions, own time": ["--target", "*:*", "--own-time"],
    "delayed": ["--delay", "12ms"],
    "GIL released": ["--delay", "12ms", "--gil", "release"],
    "resumptions": ["--on", "start,resume", "--delay", "1us"],
    "resumptions only": ["--on", "resume", "--delay", "12ms", "--gil", "release"],
    "own time": ["--own-time"],
    "own time, delayed": ["--own-time", "--delay", "12ms", "--gil", "release"],
    "own time, resumptions": ["--own-time", "--on", "resume", "--delay", "1us"],
    "opened by a call": ["--start-at", "*:Late.__del__", "--delay", "1us"],
    "opened by a call, own time": ["--start-at", "*:Late.__del__", "--delay", "1us", "--own-time"],
    "window over": ["--duration", "1ms", "--own-time"],
}


# A file pattern, because the names of modules are gone during finalization.
TARGET = "*/program.py:*"


class Finalization(CountingTest):
    def assert_as_python(self, program, *words):
        path = self.write("program.py", program)
        expected = run(PYTHON, path)
        for session in ([], ["--session", self.directory / f"session{len(list(self.directory.iterdir()))}"]):
            result = self.pyslow("--target", TARGET, "--delay", "0", *session, *words, path)
            self.assertEqual((result.stdout, result.stderr, result.returncode),
                             (expected.stdout, expected.stderr, expected.returncode), (session, words))
        return expected


class Stages(Finalization):
    def test_every_stage_on_every_path(self):
        for name, words in PATHS.items():
            with self.subTest(name):
                expected = self.assert_as_python(STAGES, *words)
                for stage in ("atexit", "module", "sys", "thread state"):
                    self.assertIn(f"{stage} 4\n", expected.stdout)

    def test_after_an_exception_and_after_exit(self):
        for end in ("raise SystemExit(3)", "import _nothing", "os.kill(os.getpid(), 2)"):
            for words in ([], ["--own-time"]):
                with self.subTest(end, words=words):
                    self.assert_as_python(STAGES + end, *words)

    def test_no_match(self):
        for words in ([], ["--own-time"]):
            path = self.write("program.py", STAGES)
            result = self.pyslow("--target", "nothing:*", "--delay", "0", *words, path)
            self.assertEqual((result.stderr, result.returncode), ("", 0), result)

    def test_a_window_that_ends_during_finalization(self):
        program = """
import os, sys, time
class Late:
    def __init__(self): self.itself = self
    def __del__(self, now=time.monotonic, end=time.monotonic() + 0.6, write=os.write):
        def early(): pass
        def late(): pass
        early()
        while now() < end: pass
        late(); early(); late()
        write(1, b"late")
sys.late = Late()
"""
        for words in ([], ["--own-time"]):
            self.assertEqual(self.assert_as_python(program, "--duration", "400ms", *words).stdout, "late")

    def test_a_signal_during_a_delay(self):
        program = """
import _signal as signal, os, sys
class Late:
    def __init__(self): self.itself = self
    def __del__(self, write=os.write, alarm=signal.setitimer, real=signal.ITIMER_REAL,
                set=signal.signal, number=signal.SIGALRM, ignore=signal.SIG_IGN):
        def f(): pass
        set(number, ignore)
        alarm(real, 0.01)
        f()
        write(1, b"late")
sys.late = Late()
"""
        for words in ([], ["--own-time"], ["--gil", "release"]):
            self.assertEqual(self.assert_as_python(program, "--delay", "40ms", *words).stdout, "late")


# A function that is first called late, and makes functions and a generator of which the same is true.
FIRST = """
import atexit, os, sys, threading, weakref
def first(name, write=os.write):
    def nested(): return 1
    def generate():
        yield nested()
        yield 1
    total = 0
    for value in generate(): total += value  # builtins may be gone
    write(1, b"%s %d\\n" % (name, total))
class Kept: pass
"""

LATE = {
    "a weakref callback in atexit": """
kept = Kept()
reference = weakref.ref(kept, lambda reference: first(b"weakref"))
atexit.register(lambda: globals().pop("kept"))
""",
    "weakref.finalize": "kept = Kept(); weakref.finalize(kept, first, b'finalize')",
    "a fork in atexit": """
def forks():
    try: child = os.fork()
    except RuntimeError: return first(b"refused")  # by 3.12
    if child != 0: os.waitpid(child, 0)
    first(b"child" if child == 0 else b"parent")
    first(b"again")
atexit.register(forks)
""",
    "os._exit in atexit": """
def leave():
    first(b"leave")
    os._exit(5)
atexit.register(leave)
""",
    "os._exit when modules are cleared": """
class Leaves:
    def __init__(self): self.itself = self
    def __del__(self, first=first, leave=os._exit):
        first(b"leave")
        leave(6)
sys.late = Leaves()
""",
    "the locals of a thread that outlives the program": """
local = threading.local()
class Local:
    def __del__(self, first=first): first(b"local")
def work():
    local.late = Local()
    stop.wait()
stop = threading.Event()
thread = threading.Thread(target=work)
thread.start()
threading._register_atexit(stop.set)
""",
    "an exception hook": """
def hook(*error): first(b"hook")
sys.excepthook = hook
atexit.register(lambda: 1 / 0)
sys.unraisablehook = lambda error, first=first: first(b"unraisable")
class Fails:
    def __init__(self): self.itself = self
    def __del__(self): raise ValueError
kept = Fails()
raise ValueError
""",
}


class FirstCalls(Finalization):
    def test_end_as_under_python_on_every_path(self):
        for what, program in LATE.items():
            for name in ("counted", "delayed", "GIL released", "resumptions only", "own time", "own time, delayed",
                         "own time, resumptions", "all functions, own time"):
                with self.subTest(what, path=name):
                    self.assertTrue(self.assert_as_python(FIRST + program, *PATHS[name]).stdout)


class Processes(Finalization):
    def test_a_fork_during_finalization(self):
        # By a C library: os.fork refuses to.
        program = """
import ctypes, os, sys
class Late:
    def __init__(self): self.itself = self
    def __del__(self, fork=ctypes.PyDLL(None).fork, wait=os.waitpid, write=os.write, leave=os._exit):
        def f(): pass
        def g(): pass
        f()
        child = fork()
        f(); g()
        if child == 0: leave(0)
        write(1, b"%d" % wait(child, 0)[1])
sys.late = Late()
"""
        for words in ([], ["--own-time"], ["--delay", "12ms", "--gil", "release"]):
            self.assertEqual(self.assert_as_python(program, *words).stdout, "0")

    def test_a_fork_by_another_thread(self):
        # The fork frees the thread state of the main thread in the child.
        program = STAGES + """
import warnings
warnings.simplefilter("ignore")  # the warning about a fork with threads has a process id
def work():
    child = os.fork()
    if child == 0:
        Late(b"child")
        gc.collect()
        sys.exit()  # of the thread, which is the child's main thread
    os.waitpid(child, 0)
thread = threading.Thread(target=work)
thread.start()
thread.join()
"""
        for words in ([], ["--own-time"]):
            self.assert_as_python(program, *words)

    def test_daemon_threads(self):
        # They end at different points of a call, so only the status is the same each time.
        program = """
import sys, threading, time
sys.setswitchinterval(1e-5)
class Late:
    def __del__(self): pass
def f(): Late()
def generate():
    for i in range(3): yield f()
def work():
    while True: list(generate())
for _ in range(4): threading.Thread(target=work, daemon=True).start()
time.sleep(0.05)
print("ok")
"""
        path = self.write("program.py", program)
        for name, words in PATHS.items():
            with self.subTest(name):
                result = self.pyslow("--target", TARGET, "--delay", "0", *words, path)
                self.assertEqual((result.stdout, result.stderr, result.returncode), ("ok\n", "", 0))

    def test_exit_by_a_c_library(self):
        # exit() flushes files after the destructors of C++, and this file is flushed by Python code.
        program = """
import ctypes
def f(): pass
f()
write_type = ctypes.CFUNCTYPE(ctypes.c_ssize_t, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
class Functions(ctypes.Structure):
    _fields_ = [("read", ctypes.c_void_p), ("write", write_type), ("seek", ctypes.c_void_p),
                ("close", ctypes.c_void_p)]
@write_type
def write(cookie, data, size):
    def g(): pass
    for _ in range(1000): f(); g()
    return size
libc = ctypes.CDLL(None)
libc.fopencookie.restype = ctypes.c_void_p
libc.fopencookie.argtypes = ctypes.c_void_p, ctypes.c_char_p, Functions
file = ctypes.c_void_p(libc.fopencookie(None, b"w", Functions(None, write, None, None)))
libc.fwrite(b"x", 1, 1, file)
libc.exit(3)
"""
        for words in ([], ["--own-time"], ["--delay", "1us"]):
            self.assertEqual(self.assert_as_python(program, *words).returncode, 3)


class Monitoring(Finalization):
    def test_a_tool_id_that_is_lost_during_finalization(self):
        program = """
import os, sys
class Late:
    def __init__(self): self.itself = self
    def __del__(self, monitoring=sys.monitoring, free=sys.monitoring.free_tool_id,
                use=sys.monitoring.use_tool_id, register=sys.monitoring.register_callback,
                switch=sys.monitoring.set_events, write=os.write):
        def f(): pass
        f()
        %s
        f()
        write(1, b"late")
sys.late = Late()
"""
        for action in ("free(3)", "free(3); use(3, 'another \\udc80 \\xe4')", "register(3, 1, None)",
                       "switch(3, 0)", "free(3); use(3, 'x'); register(3, 1, len); switch(3, 0)"):
            for words in ([], ["--own-time"], ["--duration", "1ms"]):
                with self.subTest(action, words=words):
                    path = self.write("program.py", program % action)
                    session = self.directory / f"session{len(list(self.directory.iterdir()))}"
                    result = self.pyslow("--session", session, "--target", TARGET, "--delay", "0", *words, path)
                    self.assertEqual((result.stdout, result.stderr, result.returncode), ("late", "", 0))

    def test_a_callback_that_outlives_its_registration(self):
        program = """
import sys
callback = sys.monitoring.register_callback(3, sys.monitoring.events.PY_START, None)
sys.late = [callback]
sys.late.append(sys.late)
def f(): pass
f()
"""
        for words in ([], ["--own-time"]):
            path = self.write("program.py", program)
            self.output_of("--target", "*:*", "--delay", "0", *words, path)

    def test_subinterpreters(self):
        # Their own ends come before that of the main interpreter, and beside new code in it.
        program = """
import threading
try: import _interpreters as interpreters
except ImportError: import _xxsubinterpreters as interpreters
def work():
    for _ in range(5):
        one = interpreters.create()
        interpreters.run_string(one, "def f(): pass\\nf()")
        interpreters.destroy(one)
thread = threading.Thread(target=work)
thread.start()
for i in range(2000): exec(f"def f{i}(): pass\\nf{i}()")
thread.join()
print("ok")
"""
        for words in ([], ["--own-time"]):
            report = self.report_of(program, *words, target="*:*")
            self.assertEqual(self.output, "ok\n")
            self.assertIn("subinterpreters", str(report))


if __name__ == "__main__":
    unittest.main()
