#include "services/registry/core/household.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "google/protobuf/util/message_differencer.h"
#include "libs/base/civil.h"
#include "libs/base/strings.h"
#include "libs/base/text.h"
#include "services/registry/core/labels.h"

namespace fangpin::registry {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

constexpr int kMaxMembers = 40;
constexpr size_t kMaxListItems = 200;

// Collects what is wrong, by path.
class Problems {
 public:
  void Add(std::string field, std::string_view reason, std::string_view message) {
    list_.push_back(
        {0, base::StrCat("household.", field), std::string(reason), std::string(message)});
  }
  void Length(std::string field, std::string_view text, size_t max) {
    if (!base::IsValidUtf8(text)) {
      Add(std::move(field), "TEXT_INVALID", "不是有效的UTF-8文字");
    } else if (base::CodePoints(text) > max) {
      Add(std::move(field), "TEXT_TOO_LONG", base::StrCat("最多", max, "个字"));
    }
  }
  void DayOrMonth(std::string field, std::string_view text, bool month_allowed) {
    if (text.empty() || base::ParseDay(text).ok()) return;
    if (month_allowed && text.size() == 7 && base::ParseDay(base::StrCat(text, "-01")).ok()) return;
    Add(std::move(field), "DATE_FORMAT",
        month_allowed ? "日期应为YYYY-MM-DD或YYYY-MM" : "日期应为YYYY-MM-DD");
  }
  void NotNegative(std::string field, bool present, int64_t value) {
    if (present && value < 0) Add(std::move(field), "NEGATIVE", "不能为负数");
  }
  void OneOf(std::string field, std::string_view value,
             std::initializer_list<std::string_view> allowed) {
    if (std::find(allowed.begin(), allowed.end(), value) == allowed.end()) {
      Add(std::move(field), "VALUE_UNKNOWN", "不在规定的取值之内");
    }
  }
  std::vector<base::FieldError> Take() && { return std::move(list_); }

