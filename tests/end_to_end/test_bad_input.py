"""Invalid target files: pyslow prints one line with file and line, exits with 2, and runs nothing."""

import os
import time

from harness import TestCase


class TargetFile(TestCase):
    def refuse(self, content, *parts, name="targets.txt"):
        path = self.directory / name
        path.write_bytes(content)
        begin = time.monotonic()
        result = self.pyslow("--targets", path, "-c", "print('ran')")
        self.assertLess(time.monotonic() - begin, 20)
        self.assert_refused(result, *parts)

    def test_a_target_file_must_be_a_regular_file(self):
        os.mkfifo(self.directory / "fifo")
        os.symlink("loop", self.directory / "loop")
        for path, part in ((self.directory / "none", "no such file"), (self.directory, "a directory"),
                           (self.directory / "fifo", "a pipe"), ("/dev/zero", "a device"),
                           (self.directory / "loop", "cannot be read"), ("", "empty")):
            with self.subTest(path=path):
                self.assert_refused(self.pyslow("--targets", path, "-c", "print(1)"), part)

    def test_a_file_without_read_permission(self):
        if os.geteuid() == 0:
            self.skipTest("root can read any file")
        path = self.write("secret.txt", "*:*")
        path.chmod(0)
        self.assert_refused(self.pyslow("--targets", path, "-c", "print(1)"), "permission denied")

    def test_errors_name_line_and_column(self):
        self.refuse(b"a:*\n# fine\nx.y[z:f\n", "targets.txt:3:4: ")
        self.refuse(b"[model]\n  nocolon  \n", "targets.txt:2:3: ", "nocolon")

    def test_malformed_lines(self):
        for content in (b"nocolon", b":f", b"m:", b"m:[", b"m:[]", b"m:[z-a]", b"m:x\\", b"[open", b"[]",
                        b"[ ]\nm:f", b"m:f\xff\xfe", b"m:f\0", b"\0\1\2\3ELF", b"\xff" * 1000):
            with self.subTest(content=content[:20]):
                self.refuse(content, "targets.txt:1")

    def test_a_file_without_patterns(self):
        for content in (b"", b"\n\n", b"# only a comment\n", b"[group]\n"):
            self.refuse(content, "targets.txt", "no pattern")

    def test_a_file_with_too_many_patterns(self):
        self.refuse(b"".join(b"m%d:*\n" % i for i in range(1_000_000)), "targets.txt:100001:1", "100000")

    def test_a_file_that_is_too_large(self):
        path = self.directory / "large.txt"
        with open(path, "wb") as large:
            large.truncate(100 << 20)
        self.assert_refused(self.pyslow("--targets", path, "-c", "print(1)"), "larger than")

    def test_a_hundred_thousand_patterns_work(self):
        path = self.write("many.txt", "".join(f"package_{i}.module:function_{i}\n" for i in range(100_000)))
        self.assertEqual(self.output_of("--targets", path, "-c", "print('ran')"), "ran")

    def test_patterns_on_the_command_line_that_exceed_the_size_of_a_variable(self):
        words = []
        for i in range(1100):
            words += ["--target", f"{i:04}" + "x" * 90 + ":*"]
        self.assert_refused(self.pyslow(*words, "-c", "print(1)"), "--target", "--targets")

    def test_a_group_heading_on_the_command_line(self):
        self.assert_refused(self.pyslow("--target", "[model]", "-c", "print(1)"), "--target")

    def test_terminal_escapes_are_masked_in_errors(self):
        self.refuse(b"\x1b[31mred\n", "targets.txt:1")
        result = self.pyslow("--targets", self.directory / "targets.txt", "-c", "print(1)")
        self.assertNotIn("\x1b", result.stderr)
