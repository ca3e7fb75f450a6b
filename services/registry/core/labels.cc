#include "services/registry/core/labels.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <span>
#include <string>

#include "libs/base/strings.h"
#include "libs/base/text.h"

namespace fangpin::registry {
namespace {

template <typename T>
struct Entry {
  std::string_view label;
  T value;
};
using Coded = Entry<std::string_view>;

template <typename T>
std::optional<T> Find(std::span<const Entry<T>> table, std::string_view label) {
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const Entry<T>& e) { return e.label == label; });
  if (found == table.end()) return std::nullopt;
  return found->value;
}

// The first label with the value: where the system knows several words, its own.
template <typename T, size_t N>
std::string_view LabelIn(const Entry<T> (&table)[N], T value) {
  for (const Entry<T>& entry : table) {
    if (entry.value == value) return entry.label;
  }
  return {};
}

// The 28 labels of the national system. Where one covers several codes of the standard, the code of
// the group stands.
constexpr Coded kRelations[] = {
    {"户主", "02"},       {"配偶", "10"},       {"之子", "20"},     {"之女", "30"},
    {"之儿媳", "38"},     {"之女婿", "28"},     {"之孙子", "41"},   {"之孙女", "42"},
    {"之外孙子", "43"},   {"之外孙女", "44"},   {"之父", "51"},     {"之母", "52"},
    {"之岳父", "55"},     {"之岳母", "56"},     {"之公公", "53"},   {"之婆婆", "54"},
    {"之祖父", "61"},     {"之祖母", "62"},     {"之外祖父", "63"}, {"之外祖母", "64"},
    {"之兄弟姐妹", "70"}, {"之曾孙子", "47"},   {"之曾孙女", "48"}, {"之侄儿", "93"},
    {"之侄女", "94"},     {"之兄弟媳妇", "79"}, {"之叔伯", "97"},   {"其他", "99"},
};

// Codes of GB/T 4761 that the national list has no label of their own for, by group. Every other
// code is 其他.
struct RelationGroup {
  std::string_view first;
  std::string_view last;
  std::string_view label;
};
constexpr RelationGroup kRelationGroups[] = {
    {"11", "19", "配偶"},       {"21", "29", "之子"},       {"31", "39", "之女"},
    {"57", "57", "之父"},       {"58", "58", "之母"},       {"71", "71", "之兄弟姐妹"},
    {"72", "72", "之兄弟媳妇"}, {"73", "73", "之兄弟姐妹"}, {"74", "74", "之兄弟媳妇"},
    {"75", "75", "之兄弟姐妹"}, {"77", "77", "之兄弟姐妹"},
};

// GB/T 3304, in code order from 01.
constexpr std::string_view kEthnicities[] = {
    "汉",     "蒙古",   "回",       "藏",     "维吾尔",   "苗",   "彝",     "壮",
    "布依",   "朝鲜",   "满",       "侗",     "瑶",       "白",   "土家",   "哈尼",
    "哈萨克", "傣",     "黎",       "傈僳",   "佤",       "畲",   "高山",   "拉祜",
    "水",     "东乡",   "纳西",     "景颇",   "柯尔克孜", "土",   "达斡尔", "仫佬",
    "羌",     "布朗",   "撒拉",     "毛南",   "仡佬",     "锡伯", "阿昌",   "普米",
    "塔吉克", "怒",     "乌孜别克", "俄罗斯", "鄂温克",   "德昂", "保安",   "裕固",
    "京",     "塔塔尔", "独龙",     "鄂伦春", "赫哲",     "门巴", "珞巴",   "基诺",
};
static_assert(std::size(kEthnicities) == 56);

constexpr auto kTwoDigits = [] {
  std::array<std::array<char, 2>, 100> codes{};
  for (int i = 0; i < 100; ++i) {
    codes[i] = {static_cast<char>('0' + i / 10), static_cast<char>('0' + i % 10)};
  }
  return codes;
}();

constexpr Coded kEducation[] = {
    {"文盲或半文盲", "90"}, {"文盲半文盲", "90"}, {"小学", "80"},       {"初中", "70"},
    {"高中", "60"},         {"大专", "30"},       {"本科及以上", "20"},
};

constexpr std::string_view kJuniorSchooling[] = {
    "学龄前儿童", "学前教育", "小学", "七年级", "八年级", "九年级",
};
constexpr std::string_view kPostgraduate = "硕士研究生及以上";

// Stages that are counted by year, in the spellings seen.
struct Stage {
  std::string_view name;
  int years;
};
constexpr Stage kStages[] = {
    {"普通高中", 3}, {"普高", 3}, {"高中", 3},     {"中职", 3},     {"中等职业", 3},
    {"高职高专", 3}, {"高职", 3}, {"技师学院", 4}, {"技工院校", 4}, {"本科", 5},
};
constexpr std::string_view kYears[] = {"一", "二", "三", "四", "五"};