 private:
  std::vector<base::FieldError> list_;
};

Listed ListedAs(const pb::CodedLabel& value, bool known) {
  if (value.code().empty() && value.label().empty()) return Listed::kAbsent;
  return known ? Listed::kInList : Listed::kNotInList;
}

void Clean(std::string* text) { *text = base::CleanCell(*text); }

// A label becomes what the list says; a code that came without a label stays.
template <typename CodeOf>
void FillCode(pb::CodedLabel* value, CodeOf code_of) {
  Clean(value->mutable_label());
  if (value->label().empty()) return;
  if (const auto code = code_of(value->label()); code && value->code().empty()) {
    value->set_code(std::string(*code));
  }
}

IncomeParts PartsOf(const pb::IncomeAccount& a) {
  IncomeParts parts;
  if (a.has_wage_fen()) parts.wage = a.wage_fen();
  if (a.has_business_fen()) parts.business = a.business_fen();
  if (a.has_property_fen()) parts.property = a.property_fen();
  if (a.has_transfer_fen()) parts.transfer = a.transfer_fen();
  if (a.has_business_expenditure_fen()) parts.business_expenditure = a.business_expenditure_fen();
  if (a.has_claim_fen()) parts.claim = a.claim_fen();
  if (a.has_compliant_self_paid_fen()) parts.compliant_self_paid = a.compliant_self_paid_fen();
  return parts;
}

void CheckPerson(const std::string& at, const pb::Person& person, Problems* problems) {
  if (person.name().empty()) problems->Add(at + ".name", "NAME_MISSING", "姓名为空");
  problems->Length(at + ".name", person.name(), 60);
  problems->Length(at + ".national_id", person.national_id(), 40);
  problems->Length(at + ".dropout_reason", person.dropout_reason(), 100);
  problems->Length(at + ".not_in_school_reason", person.not_in_school_reason(), 100);
  problems->Length(at + ".phone", person.phone(), 40);
  problems->Length(at + ".work.place", person.work().place(), 200);
  problems->Length(at + ".work.employer", person.work().employer(), 200);
  problems->Length(at + ".work.welfare_post", person.work().welfare_post(), 200);
  problems->DayOrMonth(at + ".birth_date", person.birth_date(), false);
  problems->DayOrMonth(at + ".membership.since", person.membership().since(), false);
  problems->DayOrMonth(at + ".membership.left_on", person.membership().left_on(), false);
  if (!person.membership().active() && person.membership().left_on().empty()) {
    problems->Add(at + ".membership.left_on", "LEFT_ON_MISSING", "已不在本户的成员应填写离开日期");
  }
}

void CheckIncome(const pb::IncomeAccount& income, Problems* problems) {
  const auto first = base::ParseDay(base::StrCat(income.period_start(), "-01"));
  const auto last = base::ParseDay(base::StrCat(income.period_end(), "-01"));
  if (income.period_start().empty() != income.period_end().empty()) {
    problems->Add("income.period_end", "INCOME_PERIOD", "收入期间应同时填写起止月份");
  } else if (!income.period_start().empty()) {
    if (!first.ok() || !last.ok()) {
      problems->Add("income.period_start", "INCOME_PERIOD", "收入期间的月份应为YYYY-MM");
    } else if (absl::CivilMonth(*last) - absl::CivilMonth(*first) != 11) {
      problems->Add("income.period_end", "INCOME_PERIOD", "收入期间应为12个完整月");
    }
  }
  problems->NotNegative("income.tekun_support_fen", income.has_tekun_support_fen(),
                        income.tekun_support_fen());
  for (int i = 0; i < income.items_size(); ++i) {
    const std::string at = base::StrCat("income.items[", i, "]");
    problems->OneOf(at + ".group", income.items(i).group(), {"A", "B", "C", "D", "E", "F", "G"});
    problems->NotNegative(at + ".amount_fen", true, income.items(i).amount_fen());
    problems->Length(at + ".item", income.items(i).item(), 100);
    problems->Length(at + ".explanation", income.items(i).explanation(), 400);
  }
}

void CheckLists(const pb::Household& h, Problems* problems) {
  std::set<int> seen;
  for (int i = 0; i < h.safeguards_size(); ++i) {
    const std::string at = base::StrCat("safeguards[", i, "]");
    const pb::SafeguardStatus& s = h.safeguards(i);
    if (!vocab::Safeguard_IsValid(s.safeguard()) || s.safeguard() == 0) {
      problems->Add(at + ".safeguard", "VALUE_UNKNOWN", "应指明是哪一项保障");
    } else if (!seen.insert(s.safeguard()).second) {
      problems->Add(at + ".safeguard", "SAFEGUARD_REPEATED", "同一项保障只能填写一次");
    }
    if (!vocab::SafeguardState_IsValid(s.state()) || s.state() == 0) {
      problems->Add(at + ".state", "VALUE_UNKNOWN", "应指明保障状态");
    }
    problems->DayOrMonth(at + ".since", s.since(), true);
  }
  for (int i = 0; i < h.rigid_expenditures_size(); ++i) {
    const std::string at = base::StrCat("rigid_expenditures[", i, "]");
    const pb::RigidExpenditure& e = h.rigid_expenditures(i);
    problems->OneOf(at + ".kind", e.kind(),
                    {"MEDICAL", "SCHOOLING", "HOUSING", "DISASTER", "OTHER"});
    problems->NotNegative(at + ".yearly_fen", true, e.yearly_fen());
    problems->DayOrMonth(at + ".since", e.since(), false);
    problems->DayOrMonth(at + ".resolved_on", e.resolved_on(), false);
  }
  for (int i = 0; i < h.assets_size(); ++i) {
    const std::string at = base::StrCat("assets[", i, "]");
    const pb::Asset& a = h.assets(i);
    problems->Length(at + ".exclusion", a.exclusion(), 60);
    problems->Length(at + ".source", a.source(), 60);
    problems->Length(at + ".reason", a.reason(), 200);
    problems->DayOrMonth(at + ".found_on", a.found_on(), false);
    problems->NotNegative(at + ".value_fen", a.has_value_fen(), a.value_fen());
    problems->OneOf(at + ".adjudication", a.adjudication(),
                    {"PENDING", "EXCLUDED_IN_PRINCIPLE", "EXCEPTION_APPROVED"});
    if (a.adjudication() != "PENDING" && a.reason().empty()) {
      problems->Add(at + ".reason", "ASSET_REASON_MISSING", "已认定的财产应写明理由");
    }
  }
  const size_t longest = std::max<size_t>(
      {static_cast<size_t>(h.rigid_expenditures_size()), static_cast<size_t>(h.assets_size()),
       static_cast<size_t>(h.income().items_size()),
       static_cast<size_t>(h.reported_measures_size()), h.other_columns().size()});
  if (longest > kMaxListItems) {
    problems->Add("other_columns", "LIST_TOO_LONG",
                  base::StrCat("每个列表最多", kMaxListItems, "项"));
  }
}

// Whether two messages have the same value of the field.
bool SameField(const Message& a, const Message& b, const FieldDescriptor* field) {
  // The differencer is dear, and most fields are empty in both or plain.
  const auto& of_a = *a.GetReflection();
  const auto& of_b = *b.GetReflection();
  if (field->is_repeated()) {
    const int size = of_a.FieldSize(a, field);
    if (size != of_b.FieldSize(b, field)) return false;
    if (size == 0) return true;
  } else {
    if (of_a.HasField(a, field) != of_b.HasField(b, field)) return false;
    if (!of_a.HasField(a, field)) return true;
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      std::string in_a, in_b;
      return of_a.GetStringReference(a, field, &in_a) == of_b.GetStringReference(b, field, &in_b);
    }
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      return MessageDifferencer::Equals(of_a.GetMessage(a, field), of_b.GetMessage(b, field));
    }
  }
  MessageDifferencer differencer;
  return differencer.CompareWithFields(a, b, {field}, {field});
}

