#include "services/screening/core/alerts.h"

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "services/screening/core/core_testing.h"

namespace fangpin::screening {
namespace {

using absl::StatusCode;
using testing::ErrorIs;
using ::testing::SizeIs;

class AlertsTest : public CoreTest {
 protected:
  // The reason for which the only record of a batch was rejected, and its field.
  std::pair<std::string, std::string> Rejection(const v1::PushAlertsRequest& request,
                                                std::string department = "health") {
    const auto response = Push(Department("2024-03-10", std::move(department)), request);
    EXPECT_EQ(response.results(0).answer(), v1::ALERT_ANSWER_REJECTED);
    EXPECT_FALSE(response.results(0).message().empty());
    return {response.results(0).field(), response.results(0).reason()};
  }
};

TEST_F(AlertsTest, EveryRecordIsAnsweredAndOneBadOneFailsNoOther) {
  const auto response = Push(Department("2024-03-10", "health"),
                             Illness({{"a", "1", Person(1), "20240301", "大病"},
                                      {"b", "1", "621126197003040000", "20240301", "大病"},
                                      {"c", "1", Person(2), "20240301", "大病"}}));
  ASSERT_THAT(response.results(), SizeIs(3));
  EXPECT_EQ(response.results(0).answer(), v1::ALERT_ANSWER_ACCEPTED);
  EXPECT_EQ(response.results(1).answer(), v1::ALERT_ANSWER_REJECTED);
  EXPECT_EQ(response.results(1).field(), "sfzh");
  EXPECT_EQ(response.results(1).reason(), "ID_NUMBER_CHECK_DIGIT");
  EXPECT_EQ(response.results(2).answer(), v1::ALERT_ANSWER_ACCEPTED);
  EXPECT_THAT(AllAlerts(), SizeIs(2));
  EXPECT_EQ(wakes_, 1);
}

TEST_F(AlertsTest, TheSameVersionAgainIsADuplicateOfTheSameAlert) {
  const auto request = Illness({{"a", "1", Person(1), "20240301", "大病"}});
  const auto first = Push(Department("2024-03-10", "health"), request);
  for (const bool cached : {true, false}) {
    if (!cached) cache_.marked.clear();
    const auto again = Push(Department("2024-03-11", "health"), request);
    EXPECT_EQ(again.results(0).answer(), v1::ALERT_ANSWER_DUPLICATE);
    EXPECT_EQ(again.results(0).alert_id(), first.results(0).alert_id());
  }
  EXPECT_THAT(AllAlerts(), SizeIs(1));
}

TEST_F(AlertsTest, ADuplicateInsideOneBatchIsFound) {
  const auto response = Push(Department("2024-03-10", "health"),
                             Illness({{"a", "1", Person(1), "20240301", "大病"},
                                      {"a", "1", Person(1), "20240301", "大病"}}));
  EXPECT_EQ(response.results(0).answer(), v1::ALERT_ANSWER_ACCEPTED);
  EXPECT_EQ(response.results(1).answer(), v1::ALERT_ANSWER_DUPLICATE);
  EXPECT_EQ(response.results(1).alert_id(), response.results(0).alert_id());
}

TEST_F(AlertsTest, AMarkWithoutAnAlertBehindItIsNotBelieved) {
  cache_.marked = {{"a", 1}};
  const auto response = Push(Department("2024-03-10", "health"),
                             Illness({{"a", "1", Person(1), "20240301", "大病"}}));
  EXPECT_EQ(response.results(0).answer(), v1::ALERT_ANSWER_ACCEPTED);
  EXPECT_THAT(AllAlerts(), SizeIs(1));
}

TEST_F(AlertsTest, NothingIsMarkedUnlessItIsCommitted) {
  store_.FailCommits(absl::UnavailableError("disk gone"));
  const auto request = Illness({{"a", "1", Person(1), "20240301", "大病"}});
  EXPECT_THAT(alerts_.PushAlerts(Department("2024-03-10", "health"), request),
              testing::StatusIs(StatusCode::kUnavailable));
  EXPECT_THAT(cache_.marked, SizeIs(0));
  EXPECT_EQ(wakes_, 0);
  store_.FailCommits(absl::OkStatus());
  EXPECT_EQ(Push(Department("2024-03-10", "health"), request).results(0).answer(),
            v1::ALERT_ANSWER_ACCEPTED);
}

TEST_F(AlertsTest, AHigherVersionTakesThePlaceOfALowerOne) {
  Push(Department("2024-03-10", "health"), Illness({{"a", "1", Person(1), "20240301", "大病"}}));
  Push(Department("2024-03-11", "health"), Illness({{"a", "3", Person(1), "20240301", "排除"}}));
  // Late, and older than what is there.
  Push(Department("2024-03-12", "health"), Illness({{"a", "2", Person(1), "20240301", "大病"}}));
  std::map<int64_t, v1::AlertState> states;
  for (const v1::Alert& alert : AllAlerts()) states[alert.source_version()] = alert.state();
  EXPECT_EQ(states[1], v1::ALERT_STATE_SUPERSEDED);
  EXPECT_EQ(states[2], v1::ALERT_STATE_SUPERSEDED);
  EXPECT_EQ(states[3], v1::ALERT_STATE_PENDING);
}

TEST_F(AlertsTest, TheBatchItselfIsRefusedAsAWhole) {
  const auto ctx = Department("2024-03-10", "health");
  const std::vector<std::string> good = {"a", "1", Person(1), "20240301", "大病"};
  EXPECT_THAT(alerts_.PushAlerts(ctx, Batch("no_such_feed", {"x"}, {{"1"}})),
              ErrorIs(StatusCode::kInvalidArgument, "FEED_UNKNOWN"));
  EXPECT_THAT(alerts_.PushAlerts(ctx, Illness({})),
              ErrorIs(StatusCode::kInvalidArgument, "BATCH_EMPTY"));
  EXPECT_THAT(alerts_.PushAlerts(ctx, Illness(std::vector(1001, good))),
              ErrorIs(StatusCode::kInvalidArgument, "BATCH_TOO_LARGE"));
  EXPECT_THAT(alerts_.PushAlerts(ctx, Batch("severe_illness", {"bgkbh", "sfzh"}, {{"a", "b"}})),
              ErrorIs(StatusCode::kInvalidArgument, "COLUMN_MISSING"));
  EXPECT_THAT(
      alerts_.PushAlerts(ctx, Batch("severe_illness", {"bgkbh", "sfzh", "qzrq", "SFZH"}, {{""}})),
      ErrorIs(StatusCode::kInvalidArgument, "COLUMN_REPEATED"));
  EXPECT_THAT(AllAlerts(), SizeIs(0));
  EXPECT_THAT(Push(ctx, Illness(std::vector(1000, good))).results(), SizeIs(1000));
}

TEST_F(AlertsTest, OnlyTheDepartmentItselfOrAnOperatorPushes) {
  const auto request = Illness({{"a", "1", Person(1), "20240301", "大病"}});
  EXPECT_THAT(alerts_.PushAlerts(Department("2024-03-10", "education"), request),
              ErrorIs(StatusCode::kPermissionDenied, "FEED_OF_OTHER_DEPARTMENT"));
  FEXPECT_OK(alerts_.PushAlerts(At("2024-03-10", "ops", "OPERATOR"), request));
}

TEST_F(AlertsTest, RecordsAreRejectedWithTheDepartmentsFieldAndTheReason) {
  using Pair = std::pair<std::string, std::string>;
  const std::string id = Person(1);
  EXPECT_EQ(Rejection(Illness({{"a", "1", id, "20240301"}})), Pair("", "VALUE_COUNT"));
  EXPECT_EQ(Rejection(Illness({{"", "1", id, "20240301", "大病"}})),
            Pair("bgkbh", "VALUE_MISSING"));
  EXPECT_EQ(Rejection(Illness({{"a", "0", id, "20240301", "大病"}})),
            Pair("bbh", "VERSION_FORMAT"));
  EXPECT_EQ(Rejection(Illness({{"a", "1", "62112619", "20240301", "大病"}})),
            Pair("sfzh", "ID_NUMBER_LENGTH"));
  EXPECT_EQ(Rejection(Illness({{"a", "1", id, "20240230", "大病"}})), Pair("qzrq", "DATE_FORMAT"));
  EXPECT_EQ(Rejection(Illness({{"a", "1", id, "20240311", "大病"}})),
            Pair("qzrq", "DATE_IN_FUTURE"));
  EXPECT_EQ(Rejection(Illness({{std::string(1001, 'a'), "1", id, "20240301", "大病"}})),
            Pair("", "VALUE_TOO_LONG"));
  EXPECT_EQ(Rejection(Illness({{std::string(201, 'a'), "1", id, "20240301", "大病"}})),
            Pair("bgkbh", "VALUE_TOO_LONG"));
  EXPECT_EQ(Rejection(Illness({{"a", "1", id, "20240301", "\xb4\xf3\xb2\xa1"}})),
            Pair("", "TEXT_INVALID"));
  EXPECT_EQ(Rejection(Bills({{"s", id, "2024-03-01 08:00:00", "21", "12.345", "0", "12"}}),
                      "medical_insurance"),
            Pair("psn_pay", "MONEY_PRECISION"));
  EXPECT_EQ(Rejection(Bills({{"s", id, "2024-03-01 08:00:00", "21", "-1", "0", "12"}}),
                      "medical_insurance"),
            Pair("psn_pay", "AMOUNT_NEGATIVE"));
  EXPECT_THAT(AllAlerts(), SizeIs(0));
}

TEST_F(AlertsTest, IdNumbersOfFifteenDigitsAndWithSmallXAreTaken) {
  const auto response = Push(Department("2024-03-10", "health"),
                             Illness({{"a", "1", "621126700304001", "20240301", "大病"},
                                      {"b", "1", "11010519491231002x", "20240301", "大病"}}));
  EXPECT_EQ(response.results(0).answer(), v1::ALERT_ANSWER_ACCEPTED);
  EXPECT_EQ(response.results(1).answer(), v1::ALERT_ANSWER_ACCEPTED);
}

TEST_F(AlertsTest, EveryShippedFeedTakesARecordOfItsOwn) {
  for (const auto& [id, feed] : feeds_.feeds()) {
    std::vector<std::string> columns, values;
    for (const v1::FeedColumn& column : feed.definition().columns()) {
      columns.push_back(column.name());
      switch (column.meaning()) {
        case v1::FEED_COLUMN_MEANING_SOURCE_ID:
          values.push_back("S-1");
          break;
        case v1::FEED_COLUMN_MEANING_ID_NUMBER:
          values.push_back(Person(1));
          break;
        case v1::FEED_COLUMN_MEANING_DISABILITY_NUMBER:
          values.push_back(testing::MakeDisabilityNumber(Person(1), 4, 2));
          break;
        default:
          switch (column.format()) {
            case v1::FEED_COLUMN_FORMAT_COMPACT_DAY:
              values.push_back("20240301");
              break;
            case v1::FEED_COLUMN_FORMAT_DATE_TIME:
              values.push_back("2024-03-01 08:00:00");
              break;
            case v1::FEED_COLUMN_FORMAT_DAY:
              values.push_back("2024-03-01");
              break;
            case v1::FEED_COLUMN_FORMAT_CODE:
              values.push_back(column.codes(0).value());
              break;
            default:
              values.push_back("1");
          }
      }
    }
    const auto response = Push(Department("2024-03-10", feed.definition().department_id()),
                               Batch(id, columns, {values}));
    EXPECT_EQ(response.results(0).answer(), v1::ALERT_ANSWER_ACCEPTED)
        << id << " " << response.results(0).DebugString();
  }
  EXPECT_GE(feeds_.feeds().size(), 8u);
}

TEST_F(AlertsTest, ListingPagesInOrderAndStaysInsideTheCallersDivisions) {
  for (int i = 0; i < 5; ++i) {
    Push(Department("2024-03-10", "health"),
         Illness({{std::to_string(i), "1", Person(i + 1), "20240301", "大病"}}));
  }
  v1::ListAlertsRequest request;
  request.set_page_size(2);
  std::vector<std::string> sources;
  do {
    const auto page = alerts_.ListAlerts(At("2024-03-10", "desk"), request);
    FASSERT_OK(page);
    for (const v1::Alert& alert : page->alerts()) sources.push_back(alert.source_id());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(sources, ::testing::ElementsAre("0", "1", "2", "3", "4"));
  const auto elsewhere =
      alerts_.ListAlerts(At("2024-03-10", "desk", "", "621102000000"), v1::ListAlertsRequest());
  FASSERT_OK(elsewhere);
  EXPECT_THAT(elsewhere->alerts(), SizeIs(0));
}

TEST_F(AlertsTest, FeedsShowWhatTheySentAndHowFar) {
  Push(Department("2024-03-10", "health"), Illness({{"a", "1", Person(1), "20240301", "大病"},
                                                    {"b", "1", Person(2), "20240305", "大病"}}));
  const auto response = alerts_.ListFeeds(At("2024-03-10", "ops"), v1::ListFeedsRequest());
  FASSERT_OK(response);
  EXPECT_EQ(response->feeds_size(), static_cast<int>(feeds_.feeds().size()));
  for (const v1::Feed& feed : response->feeds()) {
    EXPECT_EQ(feed.accepted(), feed.id() == "severe_illness" ? 2 : 0);
    EXPECT_EQ(feed.pending(), feed.accepted());
    EXPECT_EQ(feed.watermark(), feed.id() == "severe_illness" ? "2024-03-05" : "");
    EXPECT_GT(feed.columns_size(), 3);
  }
}

TEST(FeedCatalogueTest, RefusesAFeedThatCannotBeRead) {
  const auto with = [](auto change) {
    v1::FeedCatalogue config = ShippedFeeds();
    change(*config.mutable_feeds(0));
    return FeedCatalogue::Create(config).status();
  };
  const auto invalid = ErrorIs(StatusCode::kInvalidArgument, "FEED_CATALOGUE_INVALID");
  EXPECT_THAT(with([](v1::FeedDefinition& feed) { feed.set_rule("NO_SUCH_RULE"); }), invalid);
  EXPECT_THAT(with([](v1::FeedDefinition& feed) { feed.set_id("severe_illness"); }), invalid);
  EXPECT_THAT(with([](v1::FeedDefinition& feed) { feed.mutable_columns()->DeleteSubrange(0, 1); }),
              invalid);
  EXPECT_THAT(with([](v1::FeedDefinition& feed) { feed.set_accumulate_by("no_such_fact"); }),
              invalid);
  EXPECT_THAT(with([](v1::FeedDefinition& feed) { feed.clear_department_id(); }), invalid);
}

}  // namespace
}  // namespace fangpin::screening
