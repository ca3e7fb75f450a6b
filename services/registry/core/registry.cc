#include "services/registry/core/registry.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "libs/base/civil.h"
#include "libs/base/error.h"
#include "libs/base/household_id.h"
#include "libs/base/id_number.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/base/text.h"
#include "libs/log/log.h"
#include "services/registry/core/claims.h"
#include "services/registry/core/errors.h"
#include "services/registry/core/history.h"
#include "services/registry/core/household.h"
#include "services/registry/core/labels.h"
#include "services/registry/core/life_events.h"
#include "services/registry/core/once.h"
#include "services/registry/core/request_checks.h"
#include "services/registry/core/scope.h"
#include "services/registry/policy/life.h"
#include "services/registry/policy/monitoring.h"

namespace fangpin::registry {
namespace {

using google::protobuf::FieldDescriptor;

constexpr int kMaxBatchGet = 1000;
constexpr int kMaxBatchLookUp = 2000;
constexpr size_t kMaxPurpose = 100;
constexpr size_t kMaxDecidedBy = 64;
constexpr int kMaxRisks = 5;
constexpr size_t kFingerprintSize = 16;

// What a caller may write; everything else is output only, or moves by a procedure of its own.
constexpr std::string_view kWritable[] = {
    "national_id",
    "natural_village",
    "address",
    "kind",
    "members",
    "phone",
    "safeguards",
    "income",
    "living",
    "rigid_expenditures",
    "assets",
    "helper",
    "reported_measures",
    "other_columns",
    "military_family",
    "relocated",
    "collector",
    "contact",
};

// Copies one top-level field.
void CopyField(const pb::Household& from, const FieldDescriptor* field, pb::Household* to) {
  pb::Household only = from;
  const auto* reflection = only.GetReflection();
  std::vector<const FieldDescriptor*> set;
  reflection->ListFields(only, &set);
  for (const FieldDescriptor* f : set) {
    if (f != field) reflection->ClearField(&only, f);
  }
  reflection->ClearField(to, field);
  to->MergeFrom(only);
}

// The mask as fields; every path has to be one that may be written.
absl::StatusOr<std::vector<const FieldDescriptor*>> Writable(const google::protobuf::FieldMask& m) {
  if (m.paths().empty()) {
    return base::InvalidField("update_mask", "UPDATE_MASK_EMPTY", "请指明要修改的字段");
  }
  std::vector<const FieldDescriptor*> fields;
  for (const std::string& path : m.paths()) {
    if (std::find(std::begin(kWritable), std::end(kWritable), path) == std::end(kWritable)) {
      return base::InvalidField("update_mask", "UPDATE_MASK_FIELD", "该字段不能这样修改")
          .WithMetadata("field", path);
    }
    fields.push_back(pb::Household::descriptor()->FindFieldByName(path));
  }
  return fields;
}

std::string StateName(State state) {
  return vocab::MonitoringState_Name(static_cast<vocab::MonitoringState>(state))
      .substr(sizeof("MONITORING_STATE_") - 1);
}

absl::Status CheckRisks(const google::protobuf::RepeatedPtrField<vocab::Risk>& risks) {
  if (risks.empty() || risks.size() > kMaxRisks) {
    return base::InvalidField("risks", "RISK_COUNT", "致贫返贫风险应为1至5项");
  }
  for (int i = 0; i < risks.size(); ++i) {
    const vocab::Risk& risk = risks.Get(i);
    const std::string at = base::StrCat("risks[", i, "]");
    if (!vocab::RiskType_IsValid(risk.type()) || risk.type() == 0) {
      return base::InvalidField(at + ".type", "VALUE_UNKNOWN", "风险类型不在规定的取值之内");
    }
    const bool disaster = risk.type() == vocab::RISK_TYPE_NATURAL_DISASTER;
    if (disaster != (risk.disaster() != vocab::DISASTER_KIND_UNSPECIFIED)) {
      return base::InvalidField(at + ".disaster", "DISASTER_KIND",
                                "因自然灾害的应填写子项，其他风险不填");
    }
    if (risk.type() == vocab::RISK_TYPE_OTHER && risk.remark().empty()) {
      return base::InvalidField(at + ".remark", "RISK_REMARK_MISSING", "风险为其他的应填写备注");
    }
    FANGPIN_RETURN_IF_ERROR(CheckText(at + ".remark", risk.remark(), kMaxReason, false));
  }
  return absl::OkStatus();
}

absl::Status CheckTransition(const base::CallContext& ctx,
                             const pb::TransitionMonitoringRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckHouseholdId(request.household_id()));
  if (!vocab::MonitoringState_IsValid(request.to_state()) || request.to_state() == 0) {
    return base::InvalidField("to_state", "VALUE_UNKNOWN", "请指明监测状态");
  }
  const auto day = base::ParseDay(request.effective_on());
  if (!day.ok()) return base::InvalidField("effective_on", "DATE_FORMAT", "日期应为YYYY-MM-DD");
  if (*day > base::Today(ctx.now)) {
    return base::InvalidField("effective_on", "DATE_IN_FUTURE", "生效日期不能晚于今天");
  }
  FANGPIN_RETURN_IF_ERROR(CheckText("decided_by", request.decided_by(), kMaxDecidedBy, true));
  FANGPIN_RETURN_IF_ERROR(CheckText("reason", request.reason(), kMaxReason, false));
  // A household that comes back to 已纳入 from 拟消除 keeps its category and risks.
  if (request.to_state() == vocab::MONITORING_STATE_MONITORED && request.category() != 0) {
    if (!vocab::MonitoredCategory_IsValid(request.category())) {
      return base::InvalidField("category", "VALUE_UNKNOWN", "监测对象类别不在规定的取值之内");
    }
    return CheckRisks(request.risks());
  }
  if (request.to_state() == vocab::MONITORING_STATE_ELIMINATED &&
      (!vocab::EliminationMode_IsValid(request.elimination_mode()) ||
       request.elimination_mode() == 0)) {
    return base::InvalidField("elimination_mode", "VALUE_UNKNOWN", "请指明风险消除方式");
  }
  return absl::OkStatus();
}

// The household after the step. INVALID_ARGUMENT when the request does not fit the household.
absl::StatusOr<pb::Household> Apply(const pb::TransitionMonitoringRequest& request,
                                    const pb::Household& before) {
  pb::Household after = before;
  pb::Monitoring& monitoring = *after.mutable_monitoring();
  const State from = StateOf(before);
  const State to = static_cast<State>(request.to_state());
  const bool determined =
      to == State::kMonitored && (from == State::kNotMonitored || from == State::kEliminated);
  if (determined) {
    if (request.category() == 0) {
      return base::InvalidField("category", "REQUIRED", "纳入监测应填写监测对象类别");
    }
    if (!CategoryFitsKind(static_cast<Category>(request.category()),
                          static_cast<Kind>(before.kind()))) {
      return base::InvalidField("category", "CATEGORY_KIND_MISMATCH", "监测对象类别与户类型不符");
    }
    monitoring.set_category(request.category());
    *monitoring.mutable_risks() = request.risks();
    monitoring.set_determined_on(request.effective_on());
    TakeSnapshot(pb::SNAPSHOT_KIND_DETERMINATION, request.effective_on(), &after);
  }
  if (to == State::kEliminated) {
    // Months of imported records compare with days by their first seven characters.
    const std::string& since = before.monitoring().determined_on();
    if (request.effective_on().compare(0, since.size(), since) < 0) {
      return base::InvalidField("effective_on", "DATE_BEFORE_DETERMINATION",
                                "消除日期不能早于识别日期");
    }
    monitoring.set_eliminated_on(request.effective_on());
    monitoring.set_elimination_mode(request.elimination_mode());
    TakeSnapshot(pb::SNAPSHOT_KIND_ELIMINATION, request.effective_on(), &after);
  } else if (from == State::kEliminated) {
    monitoring.clear_eliminated_on();
    monitoring.clear_elimination_mode();
  }
  monitoring.set_state(request.to_state());
  monitoring.set_decided_by(request.decided_by());
  return after;
}

}  // namespace

