"""A program's end and its process: exit status, signals, streams, exec, spawn."""

import re
import resource
import signal
import subprocess
import time
import unittest

from differential import PLAIN, CONTROL, DifferentialTest, without_addresses
from harness import PYSLOW, PYTHON, clean_environment

KILL = "import os, signal; os.kill(os.getpid(), signal.%s)"


def through_shell(script):
    """Runs the program in a shell, by `exec "$0" "$@"` in the script."""
    return lambda program: ["sh", "-c", script, program]


class Statuses(DifferentialTest):
    def test_exit(self):
        for code, status in (("import sys; sys.exit(7)", 7), ("import sys; sys.exit('words')", 1),
                             ("import sys; sys.exit(-1)", 255), ("import sys; sys.exit(256 + 3)", 3),
                             ("1/0", 1), ("import os; os._exit(9)", 9), ("raise SystemExit", 0),
                             ("raise KeyboardInterrupt", -signal.SIGINT)):
            self.same("-c", code, status=status)

    def test_functions_at_exit(self):
        script = self.write("script.py", """
            import atexit, sys, threading
            def fails(): raise ValueError("late")
            atexit.register(print, "first registered")
            atexit.register(fails)
            threading.Thread(target=lambda: print("thread")).start()
            class Late:
                def __del__(self): print("deleted", file=sys.stderr)
            late = Late()
            sys.exit(5)
            """)
        self.same(script, status=5, comparable=without_addresses)

    def test_hooks(self):
        self.same("-c", "import sys; sys.excepthook = lambda *a: print('mine', a[1]); 1/0", status=1)
        self.same("-c", "import sys; sys.excepthook = None; 1/0", status=1)

    def test_too_deep_recursion(self):
        self.same("-c", "def f(): f()\nf()", status=1)


class Signals(DifferentialTest):
    def test_each_fatal_signal(self):
        for name in ("SIGTERM", "SIGHUP", "SIGKILL", "SIGALRM", "SIGUSR1"):
            self.same("-c", KILL % name, status=-getattr(signal, name))

    def test_each_signal_that_dumps_core(self):
        without_core = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0))}
        for name in ("SIGQUIT", "SIGILL", "SIGABRT", "SIGBUS", "SIGFPE", "SIGSEGV"):
            self.same("-c", KILL % name, status=-getattr(signal, name), **without_core)
        self.same("-c", "import os; os.abort()", status=-signal.SIGABRT, **without_core)
        self.same("-X", "faulthandler", "-c", "import ctypes\ndef f(): ctypes.string_at(0)\nf()",
                  status=-signal.SIGSEGV, comparable=without_addresses, **without_core)

    def test_control_c_and_sigterm_from_outside(self):
        script = self.write("sleeps.py", """
            import sys, time
            def sleeps(): time.sleep(60)
            sys.stdout.write("ready\\n"), sys.stdout.flush(), sleeps()
            """)
        for number in (signal.SIGINT, signal.SIGTERM):
            results = []
            for program, mode in ((PYTHON, PLAIN), (PYSLOW, PLAIN), (PYSLOW, CONTROL)):
                process = subprocess.Popen([program, script], stdout=subprocess.PIPE, text=True,
                                           stderr=subprocess.PIPE, env=clean_environment() | mode)
                process.stdout.readline()
                time.sleep(0.5)  # until it sleeps
                process.send_signal(number)
                results.append((*process.communicate(timeout=30), process.returncode))
            self.assertEqual(results[0][2], -number)
            self.assertEqual(results, [results[0]] * 3)

    def test_handlers_and_what_is_inherited(self):
        show = ("import signal; print([(s, signal.getsignal(s)) for s in sorted(signal.valid_signals())],"
                " signal.pthread_sigmask(0, []))")
        self.same("-c", show)
        for inherited in ("trap '' INT", "trap '' PIPE", "trap '' HUP TERM"):
            self.same("-c", show, through=through_shell(inherited + '; exec "$0" "$@"'))

    def test_a_handler_that_raises(self):
        self.same("-c", "import os, signal\ndef f(*a): raise OSError('signalled')\n"
                  "signal.signal(signal.SIGUSR1, f)\nos.kill(os.getpid(), signal.SIGUSR1)\n"
                  "for i in range(10): pass", status=1)


