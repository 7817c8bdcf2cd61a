"""Child processes of multiprocessing, concurrent.futures, subprocess and exec."""

import unittest

from compatible import PYSLOW, CompatibilityTest, run

PROCESSES = """
import multiprocessing
import sys
import worked

def child(queue, number):
    queue.put((number, worked.call(number)))

def fail(number):
    raise ValueError(f"no {number}")

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    queue = context.Queue()
    children = [context.Process(target=child, args=(queue, number)) for number in (3, 4)]
    for process in children: process.start()
    print(sorted(queue.get() for _ in children))
    for process in children: process.join()
    print([process.exitcode for process in children])
    with context.Pool(2) as pool:
        print(pool.map(worked.call, range(20), chunksize=1))
        try: pool.apply(fail, (7,))
        except ValueError as error: print(error)
    with context.Manager() as manager:
        print(manager.list([worked.call(5)]))
"""

FUTURES = """
import concurrent.futures
import multiprocessing
import sys
import worked

if __name__ == "__main__":
    for method in ("fork", "spawn", "forkserver"):
        context = multiprocessing.get_context(method)
        with concurrent.futures.ProcessPoolExecutor(2, mp_context=context, initializer=worked.call) as pool:
            print(list(pool.map(worked.call, range(10))), pool.submit(divmod, 7, 2).result())
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context, max_tasks_per_child=1) as pool:
        print([pool.submit(worked.call, number).result() for number in (1, 2)])
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        print(list(pool.map(worked.call, range(10))))
"""

SUBPROCESSES = """
import asyncio
import os
import subprocess
import sys
import worked

COMMAND = "import sys; sys.path.insert(0, sys.argv[1]); import worked; print(worked.call(int(sys.argv[2])))"
here = os.path.dirname(os.path.abspath(__file__))

def words(number, *options):
    return [sys.executable, *options, "-c", COMMAND, here, str(number)]

async def asynchronously():
    process = await asyncio.create_subprocess_exec(*words(6), stdout=subprocess.PIPE)
    print((await process.communicate())[0])

print(worked.call())
print(subprocess.check_output(words(2)))
print(subprocess.check_output(words(3, "-I", "-S", "-E", "-O"), cwd="/"))
print(subprocess.run(f"'{sys.executable}' -c 'import worked; print(worked.call(4))'", shell=True,
                     capture_output=True).stdout)
print(subprocess.run(words(5), preexec_fn=worked.call, start_new_session=True, capture_output=True).stdout)
asyncio.run(asynchronously())
sys.stdout.flush()
print(os.waitpid(os.posix_spawn(sys.executable, words(7), os.environ), 0)[1])
print(os.spawnv(os.P_WAIT, sys.executable, words(8)))
print(subprocess.run([sys.executable, "--version"], capture_output=True).stdout)
sys.stdout.flush()
os.execv(sys.executable, words(9))
"""


class Multiprocessing(CompatibilityTest):
    def check(self, method):
        script = self.write("processes.py", PROCESSES)
        self.both(script, method, processes=4 if method == "fork" else 3)
        self.by_options(script, method, processes=3)

    def test_spawn(self):
        self.check("spawn")

    def test_forkserver(self):
        self.check("forkserver")

    def test_fork(self):
        self.check("fork")

    def test_patterns_match_the_module_name_of_the_main_script_in_all_processes(self):
        script = self.write("tasks.py", """
            import multiprocessing
            def work(number): return number
            if __name__ == "__main__":
                for method in ("spawn", "forkserver", "fork"):
                    with multiprocessing.get_context(method).Pool(1) as pool:
                        pool.map(work, range(5), chunksize=5)
                work(1)
            """)
        result = run(PYSLOW, "--target", "tasks:work", "--delay", "10us", "--session",
                     self.session("names"), script)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        counts = [process["groups"][0]["calls"] for process in self.report("names")["processes"]]
        self.assertEqual(sorted(count for count in counts if count > 0), [1, 5, 5, 5])


class ConcurrentFutures(CompatibilityTest):
    def test_process_pools_and_thread_pools(self):
        script = self.write("futures.py", FUTURES)
        self.both(script, same=False, processes=6)
        self.by_options(script, processes=6)


class Subprocess(CompatibilityTest):
    def test_all_ways_to_start_sys_executable(self):
        script = self.write("subprocesses.py", SUBPROCESSES)
        self.both(script, processes=8)
        self.by_options(script, processes=8)


if __name__ == "__main__":
    unittest.main()
