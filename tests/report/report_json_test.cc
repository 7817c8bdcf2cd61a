#include "report/report_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "report_testing.h"

namespace pyslow::report {
namespace {

using nlohmann::json;
using session::SessionSnapshot;
using ::testing::HasSubstr;

json Report(const SessionSnapshot& session) {
  return json::parse(FormatJson(session, Summarize(session), false));
}

TEST(JsonTest, HasTheDocumentedMembers) {
  SessionSnapshot session = EmptySession();
  AddFunction(&session, "json", "dumps");
  AddProcess(&session, 0, 4).notes = {"a note"};
  Call(&session, 0, 200'000);
  const json report = Report(session);
  EXPECT_EQ(report["schema"], 1);
  EXPECT_EQ(report["session"]["id"], "sample");
  EXPECT_EQ(report["session"]["wall_ns"], 4e9);
  EXPECT_EQ(report["groups"][0]["name"], "default");
  EXPECT_EQ(report["groups"][0]["delay_ns"], 10'000);
  EXPECT_EQ(report["groups"][0]["injected_ns"], 2'000'000'000);
  EXPECT_EQ(report["groups"][0]["share_of_wall"], 0.5);
  EXPECT_EQ(report["functions"][0]["qualname"], "dumps");
  EXPECT_EQ(report["functions"][0]["calls"], 200'000);
  EXPECT_EQ(report["targets"][0]["functions"], 1);
  EXPECT_EQ(report["targets"][0]["matched_nothing"], false);
  EXPECT_EQ(report["targets"][1]["matched_nothing"], true);
  EXPECT_EQ(report["processes"][0]["state"], "ended");
  EXPECT_EQ(report["processes"][0]["notes"][0], "a note");
  EXPECT_EQ(report["processes"][0]["groups"][0]["calls"], 200'000);
  EXPECT_EQ(report["delivery"]["ratio"], 1.0);
  EXPECT_EQ(report["warnings"], json::array());
}

TEST(JsonTest, HasNullForUnknownValues) {
  SessionSnapshot session = EmptySession();
  AddFunction(&session, "json", "dumps");
  AddProcess(&session, 0, 0);
  Call(&session, 0, 0);
  session.processes[0].functions[0].counts.calls = 1;
  const json report = Report(session);
  EXPECT_TRUE(report["session"]["wall_ns"].is_null());
  EXPECT_TRUE(report["groups"][0]["share_of_wall"].is_null());
  EXPECT_TRUE(report["processes"][0]["wall_ns"].is_null());
  EXPECT_TRUE(report["delivery"]["ratio"].is_null());
}

TEST(JsonTest, KeepsLargeCountsExactly) {
  SessionSnapshot session = EmptySession();
  AddFunction(&session, "json", "dumps");
  session.functions[0].counts.calls = 18'446'744'073'709'551'615U;
  EXPECT_EQ(Report(session)["functions"][0]["calls"].get<uint64_t>(), 18'446'744'073'709'551'615U);
}

TEST(JsonTest, IsValidForArbitraryNames) {
  SessionSnapshot session = EmptySession();
  AddFunction(&session, "\xff", "a\"\n\xed\xb2\x80");
  const json report = Report(session);
  EXPECT_EQ(report["functions"][0]["module"], "\\xff");
  EXPECT_EQ(report["functions"][0]["qualname"], "a\"\n\\x80");
}

TEST(JsonTest, FitsOnOneLineOnRequest) {
  const SessionSnapshot session = EmptySession();
  const std::string text = FormatJson(session, Summarize(session), true);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  EXPECT_EQ(json::parse(text), Report(session));
}

TEST(JsonTest, HasALineForEachFunction) {
  SessionSnapshot session = EmptySession();
  AddFunction(&session, "json", "dumps");
  AddFunction(&session, "json", "loads");
  const std::string text = FormatJson(session, Summarize(session), false);
  EXPECT_THAT(text, HasSubstr("\"functions\":[\n{\"module\":\"json\",\"qualname\":\"dumps\","));
  EXPECT_THAT(text, HasSubstr("},\n{\"module\":\"json\",\"qualname\":\"loads\","));
}

}  // namespace
}  // namespace pyslow::report