absl::StatusOr<pb::Household> LoadHousehold(const base::CallContext& ctx, RegistryReader& reader,
                                            const std::string& id) {
  FANGPIN_ASSIGN_OR_RETURN(std::vector<std::optional<pb::Household>> found,
                           reader.Households({id}));
  if (!found[0].has_value()) return HouseholdNotFound(id);
  FANGPIN_RETURN_IF_ERROR(CheckScope(ctx, found[0]->division()));
  return *std::move(found[0]);
}

absl::StatusOr<pb::CreateHouseholdResponse> Registry::CreateHousehold(
    const base::CallContext& ctx, const pb::CreateHouseholdRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckText("reason", request.reason(), kMaxReason, false));
  const absl::CivilDay today = base::Today(ctx.now);
  pb::Household household = request.household();
  ClearOutputOnly(&household);
  for (pb::Person& person : *household.mutable_members()) person.clear_id();
  Normalise(today, &household);
  const std::vector<base::FieldError> problems = CheckRecord(household, today, *divisions_);
  if (!problems.empty()) return FieldsInvalid(problems);
  FANGPIN_RETURN_IF_ERROR(CheckScope(ctx, household.division()));
  household.mutable_monitoring()->set_state(vocab::MONITORING_STATE_NOT_MONITORED);
  household.mutable_lifecycle()->set_state(pb::LIFECYCLE_STATE_OPEN);
  Adjudicate(nullptr, ctx.principal.subject, today, &household);

  pb::CreateHouseholdResponse response;
  if (request.validate_only()) {
    FANGPIN_RETURN_IF_ERROR(store_->Read(
        [&](RegistryReader& reader) { return CheckFree(reader, nullptr, household); }));
    Complete(nullptr, &household);
    *response.mutable_household() = std::move(household);
    return response;
  }
  bool created_now = false;
  absl::StatusOr<pb::CreateHouseholdResponse> written = WriteOnce<pb::CreateHouseholdResponse>(
      *store_, ctx, "CreateHousehold", request,
      [&](RegistryWriter& writer) -> absl::StatusOr<pb::CreateHouseholdResponse> {
        pb::Household created = household;
        FANGPIN_RETURN_IF_ERROR(CheckFree(writer, nullptr, created));
        FANGPIN_ASSIGN_OR_RETURN(const int serial, writer.ReserveSerials(created.division(), 1));
        FANGPIN_ASSIGN_OR_RETURN(*created.mutable_id(),
                                 base::MakeHouseholdId(created.division(), serial));
        AssignPersonIds(nullptr, &created);
        Complete(nullptr, &created);
        HouseholdChange change;
        change.revision = MakeRevision(nullptr, std::move(created), ctx.now, ctx.principal.subject,
                                       request.reason());
        FANGPIN_RETURN_IF_ERROR(writer.Put({change}));
        created_now = true;
        pb::CreateHouseholdResponse answer;
        *answer.mutable_household() = std::move(*change.revision.mutable_household());
        return answer;
      });
  if (!written.ok()) {
    return Refused(written.status(), *store_, *metrics_, ClaimsOf(household), ctx.principal.subject,
                   ctx.now);
  }
  if (created_now) metrics_->households_created.Increment();
  return written;
}