const std::set<std::string_view>& Bookkeeping() {
  static const auto* const kFields =
      new std::set<std::string_view>{"id", "revision", "etag", "create_time", "update_time"};
  return *kFields;
}

int SerialOf(const pb::Person& person) {
  const size_t dash = person.id().rfind('-');
  if (dash == std::string::npos) return 0;
  return static_cast<int>(
      base::ParseInt(std::string_view(person.id()).substr(dash + 1)).value_or(0));
}

}  // namespace

int ActiveMembers(const pb::Household& household) {
  return static_cast<int>(std::count_if(household.members().begin(), household.members().end(),
                                        [](const auto& p) { return p.membership().active(); }));
}

void CompleteIncome(int population, pb::IncomeAccount* income) {
  const IncomeSums sums = ComputeIncome(PartsOf(*income), population);
  income->set_population(population);
  income->clear_net_income_fen();
  income->clear_per_capita_net_fen();
  income->clear_income_reference_fen();
  income->clear_per_capita_reference_fen();
  if (sums.net) income->set_net_income_fen(*sums.net);
  if (sums.per_capita_net) income->set_per_capita_net_fen(*sums.per_capita_net);
  if (sums.reference) income->set_income_reference_fen(*sums.reference);
  if (sums.per_capita_reference) income->set_per_capita_reference_fen(*sums.per_capita_reference);
}

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  const int64_t micros = absl::ToUnixMicros(time);
  google::protobuf::Timestamp stamp;
  stamp.set_seconds(micros / 1'000'000);
  stamp.set_nanos(static_cast<int32_t>(micros % 1'000'000) * 1000);
  return stamp;
}

std::string EtagOf(int64_t revision) { return base::StrCat("r", revision); }

void ClearOutputOnly(pb::Household* household) {
  household->clear_id();
  household->clear_monitoring();
  household->clear_snapshots();
  household->clear_revision();
  household->clear_etag();
  household->clear_create_time();
  household->clear_update_time();
}

