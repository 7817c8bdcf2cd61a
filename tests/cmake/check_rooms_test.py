"""Tests of cmake/check_rooms.py on small source trees."""

import pathlib
import subprocess
import sys
import tempfile
import textwrap
import unittest

CHECK_ROOMS = pathlib.Path(__file__).resolve().parents[2] / "cmake" / "check_rooms.py"

# Three rooms, of which two are nested, and a folder of tests, without a violation.
CLEAN_TREE = {
    "base/CMakeLists.txt": "pyslow_room(base SOURCES text.cc LIBRARIES absl::strings)\n",
    "base/text.h": "#include <string>\n",
    "base/text.cc": '#include "base/text.h"\n\n#include "absl/strings/str_cat.h"\n',
    "sweep/CMakeLists.txt": "add_subdirectory(model)\nadd_subdirectory(steps)\n",
    "sweep/model/CMakeLists.txt": "pyslow_room(sweep/model SOURCES trial.cc ROOMS base)\n",
    "sweep/model/trial.h": '#include "base/text.h"\n',
    "sweep/model/trial.cc": '#include "sweep/model/trial.h"\n',
    "sweep/steps/CMakeLists.txt": "pyslow_room(sweep/steps SOURCES count.cc ROOMS sweep/model)\n",
    "sweep/steps/count.cc": '#include "sweep/model/trial.h"\n',
    "tests/sweep/CMakeLists.txt": "pyslow_test(model_test SOURCES trial_test.cc ROOMS sweep/model)\n",
    "tests/sweep/trial_test.cc": '#include "sweep/model/trial.h"\n#include "sweep/example.h"\n',
    "tests/sweep/example.h": "",
}


class CheckRoomsTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name)

    def run_check(self, files):
        """The completed check of a tree of {path: text}."""
        for path, text in files.items():
            target = self.root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(textwrap.dedent(text), encoding="utf-8")
        return subprocess.run(
            [sys.executable, "-B", CHECK_ROOMS, self.root],
            capture_output=True,
            encoding="utf-8",
            env={"PYTHONIOENCODING": "utf-8"},
        )

    def expect_clean(self, changes):
        result = self.run_check({**CLEAN_TREE, **changes})
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))

    def expect_violations(self, changes, *expected):
        """The clean tree with `changes` has these violations and no others."""
        result = self.run_check({**CLEAN_TREE, **changes})
        self.assertEqual(result.stdout.splitlines(), list(expected))
        self.assertEqual((result.returncode, result.stderr), (1, ""))

    def test_a_tree_without_violations_is_silent(self):
        self.expect_clean({})

    def test_a_tree_without_rooms_is_an_error(self):
        result = self.run_check({})
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertEqual(
            result.stderr,
            f"check_rooms: error: {self.root}: no CMakeLists.txt calls pyslow_room\n",
        )

    def test_two_directories_are_a_usage_error(self):
        result = subprocess.run(
            [sys.executable, "-B", CHECK_ROOMS, ".", "."], capture_output=True, encoding="utf-8"
        )
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("usage: check_rooms.py", result.stderr)

    def test_reports_an_include_of_a_room_that_is_not_named(self):
        self.expect_violations(
            {"sweep/steps/count.cc": '#include "sweep/model/trial.h"\n\n#include "base/text.h"\n'},
            "sweep/steps/count.cc:3: base/text.h is a header of the room base, "
            "which ROOMS in sweep/steps/CMakeLists.txt does not name",
        )

    def test_reports_an_include_in_a_header(self):
        self.expect_violations(
            {"base/width.h": '// A header.\n#include "sweep/model/trial.h"\n'},
            "base/width.h:2: sweep/model/trial.h is a header of the room sweep/model, "
            "which ROOMS in base/CMakeLists.txt does not name",
        )

    def test_reports_an_include_in_angle_brackets(self):
        self.expect_violations(
            {"base/width.h": "#  include <sweep/model/trial.h>\n"},
            "base/width.h:1: sweep/model/trial.h is a header of the room sweep/model, "
            "which ROOMS in base/CMakeLists.txt does not name",
        )

    def test_reports_an_include_by_a_relative_path(self):
        self.expect_violations(
            {"base/width.h": '#include "../sweep/model/trial.h"\n'},
            "base/width.h:1: ../sweep/model/trial.h is a header of the room sweep/model, "
            "which ROOMS in base/CMakeLists.txt does not name",
        )

    def test_reports_an_include_of_a_header_that_does_not_exist(self):
        self.expect_violations(
            {"base/width.h": '#include "sweep/model/generated.h"\n'},
            "base/width.h:1: sweep/model/generated.h is a header of the room sweep/model, "
            "which ROOMS in base/CMakeLists.txt does not name",
        )

    def test_an_include_in_a_comment_is_no_include(self):
        self.expect_clean({"base/width.h": '// #include "sweep/model/trial.h"\n'})

    def test_a_room_need_not_name_itself(self):
        self.expect_clean({"base/width.h": '#include "text.h"\n#include "base/text.h"\n'})

    def test_reports_a_name_that_is_not_a_room(self):
        self.expect_violations(
            {
                "sweep/steps/CMakeLists.txt": """\
                    pyslow_room(sweep/steps
                      SOURCES count.cc
                      ROOMS sweep/model sweep/modal)
                    """
            },
            "sweep/steps/CMakeLists.txt:3: ROOMS names sweep/modal, which is not a room",
        )

    def test_reports_a_room_of_which_nothing_is_included(self):
        self.expect_violations(
            {
                "sweep/steps/CMakeLists.txt": """\
                    pyslow_room(sweep/steps
                      SOURCES count.cc
                      ROOMS sweep/model base)
                    """
            },
            "sweep/steps/CMakeLists.txt:3: ROOMS names base, "
            "but sweep/steps includes no header of it",
        )

    def test_reports_rooms_that_form_a_cycle(self):
        self.expect_violations(
            {
                "base/CMakeLists.txt": "pyslow_room(base SOURCES text.cc\n  ROOMS sweep/model)\n",
                "base/text.cc": '#include "sweep/model/trial.h"\n',
            },
            "sweep/model/CMakeLists.txt:1: ROOMS form a cycle: base → sweep/model → base",
        )

    def test_reports_two_files_of_one_name(self):
        self.expect_violations(
            {"sweep/steps/text.h": ""}, "sweep/steps/text.h:1: base/text.h has the same file name"
        )

    def test_reports_two_files_of_one_name_in_a_room_and_its_subdirectory(self):
        self.expect_violations(
            {"base/unicode/text.h": ""}, "base/unicode/text.h:1: base/text.h has the same file name"
        )

    # A room inside another room, as launcher/handoff.
    NESTED_ROOM = {
        "launcher/CMakeLists.txt": """\
            pyslow_room(launcher SOURCES start.cc ROOMS launcher/handoff)
            add_subdirectory(handoff)
            """,
        "launcher/start.cc": '#include "launcher/handoff/elf_file.h"\n',
        "launcher/start.h": "",
        "launcher/handoff/CMakeLists.txt": "pyslow_room(launcher/handoff SOURCES elf_file.cc)\n",
        "launcher/handoff/elf_file.h": "",
        "launcher/handoff/elf_file.cc": '#include "launcher/handoff/elf_file.h"\n',
    }

    def test_a_header_belongs_to_the_innermost_room(self):
        self.expect_clean(self.NESTED_ROOM)
        self.expect_violations(
            {"launcher/CMakeLists.txt": "pyslow_room(launcher SOURCES start.cc)\n"},
            "launcher/start.cc:1: launcher/handoff/elf_file.h is a header of the room "
            "launcher/handoff, which ROOMS in launcher/CMakeLists.txt does not name",
        )

    def test_a_nested_room_must_name_the_outer_room(self):
        self.expect_violations(
            {**self.NESTED_ROOM, "launcher/handoff/elf_file.h": '#include "launcher/start.h"\n'},
            "launcher/handoff/elf_file.h:1: launcher/start.h is a header of the room launcher, "
            "which ROOMS in launcher/handoff/CMakeLists.txt does not name",
        )

    def test_reports_an_include_in_a_test(self):
        self.expect_violations(
            {"tests/sweep/trial_test.cc": '#include "sweep/model/trial.h"\n#include "base/text.h"\n'},
            "tests/sweep/trial_test.cc:2: base/text.h is a header of the room base, "
            "which ROOMS in tests/sweep/CMakeLists.txt does not name",
        )

    def test_a_helper_of_the_tests_is_in_no_room(self):
        self.expect_clean({"tests/sweep/model/fake.h": "", "tests/sweep/trial_test.cc": """\
            #include "sweep/model/trial.h"
            #include "sweep/model/fake.h"
            """})
        self.expect_violations(
            {"tests/sweep/trial_test.cc": '#include "sweep/model/fake.h"\n'},
            "tests/sweep/CMakeLists.txt:1: ROOMS names sweep/model, "
            "but tests/sweep includes no header of it",
        )

    def test_the_tests_of_one_folder_share_their_rooms(self):
        self.expect_clean(
            {
                "tests/sweep/CMakeLists.txt": """\
                    pyslow_test(model_test SOURCES trial_test.cc ROOMS sweep/model)
                    pyslow_test(text_test SOURCES text_test.cc ROOMS base)
                    """,
                "tests/sweep/text_test.cc": '#include "base/text.h"\n',
            }
        )

    def test_reports_a_file_outside_all_rooms(self):
        self.expect_violations(
            {"sweep/main.cc": '#include "sweep/steps/count.h"\n'},
            "sweep/main.cc:1: sweep/steps/count.h is a header of the room sweep/steps, "
            "but this file is in no room",
        )

    def test_reads_parentheses_expressions_comments_and_quotes_in_cmake(self):
        self.expect_clean(
            {
                "sweep/steps/CMakeLists.txt": """\
                    # pyslow_room(sweep/steps ROOMS no/such)
                    #[[ pyslow_room(sweep/steps ROOMS no/such) ]]
                    if((A AND B) OR C)
                      PYSLOW_ROOM (sweep/steps
                        VERSION ${version}
                        SOURCES count.cc $<$<NOT:$<BOOL:${X}>>:more.cc> "a name (with parentheses).cc"
                        LIBRARIES absl::strings  # ROOMS no/such
                        ROOMS "sweep/model;base")
                    endif()
                    """,
                "sweep/steps/more.cc": '#include "base/text.h"\n',
            }
        )

    def test_one_cmake_file_may_make_several_rooms(self):
        self.expect_violations(
            {
                "CMakeLists.txt": """\
                    pyslow_room(one SOURCES one.cc)
                    pyslow_room(two SOURCES two.cc)
                    """,
                "one/one.cc": "",
                "two/two.cc": '#include "base/text.h"\n',
            },
            "two/two.cc:1: base/text.h is a header of the room base, "
            "which ROOMS in CMakeLists.txt does not name",
        )

    def test_build_trees_and_hidden_directories_are_not_read(self):
        self.expect_clean(
            {
                "build/release/CMakeLists.txt": "pyslow_room(other ROOMS no/such)\n",
                "build/text.h": '#include "base/text.h"\n',
                ".cache/text.h": '#include "base/text.h"\n',
            }
        )


if __name__ == "__main__":
    unittest.main()
