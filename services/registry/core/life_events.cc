#include "services/registry/core/life_events.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>

#include "libs/base/civil.h"
#include "libs/base/error.h"
#include "libs/base/id_number.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/base/text.h"
#include "services/registry/core/errors.h"
#include "services/registry/core/labels.h"
#include "services/registry/policy/life.h"

namespace fangpin::registry {
namespace {

using google::protobuf::RepeatedPtrField;

constexpr std::string_view kHeadLabel = "户主";

pb::Person* FindMember(std::string_view id, pb::Household* household) {
  for (pb::Person& person : *household->mutable_members()) {
    if (person.id() == id) return &person;
  }
  return nullptr;
}

absl::Status CheckActive(std::string_view id, const pb::Household& household) {
  for (const pb::Person& person : household.members()) {
    if (person.id() != id) continue;
    return person.membership().active() ? absl::OkStatus() : MemberHasLeft(id);
  }
  return MemberNotFound(id);
}

bool IsActiveHead(const pb::Person& person) {
  return person.membership().active() && IsHead(person.relation().code());
}

std::optional<absl::CivilDay> DayOf(std::string_view text) {
  const auto day = base::ParseDay(text);
  return day.ok() ? std::optional<absl::CivilDay>(*day) : std::nullopt;
}

std::optional<absl::CivilDay> BirthOf(const pb::Person& person, absl::CivilDay today) {
  const auto number = base::IdNumber::Parse(person.id_number(), today);
  return number.ok() ? std::optional<absl::CivilDay>(number->birth_date()) : std::nullopt;
}

// One event on its way: gathers the facts for the rules and everything wrong with the request.
class Event {
 public:
  // `day` is the request's field of that name.
  Event(LifeEvent event, Cause cause, std::string_view day_field, std::string_view day,
        const EventContext& context)
      : context_(context), day_field_(day_field) {
    facts.event = event;
    facts.cause = cause;
    facts.today = context.today;
    facts.on = DayOf(day).value_or(context.today);
    if (!DayOf(day)) Wrong(day_field, "DATE_FORMAT", "日期应为YYYY-MM-DD");
  }

  absl::CivilDay today() const { return context_.today; }
  std::string day() const { return base::FormatDay(facts.on); }

  void Wrong(std::string_view field, std::string_view reason, std::string_view message) {
    problems_.push_back({0, std::string(field), std::string(reason), std::string(message)});
  }

  // What is wrong with the record as it would be and was not before (`before` may be null). A field
  // that begins with "household." and `part` is called `name` and the rest of it.
  void CheckOutcome(const pb::Household* before, const pb::Household& after, std::string_view part,
                    std::string_view name) {
    // Whatever follows from a wrong request is not told beside it.
    if (!problems_.empty()) return;
    std::set<std::pair<std::string, std::string>> known;
    if (before != nullptr) {
      for (const base::FieldError& p : CheckRecord(*before, today(), *context_.divisions)) {
        known.emplace(p.field, p.reason);
      }
    }
    const std::string prefix = base::StrCat("household.", part);
    for (base::FieldError& p : CheckRecord(after, today(), *context_.divisions)) {
      if (known.contains({p.field, p.reason})) continue;
      if (p.field.starts_with(prefix)) p.field.replace(0, prefix.size(), name);
      problems_.push_back(std::move(p));
    }
  }

  // Everything that stands against it. Input before state: a request that makes no sense is not
  // told about the household.
  absl::Status Allowed(std::string_view household_id) {
    for (const policy::Finding& f : Holds(LifeInputRules())) {
      const bool cause = std::string_view(f.rule).starts_with("CAUSE_");
      Wrong(cause ? "cause" : day_field_, f.rule, f.message);
    }
    if (!problems_.empty()) return FieldsInvalid(problems_);
    const std::vector<policy::Finding> holds = Holds(LifeStateRules());
    return holds.empty() ? absl::OkStatus() : LifeEventRefused(household_id, holds);
  }

  LifeCase facts;

 private:
  std::vector<policy::Finding> Holds(std::span<const policy::Rule<LifeCase>> rules) const {
    return policy::Blocking(policy::Apply<LifeCase>(rules, facts));
  }