void Normalise(absl::CivilDay today, pb::Household* household) {
  Clean(household->mutable_national_id());
  Clean(household->mutable_natural_village());
  for (pb::Person& person : *household->mutable_members()) {
    Clean(person.mutable_name());
    Clean(person.mutable_phone());
    const std::string given = base::CleanCode(person.id_number());
    if (const auto id = base::IdNumber::Parse(given, today); id.ok()) {
      person.set_id_number(id->value());
    } else if (given.size() == 20 || given.size() == 22) {
      // The national form has one column for both numbers.
      const auto holder = base::IdNumber::Parse(std::string_view(given).substr(0, 18), today);
      person.set_id_number(holder.ok() ? holder->value() : given.substr(0, 18));
      person.set_disability_number(given);
    }
    if (const auto card = base::DisabilityNumber::Parse(person.disability_number(), today);
        card.ok()) {
      person.set_disability_number(card->value());
    }
    if (person.has_relation()) FillCode(person.mutable_relation(), RelationCode);
    if (person.has_ethnicity()) FillCode(person.mutable_ethnicity(), EthnicityCode);
    if (person.has_political_status())
      FillCode(person.mutable_political_status(), PoliticalStatusCode);
    if (person.has_education()) FillCode(person.mutable_education(), EducationCode);
    if (person.has_schooling()) FillCode(person.mutable_schooling(), SchoolingCode);
    if (!person.has_membership()) person.mutable_membership()->set_active(true);
  }
}

HouseholdFacts FactsOf(const pb::Household& household, absl::CivilDay today,
                       const DivisionTree& divisions) {
  HouseholdFacts facts;
  facts.members.reserve(static_cast<size_t>(household.members_size()));
  for (const pb::Person& person : household.members()) {
    PersonFacts& p = facts.members.emplace_back();
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
    p.active = person.membership().active();
    if (p.active) ++facts.population;
  }
  facts.division_problem = base::Reason(divisions.CheckVillage(household.division()));
  facts.kind = static_cast<Kind>(household.kind());
  const pb::Monitoring& monitoring = household.monitoring();
  facts.category = static_cast<Category>(monitoring.category());
  facts.monitored = monitoring.state() > vocab::MONITORING_STATE_NOT_MONITORED;
  facts.has_risk = monitoring.risks_size() > 0;
  facts.income = PartsOf(household.income());
  return facts;
}

std::vector<base::FieldError> CheckRecord(const pb::Household& household, absl::CivilDay today,
                                          const DivisionTree& divisions, const Reported& reported) {
  Problems problems;
  HouseholdFacts facts = FactsOf(household, today, divisions);
  facts.reported_net = reported.net_fen;
  facts.reported_per_capita_net = reported.per_capita_net_fen;
  for (const Violation& v : CheckHousehold(facts)) {
    std::string field(v.field);
    if (v.member >= 0) field = base::StrCat("members[", v.member, "].", v.field);
    problems.Add(std::move(field), v.reason, v.message);
  }
  problems.Length("national_id", household.national_id(), 40);
  if (std::any_of(household.national_id().begin(), household.national_id().end(),
                  [](char c) { return static_cast<unsigned char>(c) < ' '; })) {
    problems.Add("national_id", "TEXT_INVALID", "户编号含有控制字符");
  }
  problems.Length("natural_village", household.natural_village(), 60);
  problems.Length("address", household.address(), 200);
  problems.Length("phone", household.phone(), 40);
  problems.Length("helper.name", household.helper().name(), 60);
  problems.Length("helper.unit", household.helper().unit(), 100);
  problems.Length("helper.phone", household.helper().phone(), 40);
  if (!vocab::HouseholdKind_IsValid(household.kind())) {
    problems.Add("kind", "VALUE_UNKNOWN", "户类型不在规定的取值之内");
  }
  if (household.members_size() > kMaxMembers) {
    problems.Add("members", "TOO_MANY_MEMBERS", base::StrCat("每户最多", kMaxMembers, "人"));
  }
  for (int i = 0; i < household.members_size(); ++i) {
    CheckPerson(base::StrCat("members[", i, "]"), household.members(i), &problems);
  }
  CheckIncome(household.income(), &problems);
  CheckLists(household, &problems);
  return std::move(problems).Take();
}

void AssignPersonIds(const pb::Household* before, pb::Household* household) {
  absl::flat_hash_map<std::string, std::string> known;  // person id by ID number
  std::set<std::string> taken;
  int last = 0;
  if (before != nullptr) {
    for (const pb::Person& person : before->members()) {
      known[person.id_number()] = person.id();
      taken.insert(person.id());
      last = std::max(last, SerialOf(person));
    }
  }
  std::set<std::string> used;
  for (pb::Person& person : *household->mutable_members()) {
    // A corrected ID number keeps the person's id; an id that is not one of ours is not read.
    const bool ours = taken.contains(person.id()) && !used.contains(person.id());
    const auto same = known.find(person.id_number());
    if (same != known.end()) {
      person.set_id(same->second);
    } else if (!ours) {
      ++last;
      person.set_id(base::StrCat(household->id(), "-", last < 10 ? "0" : "", last));
    }
    used.insert(person.id());
  }
}

