#include "services/registry/core/conflicts.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/base/error_details.h"
#include "libs/base/strings.h"
#include "libs/testing/fake_clock.h"
#include "libs/testing/proto_matchers.h"
#include "libs/testing/status_matchers.h"
#include "services/registry/core/fake_store.h"
#include "services/registry/core/import_worker.h"
#include "services/registry/core/imports.h"
#include "services/registry/core/life.h"
#include "services/registry/core/registry.h"
#include "services/registry/core/test_world.h"

namespace fangpin::registry {
namespace {

using ::absl::StatusCode;
using ::fangpin::testing::EqualsProto;
using ::fangpin::testing::ErrorIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kPrefecture[] = "621100000000";

class ConflictsTest : public ::testing::Test {
 protected:
  absl::StatusOr<pb::Household> Create(const pb::Household& household,
                                       const base::CallContext& ctx = TestContext(kPrefecture),
                                       bool validate_only = false) {
    pb::CreateHouseholdRequest request;
    *request.mutable_household() = household;
    request.set_validate_only(validate_only);
    const auto response = registry_.CreateHousehold(ctx, request);
    if (!response.ok()) return response.status();
    return response->household();
  }
  pb::Household Get(const std::string& id) {
    pb::GetHouseholdRequest request;
    request.set_household_id(id);
    return registry_.GetHousehold(TestContext(kPrefecture), request)->household();
  }
  static pb::JoinMemberRequest Join(const pb::Household& household, int sequence) {
    pb::JoinMemberRequest request;
    request.set_household_id(household.id());
    *request.mutable_person() = TestHousehold({999, sequence}).members(1);
    request.set_joined_on("2024-05-01");
    request.set_cause(pb::MEMBER_CHANGE_CAUSE_MARRIED_IN);
    request.set_etag(household.etag());
    request.set_reason("办理");
    return request;
  }
  // All that the caller sees, over pages of `size`.
  std::vector<pb::PersonConflict> List(
      const base::CallContext& ctx = TestContext(kPrefecture), std::string division = "",
      pb::PersonConflictState state = pb::PERSON_CONFLICT_STATE_UNSPECIFIED, int size = 100) {
    pb::ListPersonConflictsRequest request;
    request.set_division(std::move(division));
    request.set_state(state);
    request.set_page_size(size);
    std::vector<pb::PersonConflict> all;
    PageKey after;
    do {
      const auto page = conflicts_.ListPersonConflicts(ctx, request, after);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      EXPECT_LE(static_cast<int>(page->items.size()), size);
      all.insert(all.end(), page->items.begin(), page->items.end());
      after = page->next;
    } while (!after.empty());
    return all;
  }
  static pb::ResolvePersonConflictRequest Resolve(const pb::PersonConflict& conflict,
                                                  pb::PersonConflictState resolution) {
    pb::ResolvePersonConflictRequest request;
    request.set_conflict_id(conflict.id());
    request.set_resolution(resolution);
    request.set_reason("核实");
    return request;
  }
  absl::StatusOr<pb::PersonConflict> Settle(
      const pb::ResolvePersonConflictRequest& request,
      const base::CallContext& ctx = TestContext(kPrefecture)) {
    const auto response = conflicts_.ResolvePersonConflict(ctx, request);
    if (!response.ok()) return response.status();
    return response->conflict();
  }
  // H1 in our county has 1 (head), 3 and 5; H2 in the other county has 7 and claims 3.
  pb::PersonConflict Claimed() {
    holder_ = *Create(TestHousehold({1, 3, 5}));
    claimant_ = *Create(TestHousehold({7}, "H2", kVillageElsewhere));
    EXPECT_THAT(life_.JoinMember(TestContext(kPrefecture), Join(claimant_, 3)),
                ErrorIs(StatusCode::kAlreadyExists, "PERSON_IN_OTHER_HOUSEHOLD"));
    const auto found = List();
    EXPECT_THAT(found, SizeIs(1));
    return found.empty() ? pb::PersonConflict() : found[0];
  }
  pb::Import Import(const std::string& rows, pb::ImportMode mode, bool validate_only = false) {
    pb::CreateImportRequest create;
    create.mutable_import()->set_division(kCounty);
    create.mutable_import()->set_file_name("户信息.csv");
    create.mutable_import()->set_mode(mode);
    create.mutable_import()->set_validate_only(validate_only);
    create.mutable_import()->set_max_duplicate_percent(100);
    const std::string id = imports_.CreateImport(TestContext(), create)->import().id();
    pb::UploadImportChunkRequest chunk;
    chunk.set_import_id(id);
    chunk.set_data("户信息\n\n县,乡,村,户编号,户类型,姓名,证件号码,与户主关系,劳动技能\n" + rows);
    EXPECT_TRUE(imports_.UploadImportChunk(TestContext(), chunk).ok());
    pb::RunImportRequest run;
    run.set_import_id(id);
    EXPECT_TRUE(imports_.RunImport(TestContext(), run).ok());
    EXPECT_TRUE(worker_.RunPending().ok());
    pb::GetImportRequest get;
    get.set_import_id(id);
    return imports_.GetImport(TestContext(), get)->import();
  }
  static std::string Row(std::string_view household, int sequence, std::string_view relation) {
    return base::StrCat("岷县,秦许乡,西川村,", household, ",一般农户,测试甲,",
                        TestIdNumber(sequence), ",", relation, ",普通劳动力\n");
  }

