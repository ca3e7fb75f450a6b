#include "services/registry/core/registry.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "libs/base/civil.h"
#include "libs/base/error.h"
#include "libs/base/household_id.h"
#include "libs/base/id_number.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/base/text.h"
#include "libs/log/log.h"
#include "services/registry/core/errors.h"
#include "services/registry/core/household.h"
#include "services/registry/core/labels.h"
#include "services/registry/core/once.h"
#include "services/registry/core/scope.h"
#include "services/registry/policy/monitoring.h"

namespace fangpin::registry {
namespace {

using google::protobuf::FieldDescriptor;

constexpr int kMaxBatchGet = 1000;
constexpr int kMaxBatchLookUp = 2000;
constexpr size_t kMaxReason = 200;
constexpr size_t kMaxPurpose = 100;
constexpr size_t kMaxDecidedBy = 64;
constexpr int kMaxRisks = 5;
constexpr size_t kFingerprintSize = 16;
constexpr char kPersonNotFound[] = "PERSON_NOT_FOUND";

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

absl::Status CheckText(std::string_view field, std::string_view text, size_t max, bool required) {
  if (required && text.empty()) {
    return base::InvalidField(field, "REQUIRED", base::StrCat("必须填写"));
  }
  if (!base::IsValidUtf8(text) || base::CodePoints(text) > max) {
    return base::InvalidField(field, "TEXT_TOO_LONG", base::StrCat("最多", max, "个字"));
  }
  return absl::OkStatus();
}

absl::Status CheckCount(std::string_view field, int count, int max) {
  if (count == 0) return base::InvalidField(field, "BATCH_EMPTY", "至少一项");
  if (count > max) {
    return base::InvalidField(field, "BATCH_TOO_LARGE", base::StrCat("一次最多", max, "项"));
  }
  return absl::OkStatus();
}

absl::Status CheckHouseholdId(std::string_view id) {
  if (base::ParseHouseholdId(id).ok()) return absl::OkStatus();
  return base::InvalidField("household_id", "HOUSEHOLD_ID_FORMAT", "农户编号应为18位数字");
}

// The number, also of a person whose disability number it begins. INVALID_ARGUMENT: the reasons of
// base::IdNumber and base::DisabilityNumber.
absl::StatusOr<base::IdKey> ReadIdNumber(const std::string& text, absl::CivilDay today) {
  if (const auto plain = base::PlainIdKey(text, today)) return *plain;
  const std::string given = base::CleanCode(text);
  if (given.size() > 18) {
    FANGPIN_ASSIGN_OR_RETURN(const auto card, base::DisabilityNumber::Parse(given, today));
    return *base::IdKeyOf(card.id_number().value());
  }
  FANGPIN_ASSIGN_OR_RETURN(const auto number, base::IdNumber::Parse(given, today));
  return *base::IdKeyOf(number.value());
}

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

// Nobody drops out of the file without a trace: who leaves is marked as left.
absl::Status CheckNobodyOmitted(const pb::Household& before, const pb::Household& after) {
  std::set<std::string_view> ids;
  for (const pb::Person& person : after.members()) ids.insert(person.id());
  for (const pb::Person& person : before.members()) {
    if (!ids.contains(person.id())) {
      return base::InvalidField("household.members", "MEMBER_OMITTED",
                                "成员不能删除；已离开的成员请填写离开日期和原因")
          .WithMetadata("person_id", person.id());
    }
  }
  return absl::OkStatus();
}

State StateOf(const pb::Household& household) {
  const auto state = household.monitoring().state();
  return state == vocab::MONITORING_STATE_UNSPECIFIED ? State::kNotMonitored
                                                      : static_cast<State>(state);
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
  Adjudicate(nullptr, ctx.principal.subject, today, &household);

  pb::CreateHouseholdResponse response;
  if (request.validate_only()) {
    FANGPIN_RETURN_IF_ERROR(store_->Read([&](RegistryReader& reader) -> absl::Status {
      std::vector<std::string> numbers;
      for (const pb::Person& person : household.members()) {
        if (person.membership().active()) numbers.push_back(person.id_number());
      }
      FANGPIN_ASSIGN_OR_RETURN(const auto entries, reader.PersonsByIdNumber(numbers));
      for (const auto& entry : entries) {
        if (entry.has_value() && entry->active) return PersonInOtherHousehold();
      }
      if (household.national_id().empty()) return absl::OkStatus();
      FANGPIN_ASSIGN_OR_RETURN(const auto ids,
                               reader.HouseholdIdsByNationalId({household.national_id()}));
      return ids[0].has_value() ? HouseholdNumberExists() : absl::OkStatus();
    }));
    Complete(nullptr, &household);
    *response.mutable_household() = std::move(household);
    return response;
  }
  bool created_now = false;
  FANGPIN_ASSIGN_OR_RETURN(
      response, WriteOnce<pb::CreateHouseholdResponse>(
                    *store_, ctx, "CreateHousehold", request,
                    [&](RegistryWriter& writer) -> absl::StatusOr<pb::CreateHouseholdResponse> {
                      pb::Household created = household;
                      FANGPIN_ASSIGN_OR_RETURN(const int serial,
                                               writer.ReserveSerials(created.division(), 1));
                      FANGPIN_ASSIGN_OR_RETURN(*created.mutable_id(),
                                               base::MakeHouseholdId(created.division(), serial));
                      AssignPersonIds(nullptr, &created);
                      Complete(nullptr, &created);
                      HouseholdChange change;
                      change.revision = MakeRevision(nullptr, std::move(created), ctx.now,
                                                     ctx.principal.subject, request.reason());
                      FANGPIN_RETURN_IF_ERROR(writer.Put({change}));
                      created_now = true;
                      pb::CreateHouseholdResponse answer;
                      *answer.mutable_household() = std::move(*change.revision.mutable_household());
                      return answer;
                    }));
  if (created_now) metrics_->households_created.Increment();
  return response;
}

absl::StatusOr<pb::GetHouseholdResponse> Registry::GetHousehold(
    const base::CallContext& ctx, const pb::GetHouseholdRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckHouseholdId(request.household_id()));
  pb::GetHouseholdResponse response;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](RegistryReader& reader) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(*response.mutable_household(),
                             LoadHousehold(ctx, reader, request.household_id()));
    if (request.revision() == 0) return absl::OkStatus();
    FANGPIN_ASSIGN_OR_RETURN(std::optional<pb::Revision> revision,
                             reader.RevisionAt(request.household_id(), request.revision()));
    if (!revision.has_value()) {
      return RevisionNotFound(request.household_id(), request.revision());
    }
    *response.mutable_household() = std::move(*revision->mutable_household());
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<RecordPtr> Registry::GetRecord(const base::CallContext& ctx, const std::string& id) {
  FANGPIN_RETURN_IF_ERROR(CheckHouseholdId(id));
  FANGPIN_ASSIGN_OR_RETURN(RecordPtr record, store_->Record(id));
  if (record == nullptr) return HouseholdNotFound(id);
  FANGPIN_RETURN_IF_ERROR(CheckScope(ctx, record->division));
  return record;
}

absl::StatusOr<Found> Registry::BatchGetRecords(const base::CallContext& ctx,
                                                const pb::BatchGetHouseholdsRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckCount("household_ids", request.household_ids_size(), kMaxBatchGet));
  std::vector<std::string> ids;
  absl::flat_hash_set<std::string_view> seen;
  for (const std::string& id : request.household_ids()) {
    if (seen.insert(id).second) ids.push_back(id);
  }
  FANGPIN_ASSIGN_OR_RETURN(std::vector<RecordPtr> records, store_->Records(ids));
  Found found;
  for (size_t i = 0; i < ids.size(); ++i) {
    if (records[i] != nullptr && ctx.principal.MayAccess(records[i]->division)) {
      found.records.push_back(std::move(records[i]));
    } else {
      found.missing.push_back(std::move(ids[i]));
    }
  }
  return found;
}

