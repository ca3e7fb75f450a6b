#include "services/registry/core/flags.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace fangpin::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
namespace vocab = ::fangpin::policy::v1;

// Two members in good health, every safeguard secured: nothing stands out.
v1::Household Plain() {
  v1::Household household;
  for (int i = 0; i < 2; ++i) {
    v1::Person& person = *household.add_members();
    person.mutable_membership()->set_active(true);
    person.add_health(vocab::HEALTH_CONDITION_HEALTHY);
    person.set_labour_capacity(vocab::LABOUR_CAPACITY_ORDINARY);
    person.mutable_coverage()->set_resident_medical(true);
    person.mutable_coverage()->set_employee_medical(false);
  }
  for (int s = 1; s < vocab::Safeguard_ARRAYSIZE; ++s) {
    v1::SafeguardStatus& status = *household.add_safeguards();
    status.set_safeguard(static_cast<vocab::Safeguard>(s));
    status.set_state(vocab::SAFEGUARD_STATE_SECURED);
  }
  return household;
}

// The flags of the plain household with its second member changed.
template <typename Change>
std::vector<v1::HouseholdFlag> WithMember(Change change) {
  v1::Household household = Plain();
  change(*household.mutable_members(1));
  return FlagsOf(household);
}

template <typename Change>
std::vector<v1::HouseholdFlag> With(Change change) {
  v1::Household household = Plain();
  change(household);
  return FlagsOf(household);
}

TEST(FlagsTest, NothingStandsOutInAPlainHousehold) { EXPECT_THAT(FlagsOf(Plain()), IsEmpty()); }

TEST(FlagsTest, OneMemberIsEnough) {
  EXPECT_THAT(WithMember([](auto& p) { p.add_health(vocab::HEALTH_CONDITION_SEVERE_ILLNESS); }),
              ElementsAre(v1::HOUSEHOLD_FLAG_SEVERE_ILLNESS));
  EXPECT_THAT(WithMember([](auto& p) { p.add_health(vocab::HEALTH_CONDITION_CHRONIC_ILLNESS); }),
              ElementsAre(v1::HOUSEHOLD_FLAG_CHRONIC_ILLNESS));
  EXPECT_THAT(WithMember([](auto& p) { p.set_incapacitated(true); }),
              ElementsAre(v1::HOUSEHOLD_FLAG_INCAPACITATED_MEMBER));
  EXPECT_THAT(WithMember([](auto& p) { p.mutable_coverage()->set_dibao(true); }),
              ElementsAre(v1::HOUSEHOLD_FLAG_DIBAO));
  EXPECT_THAT(WithMember([](auto& p) { p.mutable_coverage()->set_tekun(true); }),
              ElementsAre(v1::HOUSEHOLD_FLAG_TEKUN));
}

TEST(FlagsTest, DisabilityComesFromTheCertificateOrTheHealth) {
  EXPECT_THAT(WithMember([](auto& p) { p.add_health(vocab::HEALTH_CONDITION_DISABLED); }),
              ElementsAre(v1::HOUSEHOLD_FLAG_DISABLED_MEMBER));
  const auto certified = [](int grade) {
    return WithMember([grade](auto& p) {
      p.set_disability_number("62112619800312101142");
      p.set_disability_grade(grade);
    });
  };
  for (const int severe : {1, 2}) {
    EXPECT_THAT(certified(severe), ElementsAre(v1::HOUSEHOLD_FLAG_DISABLED_MEMBER,
                                               v1::HOUSEHOLD_FLAG_SEVERE_DISABILITY));
  }
  for (const int other : {3, 4}) {
    EXPECT_THAT(certified(other), ElementsAre(v1::HOUSEHOLD_FLAG_DISABLED_MEMBER));
  }
}

TEST(FlagsTest, SeniorStudentsBeginAtSeniorSecondarySchool) {
  const auto at = [](std::string label) {
    return WithMember([&](auto& p) { p.mutable_schooling()->set_label(label); });
  };
  for (const char* label : {"普通高中一年级", "中职三年级", "高职高专二年级", "技师学院四年级",
                            "本科五年级", "硕士研究生及以上"}) {
    EXPECT_THAT(at(label), ElementsAre(v1::HOUSEHOLD_FLAG_SENIOR_STUDENT)) << label;
  }
  for (const char* label : {"", "学前教育", "小学", "九年级", "高中"}) {
    EXPECT_THAT(at(label), IsEmpty()) << label;
  }
}