constexpr Coded kPoliticalStatus[] = {
    {"中共党员", "01"},   {"中共预备党员", "02"}, {"共青团员", "03"}, {"民革党员", "04"},
    {"民盟盟员", "05"},   {"民建会员", "06"},     {"民进会员", "07"}, {"农工党党员", "08"},
    {"致公党党员", "09"}, {"九三学社社员", "10"}, {"台盟盟员", "11"}, {"无党派民主人士", "12"},
    {"群众", "13"},
};

constexpr Coded kMaritalStatus[] = {
    {"未婚", "10"},   {"已婚", "20"}, {"初婚", "21"},
    {"再婚", "22"},   {"复婚", "23"}, {"丧偶", "30"},
    {"离婚", "40"},   {"离异", "40"}, {"未说明的婚姻状况", "90"},
    {"未说明", "90"},
};

constexpr Coded kIdTypes[] = {
    {"居民身份证", "01"}, {"身份证", "01"}, {"公民身份证", "01"},
    {"残疾人证", "09"},   {"残疾证", "09"},
};

constexpr Entry<int> kSexes[] = {{"男", 1}, {"女", 2}, {"男性", 1}, {"女性", 2}};

constexpr Entry<vocab::HouseholdKind> kKinds[] = {
    {"脱贫户", vocab::HOUSEHOLD_KIND_LIFTED_OUT},
    {"一般农户", vocab::HOUSEHOLD_KIND_ORDINARY},
    {"普通农户", vocab::HOUSEHOLD_KIND_ORDINARY},
};

constexpr Entry<vocab::MonitoredCategory> kCategories[] = {
    {"脱贫不稳定户", vocab::MONITORED_CATEGORY_UNSTABLE_POVERTY_EXIT},
    {"边缘易致贫户", vocab::MONITORED_CATEGORY_MARGINAL_POVERTY_PRONE},
    {"突发严重困难户", vocab::MONITORED_CATEGORY_SUDDEN_SEVERE_DIFFICULTY},
};

constexpr Entry<vocab::LabourCapacity> kLabour[] = {
    {"普通劳动力", vocab::LABOUR_CAPACITY_ORDINARY},
    {"技能劳动力", vocab::LABOUR_CAPACITY_SKILLED},
    {"弱劳动力或半劳动力", vocab::LABOUR_CAPACITY_WEAK},
    {"丧失劳动力", vocab::LABOUR_CAPACITY_LOST},
    {"无劳动力", vocab::LABOUR_CAPACITY_NONE},
};

constexpr Entry<vocab::EliminationMode> kEliminationModes[] = {
    {"帮扶消除", vocab::ELIMINATION_MODE_BY_ASSISTANCE},
    {"自然消除", vocab::ELIMINATION_MODE_NATURAL},
};

constexpr Entry<vocab::DisasterKind> kDisasters[] = {
    {"洪涝", vocab::DISASTER_KIND_FLOOD},
    {"洪涝灾害", vocab::DISASTER_KIND_FLOOD},
    {"地质灾害", vocab::DISASTER_KIND_GEOLOGICAL},
    {"地质", vocab::DISASTER_KIND_GEOLOGICAL},
    {"旱灾", vocab::DISASTER_KIND_DROUGHT},
    {"生物灾害", vocab::DISASTER_KIND_BIOLOGICAL},
    {"生物", vocab::DISASTER_KIND_BIOLOGICAL},
    {"气象灾害", vocab::DISASTER_KIND_METEOROLOGICAL},
    {"气象", vocab::DISASTER_KIND_METEOROLOGICAL},
    {"地震", vocab::DISASTER_KIND_EARTHQUAKE},
    {"地震灾害", vocab::DISASTER_KIND_EARTHQUAKE},
    {"其他", vocab::DISASTER_KIND_OTHER},
};

constexpr Entry<vocab::RiskType> kRisks[] = {
    {"因病", vocab::RISK_TYPE_ILLNESS},
    {"因残", vocab::RISK_TYPE_DISABILITY},
    {"因学", vocab::RISK_TYPE_SCHOOLING},
    {"因自然灾害", vocab::RISK_TYPE_NATURAL_DISASTER},
    {"因灾", vocab::RISK_TYPE_NATURAL_DISASTER},
    {"因意外事故", vocab::RISK_TYPE_ACCIDENT},
    {"因产业项目失败", vocab::RISK_TYPE_INDUSTRY_FAILURE},
    {"因务工就业不稳", vocab::RISK_TYPE_UNSTABLE_EMPLOYMENT},
    {"缺劳动力", vocab::RISK_TYPE_LABOUR_SHORTAGE},
    {"因安全住房", vocab::RISK_TYPE_HOUSING_UNSAFE},
    {"因安全饮水", vocab::RISK_TYPE_WATER_UNSAFE},
    {"因疫情", vocab::RISK_TYPE_EPIDEMIC},
    {"因双减政策", vocab::RISK_TYPE_DOUBLE_REDUCTION_POLICY},
    {"其他", vocab::RISK_TYPE_OTHER},
};