void Complete(const pb::Household* before, pb::Household* household) {
  for (pb::Person& person : *household->mutable_members()) {
    person.clear_disability_category();
    person.clear_disability_grade();
    // Stored numbers are valid; the day only bounds the birth date.
    const std::string& number = person.disability_number();
    if (number.size() >= 20) {
      person.set_disability_category(number[18] - '0');
      person.set_disability_grade(number[19] - '0');
    }
  }
  if (!household->has_income()) return;
  pb::IncomeAccount& income = *household->mutable_income();
  CompleteIncome(ActiveMembers(*household), &income);
  // A new account remembers the one it takes the place of; a correction of the same one does not.
  if (before == nullptr || !before->income().has_per_capita_net_fen()) return;
  const pb::IncomeAccount& old = before->income();
  const bool same_account =
      old.period_end() == income.period_end() &&
      (!old.period_end().empty() || old.net_income_fen() == income.net_income_fen());
  if (!same_account) {
    if (income.previous_per_capita_net_fen() == old.previous_per_capita_net_fen()) {
      income.set_previous_per_capita_net_fen(old.per_capita_net_fen());
    }
  } else if (!income.has_previous_per_capita_net_fen() && old.has_previous_per_capita_net_fen()) {
    income.set_previous_per_capita_net_fen(old.previous_per_capita_net_fen());
  }
}

std::vector<std::string> ChangedFields(const pb::Household& before, const pb::Household& after) {
  std::vector<std::string> changed;
  const auto* type = pb::Household::descriptor();
  for (int f = 0; f < type->field_count(); ++f) {
    const FieldDescriptor* field = type->field(f);
    if (Bookkeeping().contains(field->name())) continue;
    if (field->number() != pb::Household::kMembersFieldNumber) {
      if (!SameField(before, after, field)) changed.push_back(field->name());
      continue;
    }
    for (int i = 0; i < after.members_size(); ++i) {
      if (i >= before.members_size() || before.members(i).id() != after.members(i).id()) {
        changed.push_back(base::StrCat("members[", i, "]"));
        continue;
      }
      const auto* person = pb::Person::descriptor();
      for (int g = 0; g < person->field_count(); ++g) {
        if (!SameField(before.members(i), after.members(i), person->field(g))) {
          changed.push_back(base::StrCat("members[", i, "].", person->field(g)->name()));
        }
      }
    }
  }
  return changed;
}

pb::Revision MakeRevision(const pb::Household* before, pb::Household after, absl::Time now,
                          std::string_view actor, std::string_view reason) {
  const int64_t number = before == nullptr ? 1 : before->revision() + 1;
  const pb::Household& from = before == nullptr ? pb::Household::default_instance() : *before;
  pb::Revision revision;
  revision.set_number(number);
  revision.set_household_id(after.id());
  *revision.mutable_time() = ToTimestamp(now);
  revision.set_actor(std::string(actor));
  revision.set_reason(std::string(reason));
  if (before != nullptr) {
    for (std::string& path : ChangedFields(from, after)) {
      revision.add_changed_fields(std::move(path));
    }
  }
  after.set_revision(number);
  after.set_etag(EtagOf(number));
  *after.mutable_create_time() = before == nullptr ? revision.time() : before->create_time();
  *after.mutable_update_time() = revision.time();
  *revision.mutable_household() = std::move(after);
  return revision;
}

void TakeSnapshot(pb::SnapshotKind kind, std::string_view day, pb::Household* household) {
  pb::Snapshot& snapshot = *household->add_snapshots();
  snapshot.set_kind(kind);
  snapshot.set_taken_on(std::string(day));
  if (household->has_income()) *snapshot.mutable_income() = household->income();
  *snapshot.mutable_safeguards() = household->safeguards();
}

}  // namespace fangpin::registry