absl::StatusOr<pb::UpdateHouseholdResponse> Registry::UpdateHousehold(
    const base::CallContext& ctx, const pb::UpdateHouseholdRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckHouseholdId(request.household().id()));
  FANGPIN_RETURN_IF_ERROR(CheckText("reason", request.reason(), kMaxReason, true));
  FANGPIN_RETURN_IF_ERROR(CheckText("etag", request.etag(), kMaxRequestId, true));
  FANGPIN_ASSIGN_OR_RETURN(const std::vector<const FieldDescriptor*> fields,
                           Writable(request.update_mask()));
  FANGPIN_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  const RequestKey key = KeyOf(ctx, "UpdateHousehold", request);
  const std::string& id = request.household().id();
  const absl::CivilDay today = base::Today(ctx.now);

  // Transactions stand in line for the one writer, so all but the writing itself is done before.
  FANGPIN_ASSIGN_OR_RETURN(const RecordPtr record, GetRecord(ctx, id));
  FANGPIN_ASSIGN_OR_RETURN(const pb::Household before, record->Parse());
  const auto stale = [&](int64_t revision) -> absl::StatusOr<pb::UpdateHouseholdResponse> {
    // A repeat brings the etag from before it was first made.
    FANGPIN_ASSIGN_OR_RETURN(auto answered, AnsweredUpdate(key));
    if (answered.has_value()) return *std::move(answered);
    return EtagMismatch(id, revision);
  };
  if (request.etag() != before.etag()) return stale(before.revision());
  pb::Household after = before;
  for (const FieldDescriptor* field : fields) CopyField(request.household(), field, &after);
  Normalise(today, &after);
  AssignPersonIds(&before, &after);
  FANGPIN_RETURN_IF_ERROR(CheckNobodyOmitted(before, after));
  const std::vector<base::FieldError> problems = CheckRecord(after, today, *divisions_);
  if (!problems.empty()) return FieldsInvalid(problems);
  Adjudicate(&before, ctx.principal.subject, today, &after);
  Complete(&before, &after);
  pb::UpdateHouseholdResponse response;
  if (request.validate_only()) {
    *response.mutable_household() = std::move(after);
    return response;
  }
  HouseholdChange change{&before, MakeRevision(&before, std::move(after), ctx.now,
                                               ctx.principal.subject, request.reason())};
  const bool changed = !change.revision.changed_fields().empty();
  if (!changed && key.request_id.empty()) {
    *response.mutable_household() = before;
    return response;
  }

  // Of the answer it is enough to keep which revision it showed.
  pb::UpdateHouseholdResponse kept;
  kept.mutable_household()->set_id(id);
  kept.mutable_household()->set_revision(changed ? change.revision.number() : before.revision());
  std::unique_ptr<const PreparedChanges> prepared;
  if (changed) {
    FANGPIN_ASSIGN_OR_RETURN(prepared, store_->Prepare(absl::MakeConstSpan(&change, 1)));
  }
  bool repeat = false;
  const absl::Status written = store_->Write([&](RegistryWriter& writer) -> absl::Status {
    repeat = false;
    if (!key.request_id.empty()) {
      FANGPIN_ASSIGN_OR_RETURN(const bool first,
                               writer.RememberAnswer(key, kept.SerializeAsString(), ctx.now));
      repeat = !first;
    }
    return repeat || prepared == nullptr ? absl::OkStatus() : writer.PutPrepared(*prepared);
  });
  if (repeat || base::Reason(written) == kHouseholdChanged) {
    FANGPIN_ASSIGN_OR_RETURN(const RecordPtr now, GetRecord(ctx, id));
    FANGPIN_ASSIGN_OR_RETURN(const pb::Household current, now->Parse());
    return stale(current.revision());
  }
  FANGPIN_RETURN_IF_ERROR(written);
  if (changed) {
    metrics_->households_updated.Increment();
    *response.mutable_household() = std::move(*change.revision.mutable_household());
  } else {
    *response.mutable_household() = before;
  }
  return response;
}

