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
#include "libs/sheet/header.h"
#include "services/registry/core/flags.h"
#include "services/registry/core/labels.h"

namespace fangpin::registry {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

// Whether CleanCell would leave the text as it is, told from its bytes alone: the characters that
// it changes begin with these.
bool IsClean(std::string_view text) {
  const auto space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  if (text.empty()) return true;
  if (space(text.front()) || space(text.back())) return false;
  return text.find_first_of("\xC2\xE2\xE3\xEF") == std::string_view::npos;
}

void Clean(std::string* text) {
  if (!IsClean(*text)) *text = base::CleanCell(*text);
}

// Clean, and without a word at the end that adds nothing.
void CleanWithout(std::string_view ending, std::string* text) {
  Clean(text);
  if (text->ends_with(ending)) text->resize(text->size() - ending.size());
}

// "+86 138-9321-2345" becomes "13893212345".
void CleanPhone(std::string* phone) {
  if (phone->empty()) return;
  std::string plain = base::CleanCode(*phone);
  std::erase_if(plain, [](char c) { return c == '-' || c == '(' || c == ')'; });
  for (const std::string_view prefix : {"+86", "0086"}) {
    if (plain.starts_with(prefix)) plain.erase(0, prefix.size());
  }
  *phone = std::move(plain);
}

// Code and label tell of each other; of two that are given both stay.
template <typename CodeOf, typename LabelOf>
void FillCoded(pb::CodedLabel* value, CodeOf code_of, LabelOf label_of) {
  Clean(value->mutable_label());
  if (value->label().empty()) {
    value->set_label(label_of(value->code()));
  } else if (value->code().empty()) {
    if (const auto code = code_of(value->label())) value->set_code(std::string(*code));
  }
}

void NormaliseHelper(pb::Helper* helper) {
  Clean(helper->mutable_name());
  Clean(helper->mutable_unit());
  CleanPhone(helper->mutable_phone());
  if (helper->has_political_status()) {
    FillCoded(helper->mutable_political_status(), PoliticalStatusCode, PoliticalStatusLabel);
  }
}

// Kept columns as a sheet would bring them: without blanks around them, blank ones not at all.
void NormaliseColumns(google::protobuf::Map<std::string, std::string>* columns) {
  for (auto it = columns->begin(); it != columns->end();) {
    const std::string_view trimmed = sheet::Trim(it->second);
    if (trimmed.empty()) {
      it = columns->erase(it);
      continue;
    }
    if (trimmed.size() != it->second.size()) it->second = std::string(trimmed);
    ++it;
  }
}

void NormaliseNumbers(absl::CivilDay today, pb::Person* person) {
  const std::string given = base::CleanCode(person->id_number());
  if (const auto id = base::IdNumber::Parse(given, today); id.ok()) {
    person->set_id_number(id->value());
  } else if (given.size() == 20 || given.size() == 22) {
    // The national form has one column for both numbers.
    const auto holder = base::IdNumber::Parse(std::string_view(given).substr(0, 18), today);
    person->set_id_number(holder.ok() ? holder->value() : given.substr(0, 18));
    person->set_disability_number(given);
  }
  if (person->id_type().code().empty() && person->id_type().label().empty()) {
    person->mutable_id_type()->set_code(person->disability_number().empty() ? "01" : "09");
  }
  if (person->disability_number().empty()) return;
  if (const auto card = base::DisabilityNumber::Parse(person->disability_number(), today);
      card.ok()) {
    person->set_disability_number(card->value());
  }
}

void NormalisePerson(absl::CivilDay today, pb::Person* person) {
  Clean(person->mutable_name());
  Clean(person->mutable_national_id());
  CleanPhone(person->mutable_phone());
  NormaliseNumbers(today, person);
  if (person->has_relation()) FillCoded(person->mutable_relation(), RelationCode, RelationLabel);
  if (person->has_ethnicity()) {
    FillCoded(person->mutable_ethnicity(), EthnicityCode, EthnicityLabel);
  }
  if (person->has_political_status()) {
    FillCoded(person->mutable_political_status(), PoliticalStatusCode, PoliticalStatusLabel);
  }
  if (person->has_marital_status()) {
    FillCoded(person->mutable_marital_status(), MaritalStatusCode, MaritalStatusLabel);
  }
  if (person->has_education()) {
    FillCoded(person->mutable_education(), EducationCode, EducationLabel);
  }
  if (person->has_schooling()) {
    FillCoded(person->mutable_schooling(), SchoolingCode,
              [](std::string_view) { return std::string(); });
  }
  FillCoded(person->mutable_id_type(), IdTypeCode, IdTypeLabel);
  if (person->has_coverage()) {
    // The words of a benefit that is enjoyed no more are gone with it.
    pb::Coverage& coverage = *person->mutable_coverage();
    Clean(coverage.mutable_dibao_label());
    Clean(coverage.mutable_tekun_label());
    if (!coverage.dibao()) coverage.clear_dibao_label();
    if (!coverage.tekun()) coverage.clear_tekun_label();
  }
  if (!person->has_membership()) person->mutable_membership()->set_active(true);
  NormaliseColumns(person->mutable_other_columns());
  if (person->work_spells().empty()) return;
  auto* spells = person->mutable_work_spells();
  for (pb::WorkSpell& spell : *spells) {
    Clean(spell.mutable_county());
    Clean(spell.mutable_channel());
    NormaliseColumns(spell.mutable_other_columns());
  }
  std::stable_sort(spells->begin(), spells->end(),
                   [](const auto& a, const auto& b) { return a.begin() < b.begin(); });
}

// A part that was not stated follows from its items.
void FillSubtotals(pb::IncomeAccount* income) {
  const auto* type = pb::IncomeAccount::descriptor();
  const auto* reflection = income->GetReflection();
  std::set<int> from_items;
  for (const pb::IncomeItem& item : income->items()) {
    const int part = IncomePart(item.group());
    if (part == 0) continue;
    const FieldDescriptor* field = type->FindFieldByNumber(part);
    if (!reflection->HasField(*income, field)) from_items.insert(part);
    if (!from_items.contains(part)) continue;
    reflection->SetInt64(income, field, reflection->GetInt64(*income, field) + item.amount_fen());
  }
}

// Whether the two say the same of one asset and of what was decided about it.
bool SameDecision(const pb::Asset& a, const pb::Asset& b) {
  return a.exclusion() == b.exclusion() && a.source() == b.source() &&
         a.found_on() == b.found_on() && a.has_value_fen() == b.has_value_fen() &&
         a.value_fen() == b.value_fen() && a.adjudication() == b.adjudication() &&
         a.reason() == b.reason();
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
  static const auto* const kFields = new std::set<std::string_view>{
      "id", "revision", "etag", "create_time", "update_time", "flags"};
  return *kFields;
}

int SerialOf(const pb::Person& person) {
  const size_t dash = person.id().rfind('-');
  if (dash == std::string::npos) return 0;
  return static_cast<int>(
      base::ParseInt(std::string_view(person.id()).substr(dash + 1)).value_or(0));
}

}  // namespace

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

