#include "libs/rpc/permission.h"

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "libs/testing/status_matchers.h"

namespace fangpin::rpc {
namespace {

using testing::ErrorIs;
using testing::IsOk;

absl::StatusOr<RoleTable> Parse(const std::string& text) {
  config::v1::Roles config;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &config));
  return RoleTable::FromConfig(config);
}

TEST(PermissionTest, ExactAndWildcardPermissions) {
  const auto table = Parse(R"(roles { name: "A" permissions: "registry.households.read" }
                              roles { name: "B" permissions: "screening.*" see_personal: true })");
  ASSERT_THAT(table, IsOk());
  const Grants a = table->GrantsOf({"A"});
  EXPECT_TRUE(a.Allow("registry.households.read"));
  EXPECT_FALSE(a.Allow("registry.households.reads"));
  EXPECT_FALSE(a.Allow("registry.households"));
  EXPECT_FALSE(a.Allow("screening.clues.read"));
  EXPECT_FALSE(a.see_personal);
  const Grants b = table->GrantsOf({"B"});
  EXPECT_TRUE(b.Allow("screening.clues.read"));
  EXPECT_FALSE(b.Allow("screeningx.clues.read"));
  EXPECT_FALSE(b.Allow("screening"));
  const Grants both = table->GrantsOf({"A", "B"});
  EXPECT_TRUE(both.Allow("registry.households.read") && both.Allow("screening.clues.read"));
  EXPECT_TRUE(both.see_personal);
}

TEST(PermissionTest, AnUnknownRoleGrantsNothing) {
  const auto table = Parse("");
  ASSERT_THAT(table, IsOk());
  EXPECT_FALSE(table->GrantsOf({"ROOT"}).Allow("registry.households.read"));
  EXPECT_FALSE(table->Knows("ROOT"));
}

TEST(PermissionTest, MalformedTablesAreRefused) {
  for (const char* text : {R"(roles { name: "A" } roles { name: "A" })", R"(roles { name: "a" })",
                           R"(roles { name: "" })", R"(roles { name: "A" permissions: "*" })",
                           R"(roles { name: "A" permissions: "" })",
                           R"(roles { name: "A" permissions: "registry.*.read" })",
                           R"(roles { name: "A" permissions: "registry..read" })",
                           R"(roles { name: "A" permissions: ".*" })"}) {
    EXPECT_THAT(Parse(text), ErrorIs(absl::StatusCode::kInvalidArgument, "ROLES_INVALID")) << text;
  }
}

// Who checks must not be who makes: no human role both submits and approves.
TEST(PermissionTest, TheShippedTableKeepsMakersAndCheckersApart) {
  const auto table = RoleTable::Load("deploy/config/roles.textproto");
  ASSERT_THAT(table, IsOk());
  for (const char* role :
       {"VILLAGE_CADRE", "TOWNSHIP_REVIEWER", "COUNTY_APPROVER", "PREFECTURE_DESK",
        "PREFECTURE_VIEWER", "PROVINCE_VIEWER", "DEPARTMENT_FEED", "EXTERNAL_SYSTEM",
        "DATA_COLLECTOR", "OPERATOR", "COUNTY_DESK"}) {
    ASSERT_TRUE(table->Knows(role)) << role;
    const Grants grants = table->GrantsOf({role});
    for (const char* subject : {"screening.cases", "assistance.plans", "elimination"}) {
      EXPECT_FALSE(grants.Allow(std::string(subject) + ".write") &&
                   grants.Allow(std::string(subject) + ".approve"))
          << role << " " << subject;
    }
  }
  EXPECT_FALSE(table->GrantsOf({"OPERATOR"}).Allow("registry.households.read"));
  EXPECT_FALSE(table->GrantsOf({"PROVINCE_VIEWER"}).see_personal);
}

}  // namespace
}  // namespace fangpin::rpc
