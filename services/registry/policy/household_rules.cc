#include "services/registry/policy/household_rules.h"

#include <algorithm>
#include <iterator>

#include "libs/base/error.h"

namespace fangpin::registry {
namespace {

struct PersonRule {
  std::string_view id;
  std::string_view field;
  std::string_view reason;
  std::string_view message;
  bool (*violated)(const PersonFacts&);
};

struct HouseholdRule {
  std::string_view id;
  std::string_view field;
  std::string_view reason;
  std::string_view message;
  // The index of the member at fault, or kWhole; nullopt when all is well.
  std::optional<int> (*violated)(const HouseholdFacts&);
};

constexpr int kWhole = -1;

bool OutsideYear(std::optional<int64_t> months) { return months && (*months < 0 || *months > 12); }

constexpr PersonRule kPersonRules[] = {
    {"DQ-ID-01", "id_number", "ID_NUMBER_MISSING", "证件号码为空",
     [](const PersonFacts& p) { return !p.id.given; }},
    {"DQ-ID-01", "id_number", "ID_NUMBER_PLACEHOLDER",
     "证件号码以999999开头，是无证占位号码，请填写公民身份号码",
     [](const PersonFacts& p) { return p.id.problem == "ID_NUMBER_PLACEHOLDER"; }},
    {"DQ-ID-02", "id_number", "ID_NUMBER_LENGTH",
     "证件号码应为18位公民身份号码，或20、22位残疾人证号",
     [](const PersonFacts& p) { return p.id.problem == "ID_NUMBER_LENGTH"; }},
    {"DQ-ID-02", "id_number", "ID_NUMBER_CHARACTER", "证件号码只能是数字，末位可以是X",
     [](const PersonFacts& p) { return p.id.problem == "ID_NUMBER_CHARACTER"; }},
    {"DQ-ID-02", "id_number", "ID_NUMBER_CHECK_DIGIT", "公民身份号码校验码错误",
     [](const PersonFacts& p) { return p.id.problem == "ID_NUMBER_CHECK_DIGIT"; }},
    {"DQ-ID-05", "id_number", "ID_NUMBER_BIRTH_DATE",
     "证件号码中的出生日期不存在、早于1900年或晚于今天",
     [](const PersonFacts& p) { return p.id.problem == "ID_NUMBER_BIRTH_DATE"; }},
    {"DQ-ID-03", "disability_number", "DISABILITY_NUMBER_ID_NUMBER",
     "残疾人证号前18位不是有效的公民身份号码",
     [](const PersonFacts& p) { return p.disability.problem.starts_with("ID_NUMBER_"); }},
    {"DQ-ID-03", "disability_number", "DISABILITY_NUMBER_LENGTH", "残疾人证号应为20位或22位",
     [](const PersonFacts& p) { return p.disability.problem == "DISABILITY_NUMBER_LENGTH"; }},
    {"DQ-ID-03", "disability_number", "DISABILITY_NUMBER_OTHER_PERSON",
     "残疾人证号前18位与本人公民身份号码不一致",
     [](const PersonFacts& p) {
       return p.disability.number && p.id.number &&
              p.disability.number->id_number() != *p.id.number;
     }},
    {"DQ-ID-04", "disability_number", "DISABILITY_NUMBER_CATEGORY", "残疾类别应为1至7",
     [](const PersonFacts& p) { return p.disability.problem == "DISABILITY_NUMBER_CATEGORY"; }},
    {"DQ-ID-04", "disability_number", "DISABILITY_NUMBER_GRADE", "残疾等级应为1至4",
     [](const PersonFacts& p) { return p.disability.problem == "DISABILITY_NUMBER_GRADE"; }},
    {"DQ-ID-04", "disability_number", "DISABILITY_NUMBER_REISSUE", "补证编号应为B加一位数字",
     [](const PersonFacts& p) { return p.disability.problem == "DISABILITY_NUMBER_REISSUE"; }},
    {"DQ-ID-08", "sex", "SEX_DIFFERS_FROM_ID_NUMBER", "性别与证件号码第17位不一致",
     [](const PersonFacts& p) { return p.sex && p.id.number && *p.sex != p.id.number->sex(); }},
    {"DQ-ID-09", "birth_date", "BIRTH_DATE_DIFFERS_FROM_ID_NUMBER", "出生日期与证件号码不一致",
     [](const PersonFacts& p) {
       return p.birth_date && p.id.number && *p.birth_date != p.id.number->birth_date();
     }},
    {"DQ-HH-04", "relation", "RELATION_MISSING", "与户主关系为空",
     [](const PersonFacts& p) { return p.active && p.relation == Listed::kAbsent; }},
    {"DQ-HH-05", "relation", "RELATION_UNKNOWN", "与户主关系不在规定的关系之内",
     [](const PersonFacts& p) { return p.relation == Listed::kNotInList; }},
    {"DQ-ED-15", "education", "EDUCATION_UNKNOWN", "文化程度不在规定的取值之内",
     [](const PersonFacts& p) { return p.education == Listed::kNotInList; }},
    {"DQ-ED-15", "schooling", "SCHOOLING_UNKNOWN", "在校生状况不在规定的取值之内",
     [](const PersonFacts& p) { return p.schooling == Listed::kNotInList; }},
    {"DQ-LB-01", "labour_capacity", "LABOUR_CAPACITY_MISSING", "劳动技能为空",
     [](const PersonFacts& p) { return p.active && p.labour == Listed::kAbsent; }},
    {"DQ-LB-01", "labour_capacity", "LABOUR_CAPACITY_UNKNOWN", "劳动技能不在规定的取值之内",
     [](const PersonFacts& p) { return p.labour == Listed::kNotInList; }},
    {"DQ-LB-12", "work.months", "WORK_MONTHS_RANGE", "务工时间应为0至12个月",
     [](const PersonFacts& p) { return OutsideYear(p.work_months); }},
    {"DQ-LB-12", "work.welfare_post_months", "WELFARE_POST_MONTHS_RANGE",
     "公益性岗位月数应为0至12个月",
     [](const PersonFacts& p) { return OutsideYear(p.welfare_post_months); }},
};

struct SpellRule {
  std::string_view id;
  std::string_view field;
  std::string_view reason;
  std::string_view message;
  bool (*violated)(const PersonFacts&, size_t spell);
};

// Whether day or month `a` lies before `b`: a month is compared with a day's month.
bool IsBefore(std::string_view a, std::string_view b) {
  const size_t known = std::min(a.size(), b.size());
  return a.substr(0, known) < b.substr(0, known);
}

constexpr SpellRule kSpellRules[] = {
    {"DQ-LB-13", "begin", "WORK_SPELL_BEGIN_MISSING", "务工开始时间为空",
     [](const PersonFacts& p, size_t i) { return p.spells[i].begin.empty(); }},
    {"DQ-LB-13", "end", "WORK_SPELL_ENDS_BEFORE_BEGIN", "务工结束时间早于开始时间",
     [](const PersonFacts& p, size_t i) {
       const SpellFacts& s = p.spells[i];
       return !s.begin.empty() && !s.end.empty() && IsBefore(s.end, s.begin);
     }},
    {"DQ-LB-13", "begin", "WORK_SPELLS_OVERLAP", "开始务工时上一次务工还没有结束",
     [](const PersonFacts& p, size_t i) {
       if (i == 0 || p.spells[i].begin.empty() || p.spells[i - 1].begin.empty()) return false;
       const std::string& previous_end = p.spells[i - 1].end;
       return previous_end.empty() || IsBefore(p.spells[i].begin, previous_end);
     }},
};

// The second active member of whom `is` is true.
template <typename Predicate>
std::optional<int> SecondOf(const HouseholdFacts& h, Predicate is) {
  int seen = 0;
  for (size_t i = 0; i < h.members.size(); ++i) {
    if (h.members[i].active && is(h.members[i]) && ++seen == 2) return static_cast<int>(i);
  }
  return std::nullopt;
}

std::optional<int> WholeIf(bool violated) {
  return violated ? std::optional<int>(kWhole) : std::nullopt;
}

bool Negative(std::optional<int64_t> amount) { return amount && *amount < 0; }

constexpr HouseholdRule kHouseholdRules[] = {
    {"DQ-HH-11", "division", "DIVISION_NOT_VILLAGE", "区划代码不是村级代码",
     [](const HouseholdFacts& h) {
       return WholeIf(!h.division_problem.empty() && h.division_problem != "VILLAGE_UNKNOWN" &&
                      h.division_problem != "VILLAGE_ENDED");
     }},
    {"DQ-HH-11", "division", "VILLAGE_UNKNOWN", "行政村不在区划表中",
     [](const HouseholdFacts& h) { return WholeIf(h.division_problem == "VILLAGE_UNKNOWN"); }},
    {"DQ-HH-11", "division", "VILLAGE_ENDED", "行政村代码已停用，请使用现行代码",
     [](const HouseholdFacts& h) { return WholeIf(h.division_problem == "VILLAGE_ENDED"); }},
    {"DQ-HH-01", "members", "HOUSEHOLD_WITHOUT_HEAD", "本户没有户主",
     [](const HouseholdFacts& h) {
       return WholeIf(std::none_of(h.members.begin(), h.members.end(),
                                   [](const PersonFacts& p) { return p.active && p.is_head; }));
     }},
    {"DQ-HH-02", "relation", "HOUSEHOLD_WITH_TWO_HEADS", "本户有多名户主",
     [](const HouseholdFacts& h) {
       return SecondOf(h, [](const PersonFacts& p) { return p.is_head; });
     }},
    {"DQ-HH-03", "relation", "HOUSEHOLD_WITH_TWO_SPOUSES", "户主有多名配偶",
     [](const HouseholdFacts& h) {
       return SecondOf(h, [](const PersonFacts& p) { return p.is_spouse; });
     }},
    {"DQ-ID-06", "id_number", "ID_NUMBER_DUPLICATE", "证件号码在本户内重复",
     [](const HouseholdFacts& h) -> std::optional<int> {
       for (size_t i = 0; i < h.members.size(); ++i) {
         for (size_t j = 0; h.members[i].id.number && j < i; ++j) {
           if (h.members[j].id.number == h.members[i].id.number) return static_cast<int>(i);
         }
       }
       return std::nullopt;
     }},
    {"DQ-IN-04", "income", "INCOME_NEGATIVE", "收入和支出项目不能为负数",
     [](const HouseholdFacts& h) {
       const IncomeParts& i = h.income;
       return WholeIf(Negative(i.wage) || Negative(i.business) || Negative(i.property) ||
                      Negative(i.transfer) || Negative(i.business_expenditure) ||
                      Negative(i.claim) || Negative(i.compliant_self_paid));
     }},
    {"DQ-IN-02", "income.net_income_fen", "NET_INCOME_MISMATCH",
     "纯收入不等于四项收入之和减生产经营性支出（允许相差1元）",
     [](const HouseholdFacts& h) {
       return WholeIf(IncomeDisagrees(h.reported_net, ComputeIncome(h.income, h.population).net));
     }},
    {"DQ-IN-03", "income.per_capita_net_fen", "PER_CAPITA_INCOME_MISMATCH",
     "人均纯收入不等于纯收入除以家庭人口（允许相差1元）",
     [](const HouseholdFacts& h) {
       return WholeIf(IncomeDisagrees(h.reported_per_capita_net,
                                      ComputeIncome(h.income, h.population).per_capita_net));
     }},
    {"DQ-IN-02", "income.items", "INCOME_ITEMS_MISMATCH",
     "同一组的收入或支出细项之和应等于该组小计",
     [](const HouseholdFacts& h) { return WholeIf(ItemsDisagree(h.income, h.items)); }},
    {"DQ-IN-05", "income.period_end", "INCOME_PERIOD", "收入期间应为已经过完的12个完整月",
     [](const HouseholdFacts& h) {
       if (!h.income_first && !h.income_last) return WholeIf(false);
       return WholeIf(!h.income_first || !h.income_last ||
                      !IsIncomePeriod(*h.income_first, *h.income_last, h.today));
     }},
    {"DQ-RK-01", "monitoring.risks", "RISK_MISSING", "监测对象没有致贫返贫风险",
     [](const HouseholdFacts& h) { return WholeIf(h.monitored && !h.has_risk); }},
    {"DQ-RK-03", "monitoring.risks", "RISK_REMARK_MISSING", "风险为其他的应填写备注",
     [](const HouseholdFacts& h) { return WholeIf(h.monitored && h.other_without_remark); }},
    {"DQ-RK-04", "monitoring.risks", "DISASTER_KIND_MISSING", "因自然灾害的应填写子项",
     [](const HouseholdFacts& h) { return WholeIf(h.monitored && h.disaster_without_kind); }},
    {"DQ-RK-11", "monitoring.category", "CATEGORY_KIND_MISMATCH",
     "监测对象类别与户类型不符：脱贫不稳定户应为脱贫户，边缘易致贫户应为一般农户",
     [](const HouseholdFacts& h) {
       return WholeIf(h.monitored && !CategoryFitsKind(h.category, h.kind));
     }},
};

template <typename Number>
Checked<Number> Check(std::string_view text, absl::CivilDay today) {
  Checked<Number> checked;
  checked.given = text.find_first_not_of(" \t\r\n") != std::string_view::npos;
  if (!checked.given) return checked;
  absl::StatusOr<Number> number = Number::Parse(text, today);
  if (number.ok()) {
    checked.number = *std::move(number);
  } else {
    checked.problem = base::Reason(number.status());
  }
  return checked;
}

}  // namespace

Checked<base::IdNumber> CheckIdNumber(std::string_view text, absl::CivilDay today) {
  return Check<base::IdNumber>(text, today);
}

Checked<base::DisabilityNumber> CheckDisabilityNumber(std::string_view text, absl::CivilDay today) {
  return Check<base::DisabilityNumber>(text, today);
}

std::vector<Violation> CheckHousehold(const HouseholdFacts& facts) {
  std::vector<Violation> violations;
  for (size_t i = 0; i < facts.members.size(); ++i) {
    for (const PersonRule& rule : kPersonRules) {
      if (!rule.violated(facts.members[i])) continue;
      violations.push_back(
          {rule.id, static_cast<int>(i), -1, rule.field, rule.reason, rule.message});
    }
    for (size_t j = 0; j < facts.members[i].spells.size(); ++j) {
      for (const SpellRule& rule : kSpellRules) {
        if (!rule.violated(facts.members[i], j)) continue;
        violations.push_back({rule.id, static_cast<int>(i), static_cast<int>(j), rule.field,
                              rule.reason, rule.message});
      }
    }
  }
  for (const HouseholdRule& rule : kHouseholdRules) {
    if (const std::optional<int> member = rule.violated(facts)) {
      violations.push_back({rule.id, *member, -1, rule.field, rule.reason, rule.message});
    }
  }
  return violations;
}

std::vector<RuleInfo> HouseholdRules() {
  std::vector<RuleInfo> rules;
  for (const PersonRule& r : kPersonRules) rules.push_back({r.id, r.reason, r.message});
  for (const SpellRule& r : kSpellRules) rules.push_back({r.id, r.reason, r.message});
  for (const HouseholdRule& r : kHouseholdRules) rules.push_back({r.id, r.reason, r.message});
  return rules;
}

}  // namespace fangpin::registry