class Streams(DifferentialTest):
    PROGRAM = ("import os, sys; print(sys.stdin, sys.stdout, sys.stderr, file=sys.stderr);"
               "print(1); print(sorted(os.listdir('/proc/self/fd'), key=int))")

    def test_closed(self):
        for closing in ("<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"):
            self.same("-c", self.PROGRAM, through=through_shell(f'exec "$0" "$@" {closing}'))

    def test_a_full_device(self):
        for size, status in ((10, 120), (1000000, 1)):  # 3.14 buffers 128 KiB
            self.same("-c", f"print('x' * {size})", status=status,
                      through=through_shell('exec "$0" "$@" >/dev/full'))

    def test_a_closed_pipe(self):
        self.same("-c", "import sys, time\nfor i in range(100000): print(i)", status=0,
                  through=lambda program: ["bash", "-c", '"$0" "$@" | head -n 1; echo ${PIPESTATUS[0]}',
                                           program])

    def test_a_directory_as_standard_input(self):
        self.same(through=through_shell('exec "$0" "$@" <.'), status=1,
                  comparable=without_addresses)

    def test_pipes_and_files_are_inherited(self):
        self.same("-c", "import os; print(os.read(7, 100)); os.write(8, b'out')",
                  through=through_shell('echo in >f; exec "$0" "$@" 7<f 8>&1'))


class ReplacedAndSpawned(DifferentialTest):
    CHILD = "import sys; print('child', sys.argv[1:], sys.flags.optimize, flush=True); sys.exit(4)"

    def test_every_exec(self):
        for call in ("execv(sys.executable, ['x', '-c', CHILD, 'a'])",
                     "execl(sys.executable, sys.executable, '-c', CHILD, 'a')",
                     "execle(sys.executable, 'python', '-O', '-c', CHILD, 'a', {})",
                     "execve(sys.executable, [sys.executable, '-c', CHILD], os.environ)",
                     "execvp(sys.executable, [sys.executable, '-c', CHILD])",
                     "execlp(sys.executable, sys.executable, '-c', CHILD)"):
            self.same("-c", f"import os, sys; CHILD = {self.CHILD!r}; print('old', flush=True); os.{call}",
                      status=4)

    def test_spawn_and_fork(self):
        script = self.write("starts.py", f"""
            import os, subprocess, sys
            words = [sys.executable, "-c", {self.CHILD!r}, "b"]
            def status(pid): print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
            status(os.posix_spawn(sys.executable, words, os.environ))
            status(os.posix_spawnp(sys.executable, words, os.environ))
            print(os.spawnv(os.P_WAIT, sys.executable, words), flush=True)
            pid = os.fork()
            if pid == 0:
                print("fork", flush=True)
                os._exit(6)
            status(pid)
            print(subprocess.run(words, capture_output=True, text=True, env={{}}), flush=True)
            print(subprocess.run(words, close_fds=False, preexec_fn=os.getpid, stdout=subprocess.DEVNULL))
            print(os.popen(f"{{sys.executable}} -c 'print(3)'").read())
            """)
        comparable = lambda text: re.sub(r"subprocess \d+", "subprocess", without_addresses(text))
        self.same("-W", "error", script, status=0, comparable=comparable)

    def test_multiprocessing(self):
        script = self.write("pools.py", """
            import concurrent.futures, multiprocessing, sys
            def work(x): return x * x, sys.flags.optimize, __name__
            def fails(x): raise ValueError(x)
            if __name__ == "__main__":
                for method in ("spawn", "forkserver", "fork"):
                    context = multiprocessing.get_context(method)
                    with context.Pool(1) as pool:
                        print(method, pool.map(work, range(3)))
                    process = context.Process(target=sys.exit, args=(3,))
                    process.start()
                    process.join()
                    print(process.exitcode)
                    with concurrent.futures.ProcessPoolExecutor(1, context) as pool:
                        print(repr(pool.submit(fails, 7).exception()))
            """)
        self.same("-O", script, status=0)


class ProcessState(DifferentialTest):
    def test_looks_the_same_from_the_inside(self):
        self.same("-c", """
import gc, locale, os, resource, sys, threading
print(sorted(os.listdir("/proc/self/fd"), key=int), os.listdir("/proc/self/task") == [str(os.getpid())])
print(threading.enumerate()[0].name, gc.get_threshold(), gc.isenabled(), sys.getrecursionlimit())
print(locale.setlocale(locale.LC_ALL, None), sys.getfilesystemencoding(), sys.getswitchinterval())
print(resource.getrlimit(resource.RLIMIT_STACK), os.nice(0), os.umask(0), os.getcwd())
print(list(sys.modules), sys.meta_path, sys.path_hooks)
print(sys.gettrace(), sys.getprofile(), sys.implementation, sys.thread_info, sys.float_info)
""", comparable=without_addresses)

    def test_has_no_tool_without_targets(self):
        self.same("-c", "import sys; print([sys.monitoring.get_tool(i) for i in range(6)])", modes=[PLAIN])

    def test_limits_and_priority_are_inherited(self):
        show = ("import os, resource;"
                "print(resource.getrlimit(resource.RLIMIT_NOFILE), os.nice(0), oct(os.umask(0)))")
        self.same("-c", show, through=through_shell('ulimit -n 50; umask 027; exec nice -n 3 "$0" "$@"'))


if __name__ == "__main__":
    unittest.main()
