// Figures in JSON: places, documents in text, files that a trial writes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "sweep/trials/json_place.h"
#include "sweep/trials/json_search.h"
#include "sweep/trials/output_parser.h"
#include "sweep/trials/written_file.h"
#include "tests/temporary_directory.h"

namespace pyslow::trials {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<Figure> At(const std::string& pointer, const std::string& document,
                          Quantity quantity = Quantity::kOther) {
  const auto place = ParseJsonPlace("f#" + pointer);
  if (!place.ok()) return place.status();
  FigureRules rules;
  rules.quantity = quantity;
  const auto json = ParseJson(document);
  if (!json.ok()) return json.status();
  return FigureAt(*json, *place, rules);
}

std::string WhyNot(const std::string& pointer, const std::string& document,
                   Quantity quantity = Quantity::kOther) {
  return std::string(At(pointer, document, quantity).status().message());
}

TEST(ParseJsonPlaceTest, SplitsFileAndPointer) {
  const auto place = ParseJsonPlace("out/a#1.json#/x#/a~1b/m~0n//0");
  ASSERT_TRUE(place.ok()) << place.status();
  EXPECT_EQ(place->file, "out/a#1.json");
  EXPECT_THAT(place->tokens, ElementsAre("x#", "a/b", "m~n", "", "0"));
  EXPECT_TRUE(ParseJsonPlace("f.json#")->tokens.empty()) << "the whole document";
}

TEST(ParseJsonPlaceTest, RefusesWhatIsNoPlace) {
  for (const char* text : {"", "f.json", "f.json#x", "#/x", "#"}) {
    EXPECT_THAT(std::string(ParseJsonPlace(text).status().message()),
                HasSubstr("is not FILE#/pointer, such as results.json#/throughput"))
        << text;
  }
  EXPECT_EQ(ParseJsonPlace("f#/a~2").status().message(),
            "'a~2' in the pointer has a ~ without 0 or 1; write ~0 for ~, and ~1 for /");
}

TEST(FigureAtTest, ReadsNumbersAndTextsThatAreNumbers) {
  EXPECT_EQ(At("/a/1/b", R"({"a": [0, {"b": 12.5}]})")->value, 12.5);
  EXPECT_EQ(At("", "7")->value, 7);
  EXPECT_EQ(At("/big", R"({"big": 1.5e300})")->value, 1.5e300);
  EXPECT_EQ(At("/t", R"({"t": "12.3 ms"})", Quantity::kTime)->value, 0.0123);
  EXPECT_EQ(At("/x", R"({"x": 2.303, "y": NaN, "z": [-Infinity, "NaN \" Infinity"]})")->value,
            2.303)
      << "Python writes NaN";
}

TEST(FigureAtTest, FindsTheUnitInTheName) {
  const auto value = [](const std::string& name, Quantity quantity) {
    const auto figure = At("/" + name, absl::StrCat("{\"", name, "\": 12}"), quantity);
    EXPECT_TRUE(figure.ok()) << figure.status();
    return figure.ok() ? figure->value : -1;
  };
  EXPECT_DOUBLE_EQ(value("mean_ttft_ms", Quantity::kTime), 0.012);
  EXPECT_DOUBLE_EQ(value("latency (us)", Quantity::kTime), 12e-6);
  EXPECT_DOUBLE_EQ(value("requests_per_minute", Quantity::kRate), 0.2);
  EXPECT_DOUBLE_EQ(value("mean", Quantity::kTime), 12);
  const std::string nested = R"({"latency_ms": {"mean": 5, "p50_us": 4}})";
  EXPECT_DOUBLE_EQ(At("/latency_ms/mean", nested, Quantity::kTime)->value, 5e-3);
  EXPECT_DOUBLE_EQ(At("/latency_ms/p50_us", nested, Quantity::kTime)->value, 4e-6);
  EXPECT_EQ(WhyNot("/mean_ms/0", R"({"mean_ms": [3]})", Quantity::kRate),
            "'3 ms' is a time, not units per second; use --time-regex or --time-json");
}

