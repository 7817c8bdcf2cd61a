"""pyslow-sweep with commands that fail, leave processes behind or read standard input, and with signals."""

import json
import os
import pty
import signal
import socket
import subprocess
import sys
import time

from harness import PYSLOW, SWEEP, TestCase, clean_environment, run

ONE_CURVE = ("--target", "*:f", "--steps", "impact", "--delays", "0,1ms", "--runs", "1", "--warmup", "0")
WORK = "import time\ndef f(): time.sleep(0.001)\nfor _ in range(20): f()\n"


def state_of(pid):
    """The state of a process as in /proc/PID/stat, or "X" if there is none."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0]
    except OSError:
        return "X"


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(condition)
        time.sleep(0.02)


class RobustSweep(TestCase):
    def setUp(self):
        super().setUp()
        self.out = self.directory / "out"

    def command(self, *words):
        return [str(word) for word in (SWEEP, "--pyslow", PYSLOW, "--out", self.out, *words)]

    def new(self, *words, **options):
        return run(*self.command(*words), cwd=self.directory, timeout=280, **options)

    def succeeds(self, *words, **options):
        result = self.new(*words, **options)
        self.assertEqual(result.returncode, 0, result)
        return result

    def start(self, *words, **options):
        process = subprocess.Popen(self.command(*words), cwd=self.directory, env=clean_environment(),
                                   stderr=subprocess.PIPE, text=True, **options)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def assert_refused(self, result, part):
        self.assertEqual(result.returncode, 2, result)
        self.assertRegex(result.stderr, r"\Apyslow-sweep: error: [^\n]+\n\Z")
        self.assertIn(part, result.stderr)
        self.assertFalse(self.out.exists())

    def warnings(self):
        return json.loads((self.out / "analysis.json").read_text())["warnings"]


class Output(RobustSweep):
    def test_a_figure_printed_before_os_exit_counts(self):
        script = self.write("exits.py", WORK + "import os\nprint('50 units/s')\nos._exit(0)\n")
        self.succeeds(*ONE_CURVE, "--throughput-regex", "(.*) units/s", "--", script)

    def test_a_failed_trial_is_repeated_and_keeps_its_output(self):
        script = self.write("flaky.py", WORK + "import os\nopen('marks', 'a').write('x')\n"
                            "n = os.path.getsize('marks')\nassert n not in (3, 4), f'mark {n}'\n")
        result = self.succeeds(*ONE_CURVE, "--", script)
        self.assertRegex(result.stderr, r"pyslow-sweep: warning: trial 3, [^\n]*exited with status 1; it is repeated "
                         r"\(1 of at most 2\); its output is in [^\n]*/out/trial-3.log\n")
        self.assertIn("mark 3", (self.out / "trial-3.log").read_text())
        self.assertIn("mark 4", (self.out / "trial-3-2.log").read_text())
        self.assertEqual([w for w in self.warnings() if "2 trials failed and were repeated" in w][1:], [])
        self.assertIn("2 trials failed and were repeated", " ".join(self.warnings()))
        again = run(SWEEP, "--from", self.out)
        self.assertEqual(again.returncode, 0, again)
        self.assertIn("2 trials failed and were repeated", " ".join(self.warnings()))

    def test_the_error_names_the_file_with_the_output(self):
        script = self.write("fails.py", WORK + "import os\nopen('marks', 'a').write('x')\n"
                            "assert os.path.getsize('marks') < 3, 'enough'\n")
        result = self.new(*ONE_CURVE, "--retries", "0", "--", script)
        self.assertEqual(result.returncode, 1, result)
        self.assertRegex(result.stderr, r"pyslow-sweep: the output of this trial is in [^\n]*/out/trial-3.log\n")
        self.assertIn("enough", (self.out / "trial-3.log").read_text())


class LeftProcesses(RobustSweep):
    def test_daemons_of_trials_do_not_overlap(self):
        # A daemon of an earlier trial would still hold the lock.
        script = self.write("leaves.py", WORK + """
import fcntl, os, sys
lock = open('lock', 'a')
fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
os.set_inheritable(lock.fileno(), True)
if os.fork() == 0:
    os.setsid()
    if os.fork(): os._exit(0)
    os.dup2(os.open(os.devnull, os.O_RDWR), 1); os.dup2(1, 2)
    print(os.getpid(), file=open('daemons', 'a'))
    os.execve('/bin/sleep', ['sleep', '300'], {})
