#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

#include "libs/base/civil.h"
#include "libs/base/strings.h"
#include "libs/base/text.h"
#include "services/registry/core/household.h"
#include "services/registry/core/labels.h"

// What a household record must be: the rules of policy/ and the limits of the contract.
namespace fangpin::registry {
namespace {

constexpr int kMaxMembers = 40;
constexpr int kMaxSpells = 120;
constexpr int kMaxListItems = 200;
constexpr size_t kMaxId = 40;
constexpr size_t kMaxName = 60;
constexpr size_t kMaxLabel = 60;
constexpr size_t kMaxText = 200;
constexpr size_t kMaxHeader = 100;
constexpr size_t kMaxKeptText = 500;
constexpr size_t kMinPhone = 7;
constexpr size_t kMaxPhone = 12;
constexpr int kFirstCertificateYear = 1949;

constexpr std::string_view kExclusions[] = {
    "VEHICLE_OR_MACHINERY", "COMMERCIAL_PROPERTY",     "LUXURY_HOUSE",     "REGISTERED_COMPANY",
    "INDIVIDUAL_BUSINESS",  "FISCAL_SUPPORTED_MEMBER", "FINANCIAL_ASSETS", "COSTLY_SCHOOLING",
    "REFUSED_OR_FALSE",     "SUPPORT_DUTY_UNFULFILLED"};
constexpr std::string_view kAdjudications[] = {"PENDING", "PASS", "EXCLUDED_IN_PRINCIPLE",
                                               "EXCEPTION_APPROVED"};
constexpr std::string_view kExpenditures[] = {"MEDICAL", "SCHOOLING", "HOUSING", "DISASTER",
                                              "OTHER"};
constexpr std::string_view kIncomeGroups[] = {"A", "B", "C", "D", "E", "F", "G"};
constexpr std::string_view kRoadTypes[] = {"", "泥土", "砂石", "水泥", "沥青"};
constexpr std::string_view kUnsafeGrades[] = {"", "C", "D"};

// A place in the record and what is wrong there. Paths are put together only where something is:
// almost every check finds nothing.
class At {
 public:
  explicit At(std::vector<base::FieldError>* problems) : problems_(problems) {}

  // The places below live no longer than this one.
  At Field(std::string_view name) const { return {this, name, -1}; }
  At Item(std::string_view list, int index) const { return {this, list, index}; }

  void Add(std::string_view field, std::string_view reason, std::string_view message) const {
    problems_->push_back(
        {0, base::StrCat(Path(), field), std::string(reason), std::string(message)});
  }

  void Text(std::string_view field, std::string_view text, size_t max) const {
    if (text.empty()) return;
    if (!base::IsValidUtf8(text) || std::any_of(text.begin(), text.end(), &IsControl)) {
      Add(field, "TEXT_INVALID", "不是有效的UTF-8文字，或含有控制字符");
    } else if (text.size() > max && base::CodePoints(text) > max) {
      Add(field, "TEXT_TOO_LONG", base::StrCat("最多", max, "个字"));
    }
  }
  void Required(std::string_view field, std::string_view text, size_t max) const {
    if (text.empty()) Add(field, "REQUIRED", "必须填写");
    Text(field, text, max);
  }
  void Label(std::string_view field, const pb::CodedLabel& value) const {
    Text(field, value.code(), kMaxLabel);
    Text(field, value.label(), kMaxLabel);
  }
  void Day(std::string_view field, std::string_view text) const {
    if (!text.empty() && !base::ParseDay(text).ok()) {
      Add(field, "DATE_FORMAT", "日期应为YYYY-MM-DD");
    }
  }
  void DayOrMonth(std::string_view field, std::string_view text) const {
    if (text.empty() || base::ParseDay(text).ok()) return;
    if (text.size() == 7 && base::ParseDay(base::StrCat(text, "-01")).ok()) return;
    Add(field, "DATE_FORMAT", "日期应为YYYY-MM-DD或YYYY-MM");
  }
  // Both are days; the later one is checked to be it.
  void Order(std::string_view later_field, std::string_view earlier, std::string_view later) const {
    if (!earlier.empty() && !later.empty() && later < earlier) {
      Add(later_field, "DATE_ORDER", "结束日期早于开始日期");
    }
  }
  void NotNegative(std::string_view field, bool present, int64_t value) const {
    if (present && value < 0) Add(field, "NEGATIVE", "不能为负数");
  }
  void Phone(std::string_view field, std::string_view phone) const {
    if (phone.empty()) return;
    const bool digits = std::all_of(phone.begin(), phone.end(), &IsDigit);
    if (!digits || phone.size() < kMinPhone || phone.size() > kMaxPhone) {
      Add(field, "PHONE_FORMAT", "电话应为手机号码，或带区号的固定电话号码");
    }
  }
  template <size_t N>
  void OneOf(std::string_view field, std::string_view value,
             const std::string_view (&allowed)[N]) const {
    if (std::find(std::begin(allowed), std::end(allowed), value) == std::end(allowed)) {
      Add(field, "VALUE_UNKNOWN", "不在规定的取值之内");
    }
  }
  void Count(std::string_view field, int count, int max) const {
    if (count > max) Add(field, "LIST_TOO_LONG", base::StrCat("最多", max, "项"));
  }
  void Columns(const google::protobuf::Map<std::string, std::string>& columns) const {
    Count("other_columns", static_cast<int>(columns.size()), kMaxListItems);
    for (const auto& [header, text] : columns) {
      Text("other_columns", header, kMaxHeader);
      Text("other_columns", text, kMaxKeptText);
    }
  }