constexpr std::string_view kLegacyRisks[] = {
    "因婚", "因丧", "缺土地", "缺水", "缺技术", "缺资金", "交通条件落后", "自身发展动力不足",
};

constexpr Entry<vocab::HealthCondition> kHealth[] = {
    {"健康", vocab::HEALTH_CONDITION_HEALTHY},
    {"长期慢性病", vocab::HEALTH_CONDITION_CHRONIC_ILLNESS},
    {"患有大病", vocab::HEALTH_CONDITION_SEVERE_ILLNESS},
    {"残疾", vocab::HEALTH_CONDITION_DISABLED},
};

constexpr Entry<bool> kYesNo[] = {
    {"是", true},      {"否", false},  {"有", true},     {"无", false},     {"已参加", true},
    {"未参加", false}, {"享受", true}, {"已享受", true}, {"未享受", false}, {"不享受", false},
};

constexpr std::string_view kBenefits[] = {
    "农村低保",     "城镇低保",     "城市低保", "享受农村低保", "享受城镇低保",
    "农村特困供养", "城市特困供养", "集中供养", "分散供养",
};

bool IsJuniorSchooling(std::string_view label) {
  return std::find(std::begin(kJuniorSchooling), std::end(kJuniorSchooling), label) !=
         std::end(kJuniorSchooling);
}

template <typename T, size_t N>
std::optional<T> FindIn(const Entry<T> (&table)[N], std::string_view label) {
  return Find<T>(std::span<const Entry<T>>(table), label);
}

}  // namespace

std::optional<std::string_view> RelationCode(std::string_view label) {
  return FindIn(kRelations, label);
}

std::optional<std::string_view> EthnicityCode(std::string_view label) {
  constexpr std::string_view kEnding = "族";
  if (label.ends_with(kEnding)) label.remove_suffix(kEnding.size());
  const auto* found = std::find(std::begin(kEthnicities), std::end(kEthnicities), label);
  if (found == std::end(kEthnicities)) {
    return label == "其他" ? std::optional<std::string_view>("97") : std::nullopt;
  }
  const auto& code = kTwoDigits[static_cast<size_t>(found - std::begin(kEthnicities)) + 1];
  return std::string_view(code.data(), code.size());
}

std::optional<std::string_view> EducationCode(std::string_view label) {
  std::string plain(label);
  std::erase(plain, '/');
  return FindIn(kEducation, plain);
}

std::optional<std::string_view> SchoolingCode(std::string_view label) {
  if (IsJuniorSchooling(label) || label == kPostgraduate) return "";
  for (const Stage& stage : kStages) {
    if (!label.starts_with(stage.name)) continue;
    const std::string_view year = label.substr(stage.name.size());
    for (int i = 0; i < stage.years; ++i) {
      if (year == base::StrCat(kYears[i], "年级")) return "";
    }
  }
  return std::nullopt;
}

bool IsSeniorSchooling(std::string_view label) {
  return SchoolingCode(label).has_value() && !IsJuniorSchooling(label);
}

std::optional<std::string_view> PoliticalStatusCode(std::string_view label) {
  return FindIn(kPoliticalStatus, label);
}

std::optional<std::string_view> MaritalStatusCode(std::string_view label) {
  return FindIn(kMaritalStatus, label);
}

std::optional<std::string_view> IdTypeCode(std::string_view label) {
  return FindIn(kIdTypes, label);
}

std::string RelationLabel(std::string_view code) {
  if (!IsRelationCode(code)) return "";
  if (const std::string_view own = LabelIn(kRelations, code); !own.empty()) return std::string(own);
  for (const RelationGroup& group : kRelationGroups) {
    if (code >= group.first && code <= group.last) return std::string(group.label);
  }
  return "其他";
}

std::string EthnicityLabel(std::string_view code) {
  if (code == "97") return "其他";
  const auto number = base::ParseInt(code);
  if (code.size() != 2 || !number || *number < 1 ||
      *number > static_cast<int64_t>(std::size(kEthnicities))) {
    return "";
  }
  return base::StrCat(kEthnicities[*number - 1], "族");
}

std::string EducationLabel(std::string_view code) { return std::string(LabelIn(kEducation, code)); }

