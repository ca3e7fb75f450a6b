#include "libs/sql/tokens.h"

#include "gtest/gtest.h"

namespace fangpin::sql {
namespace {

TEST(TokensTest, EachEngineGetsItsWords) {
  constexpr std::string_view kText = "a {{key}} b {{blob}} c {{for_update}}";
  EXPECT_EQ(ExpandTokens(kText, Engine::kSqlite), "a TEXT b BLOB c ");
  EXPECT_EQ(ExpandTokens(kText, Engine::kPostgres), "a TEXT COLLATE \"C\" b BYTEA c FOR UPDATE");
}

TEST(TokensTest, OtherBracesStay) {
  EXPECT_EQ(ExpandTokens("SELECT '{{x}}'", Engine::kPostgres), "SELECT '{{x}}'");
}

}  // namespace
}  // namespace fangpin::sql
