#include "report/report_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/width.h"
#include "report_testing.h"

namespace pyslow::report {
namespace {

using session::SessionSnapshot;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string Table(const SessionSnapshot& session, const TableOptions& options = {}) {
  return FormatTable(session, Summarize(session), options);
}

SessionSnapshot Sample() {
  SessionSnapshot session = EmptySession();
  AddFunction(&session, "json", "JSONEncoder.encode");
  AddFunction(&session, "json", "dumps");
  AddProcess(&session, 0, 4).command = "python encode.py";
  Call(&session, 0, 12'345);
  Call(&session, 1, 100);
  AddProcess(&session, 1, 5);
  Call(&session, 1, 100);
  return session;
}

TEST(TableTest, ShowsASession) {
  EXPECT_EQ(Table(Sample()),
            "python encode.py\n"
            "session sample: 5.00s, 2 processes, on host\n"
            "\n"
            "functions   calls  delayed  injected  of wall  processes  delay  group\n"
            "        2  12,545   12,545     125ms    1.57%          2   10us  default\n"
            "        0       0        0         0        -          0   10us  model\n"
            "\n"
            " calls  injected  of wall  processes  function\n"
            "12,345     123ms    3.09%          1  json:JSONEncoder.encode  [default]\n"
            "   200    2.00ms    0.03%          2  json:dumps  [default]\n"
            "\n"
            "matched nothing\n"
            "  /t/targets.txt:3:1: model.*:*  if it is written in C, it counts with --on call\n"
            "\n"
            "delivered 125ms of delay for 125ms requested (x1.000)\n");
}

TEST(TableTest, OmitsTheGroupOfFunctionsIfThereIsOnlyOne) {
  SessionSnapshot session = Sample();
  session.settings.groups.resize(1);
  session.settings.targets.resize(1);
  session.cells.resize(1);
  EXPECT_THAT(Table(session), HasSubstr("  json:dumps\n"));
}

TEST(TableTest, CountsTheOmittedFunctions) {
  EXPECT_THAT(Table(Sample(), {1, false, 0, true, true}),
              HasSubstr("and 1 more function (--top 2 shows all)\n"));
  EXPECT_THAT(Table(Sample(), {1, false}), HasSubstr("and 1 more function\n"));
  EXPECT_THAT(Table(Sample(), {0, false}), Not(HasSubstr("json:dumps")));
}

TEST(TableTest, HasAColumnForCallsOutsideTheWindowIfThereAreAny) {
  SessionSnapshot session = Sample();
  EXPECT_THAT(Table(session), Not(HasSubstr("outside")));
  session.processes[0].functions[0].counts.calls_outside = 77;
  EXPECT_THAT(Table(session), HasSubstr(" calls  outside  delayed"));
}

TEST(TableTest, DistinguishesFunctionsOfOneNameByFileAndLine) {
  SessionSnapshot session = EmptySession();
  AddFunction(&session, "json", "<lambda>");
  session.functions[AddFunction(&session, "json", "<lambda>")].id.first_line = 99;
  AddFunction(&session, "json", "dumps");
  AddProcess(&session, 0, 4);
  for (uint32_t i = 0; i < 3; ++i) Call(&session, i, 10);
  const std::string table = Table(session);
  EXPECT_THAT(table, HasSubstr("json:<lambda> (/lib/json.py:7)  [default]\n"));
  EXPECT_THAT(table, HasSubstr("json:<lambda> (/lib/json.py:99)  [default]\n"));
  EXPECT_THAT(table, HasSubstr("json:dumps  [default]\n"));
}

TEST(TableTest, DoesNotCutNamesInAPipe) {
  SessionSnapshot session = EmptySession();
  const std::string wide(10'000, 'q');
  AddFunction(&session, "json", wide);
  AddProcess(&session, 0, 4);
  Call(&session, 0, 1);
  EXPECT_THAT(Table(session), HasSubstr(absl::StrCat("  json:", wide, "  [default]\n")));
}

TEST(TableTest, EscapesControlSequences) {
  SessionSnapshot session = EmptySession();
  session.settings.session_id = "\033[1m";
  session.settings.groups[0].name = "\033[2m";
  session.settings.targets[1].text = "\033[3m:*";
  AddFunction(&session, "\033[4m", "\xff");
  AddProcess(&session, 0, 4).notes = {"\033[5m"};
  session.processes[0].command = "\033[6m";
  Call(&session, 0, 1);
  const std::string table = Table(session);
  EXPECT_EQ(table.find('\033'), std::string::npos);
  EXPECT_THAT(table, HasSubstr("\\x1b[4m:\\xff"));
}

TEST(TableTest, ShowsChangedDelays) {
  SessionSnapshot session = Sample();
  session.cells = {{0, 1}, {2'000, 10}};
  const std::string table = Table(session);
  EXPECT_THAT(table, HasSubstr("  0  default (initially 10us)\n"));
  EXPECT_THAT(table, HasSubstr("  2us every 10  model (initially 10us)\n"));
  session.cells[0].frequency = 0;
  EXPECT_THAT(Table(session), HasSubstr("  off  default (initially 10us)\n"));
}

TEST(TableTest, MarksAGroupThatIsNotSelected) {
  SessionSnapshot session = Sample();
  session.settings.groups[1].chosen = false;
  EXPECT_THAT(Table(session), HasSubstr("  -  model (not selected by --group)\n"));
}

TEST(TableTest, CountsRunningProcesses) {
  SessionSnapshot session = Sample();
  session.processes[1].end_monotonic_ns = 0;
  session.processes[1].running = true;
  EXPECT_THAT(Table(session), HasSubstr("session sample: 10.0s, 2 processes, 1 running, on host"));
  session.processes.erase(session.processes.begin());
  EXPECT_THAT(Table(session), HasSubstr("1 process, running, on host"));
}

TEST(TableTest, ListsTheProcessesOfANote) {
  SessionSnapshot session = EmptySession();
  for (int i = 0; i < 7; ++i) AddProcess(&session, 0, 4).notes = {"tool id 3 was taken"};
  EXPECT_THAT(
      Table(session),
      HasSubstr("note: tool id 3 was taken (process 1001, 1002, 1003, 1004, 1005, and 2 more)\n"));
}

TEST(TableTest, SuggestsPatternsAndMarksShadowedTargets) {
  SessionSnapshot session = EmptySession();
  session.settings.targets[0].text = "numpy.core:*";
  session.settings.targets.push_back({"t", 9, 1, "json:dum*", 1, false});
  AddFunction(&session, "json", "dumps", 1);
  session.unmatched = {{"numpy._core", "dot", "/n.py"}};
  const std::string table = Table(session);
  EXPECT_THAT(table, HasSubstr("numpy.core:*  similar: numpy._core:*; since numpy 2 this "
                               "module is numpy._core; its functions written in C are in numpy, "
                               "such as numpy:dot (--on call)\n"));
  EXPECT_THAT(table, HasSubstr("json:dum*  (earlier targets match all of its functions)\n"));
}

TEST(TableTest, CountsTheOmittedTargets) {
  SessionSnapshot session = EmptySession();
  for (int i = 0; i < 30; ++i) session.settings.targets.push_back({"t", 9, 1, "x:y", 1, false});
  EXPECT_THAT(Table(session), HasSubstr("  and 12 more\n"));
}

TEST(TableTest, IsColouredOnlyOnRequest) {
  EXPECT_EQ(Table(Sample()).find('\033'), std::string::npos);
  const std::string coloured = Table(Sample(), {10, true});
  EXPECT_THAT(coloured, HasSubstr("\033[1mfunctions"));
  EXPECT_THAT(coloured, HasSubstr("  \033[2mjson:\033[0mdumps\033[2m  [default]\033[0m\n"));
  EXPECT_THAT(coloured, HasSubstr("\033[2m  /t/targets.txt:3:1: \033[0mmodel.*:*  if it is written in C, it counts "
                                  "with --on call\n"));
}

// The width of the widest line.
size_t WidestLine(const std::string& text) {
  size_t widest = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    widest = std::max(widest, DisplayWidth(line));
  }
  return widest;
}

TEST(TableTest, FitsATerminalAndCutsNames) {
  SessionSnapshot session = EmptySession();
  AddFunction(&session, "transformers.models.llama.modeling_llama", "LlamaForCausalLM.forward");
  AddFunction(&session, "関数関数関数関数関数関数関数関数", std::string(10'000, 'q'));
  AddProcess(&session, 0, 4).command = std::string(300, 'c');
  session.processes[0].notes = {"a note of many words that goes on and on, as notes sometimes do"};
  Call(&session, 0, 12'345);
  Call(&session, 1, 12'345);
  session.settings.targets[1].text = "transformers.models.lama.*:*";
  for (const size_t columns : {70, 80, 120}) {
    const std::string table = Table(session, {10, false, columns});
    EXPECT_LE(WidestLine(table), columns) << table;
    EXPECT_THAT(table, HasSubstr("\u2026"));
  }
  EXPECT_THAT(Table(session, {10, false, 80}), HasSubstr(":LlamaForCausalLM.forward  [default]\n"));
  EXPECT_THAT(Table(session, {10, false, 200}),
              HasSubstr("  transformers.models.llama.modeling_llama:LlamaForCausalLM.forward  ["));
}

TEST(TableTest, BeginsWithTheFirstLineOfTheCommand) {
  SessionSnapshot session = Sample();
  session.processes[0].command = "python -c import json\njson.dumps(1)";
  EXPECT_THAT(Table(session), StartsWith("python -c import json\u2026\nsession sample: "));
  EXPECT_THAT(Table(session, {10, false, 0, false}), StartsWith("session sample: "));
}

TEST(TableTest, HasAColumnForDelayedCallsIfSomeWereNotDelayed) {
  SessionSnapshot session = Sample();
  session.functions[1].counts.delayed = 20;
  EXPECT_THAT(Table(session),
              HasSubstr(" calls  delayed  injected  of wall  processes  function\n"));
}

TEST(TableTest, OmitsTheNumberOfProcessesIfThereIsOne) {
  SessionSnapshot session = Sample();
  EXPECT_THAT(Table(session), HasSubstr("  processes  "));
  session.processes.pop_back();
  EXPECT_THAT(Table(session), Not(HasSubstr("  processes  ")));
}

TEST(TableTest, ShowsSettingsThatDiffer) {
  SessionSnapshot session = Sample();
  session.settings.text = "start=1s\nduration=0ns\nstart_at=\non=resume\ngil=hold\n";
  EXPECT_THAT(Table(session), HasSubstr("on host\nstart=1s, on=resume\n\n"));
}

TEST(TableTest, ListsTheHostsOfASession) {
  SessionSnapshot session = Sample();
  AddProcess(&session, 1, 2).host = "node2";
  session.processes.back().boot_id = "another boot";
  EXPECT_THAT(Table(session), HasSubstr("3 processes, on host, node2\n"));
  AddProcess(&session, 1, 2).boot_id = "the boot after it";
  EXPECT_THAT(Table(session), HasSubstr("4 processes, on host, node2 (3 boots)\n"));
  for (const char* host : {"n3", "n4", "n5", "n6"}) AddProcess(&session, 1, 2).host = host;
  EXPECT_THAT(Table(session), HasSubstr("on host, node2, n3, n4, and 2 more (7 boots)\n"));
}

}  // namespace
}  // namespace pyslow::report