time.sleep(0.2)
os._exit(0)
""")
        result = self.succeeds(*ONE_CURVE, "--", script)
        for pid in (self.directory / "daemons").read_text().split():
            self.assertEqual(state_of(pid), "X")
        self.assertRegex(result.stderr, r"warning: the command left 1 process behind: sleep \(pid \d+\); it was ended")
        self.assertIn("left processes behind", " ".join(self.warnings()))


SERVER = """
import os, time
def step(): time.sleep(0.001)
with open("pid", "w") as file: file.write(str(os.getpid()))
while True: step()
"""
LIVE = ("--live", "--progress", "server:step", "--interval", "300ms", "--target", "__main__:*")


class Signals(RobustSweep):
    def pid(self):
        wait_for(lambda: (self.directory / "pid").exists() and (self.directory / "pid").read_text())
        return int((self.directory / "pid").read_text())

    def test_a_signal_ends_the_program_that_was_started(self):
        script = self.write("server.py", SERVER)
        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
            with self.subTest(number):
                self.out = self.directory / f"out-{number}"
                process = self.start(*LIVE, "--", script, stdout=subprocess.DEVNULL)
                server = self.pid()
                process.send_signal(number)
                self.assertEqual(process.wait(60), 128 + number, process.stderr)
                self.assertEqual(state_of(server), "X")
                os.unlink(self.directory / "pid")

    def test_a_closed_output_ends_the_program_that_was_started(self):
        script = self.write("server.py", SERVER)
        process = self.start(*LIVE, "--runs", "1", "--", script, stdout=subprocess.PIPE)
        server = self.pid()
        process.stdout.close()
        self.assertIn(process.wait(120), (128 + signal.SIGPIPE, -signal.SIGPIPE))
        self.assertEqual(state_of(server), "X")

    def test_an_ignored_signal_stays_ignored(self):
        script = self.write("work.py", WORK)
        process = self.start(*ONE_CURVE, "--", script, stdout=subprocess.DEVNULL,
                             preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        wait_for(lambda: (self.out / "trials.jsonl").exists())
        process.send_signal(signal.SIGHUP)
        self.assertEqual(process.wait(120), 0)

    def test_a_trial_that_was_stopped_is_repeated(self):
        script = self.write("work.py", "import os, time\nprint(os.getpid(), file=open('pids', 'a'))\n"
                            "def f(): time.sleep(0.001)\nfor _ in range(1000): f()\n")
        pids = self.directory / "pids"
        process = self.start(*ONE_CURVE, "--", script, stdout=subprocess.DEVNULL, process_group=0)
        wait_for(lambda: pids.exists() and pids.read_text())
        command = int(pids.read_text().split()[0])
        process.send_signal(signal.SIGTSTP)
        # A process group without a shell to continue it is not stopped by SIGTSTP.
        is_orphaned = False
        try:
            wait_for(lambda: state_of(process.pid) == "T", 10)
        except TimeoutError:
            is_orphaned = True
        if not is_orphaned:
            # SIGSTOP acts when the command has a core.
            wait_for(lambda: state_of(command) == "T", 10)
        process.send_signal(signal.SIGCONT)
        _, errors = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, errors)
        self.assertIn("stopped during the trial", errors)


class StandardInput(RobustSweep):
    def test_each_trial_reads_the_file_from_its_start(self):
        script = self.write("reads.py", WORK + "import sys\nassert sys.stdin.read() == 'a prompt'\n")
        (self.directory / "prompts").write_text("a prompt")
        with open(self.directory / "prompts") as file:
            self.succeeds(*ONE_CURVE, "--", script, stdin=file)
        result = run(SWEEP, "--resume", self.out, "--runs", "2", cwd=self.directory)
        self.assertEqual(result.returncode, 0, result)

    def test_the_program_is_read_from_a_pipe(self):
        self.succeeds(*ONE_CURVE, "--", "-", input=WORK)

    def test_a_missing_program_is_an_error(self):
        self.assert_refused(self.new(*ONE_CURVE, "--", "-"), "standard input: ")
        terminal, inner = pty.openpty()
        self.addCleanup(os.close, terminal)
        self.addCleanup(os.close, inner)
        self.assert_refused(self.new(*ONE_CURVE, "--", "-", stdin=inner), "a terminal")

    def test_a_pipe_that_is_never_closed_is_not_read(self):
        script = self.write("reads.py", WORK + "import sys\nassert sys.stdin.read() == ''\n")
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        self.addCleanup(os.close, writer)
        os.write(writer, b"a prompt")
        result = self.succeeds(*ONE_CURVE, "--", script, stdin=reader)
        self.assertRegex(result.stderr, r"pyslow-sweep: warning: standard input: [^\n]*pipe")


class ReadyCommand(RobustSweep):
    def test_another_program_that_answers_is_an_error(self):
        script = self.write("server.py", "open('started', 'w')\n" + SERVER)
        with socket.create_server(("127.0.0.1", 0)) as other:
            connect = f"import socket; socket.create_connection(('127.0.0.1', {other.getsockname()[1]}))"
            result = self.new(*LIVE, "--ready-command", f'{sys.executable} -c "{connect}"', "--", script)
        self.assert_refused(result, "--ready-command: it succeeds before the program was started")
        self.assertFalse((self.directory / "started").exists())

    def test_a_fixed_wait_is_no_error(self):
        script = self.write("server.py", SERVER)
        self.succeeds(*LIVE, "--ready-command", "sleep 0.5", "--steps", "impact", "--delays", "0,1ms", "--runs", "1",
                      "--", script)