  const EventContext& context_;
  const std::string_view day_field_;
  std::vector<base::FieldError> problems_;
};

// 与户主关系 of somebody who is not the head; wrong ones are the event's.
pb::CodedLabel CheckedRelation(const pb::CodedLabel& stated, std::string_view field, Event* event) {
  pb::CodedLabel relation = stated;
  NormaliseRelation(&relation);
  if (relation.code().empty() && relation.label().empty()) {
    event->Wrong(field, "RELATION_MISSING", "与户主关系为空");
  } else if (!IsRelationCode(relation.code())) {
    event->Wrong(field, "RELATION_UNKNOWN", "与户主关系不在规定的关系之内");
  } else if (IsHead(relation.code())) {
    event->Wrong(field, "RELATION_IS_HEAD", "这里填写与户主的关系，不能是户主");
  }
  return relation;
}

// The relations that a request states, each to be used once.
class Relations {
 public:
  Relations(const RepeatedPtrField<pb::RelationChange>& stated, Event* event) : event_(*event) {
    for (int i = 0; i < stated.size(); ++i) {
      const pb::RelationChange& change = stated.Get(i);
      const std::string at = base::StrCat("relations[", i, "]");
      const auto relation = CheckedRelation(change.relation(), at + ".relation", event);
      if (!unused_.emplace(change.person_id(), std::pair(at, relation)).second) {
        event_.Wrong(at + ".person_id", "RELATION_REPEATED", "同一成员只填写一次");
      }
    }
  }

  // That of the person; wrong when it is not stated.
  pb::CodedLabel Take(const std::string& person_id) {
    const auto found = unused_.find(person_id);
    if (found == unused_.end()) {
      event_.Wrong("relations", "RELATION_MISSING",
                   base::StrCat("没有填写成员", person_id, "与户主的关系"));
      return {};
    }
    pb::CodedLabel relation = std::move(found->second.second);
    unused_.erase(found);
    return relation;
  }

  // Who is left over asks for a relation that does not change.
  void ExpectNoMore() {
    for (const auto& [person_id, entry] : unused_) {
      event_.Wrong(entry.first + ".person_id", "RELATION_NOT_EXPECTED",
                   "该人员与户主的关系不因此改变，不用填写");
    }
  }