  DivisionTree divisions_ = TestDivisions();
  metrics::Registry metric_registry_;
  RegistryMetrics metrics_{metric_registry_};
  testing::FakeClock clock_{TestContext().now};
  FakeStore store_;
  Registry registry_{&store_, &divisions_, &metrics_};
  Life life_{&store_, &divisions_, &metrics_};
  Conflicts conflicts_{&store_, &divisions_, &metrics_};
  ImportWorker worker_{&store_, &divisions_, &metrics_, &clock_};
  Imports imports_{&store_, &divisions_, [] {}};
  pb::Household holder_;
  pb::Household claimant_;
};

TEST_F(ConflictsTest, ARefusedJoinIsListed) {
  const pb::PersonConflict conflict = Claimed();
  EXPECT_EQ(conflict.state(), pb::PERSON_CONFLICT_STATE_OPEN);
  EXPECT_EQ(conflict.holder_household_id(), holder_.id());
  EXPECT_EQ(conflict.holder_person_id(), holder_.members(1).id());
  EXPECT_EQ(conflict.holder_division(), kVillage);
  EXPECT_EQ(conflict.claimant_household_id(), claimant_.id());
  EXPECT_EQ(conflict.claimant_national_id(), "H2");
  EXPECT_EQ(conflict.claimant_division(), kVillageElsewhere);
  EXPECT_EQ(conflict.claimed_person().id_number(), TestIdNumber(3));
  EXPECT_EQ(conflict.claimed_person().id(), "");
  EXPECT_EQ(conflict.actor(), "desk");
  EXPECT_EQ(conflict.create_time().seconds(), absl::ToUnixSeconds(TestContext().now));
  EXPECT_EQ(Get(claimant_.id()).revision(), 1);
}

TEST_F(ConflictsTest, ARepeatedClaimIsTheSameConflict) {
  const pb::PersonConflict conflict = Claimed();
  const absl::Status again =
      life_.JoinMember(TestContext(kPrefecture), Join(claimant_, 3)).status();
  EXPECT_EQ(base::GetErrorInfo(again)->metadata().at("conflict_id"), conflict.id());
  EXPECT_THAT(List(), SizeIs(1));
}

TEST_F(ConflictsTest, ARefusedHouseholdIsListedByWhatIsKnownOfIt) {
  ASSERT_TRUE(Create(TestHousehold({1, 3})).ok());
  for (int i = 0; i < 2; ++i) {
    const absl::Status status = Create(TestHousehold({5, 3, 1}, "H2", kOtherVillage)).status();
    EXPECT_THAT(status, ErrorIs(StatusCode::kAlreadyExists, "PERSON_IN_OTHER_HOUSEHOLD"));
    EXPECT_EQ(base::GetErrorInfo(status)->metadata().at("conflict_id"), List()[0].id());
  }
  const auto found = List();
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].claimant_household_id(), "");
  EXPECT_EQ(found[0].claimant_national_id(), "H2");
  EXPECT_EQ(found[0].claimant_division(), kOtherVillage);
  // One without a number is known by its village.
  for (int i = 0; i < 2; ++i) {
    EXPECT_FALSE(Create(TestHousehold({9, 3}, "", kOtherVillage)).ok());
  }
  EXPECT_THAT(List(), SizeIs(3));
}

