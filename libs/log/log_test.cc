#include "libs/log/log.h"

#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/log/json_text.h"
#include "nlohmann/json.hpp"

namespace fangpin::log {
namespace {

std::string Line(std::string_view message, Fields fields = {}) {
  return FormatLine(Level::kInfo, "registry", "2026-11-20T01:02:03.000000Z", message, fields);
}

TEST(LogTest, ALineIsOneJsonObject) {
  const std::string line = Line("已导入", {{"request_id", "r-1"},
                                           {"rows", 5000},
                                           {"ratio", 0.5},
                                           {"whole", true},
                                           {"big", std::numeric_limits<uint64_t>::max()},
                                           {"low", std::numeric_limits<int64_t>::min()},
                                           {"kind", std::string("national")}});
  const auto json = nlohmann::json::parse(line);
  EXPECT_EQ(json["ts"], "2026-11-20T01:02:03.000000Z");
  EXPECT_EQ(json["level"], "info");
  EXPECT_EQ(json["service"], "registry");
  EXPECT_EQ(json["msg"], "已导入");
  EXPECT_EQ(json["request_id"], "r-1");
  EXPECT_EQ(json["fields"]["rows"], 5000);
  EXPECT_EQ(json["fields"]["ratio"], 0.5);
  EXPECT_EQ(json["fields"]["whole"], true);
  EXPECT_EQ(json["fields"]["big"], std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(json["fields"]["low"], std::numeric_limits<int64_t>::min());
  EXPECT_EQ(json["fields"]["kind"], "national");
}

TEST(LogTest, AnyBytesStayOneValidLine) {
  const std::string bytes = {'a', '"', '\\', '\n', '\0', '\x7f', '\xff', '\xed', '\xa0', '\x80'};
  const std::string line = Line(bytes, {{"bytes", bytes}, {"cut", "\xe6\x88"}});
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  ASSERT_FALSE(json.is_discarded()) << line;
  EXPECT_EQ(json["fields"]["bytes"], std::string("a\"\\\n\0\x7f", 6) + "\ufffd\ufffd\ufffd\ufffd");
}

TEST(LogTest, NumbersThatJsonLacksAreNull) {
  const auto json =
      nlohmann::json::parse(Line("x", {{"nan", std::numeric_limits<double>::quiet_NaN()},
                                       {"inf", std::numeric_limits<double>::infinity()}}));
  EXPECT_TRUE(json["fields"]["nan"].is_null());
  EXPECT_TRUE(json["fields"]["inf"].is_null());
}

TEST(LogTest, IdentityAndMobileNumbersAreMasked) {
  EXPECT_EQ(Redact("查询11010119900307891X完成"), "查询******************完成");
  EXPECT_EQ(Redact("id=110101199003078918"), "id=******************");
  EXPECT_EQ(Redact("电话13800001234。"), "电话***********。");
}

TEST(LogTest, IdsAmountsAndTimesAreLeftAlone) {
  for (const char* text : {"621126100201000123", "621126200112000001", "621126100201",
                           "2026-11-20T01:02:03.000000Z", "1763600000000000", "12345678901"}) {
    EXPECT_EQ(Redact(text), text);
  }
}

TEST(LogTest, LevelDecidesWhatIsWritten) {
  const std::string file = testing::TempDir() + "/log_test.log";
  std::remove(file.c_str());
  ASSERT_TRUE(Init({.level = Level::kWarning, .file = file, .service = "t"}).ok());
  EXPECT_FALSE(Enabled(Level::kInfo));
  EXPECT_TRUE(Enabled(Level::kError));
  Info("not this");
  Warning("this {} %v", {{"n", 1}});
  Flush();
  FILE* in = fopen(file.c_str(), "r");
  ASSERT_NE(in, nullptr);
  char buffer[512];
  ASSERT_NE(fgets(buffer, sizeof(buffer), in), nullptr);
  EXPECT_THAT(std::string(buffer), testing::HasSubstr(R"("msg":"this {} %v","fields":{"n":1})"));
  EXPECT_EQ(fgets(buffer, sizeof(buffer), in), nullptr);
  fclose(in);
}

TEST(LogTest, AFileThatCannotBeOpenedIsAnError) {
  EXPECT_EQ(Init({.file = "/proc/none/x.log"}).code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace fangpin::log