std::string PoliticalStatusLabel(std::string_view code) {
  return std::string(LabelIn(kPoliticalStatus, code));
}

std::string MaritalStatusLabel(std::string_view code) {
  return std::string(LabelIn(kMaritalStatus, code));
}

std::string IdTypeLabel(std::string_view code) { return std::string(LabelIn(kIdTypes, code)); }

bool IsRelationCode(std::string_view code) {
  return code.size() == 2 && code >= "02" && code <= "99" && code[1] >= '0' && code[1] <= '9';
}

bool IsHead(std::string_view relation_code) { return relation_code == "02"; }

bool IsSpouse(std::string_view relation_code) {
  return relation_code == "10" || relation_code == "11" || relation_code == "12";
}

std::optional<int> SexNumber(std::string_view label) { return FindIn(kSexes, label); }

std::optional<vocab::HouseholdKind> KindOf(std::string_view label) { return FindIn(kKinds, label); }

std::optional<vocab::MonitoredCategory> CategoryOf(std::string_view label) {
  return FindIn(kCategories, label);
}

std::optional<vocab::LabourCapacity> LabourOf(std::string_view label) {
  return FindIn(kLabour, label);
}

std::optional<vocab::EliminationMode> EliminationModeOf(std::string_view label) {
  return FindIn(kEliminationModes, label);
}

std::optional<vocab::DisasterKind> DisasterOf(std::string_view label) {
  return FindIn(kDisasters, label);
}

std::optional<vocab::Risk> RiskOf(std::string_view label) {
  vocab::Risk risk;
  if (const auto type = FindIn(kRisks, label)) {
    risk.set_type(*type);
    return risk;
  }
  const auto* legacy = std::find(std::begin(kLegacyRisks), std::end(kLegacyRisks), label);
  if (legacy == std::end(kLegacyRisks)) return std::nullopt;
  risk.set_type(vocab::RISK_TYPE_OTHER);
  risk.set_remark(std::string(label));
  return risk;
}

std::optional<std::vector<vocab::HealthCondition>> HealthOf(std::string_view label) {
  std::string plain = base::CleanCell(label);  // full-width marks become ASCII
  for (const std::string_view mark : {"、", "；", "，"}) {
    for (size_t at; (at = plain.find(mark)) != std::string::npos;) {
      plain.replace(at, mark.size(), ",");
    }
  }
  std::replace_if(
      plain.begin(), plain.end(),
      [](char c) { return c == ';' || c == '/' || c == '|' || c == '+' || c == ' '; }, ',');
  std::vector<vocab::HealthCondition> conditions;
  for (const std::string_view part : base::Split(plain, ',')) {
    if (part.empty()) continue;
    const auto condition = FindIn(kHealth, part);
    if (!condition.has_value()) return std::nullopt;
    if (std::find(conditions.begin(), conditions.end(), *condition) == conditions.end()) {
      conditions.push_back(*condition);
    }
  }
  std::sort(conditions.begin(), conditions.end());
  return conditions;
}

std::optional<bool> YesNoOf(std::string_view label) { return FindIn(kYesNo, label); }

std::optional<Benefit> BenefitOf(std::string_view label) {
  if (const auto answer = YesNoOf(label)) return Benefit{*answer, ""};
  const auto* words = std::find(std::begin(kBenefits), std::end(kBenefits), label);
  if (words == std::end(kBenefits)) return std::nullopt;
  return Benefit{true, *words};
}

std::string_view SexLabel(int sex) { return LabelIn(kSexes, sex); }
std::string_view KindLabel(vocab::HouseholdKind kind) { return LabelIn(kKinds, kind); }
std::string_view CategoryLabel(vocab::MonitoredCategory category) {
  return LabelIn(kCategories, category);
}
std::string_view LabourLabel(vocab::LabourCapacity labour) { return LabelIn(kLabour, labour); }
std::string_view EliminationModeLabel(vocab::EliminationMode mode) {
  return LabelIn(kEliminationModes, mode);
}
std::string_view DisasterLabel(vocab::DisasterKind disaster) {
  return LabelIn(kDisasters, disaster);
}

bool IsLegacyRisk(const vocab::Risk& risk) {
  return risk.type() == vocab::RISK_TYPE_OTHER &&
         std::find(std::begin(kLegacyRisks), std::end(kLegacyRisks), risk.remark()) !=
             std::end(kLegacyRisks);
}

std::string_view RiskLabel(const vocab::Risk& risk) {
  return IsLegacyRisk(risk) ? std::string_view(risk.remark()) : LabelIn(kRisks, risk.type());
}

std::string_view HealthLabel(vocab::HealthCondition condition) {
  return LabelIn(kHealth, condition);
}

}  // namespace fangpin::registry