absl::StatusOr<std::optional<pb::UpdateHouseholdResponse>> Registry::AnsweredUpdate(
    const RequestKey& key) {
  if (key.request_id.empty()) return std::nullopt;
  std::optional<pb::UpdateHouseholdResponse> response;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](RegistryReader& reader) -> absl::Status {
    response = std::nullopt;
    FANGPIN_ASSIGN_OR_RETURN(const std::optional<std::string> kept, reader.FindAnswer(key));
    if (!kept.has_value()) return absl::OkStatus();
    pb::UpdateHouseholdResponse which;
    if (!which.ParseFromString(*kept)) return absl::DataLossError("kept answer does not parse");
    FANGPIN_ASSIGN_OR_RETURN(
        std::optional<pb::Revision> revision,
        reader.RevisionAt(which.household().id(), which.household().revision()));
    if (!revision.has_value()) return absl::DataLossError("revision of an answer is not there");
    *response.emplace().mutable_household() = std::move(*revision->mutable_household());
    return absl::OkStatus();
  }));
  return response;
}

pb::PersonLookUp Registry::Answer(const base::CallContext& ctx,
                                  const std::optional<PersonEntry>& entry) {
  pb::PersonLookUp answer;
  if (entry.has_value() && entry->active && ctx.principal.MayAccess(entry->match.division())) {
    *answer.mutable_match() = entry->match;
    metrics_->lookups_found.Increment();
  } else {
    answer.set_reason(kPersonNotFound);
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
    if (result.reason() == kPersonNotFound) return PersonNotFound();
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
  pb::BatchLookUpPersonsResponse response;
  response.mutable_results()->Reserve(request.id_numbers_size());
  std::vector<base::IdKey> keys;  // of the valid ones
  std::vector<pb::PersonLookUp*> answers;
  keys.reserve(static_cast<size_t>(request.id_numbers_size()));
  answers.reserve(keys.capacity());
  for (const std::string& text : request.id_numbers()) {
    pb::PersonLookUp* const answer = response.add_results();
    const absl::StatusOr<base::IdKey> key = ReadIdNumber(text, today);
    if (key.ok()) {
      keys.push_back(*key);
      answers.push_back(answer);
    } else {
      answer->set_reason(base::Reason(key.status()));
    }
  }
  FANGPIN_ASSIGN_OR_RETURN(const std::vector<PersonPlace> places, store_->Persons(keys));
  log::Info("person look-up", {{"request_id", ctx.request_id},
                               {"subject", ctx.principal.subject},
                               {"purpose", request.purpose()},
                               {"persons", request.id_numbers_size()}});
  uint64_t found = 0;
  for (size_t i = 0; i < places.size(); ++i) {
    if (places[i].active && ctx.principal.MayAccess(places[i].Division())) {
      places[i].Describe(answers[i]->mutable_match());
      ++found;
    } else {
      answers[i]->set_reason(kPersonNotFound);
    }
  }
  metrics_->lookups_found.Increment(found);
  metrics_->lookups_not_found.Increment(places.size() - found);
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