TEST(FigureAtTest, SaysWhatIsThere) {
  const std::string document =
      R"({"a": {"b": 1, "c": "x"}, "n": null, "t": true, "l": [1, 2], "e": {}, "v": "fast"})";
  EXPECT_EQ(WhyNot("/a/d", document),
            "nothing is at 'd': /a is an object with 'b', 'c'; correct the pointer");
  EXPECT_EQ(WhyNot("/q", document),
            "nothing is at 'q': the document is an object with 'a', 'e', 'l', 'n', 't', 'v'; "
            "correct the pointer");
  EXPECT_EQ(WhyNot("/l/2", document),
            "nothing is at '2': /l is an array of 2 elements; correct the pointer");
  EXPECT_THAT(WhyNot("/l/01", document), HasSubstr("nothing is at '01'"));
  EXPECT_THAT(WhyNot("/l/-", document), HasSubstr("nothing is at '-'"));
  EXPECT_THAT(WhyNot("/a/b/0", document), HasSubstr("/a/b is 1"));
  EXPECT_EQ(WhyNot("/n", document), "it is null, not a number; correct the pointer");
  EXPECT_EQ(WhyNot("/t", document), "it is true, not a number; correct the pointer");
  EXPECT_THAT(WhyNot("/a", document), HasSubstr("it is an object with 'b', 'c', not a number"));
  EXPECT_EQ(WhyNot("/v", document), "the text 'fast' is not a number");
  EXPECT_EQ(WhyNot("/x", R"({"x": NaN})"), "the text 'NaN' is not a number");
  EXPECT_THAT(WhyNot("/x", R"({"x": 1e999})"), HasSubstr("it is not JSON: number overflow"));
  EXPECT_THAT(WhyNot("/x", "{\"x\": 1,\n'y'}"), HasSubstr("parse error at line 2, column 1"));
  EXPECT_THAT(WhyNot("/x", ""), HasSubstr("it is not JSON: parse error at line 1"));
}

TEST(FigureAtTest, NamesAFewOfManyMembers) {
  std::string document = "{\"a0\": 0";
  for (int i = 10; i < 50; ++i) absl::StrAppend(&document, ", \"a", i, "\": 0");
  EXPECT_THAT(WhyNot("/x", document + "}"), HasSubstr("'a20' and 29 more; correct"));
}

std::vector<std::string> Documents(const std::string& text, size_t piece = 1 << 20,
                                   size_t max_bytes = 1 << 20) {
  std::vector<std::string> found;
  const auto add = [&](const nlohmann::json& json) { found.push_back(json.dump()); };
  JsonSearch search(max_bytes);
  for (size_t at = 0; at < text.size(); at += piece) {
    search.Append(absl::string_view(text).substr(at, piece), add);
  }
  search.Finish(add);
  return found;
}

TEST(JsonSearchTest, FindsLinesAndIndentedDocuments) {
  const std::string text =
      "start {\n[INFO] ready\n  {\"a\": 1}\r\n{\n  \"b\": [\n    [1, 2],\n    {\"c\": 2}\n  ]\n}\n"
      "[\n 1,\n 2\n]\n{\n broken\n}\n{\nlog\n{broken\n12\n{\"d\": 3}";
  for (const size_t piece : {1, 3, 1000}) {
    EXPECT_THAT(Documents(text, piece),
                ElementsAre(R"({"a":1})", R"({"b":[[1,2],{"c":2}]})", "[1,2]", R"({"d":3})"))
        << piece;
  }
}

TEST(JsonSearchTest, KeepsLittleOfAnUnfinishedDocument) {
  EXPECT_THAT(Documents("{\n" + std::string(500, ' ') + "\n}\n{\"a\":1}\n", 7, 100),
              ElementsAre(R"({"a":1})"));
}

class JsonFiguresTest : public ::testing::Test {
 protected:
  JsonFiguresTest() {
    settings_.measure = Measure::kTime;
    settings_.json = path_ + "#/t";
  }
  void Write(const std::string& text, std::ios::openmode mode = std::ios::out) const {
    std::ofstream(path_, mode) << text;
  }
  // What a trial that writes `file` and prints `output` has.
  absl::StatusOr<OutputFigures> Trial(const std::string& file, const std::string& output = "",
                                      std::ios::openmode mode = std::ios::out) {
    auto parser = OutputParser::Compile(settings_);
    if (!parser.ok()) return parser.status();
    OutputReader reader = parser->NewReader();
    if (!file.empty()) Write(file, mode);
    reader.Append(OutputStream::kStandardOutput, output);
    return reader.Read(100);
  }
  std::string ErrorOf(const std::string& file, const std::string& output = "") {
    return std::string(Trial(file, output).status().message());
  }

  TemporaryDirectory directory_;
  const std::string path_ = directory_.path() + "/r.json";
  TrialSettings settings_;
};

