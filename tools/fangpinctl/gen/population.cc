#include "tools/fangpinctl/gen/population.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "libs/base/civil.h"
#include "libs/base/strings.h"

namespace fangpin::sample {
namespace {

using base::Sex;

constexpr std::string_view kWorkPlaces[] = {"甘肃省兰州市城关区",
                                            "甘肃省兰州市七里河区",
                                            "甘肃省定西市安定区",
                                            "甘肃省天水市秦州区",
                                            "新疆维吾尔自治区乌鲁木齐市沙依巴克区",
                                            "陕西省西安市雁塔区",
                                            "江苏省苏州市昆山市",
                                            "浙江省宁波市鄞州区",
                                            "福建省福州市长乐区",
                                            "青海省西宁市城中区",
                                            "宁夏回族自治区银川市金凤区",
                                            "广东省东莞市"};

constexpr std::string_view kHamlets[] = {"上社", "下社", "前川", "后沟",
                                         "阳坡", "阴山", "河滩", "台子"};

// How the members of a household stand to one another.
enum class Structure {
  kElderAlone,
  kElderCouple,
  kNuclear,
  kThreeGenerations,
  kEmptyNest,
  kSingleParent,
  kSingleAdult,
  kGrandparents,
};

// Builds one household member by member.
class Builder {
 public:
  Builder(const County& county, Random& random, IdentityIssuer& identities)
      : county_(county), random_(random), identities_(identities) {
    const int drawn = random_.Weighted({930, 45, 20, 5});
    constexpr std::string_view kEthnicities[] = {"汉族", "回族", "藏族", "东乡族"};
    ethnicity_ = kEthnicities[drawn];
  }

  Person& Add(std::string relation, Sex sex, int age, std::string_view surname) {
    Person person;
    person.relation = std::move(relation);
    person.sex = sex;
    person.birth = Birth(age);
    person.name = IdentityIssuer::Name(random_, surname, sex, person.birth);
    const bool moved_in = !county_.neighbours.empty() && random_.Chance(0.08);
    person.id_number = identities_.IdNumber(
        moved_in ? random_.Pick(county_.neighbours) : county_.code.substr(0, 6), person.birth, sex);
    person.ethnicity = ethnicity_;
    members_.push_back(std::move(person));
    return members_.back();
  }

  std::vector<Person> Take() { return std::move(members_); }
  std::vector<Person>& members() { return members_; }

 private:
  // A birthday of somebody of that age on the census day.
  absl::CivilDay Birth(int age) {
    return absl::CivilDay(kCensusDay.year() - age, kCensusDay.month(), kCensusDay.day()) -
           random_.Below(365);
  }