TEST_F(ConflictsTest, AClaimantThatIsRegisteredSinceIsNamed) {
  ASSERT_TRUE(Create(TestHousehold({1, 3})).ok());
  EXPECT_FALSE(Create(TestHousehold({5, 3}, "H2")).ok());
  const pb::Household claimant = *Create(TestHousehold({5}, "H2"));
  EXPECT_FALSE(life_.JoinMember(TestContext(), Join(claimant, 3)).ok());
  const auto found = List();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].claimant_household_id(), claimant.id());
}

TEST_F(ConflictsTest, WhatOnlyChecksListsNothing) {
  ASSERT_TRUE(Create(TestHousehold({1, 3})).ok());
  const pb::Household other = *Create(TestHousehold({5}, "H2"));
  EXPECT_FALSE(Create(TestHousehold({7, 3}, "H3"), TestContext(), true).ok());
  pb::JoinMemberRequest join = Join(other, 3);
  join.set_validate_only(true);
  EXPECT_FALSE(life_.JoinMember(TestContext(), join).ok());
  Import(Row("H4", 9, "户主") + Row("H4", 3, "之子"), pb::IMPORT_MODE_SKIP_BAD_HOUSEHOLDS, true);
  EXPECT_THAT(List(), IsEmpty());
}

TEST_F(ConflictsTest, ARefusalIsTheSameWhenTheConflictCannotBeKept) {
  ASSERT_TRUE(Create(TestHousehold({1, 3})).ok());
  store_.FailWrite(2, absl::UnavailableError("down"));
  EXPECT_THAT(Create(TestHousehold({5, 3}, "H2")),
              ErrorIs(StatusCode::kAlreadyExists, "PERSON_IN_OTHER_HOUSEHOLD"));
  EXPECT_THAT(List(), IsEmpty());
}

TEST_F(ConflictsTest, AnImportListsWhomItMayNotHave) {
  ASSERT_TRUE(Create(TestHousehold({1, 3})).ok());
  const std::string rows = Row("H2", 5, "户主") + Row("H2", 3, "之子") + Row("H3", 7, "户主");
  const pb::Import done = Import(rows, pb::IMPORT_MODE_SKIP_BAD_HOUSEHOLDS);
  EXPECT_EQ(done.households_created(), 1);
  auto found = List();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].import_id(), done.id());
  EXPECT_EQ(found[0].claimant_national_id(), "H2");
  Import(rows, pb::IMPORT_MODE_ALL_OR_NOTHING);
  EXPECT_THAT(List(), SizeIs(1));

  // What was dismissed is not listed again because the file is the same, but when somebody says so.
  FASSERT_OK(Settle(Resolve(found[0], pb::PERSON_CONFLICT_STATE_DISMISSED)));
  Import(rows, pb::IMPORT_MODE_SKIP_BAD_HOUSEHOLDS);
  EXPECT_THAT(List(), SizeIs(1));
  EXPECT_FALSE(Create(TestHousehold({5, 3}, "H2")).ok());
  EXPECT_THAT(List(), SizeIs(2));
}

TEST_F(ConflictsTest, AnAllOrNothingImportListsToo) {
  ASSERT_TRUE(Create(TestHousehold({1, 3})).ok());
  const pb::Import done =
      Import(Row("H2", 5, "户主") + Row("H2", 3, "之子"), pb::IMPORT_MODE_ALL_OR_NOTHING);
  EXPECT_EQ(done.state(), pb::IMPORT_STATE_FAILED);
  EXPECT_THAT(List(), SizeIs(1));
}

