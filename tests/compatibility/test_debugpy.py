"""debugpy, which uses sys.monitoring (tool ID 0) and calls restart_events()."""

import unittest

from compatible import CompatibilityTest, free_port, needs
from debug_adapter import DebugAdapter

PROGRAM = """
import worked

def total(count):
    result = 0
    for number in range(count):
        result += worked.call(number)
    return result

print(total(30), flush=True)
"""


@needs("debugpy")
class Debugpy(CompatibilityTest):
    def debug(self, environment):
        """Sets a conditional breakpoint, evaluates, steps twice, steps into the target, and continues."""
        port = free_port()
        script = self.write("program.py", PROGRAM)
        line = PROGRAM.split("\n").index("        result += worked.call(number)") + 1
        with self.server(self.python, "-X", "frozen_modules=off", "-m", "debugpy", "--listen",
                         f"127.0.0.1:{port}", "--wait-for-client", script, environment=environment) as process:
            adapter = DebugAdapter(port)
            try:
                adapter.request("initialize", adapterID="test", linesStartAt1=True, pathFormat="path")
                attached = adapter.send("attach", justMyCode=False)
                adapter.event("initialized")
                adapter.request("setBreakpoints", source={"path": str(script)},
                            breakpoints=[{"line": line, "condition": "number == 10"}])
                adapter.request("configurationDone")
                adapter.answer(attached)
                seen = [self.stop(adapter, "result", "number")]
                for step, expression in (("next", "result"), ("next", "number"), ("stepIn", "number")):
                    adapter.request(step, threadId=self.thread)
                    seen.append(self.stop(adapter, expression))
                adapter.request("continue", threadId=self.thread)
                adapter.event("terminated")
            finally:
                adapter.close()
            return seen, process.wait(30), (self.directory / "server.txt").read_text().split("\n")[-2:]

    def stop(self, adapter, *expressions):
        stopped = adapter.event("stopped")
        self.thread = stopped["threadId"]
        frame = adapter.request("stackTrace", threadId=self.thread)["stackFrames"][0]
        values = [adapter.request("evaluate", expression=text, frameId=frame["id"])["result"]
                  for text in expressions]
        return stopped["reason"], frame["name"], frame["line"], values

    def test_breakpoints_and_steps_are_the_same_and_all_calls_are_counted(self):
        theirs, ours = self.twice(self.debug)
        self.assertEqual(ours, theirs)
        self.assertEqual(ours[0][0][::3], ("breakpoint", [str(sum(n * n for n in range(10))), "10"]))
        self.assertEqual(ours[0][3][1], "call")
        self.assertEqual((ours[1], ours[2][0]), (0, str(sum(n * n for n in range(30)))))
        self.assertEqual(len(self.logged("pyslow")), 30)


if __name__ == "__main__":
    unittest.main()
