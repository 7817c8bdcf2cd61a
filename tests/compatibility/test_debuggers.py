"""pdb, faulthandler and tracing functions."""

import subprocess
import unittest

from compatible import PYSLOW, PYTHON, CompatibilityTest, clean_environment, run
from differential import without_addresses

PROGRAM = """
import worked

def total(count):
    result = 0
    for number in range(count):
        result += worked.call(number)
    return result

print(total(5))
"""


class Pdb(CompatibilityTest):
    def test_breakpoints_steps_and_post_mortem(self):
        script = self.write("program.py", PROGRAM)
        commands = """
            b total
            c
            n
            n
            b worked.work, number == 3
            c
            p number
            where
            up
            p locals()['number']
            retval
            cl 2
            s
            s
            c
            q
            """
        self.both("-m", "pdb", script, input="\n".join(map(str.strip, commands.splitlines())))

    def test_set_trace_stops_as_beside_any_tool_of_sys_monitoring(self):
        # Since 3.13, set_trace stops one line later if a tool of sys.monitoring has instrumented the code.
        # Under python, the program therefore has such a tool too.
        self.write("sitecustomize.py", """
            import sys
            if sys.monitoring.get_tool(3) is None:
                sys.monitoring.use_tool_id(3, "bystander")
                start = sys.monitoring.events.PY_START
                sys.monitoring.register_callback(3, start, lambda code, offset: sys.monitoring.DISABLE)
                sys.monitoring.set_events(3, start)
            """)
        script = self.write("program.py", "import worked\nworked.call(1)\nbreakpoint()\nworked.call(2)\n")
        self.both(script, input="n\np 6 * 7\nc\n")

    def test_set_trace_without_targets_stops_as_under_python(self):
        script = self.write("program.py", "x = 1\nbreakpoint()\nx = 2\n")
        theirs, ours = (run(program, script, input="n\np x\nc\n", env=self.environment("none"))
                        for program in (PYTHON, PYSLOW))
        self.assertEqual((ours.stdout, ours.stderr, ours.returncode),
                         (theirs.stdout, theirs.stderr, theirs.returncode))

    def test_post_mortem_after_an_exception(self):
        script = self.write("program.py", "import worked\nvalue = worked.call(7)\nvalue / 0\n")
        self.both("-m", "pdb", "-c", "c", script, input="p value\nq\n", same=True)


class Tracing(CompatibilityTest):
    def test_settrace_and_setprofile_get_the_same_events(self):
        script = self.write("program.py", """
            import sys, threading, worked
            def shown(kind):
                def trace(frame, event, argument):
                    if frame.f_code.co_name in ("work", "gen"):
                        print(kind, event, frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno)
                    return trace
                return trace
            def gen():
                yield worked.call(2)
            for setter in (sys.settrace, sys.setprofile):
                setter(shown(setter.__name__))
                worked.call(3)
                list(gen())
                setter(None)
                worked.call(4)
            threading.settrace(shown("thread"))
            thread = threading.Thread(target=worked.call)
            thread.start(); thread.join()
            """)
        self.both(script)


class Faulthandler(CompatibilityTest):
    def same_dump(self, *words, status):
        """Expects the same dump, except for addresses and C frames."""
        theirs, ours = self.both(*words, same=False, status=status)
        shown = [without_addresses(result.stderr) for result in (theirs, ours)]
        self.assertEqual(shown[1], shown[0])
        self.assertIn("thread 0x (most recent call first):", shown[0])

    def test_a_crash_has_the_same_traceback_and_signal(self):
        script = self.write("program.py", """
            import faulthandler, worked
            def crash():
                faulthandler._sigsegv()
            worked.call()
            crash()
            """)
        self.same_dump("-X", "faulthandler", script, status=-11)

    def test_a_dump_on_a_signal(self):
        script = self.write("program.py", """
            import faulthandler, os, signal, worked
            faulthandler.register(signal.SIGUSR1, all_threads=True)
            worked.call()
            os.kill(os.getpid(), signal.SIGUSR1)
            """)
        self.same_dump(script, status=0)

    def test_the_watchdog_dumps_and_ends_a_process_inside_a_delay(self):
        for gil in ("hold", "release"):
            result = run(PYSLOW, "--target", "__main__:slow", "--delay", "10s", "--gil", gil, "-c",
                         "import faulthandler\ndef slow(): pass\n"
                         "faulthandler.dump_traceback_later(0.3, exit=True)\nslow()")
            self.assertEqual(result.returncode, 1)
            self.assertIn("line 2 in slow\n", result.stderr)
            self.assertIn("line 4 in <module>\n", result.stderr)

    def test_a_dump_on_sigabrt_inside_a_delay(self):
        program = "import os, signal\ndef slow(): pass\nprint(flush=True)\nslow()"
        with subprocess.Popen([PYSLOW, "--target", "__main__:slow", "--delay", "10s", "-X", "faulthandler",
                               "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env=clean_environment()) as process:
            process.stdout.readline()
            process.send_signal(6)
            self.assertIn("Fatal Python error: Aborted", process.communicate(timeout=30)[1])
            self.assertEqual(process.returncode, -6)


if __name__ == "__main__":
    unittest.main()