TEST_F(ConflictsTest, AFileDoesNotReopenWhatWasMergedNorRaiseTheDead) {
  const pb::Household a = *Create(TestHousehold({1, 3}));
  const pb::Household b = *Create(TestHousehold({5}, "H2"));
  pb::LeaveMemberRequest death;
  death.set_household_id(a.id());
  death.set_person_id(a.members(1).id());
  death.set_left_on("2024-06-01");
  death.set_cause(pb::MEMBER_CHANGE_CAUSE_DEATH);
  death.set_etag(a.etag());
  death.set_reason("办理");
  FASSERT_OK(life_.LeaveMember(TestContext(), death));
  const auto errors = [&](const pb::Import& done) {
    pb::ListImportErrorsRequest request;
    request.set_import_id(done.id());
    request.set_page_size(10);
    std::vector<std::string> reasons;
    const auto page = imports_.ListImportErrors(TestContext(), request, {});
    for (const auto& error : page->items) reasons.push_back(error.reason());
    return reasons;
  };
  const auto mode = pb::IMPORT_MODE_SKIP_BAD_HOUSEHOLDS;
  // Where that was recorded the file is only late; anywhere else it is wrong.
  EXPECT_THAT(errors(Import(Row("H1", 1, "户主") + Row("H1", 3, "之子"), mode)), IsEmpty());
  EXPECT_FALSE(Get(a.id()).members(1).membership().active());
  EXPECT_THAT(errors(Import(Row("H3", 7, "户主") + Row("H3", 3, "之子"), mode)),
              ElementsAre("PERSON_RECORDED_DEAD"));
  pb::MergeHouseholdsRequest merge;
  merge.set_household_id(a.id());
  merge.set_other_household_id(b.id());
  merge.set_merged_on("2024-06-02");
  merge.set_etag(Get(a.id()).etag());
  merge.set_other_etag("r1");
  merge.set_reason("办理");
  merge.add_relations()->set_person_id(a.members(0).id());
  merge.mutable_relations(0)->mutable_relation()->set_label("之兄弟姐妹");
  FASSERT_OK(life_.MergeHouseholds(TestContext(), merge));
  EXPECT_THAT(errors(Import(Row("H1", 1, "户主"), mode)), ElementsAre("HOUSEHOLD_NOT_OPEN"));
  EXPECT_THAT(List(), IsEmpty());
}

TEST_F(ConflictsTest, AFileOpensAClosedHousehold) {
  const pb::Household a = *Create(TestHousehold({1}));
  pb::LeaveMemberRequest leave;
  leave.set_household_id(a.id());
  leave.set_person_id(a.members(0).id());
  leave.set_left_on("2024-06-01");
  leave.set_cause(pb::MEMBER_CHANGE_CAUSE_EMIGRATED);
  leave.set_etag(a.etag());
  leave.set_reason("办理");
  FASSERT_OK(life_.LeaveMember(TestContext(), leave));
  Import(Row("H1", 1, "户主"), pb::IMPORT_MODE_SKIP_BAD_HOUSEHOLDS);
  const pb::Household opened = Get(a.id());
  EXPECT_THAT(opened.lifecycle(),
              EqualsProto(R"pb(state: LIFECYCLE_STATE_OPEN since: "2024-06-10")pb"));
  EXPECT_THAT(opened.members(0).membership(), EqualsProto(R"pb(active: true)pb"));
}

TEST_F(ConflictsTest, AFileDoesNotOpenAClosedHouseholdForTheDead) {
  const pb::Household a = *Create(TestHousehold({1}));
  pb::LeaveMemberRequest death;
  death.set_household_id(a.id());
  death.set_person_id(a.members(0).id());
  death.set_left_on("2024-06-01");
  death.set_cause(pb::MEMBER_CHANGE_CAUSE_DEATH);
  death.set_etag(a.etag());
  death.set_reason("办理");
  FASSERT_OK(life_.LeaveMember(TestContext(), death));
  const pb::Import done = Import(Row("H1", 1, "户主"), pb::IMPORT_MODE_ALL_OR_NOTHING);
  EXPECT_EQ(done.failure_reason(), "ROWS_BAD");
  EXPECT_EQ(Get(a.id()).lifecycle().state(), pb::LIFECYCLE_STATE_CLOSED);
}

