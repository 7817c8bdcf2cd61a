#include "base/text_table.h"

#include <gtest/gtest.h>

namespace pyslow {
namespace {

TEST(FormatRows, AlignsWideNames) {
  const std::vector<TableRow> rows = {{{"a", "名前", "name"}}, {{"12", "abcde", "f"}, true}};
  EXPECT_EQ(FormatRows(rows, Style(false)),
            " a   名前  name\n"
            "12  abcde  f\n");
}

TEST(FormatRows, ColorsWholeLines) {
  const std::vector<TableRow> rows = {{{"a", "n"}}, {{"b", "m"}, true}};
  EXPECT_EQ(FormatRows(rows, Style(true)), "\033[1ma  n\033[0m\n\033[2mb  m\033[0m\n");
}

TEST(FormatRows, LeavesNoBlanksAtTheEndOfALine) {
  EXPECT_EQ(FormatRows({{{"a", ""}}}, Style(false)), "a\n");
}

TEST(FormatRows, ShowsTextAroundTheNameFaint) {
  const std::vector<TableRow> rows = {{{"n", "function"}}, {{"1", "f"}, false, "m:", "  [g]"}};
  EXPECT_EQ(FormatRows(rows, Style(false)), "n  function\n1  m:f  [g]\n");
  EXPECT_EQ(FormatRows(rows, Style(true)),
            "\033[1mn  function\033[0m\n1  \033[2mm:\033[0mf\033[2m  [g]\033[0m\n");
}

TEST(FormatRows, CutsTheTextBeforeTheNameFirst) {
  const std::vector<TableRow> rows = {{{"n", "function"}},
                                      {{
                                           "1",
                                           "Model.forward",
                                       },
                                       false,
                                       "package.module:",
                                       " [g]"}};
  EXPECT_EQ(FormatRows(rows, Style(false), 35),
            "n  function\n1  package.module:Model.forward [g]\n");
  EXPECT_EQ(FormatRows(rows, Style(false), 30), "n  function\n1  pac…odule:Model.forward [g]\n");
  EXPECT_EQ(FormatRows(rows, Style(false), 1), "n  function\n1  pa…ule:Model.forward [g]\n");
}

}  // namespace
}  // namespace pyslow