 private:
  Event& event_;
  std::map<std::string, std::pair<std::string, pb::CodedLabel>> unused_;  // field and relation
};

// Makes the member the head, and tells the rules.
void MakeHead(pb::Person* head, const pb::Household& household, Event* event) {
  head->mutable_relation()->set_label(std::string(kHeadLabel));
  head->mutable_relation()->set_code(std::string(*RelationCode(kHeadLabel)));
  HeadFacts facts = {.birth_date = BirthOf(*head, event->today())};
  for (const pb::Person& person : household.members()) {
    if (!person.membership().active() || &person == head) continue;
    const auto birth = BirthOf(person, event->today());
    if (birth && (!facts.eldest_other || *birth < *facts.eldest_other)) {
      facts.eldest_other = birth;
    }
  }
  event->facts.new_heads.push_back(facts);
}

// Makes a member the head of those who are there; the others get the relations that are stated.
void Succeed(std::string_view head_field, const std::string& head_id, pb::Household* household,
             Relations* relations, Event* event) {
  pb::Person* const head = FindMember(head_id, household);
  if (head == nullptr || !head->membership().active()) {
    event->Wrong(head_field, head_id.empty() ? "HEAD_MISSING" : "HEAD_NOT_A_MEMBER",
                 "应指定一名留下的成员为户主");
    return;
  }
  for (pb::Person& person : *household->mutable_members()) {
    if (!person.membership().active() || &person == head) continue;
    *person.mutable_relation() = relations->Take(person.id());
  }
  MakeHead(head, *household, event);
}

void SetCause(Cause cause, pb::Membership* membership) {
  membership->set_cause(static_cast<pb::MemberChangeCause>(cause));
  membership->set_change_reason(std::string(ChangeReasonOf(membership->cause())));
}

// Lets members go, to another household or for good. When the head is among them and others stay,
// `head_id` takes the place; when nobody stays, the household is closed.
void LetGo(const std::set<std::string>& person_ids, Cause cause, std::string_view other,
           std::string_view head_field, const std::string& head_id, pb::Household* household,
           Relations* relations, Event* event) {
  bool headless = false;
  for (pb::Person& person : *household->mutable_members()) {
    if (!person_ids.contains(person.id())) continue;
    headless |= IsActiveHead(person);
    pb::Membership& membership = *person.mutable_membership();
    event->facts.movers.push_back(
        {.birth_date = BirthOf(person, event->today()), .member_since = DayOf(membership.since())});
    membership.set_active(false);
    membership.set_left_on(event->day());
    membership.set_other_household_id(std::string(other));
    SetCause(cause, &membership);
  }
  event->facts.monitoring = StateOf(*household);
  event->facts.household_ends = ActiveMembers(*household) == 0;
  if (event->facts.household_ends) {
    household->mutable_lifecycle()->set_state(pb::LIFECYCLE_STATE_CLOSED);
    household->mutable_lifecycle()->set_since(event->day());
  } else if (headless) {
    Succeed(head_field, head_id, household, relations, event);
    return;
  }
  if (!head_id.empty()) {
    event->Wrong(head_field, "HEAD_STAYS", "户主没有离开，或者已没有其他成员，不指定新户主");
  }
}

void Joins(Cause cause, std::string_view other, const Event& event, pb::Person* person) {
  pb::Membership& membership = *person->mutable_membership();
  membership.Clear();
  membership.set_active(true);
  membership.set_since(event.day());
  membership.set_other_household_id(std::string(other));
  SetCause(cause, &membership);
}

// Takes a person in: a former member again, under the old id, anybody else as a new one.
void TakeIn(pb::Person person, const pb::CodedLabel& relation, Cause cause, std::string_view other,
            const Event& event, MoverFacts* mover, pb::Household* household) {
  person.clear_id();
  *person.mutable_relation() = relation;
  Joins(cause, other, event, &person);
  for (pb::Person& known : *household->mutable_members()) {
    if (known.id_number() != person.id_number()) continue;
    mover->left_before = DayOf(known.membership().left_on());
    person.set_id(known.id());
    known = std::move(person);
    return;
  }
  *household->add_members() = std::move(person);
}

// What is set in `given` replaces what is there; the rest stays.
void Overlay(const pb::Person& given, pb::Person* person) {
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  given.GetReflection()->ListFields(given, &fields);
  for (const auto* field : fields) person->GetReflection()->ClearField(person, field);
  person->MergeFrom(given);
}

// An asset is adjudicated for the household that has it (handbook 1.8): in another one it is to be
// adjudicated anew.
void AddAssets(const RepeatedPtrField<pb::Asset>& assets, pb::Household* household) {
  for (const pb::Asset& asset : assets) {
    const auto same = [&](const pb::Asset& a) {
      return a.exclusion() == asset.exclusion() && a.source() == asset.source() &&
             a.found_on() == asset.found_on() && a.value_fen() == asset.value_fen();
    };
    const auto& have = household->assets();
    if (std::any_of(have.begin(), have.end(), same)) continue;
    pb::Asset& added = *household->add_assets();
    added = asset;
    added.set_adjudication("PENDING");
    added.clear_reason();
    added.clear_adjudicator();
    added.clear_adjudicated_on();
  }
}

std::optional<bool> SecuredIn(const pb::Household& household, vocab::Safeguard safeguard) {
  for (const pb::SafeguardStatus& s : household.safeguards()) {
    if (s.safeguard() != safeguard || s.state() == vocab::SAFEGUARD_STATE_UNKNOWN) continue;
    return s.state() == vocab::SAFEGUARD_STATE_SECURED;
  }
  return std::nullopt;
}

void MergeSafeguards(const pb::Household& ending, const Event& event, pb::Household* taking) {
  for (int number = vocab::Safeguard_MIN + 1; number <= vocab::Safeguard_MAX; ++number) {
    const auto safeguard = static_cast<vocab::Safeguard>(number);
    const std::optional<bool> own = SecuredIn(*taking, safeguard);
    const std::optional<bool> secured =
        SecuredAfterMerge(static_cast<SafeguardKind>(safeguard), own, SecuredIn(ending, safeguard));
    if (secured == own) continue;
    auto* list = taking->mutable_safeguards();
    list->erase(std::remove_if(list->begin(), list->end(),
                               [&](const auto& s) { return s.safeguard() == safeguard; }),
                list->end());
    if (!secured) continue;
    pb::SafeguardStatus& status = *list->Add();
    status.set_safeguard(safeguard);
    status.set_state(*secured ? vocab::SAFEGUARD_STATE_SECURED
                              : vocab::SAFEGUARD_STATE_NOT_SECURED);
    status.set_since(event.day());
  }
}

// The account of both when they cover the same months; otherwise none is on record. Items go with
// their part: those of one household alone say nothing of both.
void MergeIncome(const pb::Household& ending, pb::Household* taking) {
  const pb::IncomeAccount& theirs = ending.income();
  const pb::IncomeAccount own = taking->income();
  taking->clear_income();
  if (own.period_end().empty() || own.period_start() != theirs.period_start() ||
      own.period_end() != theirs.period_end()) {
    return;
  }
  pb::IncomeAccount& both = *taking->mutable_income();
  both.set_period_start(own.period_start());
  both.set_period_end(own.period_end());
  SetParts(AddIncome(PartsOf(own), PartsOf(theirs)), &both);
  if (own.has_tekun_support_fen() && theirs.has_tekun_support_fen()) {
    both.set_tekun_support_fen(own.tekun_support_fen() + theirs.tekun_support_fen());
  }
  *both.mutable_items() = own.items();
  both.mutable_items()->MergeFrom(theirs.items());
  DropStaleItems(&both);
}

// Forgets what was known of the house that the household lived in.
void LeaveDwelling(pb::Household* household) {
  household->clear_natural_village();
  household->clear_address();
  auto* safeguards = household->mutable_safeguards();
  safeguards->erase(std::remove_if(safeguards->begin(), safeguards->end(),
                                   [](const pb::SafeguardStatus& s) {
                                     return OfDwelling(static_cast<SafeguardKind>(s.safeguard()));
                                   }),
                    safeguards->end());
  if (!household->has_living()) return;
  pb::LivingConditions& living = *household->mutable_living();
  living.clear_floor_area_centisqm();
  living.clear_hardened_road();
  living.clear_distance_to_road_m();
  living.clear_electricity();
  living.clear_road_type();
  living.clear_unsafe_house_grade();
  living.clear_main_fuel();
  living.clear_sanitary_toilet();
}

void Finish(const pb::Household* before, pb::Household* after) {
  AssignPersonIds(before, after);
  Complete(before, after);
}

Cause CauseOf(pb::MemberChangeCause cause) { return static_cast<Cause>(cause); }

}  // namespace

absl::StatusOr<pb::Household> ApplyJoin(const pb::Household& before,
                                        const pb::JoinMemberRequest& request,
                                        const EventContext& context) {
  Event event(LifeEvent::kJoin, CauseOf(request.cause()), "joined_on", request.joined_on(),
              context);
  // Read the way that a household's members are.
  pb::Household given;
  *given.add_members() = request.person();
  given.mutable_members(0)->clear_id();
  given.mutable_members(0)->clear_membership();
  Normalise(context.today, &given);
  pb::Person person = given.members(0);
  const pb::Person* former = nullptr;
  int place = before.members_size();
  for (int i = 0; i < before.members_size(); ++i) {
    if (before.members(i).id_number() != person.id_number()) continue;
    former = &before.members(i);
    place = i;
  }
  if (former != nullptr) {
    if (former->membership().active()) return PersonAlreadyMember(former->id());
    // What Normalise makes up where nothing is given does not replace what is on file.
    if (!request.person().has_id_type()) person.clear_id_type();
    pb::Person again = *former;
    Overlay(person, &again);
    person = std::move(again);
  }

  pb::Household after = before;
  MoverFacts mover = {.birth_date = BirthOf(person, context.today)};
  if (IsOpen(before)) {
    const auto relation = CheckedRelation(person.relation(), "person.relation", &event);
    TakeIn(std::move(person), relation, event.facts.cause, "", event, &mover, &after);
  } else {
    if (former == nullptr) return HouseholdNotOpen(before);
    if (!IsHead(person.relation().code())) {
      event.Wrong("person.relation", "RELATION_NOT_HEAD",
                  "已销户的农户恢复时，重新登记的人员为户主");
    }
    const pb::CodedLabel relation = person.relation();
    TakeIn(std::move(person), relation, event.facts.cause, "", event, &mover, &after);
    mover.left_before = DayOf(before.lifecycle().since());
    after.mutable_lifecycle()->set_state(pb::LIFECYCLE_STATE_OPEN);
    after.mutable_lifecycle()->set_since(event.day());
  }
  event.facts.movers.push_back(mover);
  Finish(&before, &after);
  event.CheckOutcome(&before, after, base::StrCat("members[", place, "]"), "person");
  FANGPIN_RETURN_IF_ERROR(event.Allowed(before.id()));
  return after;
}

absl::StatusOr<pb::Household> ApplyLeave(const pb::Household& before,
                                         const pb::LeaveMemberRequest& request,
                                         const EventContext& context) {
  FANGPIN_RETURN_IF_ERROR(CheckActive(request.person_id(), before));
  Event event(LifeEvent::kLeave, CauseOf(request.cause()), "left_on", request.left_on(), context);
  Relations relations(request.relations(), &event);
  pb::Household after = before;
  LetGo({request.person_id()}, event.facts.cause, "", "new_head_id", request.new_head_id(), &after,
        &relations, &event);
  relations.ExpectNoMore();
  Finish(&before, &after);
  if (IsOpen(after)) event.CheckOutcome(&before, after, "", "household.");
  FANGPIN_RETURN_IF_ERROR(event.Allowed(before.id()));
  return after;
}

absl::StatusOr<pb::Household> ApplyChangeHead(const pb::Household& before,
                                              const pb::ChangeHeadRequest& request,
                                              const EventContext& context) {
  FANGPIN_RETURN_IF_ERROR(CheckActive(request.new_head_id(), before));
  Event event(LifeEvent::kChangeHead, Cause::kUnknown, "", base::FormatDay(context.today), context);
  Relations relations(request.relations(), &event);
  pb::Household after = before;
  if (IsActiveHead(*FindMember(request.new_head_id(), &after))) {
    event.Wrong("new_head_id", "HEAD_UNCHANGED", "该成员已是户主");
  }
  Succeed("new_head_id", request.new_head_id(), &after, &relations, &event);
  relations.ExpectNoMore();
  Finish(&before, &after);
  event.CheckOutcome(&before, after, "", "household.");
  FANGPIN_RETURN_IF_ERROR(event.Allowed(before.id()));
  return after;
}

absl::StatusOr<TwoHouseholds> ApplyTransferMember(const pb::Household& from,
                                                  const pb::Household& to,
                                                  const pb::TransferMemberRequest& request,
                                                  const EventContext& context) {
  FANGPIN_RETURN_IF_ERROR(CheckActive(request.person_id(), from));
  Event event(LifeEvent::kTransferMember, CauseOf(request.cause()), "moved_on", request.moved_on(),
              context);
  Relations relations(request.relations(), &event);
  TwoHouseholds after(from, to);
  pb::Person person = *FindMember(request.person_id(), &after.first);
  LetGo({request.person_id()}, LeavingCauseOf(event.facts.cause), to.id(), "new_head_id",
        request.new_head_id(), &after.first, &relations, &event);
  relations.ExpectNoMore();
  const auto relation = CheckedRelation(request.relation(), "relation", &event);
  TakeIn(std::move(person), relation, event.facts.cause, from.id(), event,
         &event.facts.movers.front(), &after.second);
  Finish(&from, &after.first);
  Finish(&to, &after.second);
  if (IsOpen(after.first)) event.CheckOutcome(&from, after.first, "", "household.");
  event.CheckOutcome(&to, after.second, "", "other_household.");
  FANGPIN_RETURN_IF_ERROR(event.Allowed(from.id()));
  return after;
}

absl::StatusOr<TwoHouseholds> ApplySplit(const pb::Household& before,
                                         const pb::SplitHouseholdRequest& request,
                                         std::string_view new_id, const EventContext& context) {
  Event event(LifeEvent::kSplit, Cause::kSplit, "split_on", request.split_on(), context);
  Relations relations(request.relations(), &event);
  std::set<std::string> leaving;
  for (int i = 0; i < request.person_ids_size(); ++i) {
    FANGPIN_RETURN_IF_ERROR(CheckActive(request.person_ids(i), before));
    if (!leaving.insert(request.person_ids(i)).second) {
      event.Wrong(base::StrCat("person_ids[", i, "]"), "PERSON_REPEATED", "同一成员只填写一次");
    }
  }
  if (leaving.empty()) event.Wrong("person_ids", "REQUIRED", "应指定分出的成员");
  if (!leaving.contains(request.head_id())) {
    event.Wrong("head_id", "HEAD_NOT_A_MEMBER", "新户的户主应为分出的成员之一");
  }
  TwoHouseholds after(before, {});
  pb::Household& staying = after.first;
  LetGo(leaving, Cause::kSplit, new_id, "remaining_head_id", request.remaining_head_id(), &staying,
        &relations, &event);
  if (!IsOpen(staying)) {
    event.Wrong("person_ids", "SPLIT_TAKES_ALL", "不能分出全部成员；整户搬迁请办理整户迁移");
  }
  // Nobody knows which part of it those who left had earned.
  staying.clear_income();

  pb::Household& created = after.second;
  created.set_id(std::string(new_id));
  created.set_national_id(base::CleanCell(request.national_id()));
  created.set_division(request.division().empty() ? before.division() : request.division());
  if (created.division() == before.division()) {
    created.set_natural_village(before.natural_village());
  }
  created.set_kind(before.kind());
  created.mutable_monitoring()->set_state(vocab::MONITORING_STATE_NOT_MONITORED);
  created.mutable_lifecycle()->set_state(pb::LIFECYCLE_STATE_OPEN);
  created.mutable_lifecycle()->set_split_from(before.id());
  pb::Person* head = nullptr;
  for (const pb::Person& person : before.members()) {
    if (!leaving.contains(person.id())) continue;
    pb::Person& added = *created.add_members();
    added = person;
    added.clear_id();
    Joins(Cause::kSplit, before.id(), event, &added);
    if (person.id() == request.head_id()) {
      head = &added;
    } else {
      *added.mutable_relation() = relations.Take(person.id());
    }
  }
  if (head != nullptr) MakeHead(head, created, &event);
  relations.ExpectNoMore();
  AddAssets(before.assets(), &created);

  Finish(&before, &staying);
  if (!new_id.empty()) AssignPersonIds(nullptr, &created);
  Complete(nullptr, &created);
  event.CheckOutcome(&before, staying, "", "household.");
  event.CheckOutcome(nullptr, created, "", "new_household.");
  FANGPIN_RETURN_IF_ERROR(event.Allowed(before.id()));
  return after;
}

absl::StatusOr<TwoHouseholds> ApplyMerge(const pb::Household& ending, const pb::Household& taking,
                                         const pb::MergeHouseholdsRequest& request,
                                         const EventContext& context) {
  Event event(LifeEvent::kMerge, Cause::kMerge, "merged_on", request.merged_on(), context);
  Relations relations(request.relations(), &event);
  std::set<std::string> leaving;
  for (const pb::Person& person : ending.members()) {
    if (person.membership().active()) leaving.insert(person.id());
  }
  TwoHouseholds after(ending, taking);
  pb::Household& ended = after.first;
  pb::Household& taken = after.second;
  LetGo(leaving, Cause::kMerge, taking.id(), "", "", &ended, &relations, &event);
  ended.mutable_lifecycle()->set_state(pb::LIFECYCLE_STATE_MERGED);
  ended.mutable_lifecycle()->set_merged_into(taking.id());
  // Those who move are the movers, in the same order.
  auto mover = event.facts.movers.begin();
  for (const pb::Person& person : ending.members()) {
    if (!leaving.contains(person.id())) continue;
    TakeIn(person, relations.Take(person.id()), Cause::kMerge, ending.id(), event, &*mover++,
           &taken);
  }
  relations.ExpectNoMore();
  MergeSafeguards(ending, event, &taken);
  MergeIncome(ending, &taken);
  AddAssets(ending.assets(), &taken);
  taken.mutable_rigid_expenditures()->MergeFrom(ending.rigid_expenditures());

  Finish(&ending, &ended);
  Finish(&taking, &taken);
  event.CheckOutcome(&taking, taken, "", "other_household.");
  FANGPIN_RETURN_IF_ERROR(event.Allowed(ending.id()));
  return after;
}

absl::StatusOr<pb::Household> ApplyTransferHousehold(const pb::Household& before,
                                                     const pb::TransferHouseholdRequest& request,
                                                     const EventContext& context) {
  Event event(LifeEvent::kTransferHousehold, Cause::kUnknown, "moved_on", request.moved_on(),
              context);
  if (request.division() == before.division()) {
    event.Wrong("division", "DIVISION_UNCHANGED", "该户已在这个村");
  }
  if (event.day() < before.lifecycle().division_since()) {
    event.Wrong("moved_on", "DATE_BEFORE_MOVED", "日期早于该户上次迁移的日期");
  }
  pb::Household after = before;
  after.set_division(request.division());
  after.mutable_lifecycle()->set_state(pb::LIFECYCLE_STATE_OPEN);
  after.mutable_lifecycle()->set_division_since(event.day());
  LeaveDwelling(&after);
  Finish(&before, &after);
  event.CheckOutcome(&before, after, "division", "division");
  FANGPIN_RETURN_IF_ERROR(event.Allowed(before.id()));
  return after;
}

absl::Status KeepToCorrections(const pb::Household& before, const std::vector<bool>& stated,
                               pb::Household* after) {
  std::map<std::string, pb::Person> sent;
  for (int i = 0; i < after->members_size(); ++i) {
    pb::Person& person = *after->mutable_members(i);
    const std::string at = base::StrCat("household.members[", i, "]");
    const auto known = std::find_if(before.members().begin(), before.members().end(),
                                    [&](const pb::Person& p) { return p.id() == person.id(); });
    if (known == before.members().end()) {
      return MemberByEvent(at, "MEMBER_ADDED", "增加成员请办理成员增加", "JoinMember");
    }
    const pb::Membership& held = known->membership();
    if (!stated[static_cast<size_t>(i)]) *person.mutable_membership() = held;
    pb::Membership& membership = *person.mutable_membership();
    membership.set_other_household_id(held.other_household_id());
    if (membership.active() != held.active() || membership.cause() != held.cause()) {
      return MemberByEvent(at + ".membership", "MEMBERSHIP_BY_EVENT",
                           "成员的增减请办理成员增加、减少或转移",
                           held.active() ? "LeaveMember" : "JoinMember");
    }
    if (IsActiveHead(person) != IsActiveHead(*known)) {
      return MemberByEvent(at + ".relation", "HEAD_BY_EVENT", "变更户主请办理户主变更",
                           "ChangeHead");
    }
    if (person.id_number() != known->id_number() && person.name() != known->name()) {
      return MemberByEvent(at, "MEMBER_IS_ANOTHER_PERSON",
                           "姓名和证件号码不能同时更改；换人请先办理成员减少，再办理成员增加",
                           "LeaveMember");
    }
    sent.emplace(person.id(), std::move(person));
  }
  after->clear_members();
  for (const pb::Person& person : before.members()) {
    const auto found = sent.find(person.id());
    if (found == sent.end()) {
      return MemberByEvent(
          "household.members", "MEMBER_OMITTED",
          base::StrCat("缺少成员", person.id(), "；成员不能删除，离开请办理成员减少"),
          "LeaveMember");
    }
    *after->add_members() = std::move(found->second);
  }
  return absl::OkStatus();
}

}  // namespace fangpin::registry