TEST_F(ConflictsTest, AFileOlderThanAnEventUndoesNothing) {
  const auto mode = pb::IMPORT_MODE_ALL_OR_NOTHING;
  const std::string rows = Row("H1", 1, "户主") + Row("H1", 3, "之子") + Row("H2", 5, "户主");
  Import(rows, mode);
  const auto id_of = [&](int sequence) {
    pb::LookUpPersonRequest request;
    request.set_id_number(TestIdNumber(sequence));
    request.set_purpose("核对");
    return registry_.LookUpPerson(TestContext(), request)->match().household_id();
  };
  const pb::Household from = Get(id_of(1));
  const pb::Household to = Get(id_of(5));
  pb::TransferMemberRequest transfer;
  transfer.set_household_id(from.id());
  transfer.set_person_id(from.members(1).id());
  transfer.set_other_household_id(to.id());
  transfer.mutable_relation()->set_label("之女婿");
  transfer.set_moved_on("2024-06-01");
  transfer.set_cause(pb::MEMBER_CHANGE_CAUSE_MARRIED_IN);
  transfer.set_etag(from.etag());
  transfer.set_other_etag(to.etag());
  transfer.set_reason("办理");
  FASSERT_OK(life_.TransferMember(TestContext(), transfer));
  pb::JoinMemberRequest join = Join(Get(to.id()), 7);
  join.set_joined_on("2024-06-01");
  FASSERT_OK(life_.JoinMember(TestContext(), join));

  const pb::Import done = Import(rows, mode);
  EXPECT_EQ(done.households_unchanged(), 2) << done.failure_message();
  EXPECT_EQ(done.rows_duplicate(), 0);
  EXPECT_EQ(id_of(3), to.id());
  EXPECT_EQ(id_of(7), to.id());
  EXPECT_THAT(List(), IsEmpty());
  // Nor does it move them on: who has them is asked.
  const std::string moved = Row("H1", 1, "户主") + Row("H1", 7, "之子") + Row("H2", 5, "户主");
  EXPECT_EQ(Import(moved, pb::IMPORT_MODE_SKIP_BAD_HOUSEHOLDS, true).households_refused(), 1);
  EXPECT_THAT(List(), IsEmpty());
  EXPECT_EQ(Import(moved, pb::IMPORT_MODE_SKIP_BAD_HOUSEHOLDS).households_refused(), 1);
  ASSERT_THAT(List(), SizeIs(1));
  EXPECT_EQ(List()[0].holder_household_id(), to.id());
}

TEST_F(ConflictsTest, OneSideIsToldOnlyTheCountyOfTheOther) {
  const pb::PersonConflict whole = Claimed();
  const auto holder_sees = List(TestContext());
  ASSERT_THAT(holder_sees, SizeIs(1));
  pb::PersonConflict expected = whole;
  expected.clear_claimant_household_id();
  expected.clear_claimant_national_id();
  expected.clear_claimed_person();
  expected.set_claimant_division(kOtherCounty);
  EXPECT_THAT(holder_sees[0], EqualsProto(expected));
  const auto claimant_sees = List(TestContext(kOtherCounty));
  ASSERT_THAT(claimant_sees, SizeIs(1));
  expected = whole;
  expected.clear_holder_household_id();
  expected.clear_holder_person_id();
  expected.set_holder_division(kCounty);
  EXPECT_THAT(claimant_sees[0], EqualsProto(expected));
  EXPECT_THAT(List(TestContext(kOtherVillage)), IsEmpty());
}

TEST_F(ConflictsTest, AReasonIsTheBusinessOfWhoCoversBoth) {
  FASSERT_OK(Settle(Resolve(Claimed(), pb::PERSON_CONFLICT_STATE_DISMISSED)));
  EXPECT_EQ(List()[0].resolve_reason(), "核实");
  EXPECT_EQ(List(TestContext())[0].resolve_reason(), "");
  EXPECT_EQ(List(TestContext())[0].resolver(), "desk");
}