absl::StatusOr<pb::GetHouseholdResponse> Registry::GetHousehold(
    const base::CallContext& ctx, const pb::GetHouseholdRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckHouseholdId(request.household_id()));
  pb::GetHouseholdResponse response;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](RegistryReader& reader) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(*response.mutable_household(),
                             LoadHousehold(ctx, reader, request.household_id()));
    if (request.revision() == 0 && request.as_of().empty()) return absl::OkStatus();
    FANGPIN_ASSIGN_OR_RETURN(pb::Revision revision,
                             FindRevision(reader, response.household(),
                                          {request.revision(), request.as_of(), "as_of"}, ctx.now));
    *response.mutable_household() = std::move(*revision.mutable_household());
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<pb::BatchGetHouseholdsResponse> Registry::BatchGetHouseholds(
    const base::CallContext& ctx, const pb::BatchGetHouseholdsRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckCount("household_ids", request.household_ids_size(), kMaxBatchGet));
  std::vector<std::string> ids;
  std::set<std::string_view> seen;
  for (const std::string& id : request.household_ids()) {
    if (seen.insert(id).second) ids.push_back(id);
  }
  std::vector<std::optional<pb::Household>> found;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](RegistryReader& reader) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(found, reader.Households(ids));
    return absl::OkStatus();
  }));
  pb::BatchGetHouseholdsResponse response;
  for (size_t i = 0; i < ids.size(); ++i) {
    if (found[i].has_value() && ctx.principal.MayAccess(found[i]->division())) {
      *response.add_households() = *std::move(found[i]);
    } else {
      response.add_missing_ids(ids[i]);
    }
  }
  return response;
}

