#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/rpc/status.h"
#include "libs/rpc/test_server.h"
#include "libs/testing/proto_matchers.h"
#include "libs/testing/status_matchers.h"
#include "services/registry/api/registry_handler.h"
#include "services/registry/core/fake_store.h"
#include "services/registry/core/household.h"
#include "services/registry/core/test_world.h"

namespace fangpin::registry {
namespace {

using ::absl::StatusCode;
using ::fangpin::testing::EqualsProto;
using ::fangpin::testing::ErrorIs;
using ::fangpin::testing::IsOk;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Export and feed behind real gRPC, on the fake store.
class RegistryStreamsTest : public ::testing::Test {
 protected:
  template <typename Response>
  struct Stream {
    std::unique_ptr<grpc::ClientContext> context;
    std::unique_ptr<grpc::ClientReader<Response>> reader;
    // How it ends; what was not read yet is dropped.
    absl::Status Finish() {
      for (Response rest; reader->Read(&rest);) {
      }
      return rpc::FromGrpc(reader->Finish());
    }
  };

  RegistryStreamsTest() {
    server_.Start({&handler_});
    stub_ = pb::RegistryService::NewStub(server_.channel());
  }
  void TearDown() override { server_.Stop(absl::Seconds(5)); }

  static base::Principal Desk(const std::string& division = kCounty) {
    return rpc::TestServer::Person("COUNTY_DESK", division);
  }

  Stream<pb::ExportHouseholdsResponse> Export(const pb::ExportHouseholdsRequest& request,
                                              const base::Principal& principal = Desk()) {
    Stream<pb::ExportHouseholdsResponse> stream{server_.Context(principal), nullptr};
    stream.reader = stub_->ExportHouseholds(stream.context.get(), request);
    return stream;
  }
  Stream<pb::WatchHouseholdsResponse> Watch(const pb::WatchHouseholdsRequest& request,
                                            const base::Principal& principal = Desk()) {
    Stream<pb::WatchHouseholdsResponse> stream{server_.Context(principal), nullptr};
    stream.reader = stub_->WatchHouseholds(stream.context.get(), request);
    return stream;
  }

  // All of an export; its last message through `last`.
  std::vector<pb::Household> ExportAll(const base::Principal& principal,
                                       pb::ExportHouseholdsResponse* last,
                                       const pb::ExportHouseholdsRequest& request = {}) {
    auto stream = Export(request, principal);
    std::vector<pb::Household> households;
    pb::ExportHouseholdsResponse part;
    while (stream.reader->Read(&part)) {
      EXPECT_FALSE(last->complete()) << "a message behind the last";
      for (const pb::Household& household : part.households()) households.push_back(household);
      *last = part;
    }
    EXPECT_THAT(stream.Finish(), IsOk());
    EXPECT_TRUE(last->complete());
    return households;
  }

  pb::Household Create(const pb::Household& household) {
    pb::CreateHouseholdRequest request;
    *request.mutable_household() = household;
    auto created = registry_.CreateHousehold(TestContext("620000000000"), request);
    EXPECT_TRUE(created.ok()) << created.status();
    return created->household();
  }
  // Adds a revision that moves the household, or only touches it.
  void Move(const std::string& id, const std::string& division) {
    const absl::Status status = store_.Write([&](RegistryWriter& writer) -> absl::Status {
      FANGPIN_ASSIGN_OR_RETURN(const auto found, writer.Households({id}));
      pb::Household after = *found[0];
      after.set_division(division);
      HouseholdChange change{&*found[0], MakeRevision(&*found[0], std::move(after),
                                                      TestContext().now, "desk", "搬迁")};
      return writer.Put({change});
    });
    EXPECT_TRUE(status.ok()) << status;
  }
  // One message's events as "CHANGED id number division".
  static std::vector<std::string> Texts(const pb::WatchHouseholdsResponse& part) {
    std::vector<std::string> texts;
    for (const pb::HouseholdEvent& event : part.events()) {
      texts.push_back(pb::HouseholdEventKind_Name(event.kind()).substr(21) + " " +
                      event.revision().household_id() + " " +
                      std::to_string(event.revision().number()) + " " + event.division());
    }
    return texts;
  }

