#ifndef FANGPIN_REGISTRY_CORE_TEST_WORLD_H_
#define FANGPIN_REGISTRY_CORE_TEST_WORLD_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "libs/base/call_context.h"
#include "libs/base/civil.h"
#include "libs/testing/people.h"
#include "services/registry/core/division_tree.h"
#include "services/registry/core/store.h"

// A small county with people of nobody, for tests.
namespace fangpin::registry {

inline constexpr char kCounty[] = "621126000000";
inline constexpr char kVillage[] = "621126200201";       // 岷县 秦许乡 西川村委会
inline constexpr char kOtherVillage[] = "621126200202";  // 岷县 秦许乡 上阿阳村委会
inline constexpr char kOtherCounty[] = "621125000000";
inline constexpr char kVillageElsewhere[] = "621125100201";  // 漳县 武阳镇 东关村委会

inline DivisionTree TestDivisions() {
  return *DivisionTree::Parse(
      "code,name,level,parent_code\n"
      "620000000000,甘肃省,province,\n"
      "621100000000,定西市,city,620000000000\n"
      "621125000000,漳县,county,621100000000\n"
      "621125100000,武阳镇,township,621125000000\n"
      "621125100201,东关村委会,village,621125100000\n"
      "621126000000,岷县,county,621100000000\n"
      "621126200000,秦许乡,township,621126000000\n"
      "621126200201,西川村委会,village,621126200000\n"
      "621126200202,上阿阳村委会,village,621126200000\n");
}

// Born on 12 March 1980; odd sequences are male.
inline std::string TestIdNumber(int sequence) {
  return testing::MakeIdNumber("621126", absl::CivilDay(1980, 3, 12), sequence);
}

inline base::CallContext TestContext(std::string division = kCounty,
                                     absl::CivilDay day = absl::CivilDay(2024, 6, 10)) {
  base::CallContext ctx;
  ctx.principal.subject = "desk";
  ctx.principal.divisions = {std::move(division)};
  ctx.now = base::StartOf(day) + absl::Hours(9);
  return ctx;
}

// A household as a caller sends it: the first person is the head, the others are sons.
inline pb::Household TestHousehold(const std::vector<int>& people, std::string national_id = "H1",
                                   std::string village = kVillage) {
  pb::Household household;
  household.set_national_id(std::move(national_id));
  household.set_division(std::move(village));
  household.set_kind(policy::v1::HOUSEHOLD_KIND_ORDINARY);
  for (const int sequence : people) {
    pb::Person& person = *household.add_members();
    person.set_name("测试甲");
    person.set_id_number(TestIdNumber(sequence));
    person.mutable_relation()->set_label(household.members_size() == 1 ? "户主" : "之子");
    person.set_labour_capacity(policy::v1::LABOUR_CAPACITY_ORDINARY);
  }
  return household;
}

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_TEST_WORLD_H_