absl::StatusOr<pb::UpdateHouseholdResponse> Registry::UpdateHousehold(
    const base::CallContext& ctx, const pb::UpdateHouseholdRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckHouseholdId(request.household().id()));
  FANGPIN_RETURN_IF_ERROR(CheckText("reason", request.reason(), kMaxReason, true));
  FANGPIN_RETURN_IF_ERROR(CheckText("etag", request.etag(), kMaxRequestId, true));
  FANGPIN_ASSIGN_OR_RETURN(const std::vector<const FieldDescriptor*> fields,
                           Writable(request.update_mask()));
  const absl::CivilDay today = base::Today(ctx.now);
  bool changed = false;
  const auto update = [&](RegistryReader& reader,
                          RegistryWriter* writer) -> absl::StatusOr<pb::UpdateHouseholdResponse> {
    FANGPIN_ASSIGN_OR_RETURN(const pb::Household before,
                             LoadHousehold(ctx, reader, request.household().id()));
    FANGPIN_RETURN_IF_ERROR(CheckOpen(before));
    FANGPIN_RETURN_IF_ERROR(CheckEtag(request.etag(), before));
    pb::Household after = before;
    for (const FieldDescriptor* field : fields) CopyField(request.household(), field, &after);
    std::vector<bool> stated;
    for (const pb::Person& person : after.members()) stated.push_back(person.has_membership());
    Normalise(today, &after);
    AssignPersonIds(&before, &after);
    FANGPIN_RETURN_IF_ERROR(KeepToCorrections(before, stated, &after));
    const std::vector<base::FieldError> problems = CheckRecord(after, today, *divisions_);
    if (!problems.empty()) return FieldsInvalid(problems);
    Adjudicate(&before, ctx.principal.subject, today, &after);
    FANGPIN_RETURN_IF_ERROR(CheckFree(reader, &before, after));
    Complete(&before, &after);
    changed = !ChangedFields(before, after).empty();
    pb::UpdateHouseholdResponse response;
    if (writer == nullptr || !changed) {
      *response.mutable_household() = std::move(after);
      return response;
    }
    HouseholdChange change{&before, MakeRevision(&before, std::move(after), ctx.now,
                                                 ctx.principal.subject, request.reason())};
    FANGPIN_RETURN_IF_ERROR(writer->Put({change}));
    *response.mutable_household() = std::move(*change.revision.mutable_household());
    return response;
  };
  if (request.validate_only()) {
    pb::UpdateHouseholdResponse response;
    FANGPIN_RETURN_IF_ERROR(store_->Read([&](RegistryReader& reader) -> absl::Status {
      FANGPIN_ASSIGN_OR_RETURN(response, update(reader, nullptr));
      return absl::OkStatus();
    }));
    return response;
  }
  FANGPIN_ASSIGN_OR_RETURN(pb::UpdateHouseholdResponse response,
                           WriteOnce<pb::UpdateHouseholdResponse>(
                               *store_, ctx, "UpdateHousehold", request,
                               [&](RegistryWriter& writer) { return update(writer, &writer); }));
  if (changed) metrics_->households_updated.Increment();
  return response;
}