TEST_F(ConflictsTest, ListsByDivisionAndState) {
  const pb::PersonConflict conflict = Claimed();
  const auto ctx = TestContext(kPrefecture);
  EXPECT_THAT(List(ctx, kCounty), SizeIs(1));
  EXPECT_THAT(List(ctx, kOtherCounty), SizeIs(1));
  EXPECT_THAT(List(ctx, kOtherVillage), IsEmpty());
  EXPECT_THAT(List(ctx, "", pb::PERSON_CONFLICT_STATE_DISMISSED), IsEmpty());
  FASSERT_OK(Settle(Resolve(conflict, pb::PERSON_CONFLICT_STATE_DISMISSED)));
  EXPECT_THAT(List(ctx, "", pb::PERSON_CONFLICT_STATE_DISMISSED), SizeIs(1));
  EXPECT_THAT(List(ctx, "", pb::PERSON_CONFLICT_STATE_OPEN), IsEmpty());
  pb::ListPersonConflictsRequest outside;
  outside.set_division(kOtherCounty);
  outside.set_page_size(10);
  EXPECT_THAT(conflicts_.ListPersonConflicts(TestContext(), outside, {}),
              ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED"));
}

TEST_F(ConflictsTest, PagesHoldEachConflictOnceOldestFirst) {
  ASSERT_TRUE(Create(TestHousehold({1, 3, 5, 7, 9})).ok());
  base::CallContext ctx = TestContext(kPrefecture);
  std::vector<std::string> numbers;
  for (const int sequence : {9, 3, 7, 5}) {
    ctx.now += absl::Minutes(1);
    EXPECT_FALSE(Create(TestHousehold({11 + sequence, sequence}, "H" + std::to_string(sequence),
                                      kVillageElsewhere),
                        ctx)
                     .ok());
    numbers.push_back(TestIdNumber(sequence));
  }
  // Both sides of each lie in another range.
  base::CallContext both = ctx;
  both.principal.divisions = {kCounty, kOtherCounty};
  for (const int size : {1, 2, 3, 4, 5}) {
    std::vector<std::string> seen;
    for (const auto& conflict : List(both, "", pb::PERSON_CONFLICT_STATE_UNSPECIFIED, size)) {
      seen.push_back(conflict.claimed_person().id_number());
    }
    EXPECT_EQ(seen, numbers) << size;
  }
}

TEST_F(ConflictsTest, AConflictFollowsItsHouseholds) {
  Claimed();
  pb::TransferHouseholdRequest move;
  move.set_household_id(holder_.id());
  move.set_division(kVillageElsewhere);
  move.set_moved_on("2024-06-01");
  move.set_etag(holder_.etag());
  move.set_reason("办理");
  FASSERT_OK(life_.TransferHousehold(TestContext(kPrefecture), move));
  EXPECT_THAT(List(TestContext()), IsEmpty());
  EXPECT_EQ(List(TestContext(kOtherCounty))[0].holder_household_id(), holder_.id());
}

TEST_F(ConflictsTest, ThePersonMovesToTheClaimantAsItStated) {
  const pb::PersonConflict conflict = Claimed();
  auto request = Resolve(conflict, pb::PERSON_CONFLICT_STATE_TRANSFERRED);
  request.set_request_id("c-1");
  FASSERT_OK_AND_ASSIGN(const pb::PersonConflict settled, Settle(request));
  EXPECT_EQ(settled.state(), pb::PERSON_CONFLICT_STATE_TRANSFERRED);
  EXPECT_EQ(settled.resolver(), "desk");
  EXPECT_EQ(settled.resolve_reason(), "核实");
  const pb::Household holder = Get(holder_.id());
  const pb::Household claimant = Get(claimant_.id());
  EXPECT_EQ(holder.members(1).membership().cause(), pb::MEMBER_CHANGE_CAUSE_MARRIED_OUT);
  EXPECT_EQ(holder.members(1).membership().left_on(), "2024-05-01");
  EXPECT_EQ(holder.members(1).membership().other_household_id(), claimant.id());
  EXPECT_EQ(claimant.members(1).membership().since(), "2024-05-01");
  EXPECT_EQ(claimant.members(1).relation().label(), "之子");
  EXPECT_EQ(holder.revision(), 2);
  EXPECT_EQ(claimant.revision(), 2);
  // A repeat gets the first answer, a second resolution is too late.
  FASSERT_OK_AND_ASSIGN(const pb::PersonConflict again, Settle(request));
  EXPECT_THAT(again, EqualsProto(settled));
  EXPECT_THAT(Settle(Resolve(conflict, pb::PERSON_CONFLICT_STATE_DISMISSED)),
              ErrorIs(StatusCode::kFailedPrecondition, "PERSON_CONFLICT_SETTLED"));
}

TEST_F(ConflictsTest, ValidateOnlySettlesNothing) {
  auto request = Resolve(Claimed(), pb::PERSON_CONFLICT_STATE_TRANSFERRED);
  request.set_validate_only(true);
  FASSERT_OK_AND_ASSIGN(const pb::PersonConflict shown, Settle(request));
  EXPECT_EQ(shown.state(), pb::PERSON_CONFLICT_STATE_TRANSFERRED);
  EXPECT_EQ(List()[0].state(), pb::PERSON_CONFLICT_STATE_OPEN);
  EXPECT_EQ(Get(holder_.id()).revision(), 1);
}

TEST_F(ConflictsTest, TheHeadIsLetGoWhenAnotherIsNamed) {
  Claimed();
  EXPECT_FALSE(life_.JoinMember(TestContext(kPrefecture), Join(claimant_, 1)).ok());
  auto request = Resolve(List()[1], pb::PERSON_CONFLICT_STATE_TRANSFERRED);
  EXPECT_THAT(Settle(request), ErrorIs(StatusCode::kInvalidArgument, "HEAD_MISSING"));
  request.set_new_head_id(holder_.members(1).id());
  request.add_relations()->set_person_id(holder_.members(2).id());
  request.mutable_relations(0)->mutable_relation()->set_label("之兄弟姐妹");
  request.set_moved_on("2024-06-10");
  request.mutable_relation()->set_label("之岳父");
  FASSERT_OK(Settle(request));
  EXPECT_EQ(Get(holder_.id()).members(1).relation().code(), "02");
  EXPECT_EQ(Get(claimant_.id()).members(1).relation().code(), "55");
  EXPECT_EQ(Get(claimant_.id()).members(1).membership().since(), "2024-06-10");
}

TEST_F(ConflictsTest, APersonIsLetGoForAClaimantThatIsNotRegistered) {
  const pb::Household holder = *Create(TestHousehold({1, 3}));
  const pb::Household claimant = TestHousehold({5, 3}, "H2", kOtherVillage);
  EXPECT_FALSE(Create(claimant).ok());
  FASSERT_OK(Settle(Resolve(List()[0], pb::PERSON_CONFLICT_STATE_TRANSFERRED)));
  EXPECT_EQ(Get(holder.id()).members(1).membership().cause(), pb::MEMBER_CHANGE_CAUSE_OTHER_OUT);
  EXPECT_EQ(Get(holder.id()).members(1).membership().left_on(), "2024-06-10");
  FEXPECT_OK(Create(claimant));
}

TEST_F(ConflictsTest, WhatHasHappenedIsOnlyNoted) {
  const pb::PersonConflict conflict = Claimed();
  pb::TransferMemberRequest transfer;
  transfer.set_household_id(holder_.id());
  transfer.set_person_id(holder_.members(1).id());
  transfer.set_other_household_id(claimant_.id());
  transfer.mutable_relation()->set_label("之女婿");
  transfer.set_moved_on("2024-06-01");
  transfer.set_cause(pb::MEMBER_CHANGE_CAUSE_MARRIED_IN);
  transfer.set_etag(holder_.etag());
  transfer.set_other_etag(claimant_.etag());
  transfer.set_reason("办理");
  FASSERT_OK(life_.TransferMember(TestContext(kPrefecture), transfer));
  FASSERT_OK(Settle(Resolve(conflict, pb::PERSON_CONFLICT_STATE_TRANSFERRED)));
  EXPECT_EQ(Get(claimant_.id()).revision(), 2);
}

TEST_F(ConflictsTest, WhoHasLeftTheHolderJoinsTheClaimant) {
  const pb::PersonConflict conflict = Claimed();
  pb::LeaveMemberRequest leave;
  leave.set_household_id(holder_.id());
  leave.set_person_id(holder_.members(1).id());
  leave.set_left_on("2024-06-01");
  leave.set_cause(pb::MEMBER_CHANGE_CAUSE_MARRIED_OUT);
  leave.set_etag(holder_.etag());
  leave.set_reason("办理");
  FASSERT_OK(life_.LeaveMember(TestContext(), leave));
  FASSERT_OK(Settle(Resolve(conflict, pb::PERSON_CONFLICT_STATE_TRANSFERRED)));
  EXPECT_EQ(Get(claimant_.id()).members(1).membership().cause(),
            pb::MEMBER_CHANGE_CAUSE_MARRIED_IN);
}

TEST_F(ConflictsTest, WhoIsSomewhereElseByNowIsNotMoved) {
  const pb::PersonConflict conflict = Claimed();
  const pb::Household third = *Create(TestHousehold({9}, "H3"));
  pb::TransferMemberRequest transfer;
  transfer.set_household_id(holder_.id());
  transfer.set_person_id(holder_.members(1).id());
  transfer.set_other_household_id(third.id());
  transfer.mutable_relation()->set_label("之女婿");
  transfer.set_moved_on("2024-06-01");
  transfer.set_cause(pb::MEMBER_CHANGE_CAUSE_MARRIED_IN);
  transfer.set_etag(holder_.etag());
  transfer.set_other_etag(third.etag());
  transfer.set_reason("办理");
  FASSERT_OK(life_.TransferMember(TestContext(kPrefecture), transfer));
  EXPECT_THAT(Settle(Resolve(conflict, pb::PERSON_CONFLICT_STATE_TRANSFERRED)),
              ErrorIs(StatusCode::kAlreadyExists, "PERSON_IN_OTHER_HOUSEHOLD"));
  FEXPECT_OK(Settle(Resolve(conflict, pb::PERSON_CONFLICT_STATE_DISMISSED)));
}

TEST_F(ConflictsTest, TheHouseholdsMerge) {
  const pb::PersonConflict conflict = Claimed();
  auto request = Resolve(conflict, pb::PERSON_CONFLICT_STATE_MERGED);
  request.set_ending_household_id("621126200201000777");
  EXPECT_THAT(Settle(request), ErrorIs(StatusCode::kInvalidArgument, "NOT_IN_CONFLICT"));
  request.clear_ending_household_id();
  request.add_relations()->set_person_id(claimant_.members(0).id());
  request.mutable_relations(0)->mutable_relation()->set_label("之兄弟姐妹");
  FASSERT_OK(Settle(request));
  EXPECT_EQ(Get(claimant_.id()).lifecycle().merged_into(), holder_.id());
  EXPECT_THAT(Get(holder_.id()).members(), SizeIs(4));
}

TEST_F(ConflictsTest, TheHolderMayBeTheOneThatEnds) {
  auto request = Resolve(Claimed(), pb::PERSON_CONFLICT_STATE_MERGED);
  request.set_ending_household_id(holder_.id());
  for (const pb::Person& person : holder_.members()) {
    pb::RelationChange& change = *request.add_relations();
    change.set_person_id(person.id());
    change.mutable_relation()->set_label("之兄弟姐妹");
  }
  FASSERT_OK(Settle(request));
  EXPECT_EQ(Get(holder_.id()).lifecycle().merged_into(), claimant_.id());
}

TEST_F(ConflictsTest, OnlyARegisteredClaimantMerges) {
  ASSERT_TRUE(Create(TestHousehold({1, 3})).ok());
  EXPECT_FALSE(Create(TestHousehold({5, 3}, "H2")).ok());
  EXPECT_THAT(Settle(Resolve(List()[0], pb::PERSON_CONFLICT_STATE_MERGED)),
              ErrorIs(StatusCode::kFailedPrecondition, "CLAIMANT_NOT_REGISTERED"));
}

TEST_F(ConflictsTest, BothSidesAreCoveredToSettleAndTheClaimantToDismiss) {
  const pb::PersonConflict conflict = Claimed();
  const auto denied = ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED");
  const auto transferred = Resolve(conflict, pb::PERSON_CONFLICT_STATE_TRANSFERRED);
  const auto merged = Resolve(conflict, pb::PERSON_CONFLICT_STATE_MERGED);
  const auto dismissed = Resolve(conflict, pb::PERSON_CONFLICT_STATE_DISMISSED);
  EXPECT_THAT(Settle(transferred, TestContext()), denied);
  EXPECT_THAT(Settle(transferred, TestContext(kOtherCounty)), denied);
  EXPECT_THAT(Settle(merged, TestContext(kOtherCounty)), denied);
  const absl::Status status = Settle(dismissed, TestContext()).status();
  EXPECT_THAT(status, denied);
  EXPECT_EQ(base::GetErrorInfo(status)->metadata().at("division"), kOtherCounty);
  EXPECT_THAT(Settle(dismissed, TestContext(kOtherVillage)),
              ErrorIs(StatusCode::kNotFound, "PERSON_CONFLICT_NOT_FOUND"));
  EXPECT_EQ(List()[0].state(), pb::PERSON_CONFLICT_STATE_OPEN);
  FEXPECT_OK(Settle(dismissed, TestContext(kOtherCounty)));
}

TEST_F(ConflictsTest, AResolutionIsOneOfThree) {
  const pb::PersonConflict conflict = Claimed();
  EXPECT_THAT(Settle(Resolve(conflict, pb::PERSON_CONFLICT_STATE_OPEN)),
              ErrorIs(StatusCode::kInvalidArgument, "VALUE_UNKNOWN"));
  auto request = Resolve(conflict, pb::PERSON_CONFLICT_STATE_DISMISSED);
  request.clear_reason();
  EXPECT_THAT(Settle(request), ErrorIs(StatusCode::kInvalidArgument, "REQUIRED"));
  request.set_reason("核实");
  request.set_conflict_id("none");
  EXPECT_THAT(Settle(request), ErrorIs(StatusCode::kNotFound, "PERSON_CONFLICT_NOT_FOUND"));
}

}  // namespace
}  // namespace fangpin::registry