absl::Time FromTimestamp(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
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
  household->clear_lifecycle();
  household->clear_flags();
}

int IncomePart(std::string_view group) {
  constexpr int kParts[] = {
      pb::IncomeAccount::kWageFenFieldNumber,
      pb::IncomeAccount::kBusinessFenFieldNumber,
      pb::IncomeAccount::kPropertyFenFieldNumber,
      pb::IncomeAccount::kTransferFenFieldNumber,
      pb::IncomeAccount::kBusinessExpenditureFenFieldNumber,
      pb::IncomeAccount::kClaimFenFieldNumber,
      pb::IncomeAccount::kCompliantSelfPaidFenFieldNumber,
  };
  if (group.size() != 1 || group[0] < 'A' || group[0] > 'G') return 0;
  return kParts[group[0] - 'A'];
}

void Normalise(absl::CivilDay today, pb::Household* household) {
  Clean(household->mutable_national_id());
  Clean(household->mutable_natural_village());
  Clean(household->mutable_address());
  CleanPhone(household->mutable_phone());
  for (pb::Person& person : *household->mutable_members()) NormalisePerson(today, &person);
  if (household->has_helper()) NormaliseHelper(household->mutable_helper());
  if (household->has_contact()) NormaliseHelper(household->mutable_contact());
  if (household->has_collector()) {
    Clean(household->mutable_collector()->mutable_name());
    CleanPhone(household->mutable_collector()->mutable_phone());
  }
  if (household->has_income()) FillSubtotals(household->mutable_income());
  if (household->has_living()) {
    // "水泥路" and "C级" as forms write them.
    CleanWithout("路", household->mutable_living()->mutable_road_type());
    CleanWithout("级", household->mutable_living()->mutable_unsafe_house_grade());
    Clean(household->mutable_living()->mutable_main_fuel());
  }
  for (pb::Asset& asset : *household->mutable_assets()) {
    if (asset.adjudication().empty()) asset.set_adjudication("PENDING");
  }
  std::stable_sort(household->mutable_reported_measures()->begin(),
                   household->mutable_reported_measures()->end(),
                   [](const auto& a, const auto& b) { return a.category() < b.category(); });
  NormaliseColumns(household->mutable_other_columns());
}

void Adjudicate(const pb::Household* before, std::string_view actor, absl::CivilDay today,
                pb::Household* household) {
  for (pb::Asset& asset : *household->mutable_assets()) {
    asset.clear_adjudicator();
    asset.clear_adjudicated_on();
    if (asset.adjudication() == "PENDING") continue;
    const pb::Asset* decided = nullptr;
    if (before != nullptr) {
      const auto same = std::find_if(before->assets().begin(), before->assets().end(),
                                     [&](const pb::Asset& a) { return SameDecision(a, asset); });
      if (same != before->assets().end()) decided = &*same;
    }
    asset.set_adjudicator(decided != nullptr ? decided->adjudicator() : std::string(actor));
    asset.set_adjudicated_on(decided != nullptr ? decided->adjudicated_on()
                                                : base::FormatDay(today));
  }
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
  const std::vector<pb::HouseholdFlag> flags = FlagsOf(*household);
  household->mutable_flags()->Assign(flags.begin(), flags.end());
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