pb::PersonLookUp Registry::Answer(const base::CallContext& ctx,
                                  const std::optional<PersonEntry>& entry) {
  pb::PersonLookUp answer;
  if (entry.has_value() && entry->active && ctx.principal.MayAccess(entry->match.division())) {
    *answer.mutable_match() = entry->match;
    metrics_->lookups_found.Increment();
  } else {
    answer.set_reason("PERSON_NOT_FOUND");
    metrics_->lookups_not_found.Increment();
  }
  return answer;
}

absl::StatusOr<pb::LookUpPersonResponse> Registry::LookUpPerson(
    const base::CallContext& ctx, const pb::LookUpPersonRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckText("id_number", request.id_number(), kMaxPurpose, true));
  pb::BatchLookUpPersonsRequest batch;
  batch.add_id_numbers(request.id_number());
  batch.set_purpose(request.purpose());
  FANGPIN_ASSIGN_OR_RETURN(pb::BatchLookUpPersonsResponse found, BatchLookUpPersons(ctx, batch));
  const pb::PersonLookUp& result = found.results(0);
  if (!result.has_match()) {
    if (result.reason() == "PERSON_NOT_FOUND") return PersonNotFound();
    return base::InvalidField("id_number", result.reason(), "证件号码无效");
  }
  pb::LookUpPersonResponse response;
  *response.mutable_match() = result.match();
  return response;
}

absl::StatusOr<pb::BatchLookUpPersonsResponse> Registry::BatchLookUpPersons(
    const base::CallContext& ctx, const pb::BatchLookUpPersonsRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckCount("id_numbers", request.id_numbers_size(), kMaxBatchLookUp));
  FANGPIN_RETURN_IF_ERROR(CheckText("purpose", request.purpose(), kMaxPurpose, true));
  const absl::CivilDay today = base::Today(ctx.now);
  std::vector<std::string> numbers;  // the valid ones
  std::vector<std::string> reasons;  // one a number; empty for a valid one
  for (const std::string& text : request.id_numbers()) {
    const std::string given = base::CleanCode(text);
    if (given.size() > 18) {
      const auto card = base::DisabilityNumber::Parse(given, today);
      reasons.push_back(base::Reason(card.status()));
      if (card.ok()) numbers.push_back(card->id_number().value());
    } else {
      const auto id = base::IdNumber::Parse(given, today);
      reasons.push_back(base::Reason(id.status()));
      if (id.ok()) numbers.push_back(id->value());
    }
  }
  std::vector<std::optional<PersonEntry>> entries;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](RegistryReader& reader) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(entries, reader.PersonsByIdNumber(numbers));
    return absl::OkStatus();
  }));
  log::Info("person look-up", {{"request_id", ctx.request_id},
                               {"subject", ctx.principal.subject},
                               {"purpose", request.purpose()},
                               {"persons", request.id_numbers_size()}});
  pb::BatchLookUpPersonsResponse response;
  size_t next = 0;
  for (const std::string& reason : reasons) {
    if (reason.empty()) {
      *response.add_results() = Answer(ctx, entries[next++]);
    } else {
      response.add_results()->set_reason(reason);
    }
  }
  return response;
}

