#include "libs/sql/value.h"

#include <limits>
#include <utility>

#include "gtest/gtest.h"

namespace fangpin::sql {
namespace {

TEST(ValueTest, TakesWhatStatementsAreGiven) {
  enum Colour { kRed = 3 };
  EXPECT_EQ(*Value(kRed).integer(), 3);
  EXPECT_EQ(*Value(true).integer(), 1);
  EXPECT_EQ(*Value(std::numeric_limits<int64_t>::min()).integer(),
            std::numeric_limits<int64_t>::min());
  EXPECT_EQ(*Value("x").text(), "x");
  EXPECT_EQ(*Value(std::string_view("x")).text(), "x");
  EXPECT_EQ(*Value(Blob{"x"}).blob(), "x");
  EXPECT_EQ(Value(Blob{"x"}).text(), nullptr);
  EXPECT_TRUE(Value(nullptr).is_null());
  EXPECT_TRUE(Value(std::optional<std::string>()).is_null());
  EXPECT_EQ(*Value(std::optional<int>(5)).integer(), 5);
}

TEST(RowTest, KeptRowOwnsItsBytes) {
  std::string text = "防贫";
  Row row;
  row.cells() = {{Row::Cell::Kind::kText, 0, text}, {}, {Row::Cell::Kind::kInteger, 7, {}}};
  Row kept = row.Keep();
  text.assign("overwritten");
  const Row moved = std::move(kept);
  EXPECT_EQ(moved.Text(0), "防贫");
  EXPECT_TRUE(moved.IsNull(1));
  EXPECT_EQ(moved.Text(1), "");
  EXPECT_EQ(moved.OptionalText(1), std::nullopt);
  EXPECT_EQ(moved.OptionalInt(2), 7);
}

TEST(RowDeathTest, AnotherKindOrColumnEndsTheProcess) {
  Row row;
  row.cells() = {{Row::Cell::Kind::kText, 0, "x"}};
  EXPECT_DEATH(row.Int(0), "is text, asked for as integer");
  EXPECT_DEATH(row.Text(1), "column 1 of 1");
}

}  // namespace
}  // namespace fangpin::sql