 private:
  At(const At* outer, std::string_view name, int index)
      : problems_(outer->problems_), outer_(outer), name_(name), index_(index) {}

  static bool IsDigit(char c) { return c >= '0' && c <= '9'; }
  static bool IsControl(char c) {
    return (static_cast<unsigned char>(c) < ' ' && c != '\t' && c != '\n' && c != '\r') ||
           c == 0x7f;
  }

  // "household.members[2]."
  std::string Path() const {
    if (outer_ == nullptr) return "household.";
    std::string path = base::StrCat(outer_->Path(), name_);
    if (index_ >= 0) base::StrAppend(&path, "[", index_, "]");
    return path + ".";
  }

  std::vector<base::FieldError>* problems_;
  const At* outer_ = nullptr;
  std::string_view name_;
  int index_ = -1;
};

Listed ListedAs(const pb::CodedLabel& value, bool known) {
  if (value.code().empty() && value.label().empty()) return Listed::kAbsent;
  return known ? Listed::kInList : Listed::kNotInList;
}

std::optional<absl::CivilMonth> MonthOf(std::string_view text) {
  if (text.size() != 7) return std::nullopt;
  const auto day = base::ParseDay(base::StrCat(text, "-01"));
  return day.ok() ? std::optional(absl::CivilMonth(*day)) : std::nullopt;
}

IncomeItems ItemsOf(const pb::IncomeAccount& income) {
  IncomeItems sums;
  for (const pb::IncomeItem& item : income.items()) {
    if (item.group().size() != 1 || item.group()[0] < 'A' || item.group()[0] > 'G') continue;
    auto& sum = sums[static_cast<size_t>(item.group()[0] - 'A')];
    sum = sum.value_or(0) + item.amount_fen();
  }
  return sums;
}

void CheckSpells(const At& at, const pb::Person& person) {
  at.Count("work_spells", person.work_spells_size(), kMaxSpells);
  for (int i = 0; i < person.work_spells_size(); ++i) {
    const pb::WorkSpell& spell = person.work_spells(i);
    const At here = at.Item("work_spells", i);
    here.Text("county", spell.county(), kMaxText);
    here.NotNegative("monthly_wage_fen", spell.has_monthly_wage_fen(), spell.monthly_wage_fen());
    here.Text("channel", spell.channel(), kMaxHeader);
    here.DayOrMonth("begin", spell.begin());
    here.DayOrMonth("end", spell.end());
    here.Columns(spell.other_columns());
  }
}

void CheckPerson(const At& at, const pb::Person& person, absl::CivilDay today) {
  if (person.name().empty()) at.Add("name", "NAME_MISSING", "姓名为空");
  at.Text("name", person.name(), kMaxName);
  at.Text("national_id", person.national_id(), kMaxId);
  at.Text("dropout_reason", person.dropout_reason(), 100);
  at.Text("not_in_school_reason", person.not_in_school_reason(), 100);
  at.Phone("phone", person.phone());
  at.Label("relation", person.relation());
  at.Label("ethnicity", person.ethnicity());
  at.Label("political_status", person.political_status());
  at.Label("marital_status", person.marital_status());
  at.Label("education", person.education());
  at.Label("schooling", person.schooling());
  at.Label("id_type", person.id_type());
  if (person.has_work()) {
    at.Text("work.place", person.work().place(), kMaxText);
    at.Text("work.employer", person.work().employer(), kMaxText);
    at.Text("work.welfare_post", person.work().welfare_post(), kMaxText);
    at.Text("work.channel", person.work().channel(), 100);
  }
  at.Text("coverage.dibao_label", person.coverage().dibao_label(), 20);
  at.Text("coverage.tekun_label", person.coverage().tekun_label(), 20);
  for (const int condition : person.health()) {
    if (!vocab::HealthCondition_IsValid(condition) || condition == 0) {
      at.Add("health", "VALUE_UNKNOWN", "健康状况不在规定的取值之内");
    }
  }
  if (!pb::Sex_IsValid(person.sex())) at.Add("sex", "VALUE_UNKNOWN", "性别不在规定的取值之内");
  if (!pb::MemberBasis_IsValid(person.basis())) {
    at.Add("basis", "VALUE_UNKNOWN", "成员依据不在规定的取值之内");
  }
  const int32_t year = person.disability_certified_year();
  if (year != 0 && (year < kFirstCertificateYear || year > today.year())) {
    at.Add("disability_certified_year", "YEAR_RANGE", "残疾证办证年度应为1949年以后、不晚于今年");
  }
  at.Day("birth_date", person.birth_date());
  at.Day("membership.since", person.membership().since());
  at.Day("membership.left_on", person.membership().left_on());
  if (!person.membership().active() && person.membership().left_on().empty()) {
    at.Add("membership.left_on", "LEFT_ON_MISSING", "已不在本户的成员应填写离开日期");
  }
  at.Columns(person.other_columns());
  CheckSpells(at, person);
}

void CheckIncome(const At& at, const pb::IncomeAccount& income) {
  if (!income.period_start().empty() && !MonthOf(income.period_start())) {
    at.Add("period_start", "MONTH_FORMAT", "月份应为YYYY-MM");
  }
  if (!income.period_end().empty() && !MonthOf(income.period_end())) {
    at.Add("period_end", "MONTH_FORMAT", "月份应为YYYY-MM");
  }
  at.NotNegative("tekun_support_fen", income.has_tekun_support_fen(), income.tekun_support_fen());
  at.Count("items", income.items_size(), kMaxListItems);
  for (int i = 0; i < income.items_size(); ++i) {
    const pb::IncomeItem& item = income.items(i);
    const At here = at.Item("items", i);
    here.OneOf("group", item.group(), kIncomeGroups);
    here.NotNegative("amount_fen", true, item.amount_fen());
    here.Required("item", item.item(), 100);
    here.Text("explanation", item.explanation(), 400);
  }
}

void CheckSafeguards(const At& at, const pb::Household& h) {
  std::set<int> seen;
  for (int i = 0; i < h.safeguards_size(); ++i) {
    const At here = at.Item("safeguards", i);
    const pb::SafeguardStatus& s = h.safeguards(i);
    if (!vocab::Safeguard_IsValid(s.safeguard()) || s.safeguard() == 0) {
      here.Add("safeguard", "VALUE_UNKNOWN", "应指明是哪一项保障");
    } else if (!seen.insert(s.safeguard()).second) {
      here.Add("safeguard", "SAFEGUARD_REPEATED", "同一项保障只能填写一次");
    }
    if (!vocab::SafeguardState_IsValid(s.state()) || s.state() == 0) {
      here.Add("state", "VALUE_UNKNOWN", "应指明保障状态");
    }
    here.DayOrMonth("since", s.since());
  }
}

void CheckExpenditures(const At& at, const pb::Household& h) {
  at.Count("rigid_expenditures", h.rigid_expenditures_size(), kMaxListItems);
  for (int i = 0; i < h.rigid_expenditures_size(); ++i) {
    const At here = at.Item("rigid_expenditures", i);
    const pb::RigidExpenditure& e = h.rigid_expenditures(i);
    here.OneOf("kind", e.kind(), kExpenditures);
    here.NotNegative("yearly_fen", true, e.yearly_fen());
    here.Day("since", e.since());
    here.Day("resolved_on", e.resolved_on());
    here.Order("resolved_on", e.since(), e.resolved_on());
  }
}

void CheckAssets(const At& at, const pb::Household& h) {
  at.Count("assets", h.assets_size(), kMaxListItems);
  for (int i = 0; i < h.assets_size(); ++i) {
    const At here = at.Item("assets", i);
    const pb::Asset& a = h.assets(i);
    here.OneOf("exclusion", a.exclusion(), kExclusions);
    here.Required("source", a.source(), kMaxName);
    here.Day("found_on", a.found_on());
    here.NotNegative("value_fen", a.has_value_fen(), a.value_fen());
    here.OneOf("adjudication", a.adjudication(), kAdjudications);
    here.Text("reason", a.reason(), kMaxText);
    if (a.adjudication() != "PENDING" && a.reason().empty()) {
      here.Add("reason", "ASSET_REASON_MISSING", "已认定的财产应写明理由");
    }
  }
}

void CheckMeasures(const At& at, const pb::Household& h) {
  std::set<int> seen;
  for (int i = 0; i < h.reported_measures_size(); ++i) {
    const At here = at.Item("reported_measures", i);
    const pb::ReportedMeasure& m = h.reported_measures(i);
    if (!vocab::MeasureCategory_IsValid(m.category()) || m.category() == 0) {
      here.Add("category", "VALUE_UNKNOWN", "帮扶措施类别不在规定的取值之内");
    } else if (!seen.insert(m.category()).second) {
      here.Add("category", "MEASURE_REPEATED", "同一类帮扶措施只能填写一次");
    }
    here.Required("text", m.text(), kMaxKeptText);
  }
}

void CheckLiving(const At& at, const pb::LivingConditions& l) {
  at.NotNegative("farmland_centimu", true, l.farmland_centimu());
  at.NotNegative("orchard_centimu", true, l.orchard_centimu());
  at.NotNegative("pasture_centimu", true, l.pasture_centimu());
  at.NotNegative("forest_centimu", true, l.forest_centimu());
  at.NotNegative("returned_farmland_centimu", true, l.returned_farmland_centimu());
  at.NotNegative("water_area_centimu", true, l.water_area_centimu());
  at.NotNegative("floor_area_centisqm", true, l.floor_area_centisqm());
  at.NotNegative("distance_to_road_m", true, l.distance_to_road_m());
  at.OneOf("road_type", l.road_type(), kRoadTypes);
  at.OneOf("unsafe_house_grade", l.unsafe_house_grade(), kUnsafeGrades);
  at.Text("main_fuel", l.main_fuel(), kMaxName);
}

void CheckHelper(const At& at, const pb::Helper& helper) {
  at.Text("name", helper.name(), kMaxName);
  at.Text("unit", helper.unit(), 100);
  at.Phone("phone", helper.phone());
  if (!pb::Sex_IsValid(helper.sex())) at.Add("sex", "VALUE_UNKNOWN", "性别不在规定的取值之内");
  at.Label("political_status", helper.political_status());
  at.Day("begin", helper.begin());
  at.Day("end", helper.end());
  at.Order("end", helper.begin(), helper.end());
}

void CheckContract(const At& at, const pb::Household& h, absl::CivilDay today) {
  at.Text("national_id", h.national_id(), kMaxId);
  if (h.national_id().find_first_of("\t\r\n") != std::string::npos) {
    at.Add("national_id", "TEXT_INVALID", "户编号含有控制字符");
  }
  at.Text("natural_village", h.natural_village(), 60);
  at.Text("address", h.address(), kMaxText);
  at.Phone("phone", h.phone());
  if (!vocab::HouseholdKind_IsValid(h.kind())) {
    at.Add("kind", "VALUE_UNKNOWN", "户类型不在规定的取值之内");
  }
  if (h.members_size() > kMaxMembers) {
    at.Add("members", "TOO_MANY_MEMBERS", base::StrCat("每户最多", kMaxMembers, "人"));
  }
  for (int i = 0; i < h.members_size(); ++i) {
    CheckPerson(at.Item("members", i), h.members(i), today);
  }
  if (h.has_income()) CheckIncome(at.Field("income"), h.income());
  CheckSafeguards(at, h);
  CheckExpenditures(at, h);
  CheckAssets(at, h);
  CheckMeasures(at, h);
  if (h.has_living()) CheckLiving(at.Field("living"), h.living());
  if (h.has_helper()) CheckHelper(at.Field("helper"), h.helper());
  if (h.has_contact()) CheckHelper(at.Field("contact"), h.contact());
  at.Text("collector.name", h.collector().name(), kMaxName);
  at.Phone("collector.phone", h.collector().phone());
  at.Columns(h.other_columns());
}

PersonFacts FactsOf(const pb::Person& person, absl::CivilDay today) {
  PersonFacts p;
  p.id = CheckIdNumber(person.id_number(), today);
  p.disability = CheckDisabilityNumber(person.disability_number(), today);
  if (person.sex() == pb::SEX_MALE) p.sex = base::Sex::kMale;
  if (person.sex() == pb::SEX_FEMALE) p.sex = base::Sex::kFemale;
  if (const auto birth = base::ParseDay(person.birth_date()); birth.ok()) p.birth_date = *birth;
  p.relation = ListedAs(person.relation(), IsRelationCode(person.relation().code()));
  p.is_head = IsHead(person.relation().code());
  p.is_spouse = IsSpouse(person.relation().code());
  p.education = ListedAs(person.education(), person.education().label().empty() ||
                                                 EducationCode(person.education().label()));
  p.schooling = ListedAs(person.schooling(), person.schooling().label().empty() ||
                                                 SchoolingCode(person.schooling().label()));
  p.labour = !vocab::LabourCapacity_IsValid(person.labour_capacity()) ? Listed::kNotInList
             : person.labour_capacity() == 0                          ? Listed::kAbsent
                                                                      : Listed::kInList;
  if (person.work().has_months()) p.work_months = person.work().months();
  if (person.work().has_welfare_post_months()) {
    p.welfare_post_months = person.work().welfare_post_months();
  }
  for (const pb::WorkSpell& spell : person.work_spells()) {
    p.spells.push_back({spell.begin(), spell.end()});
  }
  p.active = person.membership().active();
  return p;
}

}  // namespace

HouseholdFacts FactsOf(const pb::Household& household, absl::CivilDay today,
                       const DivisionTree& divisions) {
  HouseholdFacts facts;
  facts.today = today;
  facts.members.reserve(static_cast<size_t>(household.members_size()));
  for (const pb::Person& person : household.members()) {
    facts.members.push_back(FactsOf(person, today));
    if (facts.members.back().active) ++facts.population;
  }
  facts.division_problem = base::Reason(divisions.CheckVillage(household.division()));
  // Who is on file stays where he was registered until he is moved; nobody is registered there
  // anew.
  if (!household.id().empty() && facts.division_problem == "VILLAGE_ENDED") {
    facts.division_problem.clear();
  }
  facts.kind = static_cast<Kind>(household.kind());
  const pb::Monitoring& monitoring = household.monitoring();
  facts.category = static_cast<Category>(monitoring.category());
  facts.monitored = monitoring.state() > vocab::MONITORING_STATE_NOT_MONITORED;
  facts.has_risk = monitoring.risks_size() > 0;
  for (const vocab::Risk& risk : monitoring.risks()) {
    facts.other_without_remark |= risk.type() == vocab::RISK_TYPE_OTHER && risk.remark().empty();
    facts.disaster_without_kind |= risk.type() == vocab::RISK_TYPE_NATURAL_DISASTER &&
                                   risk.disaster() == vocab::DISASTER_KIND_UNSPECIFIED;
  }
  facts.income = PartsOf(household.income());
  facts.items = ItemsOf(household.income());
  facts.income_first = MonthOf(household.income().period_start());
  facts.income_last = MonthOf(household.income().period_end());
  return facts;
}

std::vector<base::FieldError> CheckRecord(const pb::Household& household, absl::CivilDay today,
                                          const DivisionTree& divisions, const Reported& reported) {
  std::vector<base::FieldError> problems;
  const At at(&problems);
  HouseholdFacts facts = FactsOf(household, today, divisions);
  facts.reported_net = reported.net_fen;
  facts.reported_per_capita_net = reported.per_capita_net_fen;
  for (const Violation& v : CheckHousehold(facts)) {
    if (v.member < 0) {
      at.Add(v.field, v.reason, v.message);
      continue;
    }
    const At member = at.Item("members", v.member);
    (v.spell < 0 ? member : member.Item("work_spells", v.spell)).Add(v.field, v.reason, v.message);
  }
  CheckContract(at, household, today);
  return problems;
}

}  // namespace fangpin::registry