  const County& county_;
  Random& random_;
  IdentityIssuer& identities_;
  std::string ethnicity_;
  std::vector<Person> members_;
};

void AddChildren(Builder& builder, Random& random, std::string_view surname, int parent_age,
                 int count, bool by_generation) {
  int age = std::min(parent_age - 21 - random.Below(4), 24);
  for (int i = 0; i < count && age >= 0; ++i) {
    const bool son = random.Chance(0.52);
    std::string relation = by_generation ? (son ? "之孙子" : "之孙女") : (son ? "之子" : "之女");
    builder.Add(std::move(relation), son ? Sex::kMale : Sex::kFemale, age, surname);
    age -= random.Between(2, 5);
  }
}

std::vector<Person> MakeMembers(Builder& builder, Structure structure, Random& random) {
  const std::string surname = IdentityIssuer::Surname(random);
  const auto spouse_of = [&](int age) {
    builder.Add("配偶", Sex::kFemale, std::max(20, age - random.Between(-1, 4)),
                IdentityIssuer::Surname(random));
  };
  const int children = random.Weighted({0, 34, 52, 14});
  switch (structure) {
    case Structure::kElderAlone:
      builder.Add("户主", random.Chance(0.55) ? Sex::kMale : Sex::kFemale, random.Between(63, 86),
                  surname);
      break;
    case Structure::kElderCouple: {
      const int age = random.Between(66, 84);
      builder.Add("户主", Sex::kMale, age, surname);
      builder.Add("配偶", Sex::kFemale, std::max(65, age - random.Between(0, 3)),
                  IdentityIssuer::Surname(random));
      break;
    }
    case Structure::kNuclear: {
      const int age = random.Between(27, 48);
      builder.Add("户主", Sex::kMale, age, surname);
      spouse_of(age);
      AddChildren(builder, random, surname, age, children, false);
      break;
    }
    case Structure::kThreeGenerations: {
      const int age = random.Between(30, 50);
      builder.Add("户主", Sex::kMale, age, surname);
      spouse_of(age);
      AddChildren(builder, random, surname, age, children, false);
      if (random.Chance(0.6))
        builder.Add("之父", Sex::kMale, age + random.Between(22, 30), surname);
      builder.Add("之母", Sex::kFemale, age + random.Between(20, 28),
                  IdentityIssuer::Surname(random));
      break;
    }
    case Structure::kEmptyNest: {
      const int age = random.Between(46, 62);
      builder.Add("户主", Sex::kMale, age, surname);
      spouse_of(age);
      break;
    }
    case Structure::kSingleParent: {
      const int age = random.Between(28, 46);
      builder.Add("户主", random.Chance(0.6) ? Sex::kMale : Sex::kFemale, age, surname);
      AddChildren(builder, random, surname, age, children, false);
      break;
    }
    case Structure::kSingleAdult:
      builder.Add("户主", random.Chance(0.85) ? Sex::kMale : Sex::kFemale, random.Between(28, 60),
                  surname);
      break;
    case Structure::kGrandparents: {
      const int age = random.Between(56, 74);
      builder.Add("户主", Sex::kMale, age, surname);
      spouse_of(age);
      AddChildren(builder, random, surname, age - 22, 1 + random.Below(2), true);
      break;
    }
  }
  return builder.Take();
}

std::string SchoolYear(std::string_view school, int year) {
  constexpr std::string_view kYears[] = {"一年级", "二年级", "三年级", "四年级"};
  return base::StrCat(school, kYears[year]);
}

void Educate(Person& person, Random& random) {
  const int age = person.age();
  constexpr std::string_view kLevels[] = {"文盲或半文盲", "小学", "初中",
                                          "高中",         "大专", "本科及以上"};
  if (age < 3) {
    person.schooling = "学龄前儿童";
  } else if (age < 6) {
    person.schooling = "学前教育";
  } else if (age < 12) {
    person.schooling = "小学";
  } else if (age < 15) {
    constexpr std::string_view kGrades[] = {"七年级", "八年级", "九年级"};
    person.schooling = kGrades[age - 12];
  } else if (age < 18 && random.Chance(0.88)) {
    person.schooling = SchoolYear(random.Chance(0.65) ? "普通高中" : "中职", age - 15);
  } else if (age >= 18 && age < 21 && random.Chance(0.42)) {
    person.schooling = SchoolYear(random.Chance(0.5) ? "本科" : "高职高专", age - 18);
  } else if (age < 22) {
    person.education = kLevels[random.Weighted({0, 0, 6, 4})];
  } else if (age < 40) {
    person.education = kLevels[random.Weighted({2, 15, 50, 16, 11, 6})];
  } else if (age < 60) {
    person.education = kLevels[random.Weighted({12, 37, 39, 9, 2, 1})];
  } else {
    person.education = kLevels[random.Weighted({46, 38, 13, 3})];
  }
}

void Sicken(Person& person, Random& random) {
  const int age = person.age();
  person.chronic = random.Chance(age < 16 ? 0.005 : age < 40 ? 0.03 : age < 60 ? 0.12 : 0.28);
  person.severe = random.Chance(age < 40 ? 0.003 : age < 60 ? 0.012 : 0.025);
  if (age >= 6 && random.Chance(age < 60 ? 0.03 : 0.09)) {
    // 肢体 is by far the most common, then 听力 and 视力; severe grades are the fewer ones.
    const int category = random.Weighted({0, 14, 16, 3, 45, 9, 10, 3});
    GiveCertificate(person, category, 1 + random.Weighted({15, 25, 30, 30}));
  }
}

// 劳动技能 follows from age, school and health.
void JudgeLabour(Person& person, Random& random) {
  const int age = person.age();
  const int grade = person.disability_number.empty() ? 0 : person.disability_number[19] - '0';
  if (age < 16 || person.at_school()) {
    person.labour = "无劳动力";
  } else if (grade == 1 || grade == 2 || person.severe) {
    person.labour = "丧失劳动力";
  } else if (age >= 70) {
    person.labour = "无劳动力";
  } else if (age >= 60 || person.chronic || grade > 0) {
    person.labour = "弱劳动力或半劳动力";
  } else {
    person.labour = random.Chance(0.09) ? "技能劳动力" : "普通劳动力";
  }
}

void Employ(Person& person, Random& random) {
  const int age = person.age();
  if (age < 18 || age > 58 || !person.can_work()) return;
  const bool strong = person.labour != "弱劳动力或半劳动力";
  if (strong && random.Chance(person.sex == Sex::kMale ? 0.55 : 0.32)) {
    person.work_place = std::string(random.Pick(kWorkPlaces));
    person.work_months = random.Between(4, 11);
  } else if (random.Chance(0.04)) {
    constexpr std::string_view kPosts[] = {"生态护林员", "乡村保洁员", "乡村道路维护员"};
    person.welfare_post = std::string(random.Pick(kPosts));
    person.welfare_months = random.Between(6, 12);
  }
}

Structure StructureOf(Shape shape, Random& random) {
  switch (shape) {
    case Shape::kOldAlone:
      return Structure::kElderAlone;
    case Shape::kAny:
      return static_cast<Structure>(random.Weighted({6, 10, 34, 27, 9, 3, 6, 5}));
    default:
      return Structure::kNuclear;  // Built by MakeFamily.
  }
}

// A couple of working age, with one child at college or at primary school unless past that.
std::vector<Person> MakeFamily(Builder& builder, Shape shape, Random& random) {
  const std::string surname = IdentityIssuer::Surname(random);
  const bool college = shape == Shape::kCollegeStudent;
  if (shape == Shape::kNoLabour) {
    const int age = random.Between(48, 56);
    builder.Add("户主", Sex::kMale, age, surname);
    builder.Add("配偶", Sex::kFemale, age - 1, IdentityIssuer::Surname(random));
    return builder.Take();
  }
  const int age = random.Between(college ? 41 : 33, college ? 46 : 41);
  builder.Add("户主", Sex::kMale, age, surname);
  builder.Add("配偶", Sex::kFemale, age - random.Between(0, 2), IdentityIssuer::Surname(random));
  const bool son = random.Chance(0.5);
  builder.Add(son ? "之子" : "之女", son ? Sex::kMale : Sex::kFemale,
              college ? random.Between(18, 20) : random.Between(7, 11), surname);
  return builder.Take();
}

void ApplyShape(Shape shape, std::vector<Person>& members) {
  if (shape == Shape::kAny || shape == Shape::kOldAlone) return;
  for (Person& person : members) {
    person.chronic = person.severe = false;
    person.disability_number.clear();
  }
  switch (shape) {
    case Shape::kChronicallyIll:
      members[1].chronic = true;
      break;
    case Shape::kSeverelyIll:
      members[1].severe = true;
      break;
    case Shape::kDisabled:
      GiveCertificate(members[1], 4, 3);
      break;
    case Shape::kSeverelyDisabled:
      GiveCertificate(members[1], 4, 2);
      break;
    case Shape::kNoLabour:
      for (Person& person : members) person.chronic = true;
      break;
    case Shape::kCollegeStudent:
      members[2].education.clear();
      members[2].schooling = SchoolYear("本科", members[2].age() - 18);
      break;
    default:
      break;
  }
}

}  // namespace

int Person::age() const { return base::AgeOn(birth, kCensusDay); }

bool Person::college() const {
  return schooling.starts_with("本科") || schooling.starts_with("高职高专");
}

int Household::labourers() const {
  return static_cast<int>(
      std::count_if(members.begin(), members.end(), [](const Person& p) { return p.can_work(); }));
}

void GiveCertificate(Person& person, int category, int grade) {
  person.disability_number = base::StrCat(person.id_number, category, grade);
}

Household MakeHousehold(const County& county, const Village& village, int serial, Shape shape,
                        Random& random, IdentityIssuer& identities) {
  Household household;
  household.national_id = absl::StrFormat("62%s%08d", county.code.substr(2, 4), serial);
  household.village = &village;
  household.natural_village = std::string(random.Pick(kHamlets));
  household.lifted_out = random.Chance(0.24);
  household.phone = identities.Phone();

  Builder builder(county, random, identities);
  const bool family = shape != Shape::kAny && shape != Shape::kOldAlone;
  household.members = family ? MakeFamily(builder, shape, random)
                             : MakeMembers(builder, StructureOf(shape, random), random);
  for (Person& person : household.members) {
    Educate(person, random);
    Sicken(person, random);
  }
  ApplyShape(shape, household.members);

  const bool dibao = shape == Shape::kAny && random.Chance(household.lifted_out ? 0.16 : 0.05);
  const bool tekun = shape == Shape::kAny && household.members.size() == 1 &&
                     household.head().age() >= 60 && random.Chance(0.08);
  int number = 0;
  for (Person& person : household.members) {
    person.national_id = absl::StrFormat("%s%02d", household.national_id, ++number);
    JudgeLabour(person, random);
    if (shape == Shape::kNoLabour) person.labour = "丧失劳动力";
    Employ(person, random);
    const int age = person.age();
    person.political = age >= 18 && random.Chance(0.035)                       ? "中共党员"
                       : age >= 14 && person.at_school() && random.Chance(0.4) ? "共青团员"
                                                                               : "群众";
    if (!person.work_place.empty() && random.Chance(0.03)) {
      person.employee_medical = true;
      person.resident_medical = false;
    } else {
      person.resident_medical = shape != Shape::kAny || random.Chance(0.985);
    }
    person.resident_pension = age >= 16 && !person.at_school() && random.Chance(0.93);
    person.tekun = tekun;
    person.dibao = dibao && !tekun;
    person.medical_assistance =
        person.resident_medical && (person.severe || (person.dibao && random.Chance(0.2)));
    if (age >= 16 && random.Chance(0.7)) person.phone = identities.Phone();
  }

  Living& living = household.living;
  living.farmland_tenth_mu = random.Between(15, 160);
  living.orchard_tenth_mu = random.Chance(0.15) ? random.Between(5, 40) : 0;
  living.pasture_tenth_mu = random.Chance(0.12) ? random.Between(10, 200) : 0;
  living.floor_area = random.Between(60, 180);
  living.hardened_road = random.Chance(0.92);
  living.distance_tenth_km = random.Between(1, 32);
  return household;
}

}  // namespace fangpin::sample