absl::StatusOr<pb::MatchPersonsResponse> Registry::MatchPersons(
    const base::CallContext& ctx, const pb::MatchPersonsRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckCount("fingerprints", request.fingerprints_size(), kMaxBatchLookUp));
  std::vector<std::string> fingerprints(request.fingerprints().begin(),
                                        request.fingerprints().end());
  for (size_t i = 0; i < fingerprints.size(); ++i) {
    if (fingerprints[i].size() != kFingerprintSize) {
      return base::InvalidField(base::StrCat("fingerprints[", i, "]"), "FINGERPRINT_LENGTH",
                                "指纹应为16字节");
    }
  }
  pb::MatchPersonsResponse response;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](RegistryReader& reader) -> absl::Status {
    response.Clear();
    FANGPIN_ASSIGN_OR_RETURN(const auto entries, reader.PersonsByFingerprint(fingerprints));
    for (const auto& entry : entries) *response.add_results() = Answer(ctx, entry);
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<pb::TransitionMonitoringResponse> Registry::TransitionMonitoring(
    const base::CallContext& ctx, const pb::TransitionMonitoringRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckTransition(ctx, request));
  pb::TransitionMonitoringResponse response;
  bool moved = false;
  FANGPIN_RETURN_IF_ERROR(store_->Write([&](RegistryWriter& writer) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(pb::Household before,
                             LoadHousehold(ctx, writer, request.household_id()));
    FANGPIN_ASSIGN_OR_RETURN(const bool repeat, writer.WasDecided(before.id(), request.decided_by(),
                                                                  request.to_state()));
    moved = !repeat;
    if (repeat) {
      *response.mutable_household() = std::move(before);
      return absl::OkStatus();
    }
    const State from = StateOf(before);
    const State to = static_cast<State>(request.to_state());
    const bool natural = request.elimination_mode() == vocab::ELIMINATION_MODE_NATURAL;
    if (!IsOpen(before) && (before.lifecycle().state() == pb::LIFECYCLE_STATE_MERGED ||
                            !MayMoveOnceClosed(from, to, natural))) {
      return HouseholdNotOpen(before);
    }
    if (!MayMove(from, to)) {
      return TransitionNotAllowed(before.id(), StateName(from), StateName(to));
    }
    FANGPIN_ASSIGN_OR_RETURN(pb::Household after, Apply(request, before));
    HouseholdChange change{&before, MakeRevision(&before, std::move(after), ctx.now,
                                                 ctx.principal.subject, request.reason())};
    FANGPIN_RETURN_IF_ERROR(writer.Put({change}));
    FANGPIN_RETURN_IF_ERROR(
        writer.RememberDecision(before.id(), request.decided_by(), request.to_state()));
    *response.mutable_household() = std::move(*change.revision.mutable_household());
    return absl::OkStatus();
  }));
  if (moved) metrics_->transitions[static_cast<size_t>(request.to_state())]->Increment();
  return response;
}

absl::StatusOr<Page<pb::Revision>> Registry::ListRevisions(const base::CallContext& ctx,
                                                           const pb::ListRevisionsRequest& request,
                                                           const PageKey& after) {
  FANGPIN_RETURN_IF_ERROR(CheckHouseholdId(request.household_id()));
  const int64_t last = after.empty() ? 0 : base::ParseInt(after[0]).value_or(0);
  const int wanted = request.page_size();
  Page<pb::Revision> page;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](RegistryReader& reader) -> absl::Status {
    FANGPIN_RETURN_IF_ERROR(LoadHousehold(ctx, reader, request.household_id()).status());
    FANGPIN_ASSIGN_OR_RETURN(page.items,
                             reader.Revisions(request.household_id(), last, wanted + 1));
    return absl::OkStatus();
  }));
  if (static_cast<int>(page.items.size()) > wanted) {
    page.items.resize(static_cast<size_t>(wanted));
    page.next = {std::to_string(page.items.back().number())};
  }
  if (!request.include_household()) {
    for (pb::Revision& revision : page.items) revision.clear_household();
  }
  return page;
}

}  // namespace fangpin::registry