TEST(FlagsTest, NoLabourMeansEveryActiveMember) {
  EXPECT_THAT(WithMember([](auto& p) { p.set_labour_capacity(vocab::LABOUR_CAPACITY_LOST); }),
              IsEmpty());
  const auto both = [](vocab::LabourCapacity first, vocab::LabourCapacity second) {
    return With([&](auto& h) {
      h.mutable_members(0)->set_labour_capacity(first);
      h.mutable_members(1)->set_labour_capacity(second);
    });
  };
  EXPECT_THAT(both(vocab::LABOUR_CAPACITY_LOST, vocab::LABOUR_CAPACITY_NONE),
              ElementsAre(v1::HOUSEHOLD_FLAG_NO_LABOUR));
  EXPECT_THAT(both(vocab::LABOUR_CAPACITY_LOST, vocab::LABOUR_CAPACITY_WEAK), IsEmpty());
  EXPECT_THAT(both(vocab::LABOUR_CAPACITY_LOST, vocab::LABOUR_CAPACITY_UNSPECIFIED), IsEmpty());
  v1::Household nobody = Plain();
  nobody.clear_members();
  EXPECT_THAT(FlagsOf(nobody), IsEmpty());
}

TEST(FlagsTest, WhoHasLeftDoesNotCount) {
  EXPECT_THAT(With([](auto& h) {
                v1::Person& left = *h.mutable_members(1);
                left.mutable_membership()->set_active(false);
                left.add_health(vocab::HEALTH_CONDITION_SEVERE_ILLNESS);
                left.mutable_coverage()->set_dibao(true);
                h.mutable_members(0)->set_labour_capacity(vocab::LABOUR_CAPACITY_NONE);
              }),
              ElementsAre(v1::HOUSEHOLD_FLAG_NO_LABOUR));
}

TEST(FlagsTest, SafeguardsAreSecuredNotSecuredOrUnknown) {
  const auto with = [](vocab::SafeguardState state) {
    return With([state](auto& h) { h.mutable_safeguards(2)->set_state(state); });
  };
  EXPECT_THAT(with(vocab::SAFEGUARD_STATE_NOT_SECURED),
              ElementsAre(v1::HOUSEHOLD_FLAG_SAFEGUARD_NOT_SECURED));
  EXPECT_THAT(with(vocab::SAFEGUARD_STATE_UNKNOWN),
              ElementsAre(v1::HOUSEHOLD_FLAG_SAFEGUARD_UNKNOWN));
  EXPECT_THAT(With([](auto& h) { h.mutable_safeguards()->RemoveLast(); }),
              ElementsAre(v1::HOUSEHOLD_FLAG_SAFEGUARD_UNKNOWN));
}

TEST(FlagsTest, UninsuredIsSomebodyWithoutEitherInsurance) {
  EXPECT_THAT(WithMember([](auto& p) { p.mutable_coverage()->set_resident_medical(false); }),
              ElementsAre(v1::HOUSEHOLD_FLAG_UNINSURED_MEMBER));
  EXPECT_THAT(WithMember([](auto& p) {
                p.mutable_coverage()->set_resident_medical(false);
                p.mutable_coverage()->set_employee_medical(true);
              }),
              IsEmpty());
  EXPECT_THAT(WithMember([](auto& p) { p.mutable_coverage()->clear_resident_medical(); }),
              IsEmpty())
      << "not on record is not no";
}

TEST(FlagsTest, TheHouseholdsOwn) {
  EXPECT_THAT(With([](auto& h) { h.set_relocated(true); }),
              ElementsAre(v1::HOUSEHOLD_FLAG_RELOCATED));
  EXPECT_THAT(With([](auto& h) { h.mutable_monitoring()->set_no_labour_backstop(true); }),
              ElementsAre(v1::HOUSEHOLD_FLAG_NO_LABOUR_BACKSTOP));
  EXPECT_THAT(With([](auto& h) { h.add_assets()->set_adjudication("PENDING"); }),
              ElementsAre(v1::HOUSEHOLD_FLAG_ASSET_PENDING));
  EXPECT_THAT(With([](auto& h) { h.add_assets()->set_adjudication("EXCEPTION_APPROVED"); }),
              IsEmpty());
}

}  // namespace
}  // namespace fangpin::registry