  DivisionTree tree_ = TestDivisions();
  FakeStore store_;
  rpc::TestServer server_{"registry"};
  RegistryMetrics metrics_{server_.runtime().metrics()};
  Registry registry_{&store_, &tree_, &metrics_};
  Feed feed_{&store_};
  Imports imports_{&store_, &tree_, [] {}};
  Exports exports_{&store_, &feed_, &tree_};
  RegistryHandler handler_{server_.runtime(), &registry_,           &feed_, &imports_, &exports_,
                           "secret",          rpc::RunMode::kInline};
  std::unique_ptr<pb::RegistryService::Stub> stub_;
};

TEST_F(RegistryStreamsTest, AnExportGoesOnWhereItBroke) {
  std::vector<pb::Household> created;
  for (int i = 1; i <= 250; ++i) {
    created.push_back(Create(TestHousehold({i}, "H" + std::to_string(i))));
  }
  std::vector<pb::Household> out;
  pb::ExportHouseholdsRequest request;
  int streams = 0;
  for (pb::ExportHouseholdsResponse part; !part.complete(); ++streams) {
    auto stream = Export(request);
    ASSERT_TRUE(stream.reader->Read(&part));
    for (const pb::Household& household : part.households()) out.push_back(household);
    request.set_resume_token(part.resume_token());
    // What changes meanwhile is no part of the export.
    if (streams == 0) Move(created.back().id(), kVillageElsewhere);
    stream.context->TryCancel();
    stream.Finish().IgnoreError();
  }
  EXPECT_GE(streams, 3);
  ASSERT_THAT(out, SizeIs(created.size()));
  for (size_t i = 0; i < out.size(); ++i) EXPECT_THAT(out[i], EqualsProto(created[i]));

  // After its end there is nothing left but the end.
  auto stream = Export(request);
  pb::ExportHouseholdsResponse part;
  ASSERT_TRUE(stream.reader->Read(&part));
  EXPECT_THAT(part.households(), IsEmpty());
  EXPECT_TRUE(part.complete());
  EXPECT_FALSE(stream.reader->Read(&part));
  EXPECT_THAT(stream.Finish(), IsOk());
}

TEST_F(RegistryStreamsTest, TheFeedTakesOverWhereTheExportStands) {
  const std::string id = Create(TestHousehold({1})).id();
  pb::ExportHouseholdsResponse last;
  EXPECT_THAT(ExportAll(Desk(), &last), SizeIs(1));
  Move(id, kOtherVillage);
  pb::WatchHouseholdsRequest request;
  request.set_token(last.watch_token());
  request.set_until_now(true);
  request.set_include_household(true);
  auto stream = Watch(request);
  pb::WatchHouseholdsResponse part;
  ASSERT_TRUE(stream.reader->Read(&part));
  EXPECT_THAT(Texts(part), ElementsAre("CHANGED " + id + " 2 " + kOtherVillage));
  EXPECT_EQ(part.events(0).revision().household().division(), kOtherVillage);
  EXPECT_EQ(part.events(0).revision().reason(), "搬迁");
  EXPECT_FALSE(stream.reader->Read(&part));
  EXPECT_THAT(stream.Finish(), IsOk());
  request.set_token(part.token());
  auto again = Watch(request);
  EXPECT_FALSE(again.reader->Read(&part)) << "an event came twice";
  EXPECT_THAT(again.Finish(), IsOk());
}

TEST_F(RegistryStreamsTest, TokensCannotBeMadeUpOrMixed) {
  Create(TestHousehold({1}));
  pb::ExportHouseholdsResponse last;
  ExportAll(Desk(), &last);
  const auto export_error = [&](const pb::ExportHouseholdsRequest& request) {
    return Export(request).Finish();
  };
  const auto watch_error = [&](const std::string& token) {
    pb::WatchHouseholdsRequest request;
    request.set_token(token);
    request.set_until_now(true);
    return Watch(request).Finish();
  };
  pb::ExportHouseholdsRequest request;
  for (const std::string& token :
       {std::string("x"), last.watch_token(), last.resume_token() + "A"}) {
    request.set_resume_token(token);
    EXPECT_THAT(export_error(request),
                ErrorIs(StatusCode::kInvalidArgument, "RESUME_TOKEN_INVALID"));
  }
  request.set_resume_token(last.resume_token());
  EXPECT_THAT(export_error(request), IsOk());
  request.mutable_filter()->set_include_closed(true);
  EXPECT_THAT(export_error(request), ErrorIs(StatusCode::kInvalidArgument, "RESUME_TOKEN_INVALID"));
  for (const std::string& token :
       {std::string("x"), last.resume_token(), last.watch_token() + "A"}) {
    EXPECT_THAT(watch_error(token), ErrorIs(StatusCode::kInvalidArgument, "WATCH_TOKEN_INVALID"));
  }
  EXPECT_THAT(watch_error(last.watch_token()), IsOk());
}

TEST_F(RegistryStreamsTest, ACountySeesItsOwnAndWhoLeavesItOnce) {
  const std::string here = Create(TestHousehold({1}, "H1")).id();
  const std::string there = Create(TestHousehold({2}, "H2", kVillageElsewhere)).id();
  pb::ExportHouseholdsResponse last, other;
  const auto mine = ExportAll(Desk(), &last);
  ASSERT_THAT(mine, SizeIs(1));
  EXPECT_EQ(mine[0].id(), here);
  const auto theirs = ExportAll(Desk(kOtherCounty), &other);
  ASSERT_THAT(theirs, SizeIs(1));
  EXPECT_EQ(theirs[0].id(), there);
  pb::ExportHouseholdsRequest all_of_them;
  all_of_them.mutable_filter()->set_division(kOtherCounty);
  EXPECT_THAT(Export(all_of_them).Finish(), ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED"));
  pb::WatchHouseholdsRequest request;
  request.set_division(kOtherCounty);
  EXPECT_THAT(Watch(request).Finish(), ErrorIs(StatusCode::kPermissionDenied, "SCOPE_DENIED"));

  Move(here, kVillageElsewhere);
  Move(here, kVillageElsewhere);
  Move(there, kVillage);
  request.clear_division();
  request.set_token(last.watch_token());
  request.set_until_now(true);
  request.set_include_household(true);
  auto county = Watch(request);
  pb::WatchHouseholdsResponse part;
  ASSERT_TRUE(county.reader->Read(&part));
  EXPECT_THAT(Texts(part),
              ElementsAre("LEFT_SCOPE " + here + " 2 ", "CHANGED " + there + " 2 " + kVillage));
  EXPECT_FALSE(part.events(0).revision().has_household());
  EXPECT_TRUE(part.events(1).revision().has_household());
  EXPECT_FALSE(county.reader->Read(&part));
  auto neighbour = Watch(request, Desk(kOtherCounty));
  ASSERT_TRUE(neighbour.reader->Read(&part));
  EXPECT_THAT(Texts(part), ElementsAre("CHANGED " + here + " 2 " + kVillageElsewhere,
                                       "CHANGED " + here + " 3 " + kVillageElsewhere,
                                       "LEFT_SCOPE " + there + " 2 "));
}

TEST_F(RegistryStreamsTest, ExportAndFeedAreMaskedForWhoMayNotSeePersons) {
  Create(TestHousehold({1}));
  const base::Principal masked = rpc::TestServer::Person("MASKED_READER", kCounty);
  pb::ExportHouseholdsResponse last;
  const auto out = ExportAll(masked, &last);
  ASSERT_THAT(out, SizeIs(1));
  EXPECT_NE(out[0].members(0).name(), "测试甲");
  EXPECT_NE(out[0].members(0).id_number(), TestIdNumber(1));
  pb::WatchHouseholdsRequest request;
  request.set_include_household(true);
  auto stream = Watch(request, masked);
  pb::WatchHouseholdsResponse part;
  ASSERT_TRUE(stream.reader->Read(&part));
  Create(TestHousehold({2}, "H2"));
  ASSERT_TRUE(stream.reader->Read(&part));
  ASSERT_THAT(part.events(), SizeIs(1));
  EXPECT_NE(part.events(0).revision().household().members(0).name(), "测试甲");
  stream.context->TryCancel();
}

TEST_F(RegistryStreamsTest, AWatcherIsWokenAndEndsWithTheService) {
  auto stream = Watch({});
  pb::WatchHouseholdsResponse part;
  ASSERT_TRUE(stream.reader->Read(&part)) << "where now is";
  EXPECT_THAT(part.events(), IsEmpty());
  EXPECT_FALSE(part.token().empty());
  for (int i = 1; i <= 20; ++i) {
    const std::string id = Create(TestHousehold({i}, "H" + std::to_string(i))).id();
    ASSERT_TRUE(stream.reader->Read(&part));
    EXPECT_THAT(Texts(part), ElementsAre("CHANGED " + id + " 1 " + kVillage));
    EXPECT_FALSE(part.events(0).revision().has_household());
  }
  server_.runtime().Drain(absl::InfiniteFuture());
  EXPECT_FALSE(stream.reader->Read(&part));
  EXPECT_THAT(stream.Finish(), ErrorIs(StatusCode::kUnavailable, "SERVICE_STOPPING"));
}

}  // namespace
}  // namespace fangpin::registry
