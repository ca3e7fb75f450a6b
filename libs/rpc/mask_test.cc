#include "libs/rpc/mask.h"

#include "fangpin/rpc/testdata/v1/echo.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/testing/proto_matchers.h"

namespace fangpin::rpc {
namespace {

namespace pb = testdata::v1;
using testing::EqualsProto;

void Fill(pb::Person* person) {
  person->set_id("p-1");
  person->set_name("王小军");
  person->set_id_number("620123199003074028");
  person->set_phone("13800001234");
  person->mutable_health()->set_disability_level(2);
  person->set_birth_date("1990-03-07");
  (*person->mutable_notes())["a"] = "住在王家";
}

constexpr char kMasked[] = R"pb(id: "p-1"
                                name: "王*军"
                                id_number: "620***********4028"
                                phone: "138****1234"
                                birth_date: "1990")pb";

TEST(MaskTest, EachKindOfFieldInItsManner) {
  pb::Person person;
  Fill(&person);
  MaskPersonalFields(&person);
  EXPECT_THAT(person, EqualsProto(kMasked));
}

TEST(MaskTest, AtAnyDepth) {
  pb::GetPersonResponse response;
  response.mutable_person()->set_id("p-0");
  Fill(response.mutable_person()->add_relatives());
  Fill(response.mutable_person()->add_relatives()->add_relatives());
  Fill(&(*response.mutable_person()->mutable_by_relation())["child"]);
  MaskPersonalFields(&response);
  EXPECT_THAT(response.person().relatives(0), EqualsProto(kMasked));
  EXPECT_THAT(response.person().relatives(1).relatives(0), EqualsProto(kMasked));
  EXPECT_THAT(response.person().by_relation().at("child"), EqualsProto(kMasked));
}

TEST(MaskTest, ABirthDateInAnotherShapeIsDropped) {
  pb::Person person;
  person.set_birth_date("7 March 1990");
  MaskPersonalFields(&person);
  EXPECT_EQ(person.birth_date(), "");
}

TEST(MaskTest, FieldsOfANewerVersionAreDropped) {
  pb::Person full;
  Fill(&full);
  pb::Filter older;  // knows field 1 only
  ASSERT_TRUE(older.ParseFromString(full.SerializeAsString()));
  ASSERT_FALSE(older.GetReflection()->GetUnknownFields(older).empty());
  MaskPersonalFields(&older);
  EXPECT_TRUE(older.GetReflection()->GetUnknownFields(older).empty());
}

TEST(MaskTest, KnowsWhichTypesHoldPersonalFields) {
  EXPECT_TRUE(HoldsPersonalFields(pb::GetPersonResponse::descriptor()));
  EXPECT_TRUE(HoldsPersonalFields(pb::Person::descriptor()));
  EXPECT_FALSE(HoldsPersonalFields(pb::EchoResponse::descriptor()));
}

}  // namespace
}  // namespace fangpin::rpc
