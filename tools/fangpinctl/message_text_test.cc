#include "tools/fangpinctl/message_text.h"

#include <algorithm>
#include <memory>
#include <sstream>

#include "fangpin/assistance/v1/assistance_service.pb.h"
#include "fangpin/elimination/v1/elimination_service.pb.h"
#include "fangpin/registry/v1/division_service.pb.h"
#include "fangpin/registry/v1/household.pb.h"
#include "fangpin/registry/v1/registry_service.pb.h"
#include "fangpin/screening/v1/alert_service.pb.h"
#include "fangpin/screening/v1/determination_service.pb.h"
#include "fangpin/screening/v1/screening_service.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/testing/proto_matchers.h"
#include "libs/testing/status_matchers.h"
#include "nlohmann/json.hpp"
#include "tools/fangpinctl/columns.h"
#include "tools/fangpinctl/errors.h"
#include "tools/fangpinctl/message_path.h"

namespace fangpin::ctl {
namespace {

namespace pb = registry::v1;
using testing::EqualsProto;
using testing::ErrorIs;
using testing::IsOk;

pb::Household Example() {
  pb::Household household;
  household.set_id("621126100200000001");
  household.add_members()->set_name("测试甲");
  household.add_members()->set_name("测试乙");
  household.mutable_monitoring()->set_state(policy::v1::MONITORING_STATE_MONITORED);
  household.mutable_monitoring()->add_risks()->set_type(policy::v1::RISK_TYPE_ILLNESS);
  household.mutable_monitoring()->add_risks()->set_type(policy::v1::RISK_TYPE_OTHER);
  household.mutable_monitoring()->set_no_labour_backstop(false);
  household.mutable_income()->set_per_capita_net_fen(785050);
  household.mutable_create_time()->set_seconds(1693526400);  // 2023-09-01 08:00 in China
  (*household.mutable_other_columns())["备注"] = "无";
  return household;
}

std::string Cell(std::string_view path, Format format) {
  const pb::Household household = Example();
  return CellText(household, MessagePath(household.GetDescriptor(), path), format);
}

TEST(CellTextTest, TablesSpeakToPeopleAndCsvToPrograms) {
  EXPECT_EQ(Cell("monitoring.state", Format::kTable), "MONITORED");
  EXPECT_EQ(Cell("income.per_capita_net_fen", Format::kTable), "7850.50");
  EXPECT_EQ(Cell("income.per_capita_net_fen", Format::kCsv), "785050");
  EXPECT_EQ(Cell("monitoring.no_labour_backstop", Format::kTable), "否");
  EXPECT_EQ(Cell("monitoring.no_labour_backstop", Format::kCsv), "false");
  EXPECT_EQ(Cell("create_time", Format::kTable), "2023-09-01 08:00:00");
  EXPECT_EQ(Cell("create_time", Format::kCsv), "2023-09-01T00:00:00+00:00");
}

TEST(CellTextTest, RepeatedFieldsAreJoinedOrCounted) {
  EXPECT_EQ(Cell("monitoring.risks.type", Format::kTable), "ILLNESS、OTHER");
  EXPECT_EQ(Cell("monitoring.risks.type", Format::kCsv), "ILLNESS;OTHER");
  EXPECT_EQ(Cell("members", Format::kTable), "2");
}

TEST(CellTextTest, WhatIsNotOnRecordIsEmpty) {
  EXPECT_EQ(Cell("monitoring.category", Format::kTable), "");
  EXPECT_EQ(Cell("income.wage_fen", Format::kTable), "");
  EXPECT_EQ(Cell("living.electricity", Format::kTable), "");
}

TEST(TreeTest, ShowsEverySetField) {
  std::ostringstream out;
  PrintTree(Example(), out);
  EXPECT_EQ(out.str(),
            "id：621126100200000001\n"
            "members[0]\n"
            "  name：测试甲\n"
            "members[1]\n"
            "  name：测试乙\n"
            "monitoring\n"
            "  state：MONITORED\n"
            "  risks[0]\n"
            "    type：ILLNESS\n"
            "  risks[1]\n"
            "    type：OTHER\n"
            "  no_labour_backstop：否\n"
            "income\n"
            "  per_capita_net（元）：7850.50\n"
            "other_columns.备注：无\n"
            "create_time：2023-09-01 08:00:00\n");
}

TEST(MessagePathTest, EnumsTakeNamesWithOrWithoutPrefix) {
  pb::ListHouseholdsRequest request;
  const MessagePath states(request.GetDescriptor(), "filter.states");
  EXPECT_THAT(states.Set(request, {"monitored", "MONITORING_STATE_ELIMINATED"}), IsOk());
  EXPECT_THAT(request, EqualsProto("filter { states: MONITORING_STATE_MONITORED "
                                   "states: MONITORING_STATE_ELIMINATED }"));
  EXPECT_THAT(states.Set(request, {"UNSPECIFIED"}),
              ErrorIs(absl::StatusCode::kInvalidArgument, "VALUE_NOT_ACCEPTED"));
}

TEST(MessagePathTest, MoneyIsGivenInYuan) {
  assistance::v1::RecordMeasureRequest request;
  const MessagePath amount(request.GetDescriptor(), "amount_fen");
  EXPECT_FALSE(amount.Has(request));
  EXPECT_THAT(amount.Set(request, {"1,200.5"}), IsOk());
  EXPECT_TRUE(amount.Has(request));
  EXPECT_EQ(request.amount_fen(), 120050);
  EXPECT_THAT(amount.Set(request, {"1.005"}),
              ErrorIs(absl::StatusCode::kInvalidArgument, "VALUE_NOT_ACCEPTED"));
}

TEST(MessagePathTest, NestedFieldsAreMadeOnTheWay) {
  assistance::v1::RecordEffectRequest request;
  EXPECT_THAT(MessagePath(request.GetDescriptor(), "effect.result").Set(request, {"CLEAR"}),
              IsOk());
  EXPECT_THAT(request, EqualsProto("effect { result: EFFECT_RESULT_CLEAR }"));
}

TEST(JsonTest, UnknownFieldsAreRefused) {
  pb::GetHouseholdRequest request;
  EXPECT_THAT(FromJson(R"({"householdId": "1"})", &request), IsOk());
  EXPECT_EQ(request.household_id(), "1");
  const absl::Status status = FromJson(R"({"household": "1"})", &request);
  EXPECT_THAT(status, ErrorIs(absl::StatusCode::kInvalidArgument, "JSON_INVALID"));
  EXPECT_EQ(ExitCodeOf(status), ExitCode::kUsage);
}

// A wrong path ends the program, so building the columns is the check.
TEST(ColumnsTest, EveryRecordThatAMethodAnswersWithHasColumns) {
  const google::protobuf::Descriptor* const requests[] = {
      pb::GetHouseholdRequest::descriptor(),
      pb::GetDivisionRequest::descriptor(),
      screening::v1::ListFeedsRequest::descriptor(),
      screening::v1::GetClueRequest::descriptor(),
      screening::v1::GetCaseRequest::descriptor(),
      assistance::v1::GetPlanRequest::descriptor(),
      elimination::v1::GetEliminationRequest::descriptor()};
  for (const auto* request : requests) {
    for (int i = 0; i < request->file()->service_count(); ++i) {
      const auto* service = request->file()->service(i);
      for (int j = 0; j < service->method_count(); ++j) {
        const auto* response = service->method(j)->output_type();
        for (int k = 0; k < response->field_count(); ++k) {
          if (response->field(k)->message_type() == nullptr) continue;
          const Columns columns(response->field(k)->message_type());
          EXPECT_FALSE(columns.headings().empty()) << service->method(j)->full_name();
        }
      }
    }
  }
}

TEST(JsonTest, OptionalFieldsThatAreNotSetStayAway) {
  pb::Household household;
  household.mutable_income()->set_wage_fen(0);
  const auto json = nlohmann::json::parse(ToJson(household, JsonStyle::kLine));
  EXPECT_EQ(json["id"], "");
  EXPECT_EQ(json["income"]["wageFen"], "0");
  EXPECT_FALSE(json["income"].contains("perCapitaNetFen"));
  EXPECT_FALSE(json.contains("monitoring"));
}

// The first choice of every enum in its place.
void Choose(nlohmann::json& value) {
  if (value.is_string()) {
    const auto text = value.get<std::string>();
    value = text.substr(0, text.find('|'));
  } else if (value.is_structured()) {
    for (auto& inner : value) Choose(inner);
  }
}

TEST(JsonTemplateTest, ReadsAsItsRequestOnceTheEnumsAreChosen) {
  const google::protobuf::Descriptor* const requests[] = {
      screening::v1::AssessClueRequest::descriptor(),
      screening::v1::RecordCaseStepRequest::descriptor(),
      screening::v1::RecordVisitRequest::descriptor(),
      assistance::v1::UpdatePlanRequest::descriptor(),
      elimination::v1::RecordEliminationStepRequest::descriptor(),
      pb::CreateHouseholdRequest::descriptor()};
  for (const auto* request : requests) {
    const std::string text = JsonTemplate(request);
    const std::unique_ptr<google::protobuf::Message> message(
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(request)->New());
    EXPECT_THAT(FromJson(text, message.get()),
                ErrorIs(absl::StatusCode::kInvalidArgument, "JSON_INVALID"))
        << "no choice was made in " << text;
    auto json = nlohmann::json::parse(text);
    EXPECT_FALSE(json.contains("requestId"));
    Choose(json);
    // Of alternatives, such as the evidence of each kind of step, one stays.
    if (const auto* step = request->FindFieldByName("step")) {
      const auto* evidence = step->message_type()->oneof_decl(0);
      for (int i = 1; i < evidence->field_count(); ++i) {
        json["step"].erase(evidence->field(i)->json_name());
      }
    }
    EXPECT_THAT(FromJson(json.dump(), message.get()), IsOk()) << json.dump(2);
  }
}

TEST(ColumnsTest, StepsShowTheirNumberAndTheLast) {
  screening::v1::DeterminationCase found;
  found.add_steps()->set_step(screening::v1::IDENTIFICATION_STEP_REVIEWED);
  found.add_steps()->set_step(screening::v1::IDENTIFICATION_STEP_PUBLICISED);
  const Columns columns(found.GetDescriptor());
  EXPECT_THAT(columns.Cells(found, Format::kTable), ::testing::Contains("2：PUBLICISED"));
  EXPECT_THAT(columns.Cells(found, Format::kCsv), ::testing::Contains("REVIEWED;PUBLICISED"));
}

TEST(ColumnsTest, MoneyOfATypeWithoutChosenColumnsIsHeadedYuan) {
  const Columns columns(pb::IncomeAccount::descriptor());
  std::vector<std::string> titles;
  for (const Heading& heading : columns.headings()) titles.push_back(heading.title);
  EXPECT_THAT(titles, ::testing::Contains("wage（元）"));
}

TEST(MessageListTest, JsonIsOneObjectWithOneList) {
  std::ostringstream out;
  MessageList list(Format::kJson, "divisions", pb::Household::descriptor(), out);
  pb::Household household;
  household.set_id("1");
  list.Add(household);
  household.set_id("2");
  list.Add(household);
  list.Finish();
  const std::string text = out.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4) << "a record is a line";
  const auto json = nlohmann::json::parse(text);
  ASSERT_EQ(json["divisions"].size(), 2u);
  EXPECT_EQ(json["divisions"][1]["id"], "2");

  std::ostringstream empty;
  MessageList(Format::kJson, "divisions", pb::Household::descriptor(), empty).Finish();
  EXPECT_EQ(empty.str(), "{\"divisions\":[]}\n");
}

}  // namespace
}  // namespace fangpin::ctl