TEST_F(JsonFiguresTest, ReadsAFileThatTheTrialWrites) {
  settings_.units_json = path_ + "#/n";
  settings_.json_metrics = {{"p99", path_ + "#/p99_ms"}};
  const auto figures = Trial(R"({"t": 0.5, "n": 20, "p99_ms": 7})");
  ASSERT_TRUE(figures.ok()) << figures.status();
  EXPECT_EQ(figures->seconds_per_unit, 0.5);
  EXPECT_EQ(figures->units, 20);
  EXPECT_EQ(figures->metrics.at("p99"), 7);
}

TEST_F(JsonFiguresTest, RefusesAFileThatTheTrialDidNotWrite) {
  Write(R"({"t": 0.5})");
  EXPECT_THAT(ErrorOf(""), HasSubstr("--time-json: " + path_ +
                                     ": the trial did not write it: it "
                                     "is of 2"));
  EXPECT_TRUE(Trial(R"({"t": 0.5})").ok()) << "the same content, written again";
}

TEST_F(JsonFiguresTest, FindsTheFileOfAGlobThatTheTrialWrites) {
  settings_.json = directory_.path() + "/*.json#/t";
  std::ofstream(directory_.path() + "/old.json") << "{\"t\": 9}";
  EXPECT_EQ(Trial("{\"t\": 2}")->seconds_per_unit, 2);
  EXPECT_THAT(ErrorOf(""), HasSubstr("/*.json: the trial did not write it"));
  WrittenFile both(directory_.path() + "/n*.json");
  for (const char* name : {"/n1.json", "/n2.json"}) std::ofstream(directory_.path() + name) << "1";
  EXPECT_THAT(std::string(both.Read().status().message()),
              HasSubstr("the trial wrote several such files"));
}

TEST(FigureAtTest, AStarIsTheOnlyMember) {
  EXPECT_EQ(At("/l/*/*", R"({"l": [{"x": 3}]})")->value, 3);
  EXPECT_EQ(At("/*", R"({"a": 1, "*": 2})")->value, 2);
  EXPECT_EQ(WhyNot("/l/*", R"({"l": [1, 2]})"),
            "nothing is at '*': /l is an array of 2 elements; correct the pointer");
}

TEST_F(JsonFiguresTest, ReportsAFileThatIsMissingOrBroken) {
  EXPECT_THAT(ErrorOf(""), HasSubstr("--time-json: " + path_ + ": there is no such file after"));
  EXPECT_THAT(ErrorOf("{\"t\": "), HasSubstr(path_ + ": it is not JSON: parse error at line 1"));
  EXPECT_THAT(ErrorOf("{\"u\": 1}"), HasSubstr(path_ + ": nothing is at 't': the document is"));
  EXPECT_THAT(ErrorOf("{\"t\": 0}"), HasSubstr("its last match in " + path_ + ", '0', is not"));
  EXPECT_THAT(ErrorOf("{\"t\": 200}"), HasSubstr("longer than the whole trial"));
}

TEST_F(JsonFiguresTest, ReadsTheLinesThatATrialAdds) {
  settings_.matches = MatchRule::kMax;
  Write("{\"t\": 9}\n{\"t\": 8}\n");
  const auto added = Trial("{\"t\": 1}\n{\"u\": 5}\n{\"t\": 2}\n", "", std::ios::app);
  ASSERT_TRUE(added.ok()) << added.status();
  EXPECT_EQ(added->seconds_per_unit, 2);
  EXPECT_EQ(added->reading->matches, 2U);
  // A new file with more lines than the old one.
  const auto rewritten = Trial("{\"t\": 4}\n{\"t\": 3}\n{\"t\": 1}\n{\"t\": 1}\n{\"t\": 1}\n{}\n");
  EXPECT_EQ(rewritten->seconds_per_unit, 4);
}

TEST_F(JsonFiguresTest, ReadsJsonOnStandardOutput) {
  settings_.json = "-#/step/t";
  const std::string lines = "t\n{\"step\": {\"t\": 3}}\n{\"step\": {\"t\": 1}}\n{\"end\": 1}\n";
  EXPECT_EQ(Trial("", lines)->seconds_per_unit, 1);
  settings_.matches = MatchRule::kMean;
  EXPECT_EQ(Trial("", lines)->seconds_per_unit, 2);
  EXPECT_THAT(ErrorOf("", "{\"end\": 1}\n"),
              HasSubstr("--time-json: nothing is at 'step': the document is an object with 'end'"));
  EXPECT_THAT(ErrorOf("", "nothing\n"), HasSubstr("it matches nothing in the command's output"));
}

}  // namespace
}  // namespace pyslow::trials
