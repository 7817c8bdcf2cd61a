"""setproctitle, which finds argv from the position of the environment, which pyslow extends."""

import unittest

from compatible import CompatibilityTest, needs


@needs("setproctitle")
class Setproctitle(CompatibilityTest):
    def test_titles_of_the_process_and_its_children(self):
        script = self.write("program.py", """
            import multiprocessing, os, setproctitle, worked
            def show(title):
                worked.call()
                before = setproctitle.getproctitle().startswith(("python", "/"))
                setproctitle.setproctitle(title)
                print(before, open("/proc/self/cmdline", "rb").read().strip(b"\\0"),
                      open("/proc/self/comm").read(), setproctitle.getproctitle(), flush=True)
            if __name__ == "__main__":
                show("a title")
                for method in ("spawn", "forkserver", "fork"):
                    context = multiprocessing.get_context(method)
                    child = context.Process(target=show, args=(f"a {method} child, " + "long " * 20,))
                    child.start(); child.join()
                print(os.environ["PATH"].startswith("/"), len(os.environ["HOME"]))
            """)
        self.both(script, processes=4)
        self.by_options(script, processes=4)


if __name__ == "__main__":
    unittest.main()
