#ifndef FANGPIN_TOOLS_FANGPINCTL_GEN_POPULATION_H_
#define FANGPIN_TOOLS_FANGPINCTL_GEN_POPULATION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "libs/base/id_number.h"
#include "tools/fangpinctl/gen/divisions.h"
#include "tools/fangpinctl/gen/identity.h"
#include "tools/fangpinctl/gen/random.h"

namespace fangpin::sample {

// The day on which the county is looked at: ages, school years and files follow from it.
inline constexpr absl::CivilDay kCensusDay(2023, 9, 1);

// One person, in the words of the national form.
struct Person {
  std::string national_id;  // 人口编号
  std::string name;
  std::string id_number;
  std::string disability_number;  // Empty without a certificate.
  base::Sex sex = base::Sex::kMale;
  absl::CivilDay birth;
  std::string relation;    // 与户主关系
  std::string ethnicity;   // 民族
  std::string political;   // 政治面貌
  std::string education;   // 文化程度; empty at school
  std::string schooling;   // 在校生状况; empty otherwise
  bool chronic = false;    // 长期慢性病
  bool severe = false;     // 患有大病
  std::string labour;      // 劳动技能
  std::string work_place;  // 务工所在地; empty at home
  int work_months = 0;
  std::string welfare_post;
  int welfare_months = 0;
  std::string phone;
  bool resident_medical = true;
  bool employee_medical = false;
  bool medical_assistance = false;
  bool resident_pension = false;
  bool dibao = false;
  bool tekun = false;

  int age() const;
  bool at_school() const { return !schooling.empty() && schooling != "学龄前儿童"; }
  bool can_work() const { return labour != "无劳动力" && labour != "丧失劳动力"; }
  bool college() const;
};

// 生产生活条件, as written: areas in mu with one decimal, the house in square metres.
struct Living {
  int farmland_tenth_mu = 0;
  int orchard_tenth_mu = 0;
  int pasture_tenth_mu = 0;
  int floor_area = 0;
  bool hardened_road = true;
  int distance_tenth_km = 0;
  bool electricity = true;
};

struct Household {
  std::string national_id;  // 户编号
  const Village* village = nullptr;
  std::string natural_village;
  bool lifted_out = false;      // 脱贫户, else 一般农户
  std::vector<Person> members;  // The head first.
  std::string phone;
  Living living;

  const Person& head() const { return members.front(); }
  int labourers() const;
};

// What a story needs a household to be. Without a story everything is drawn.
enum class Shape {
  kAny,
  kHealthyFamily,     // Working couple with a child at school; nobody ill or disabled.
  kChronicallyIll,    // The same; the spouse has a chronic illness.
  kSeverelyIll,       // The same; the spouse has a severe illness.
  kDisabled,          // The same; the spouse has a certificate of grade 3.
  kSeverelyDisabled,  // The same; the spouse has a certificate of grade 1 or 2.
  kCollegeStudent,    // Working couple with a child at college.
  kNoLabour,          // A couple under 60 that has lost its labour capacity by chronic illness.
  kOldAlone,          // One elder alone.
};

// Makes a household of `village`. `serial` numbers households of the county from 1.
Household MakeHousehold(const County& county, const Village& village, int serial, Shape shape,
                        Random& random, IdentityIssuer& identities);

// Gives `person` a disability certificate. `category` 1 to 7, `grade` 1 to 4.
void GiveCertificate(Person& person, int category, int grade);

}  // namespace fangpin::sample

#endif  // FANGPIN_TOOLS_FANGPINCTL_GEN_POPULATION_H_
