#include "libs/rpc/field_path.h"

#include "fangpin/rpc/testdata/v1/echo.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"

namespace fangpin::rpc {
namespace {

namespace pb = testdata::v1;
using ::testing::ElementsAre;
using testing::ErrorIs;
using ::testing::IsEmpty;
using testing::IsOk;

TEST(FieldPathTest, ReadsThroughMessagesAndLists) {
  pb::GetPersonResponse response;
  const auto path =
      FieldPath::Resolve(pb::GetPersonResponse::descriptor(), "person.relatives.name");
  ASSERT_THAT(path, IsOk());
  EXPECT_THAT(path->Read(response, 10), IsEmpty());
  for (const char* name : {"甲", "", "乙", "丙"}) {
    response.mutable_person()->add_relatives()->set_name(name);
  }
  EXPECT_THAT(path->Read(response, 10), ElementsAre("甲", "乙", "丙"));
  EXPECT_THAT(path->Read(response, 2), ElementsAre("甲", "乙"));
  EXPECT_THAT(path->Read(response, 0), IsEmpty());
}

TEST(FieldPathTest, PathsThatDoNotFitAreRefused) {
  for (const char* path :
       {"", "nothing", "person", "person.nothing", "person.name.x", "person.notes",
        "person.notes.key", "person.health.disability_level", "person.", ".person"}) {
    EXPECT_THAT(FieldPath::Resolve(pb::GetPersonResponse::descriptor(), path),
                ErrorIs(absl::StatusCode::kInvalidArgument, "FIELD_PATH_INVALID"))
        << path;
  }
}

TEST(FieldPathTest, IdsAreFoundAtTheRootAndOneMessageDown) {
  pb::GetPersonResponse response;
  response.mutable_person()->set_id("p-1");
  response.mutable_person()->set_id_number("620123199003074028");
  response.mutable_person()->add_relatives()->set_id("p-2");
  std::vector<std::string> ids;
  for (const FieldPath& path : IdPaths(pb::GetPersonResponse::descriptor())) {
    for (const std::string& id : path.Read(response, 10)) ids.push_back(id);
  }
  EXPECT_THAT(ids, ElementsAre("p-1"));
  EXPECT_THAT(IdPaths(pb::EchoResponse::descriptor()), IsEmpty()) << "request_id is not an id";
  EXPECT_EQ(IdPaths(pb::ChangeResponse::descriptor()).size(), 1u);
}

}  // namespace
}  // namespace fangpin::rpc
