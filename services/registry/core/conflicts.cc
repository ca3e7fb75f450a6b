#include "services/registry/core/conflicts.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/civil.h"
#include "libs/base/division.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "services/registry/core/claims.h"
#include "services/registry/core/errors.h"
#include "services/registry/core/household.h"
#include "services/registry/core/life_events.h"
#include "services/registry/core/once.h"
#include "services/registry/core/request_checks.h"
#include "services/registry/core/scope.h"
#include "services/registry/policy/life.h"

namespace fangpin::registry {
namespace {

// The key of a page: microseconds, id.
PageKey KeyAfter(const pb::PersonConflict& conflict) {
  return {std::to_string(absl::ToUnixMicros(ToTime(conflict.create_time()))), conflict.id()};
}

bool ComesFirst(const pb::PersonConflict& a, const pb::PersonConflict& b) {
  return std::pair(ToTime(a.create_time()), a.id()) < std::pair(ToTime(b.create_time()), b.id());
}

bool CoversHolder(const base::Principal& principal, const pb::PersonConflict& conflict) {
  return principal.MayAccess(conflict.holder_division());
}
bool CoversClaimant(const base::Principal& principal, const pb::PersonConflict& conflict) {
  return principal.MayAccess(conflict.claimant_division());
}

std::string CountyOf(std::string_view code) {
  return base::DivisionAt(code, base::DivisionLevel::kCounty);
}

// What a resolution does: how the conflict stands, and the households that change for it, each with
// what it was.
struct Settlement {
  pb::PersonConflict conflict;
  std::vector<std::pair<pb::Household, pb::Household>> changes;  // before, after
};

// One resolution of one open conflict.
class Resolution {
 public:
  Resolution(const base::CallContext& ctx, const DivisionTree& divisions,
             const pb::ResolvePersonConflictRequest& request, RegistryReader& reader,
             pb::PersonConflict conflict)
      : ctx_(ctx),
        context_{base::Today(ctx.now), &divisions},
        request_(request),
        reader_(reader),
        conflict_(std::move(conflict)) {}

  absl::StatusOr<Settlement> Decide() {
    // The refusal tells no more of the other side than the list does.
    if (!CoversClaimant(ctx_.principal, conflict_)) {
      return ScopeDenied(CountyOf(conflict_.claimant_division()));
    }
    Settlement settlement;
    if (request_.resolution() != pb::PERSON_CONFLICT_STATE_DISMISSED) {
      if (!CoversHolder(ctx_.principal, conflict_)) {
        return ScopeDenied(CountyOf(conflict_.holder_division()));
      }
      FANGPIN_RETURN_IF_ERROR(FindClaimant());
      FANGPIN_RETURN_IF_ERROR(request_.resolution() == pb::PERSON_CONFLICT_STATE_MERGED
                                  ? Merge(&settlement)
                                  : Transfer(&settlement));
    }
    conflict_.set_state(request_.resolution());
    *conflict_.mutable_resolve_time() = ToTimestamp(ctx_.now);
    conflict_.set_resolver(ctx_.principal.subject);
    conflict_.set_resolve_reason(request_.reason());
    settlement.conflict = std::move(conflict_);
    return settlement;
  }

 private:
  // The claimant may have been registered since.
  absl::Status FindClaimant() {
    if (!conflict_.claimant_household_id().empty() || conflict_.claimant_national_id().empty()) {
      return absl::OkStatus();
    }
    FANGPIN_ASSIGN_OR_RETURN(const auto ids,
                             reader_.HouseholdIdsByNationalId({conflict_.claimant_national_id()}));
    if (ids[0]) conflict_.set_claimant_household_id(*ids[0]);
    return absl::OkStatus();
  }

  // The person goes from the holder to the claimant, as far as that has not happened.
  absl::Status Transfer(Settlement* settlement) {
    FANGPIN_ASSIGN_OR_RETURN(const auto entries,
                             reader_.PersonsByIdNumber({conflict_.claimed_person().id_number()}));
    const bool held = entries[0] && entries[0]->active;
    const std::string where = held ? entries[0]->match.household_id() : "";
    const std::string person_id = held ? entries[0]->match.person_id() : "";
    const bool registered = !conflict_.claimant_household_id().empty();
    if (registered && where == conflict_.claimant_household_id()) return absl::OkStatus();
    if (held && where != conflict_.holder_household_id()) return PersonInOtherHousehold();
    if (!held && !registered) return absl::OkStatus();
    if (!registered) {
      FANGPIN_ASSIGN_OR_RETURN(pb::Household holder, LoadOpen(where));
      pb::LeaveMemberRequest leave;
      leave.set_person_id(person_id);
      leave.set_left_on(Day());
      leave.set_cause(static_cast<pb::MemberChangeCause>(LeavingCauseOf(JoiningCause())));
      leave.set_new_head_id(request_.new_head_id());
      *leave.mutable_relations() = request_.relations();
      FANGPIN_ASSIGN_OR_RETURN(pb::Household after, ApplyLeave(holder, leave, context_));
      settlement->changes.emplace_back(std::move(holder), std::move(after));
      return absl::OkStatus();
    }
    FANGPIN_ASSIGN_OR_RETURN(pb::Household claimant, LoadOpen(conflict_.claimant_household_id()));
    if (!held) {
      pb::JoinMemberRequest join;
      *join.mutable_person() = conflict_.claimed_person();
      *join.mutable_person()->mutable_relation() = Relation();
      join.set_joined_on(Day());
      join.set_cause(static_cast<pb::MemberChangeCause>(JoiningCause()));
      FANGPIN_ASSIGN_OR_RETURN(pb::Household after, ApplyJoin(claimant, join, context_));
      FANGPIN_RETURN_IF_ERROR(CheckFree(reader_, &claimant, after));
      settlement->changes.emplace_back(std::move(claimant), std::move(after));
      return absl::OkStatus();
    }
    FANGPIN_ASSIGN_OR_RETURN(pb::Household holder, LoadOpen(where));
    pb::TransferMemberRequest transfer;
    transfer.set_person_id(person_id);
    *transfer.mutable_relation() = Relation();
    transfer.set_moved_on(Day());
    transfer.set_cause(static_cast<pb::MemberChangeCause>(JoiningCause()));
    transfer.set_new_head_id(request_.new_head_id());
    *transfer.mutable_relations() = request_.relations();
    FANGPIN_ASSIGN_OR_RETURN(TwoHouseholds after,
                             ApplyTransferMember(holder, claimant, transfer, context_));
    settlement->changes.emplace_back(std::move(holder), std::move(after.first));
    settlement->changes.emplace_back(std::move(claimant), std::move(after.second));
    return absl::OkStatus();
  }

  absl::Status Merge(Settlement* settlement) {
    const std::string& holder_id = conflict_.holder_household_id();
    const std::string& claimant_id = conflict_.claimant_household_id();
    if (claimant_id.empty()) return ClaimantNotRegistered(conflict_.id());
    const std::string& ending_id =
        request_.ending_household_id().empty() ? claimant_id : request_.ending_household_id();
    if (ending_id != holder_id && ending_id != claimant_id) {
      return base::InvalidField("ending_household_id", "NOT_IN_CONFLICT", "应为争议双方中的一户");
    }
    const std::string& taking_id = ending_id == holder_id ? claimant_id : holder_id;
    FANGPIN_ASSIGN_OR_RETURN(pb::Household ending, LoadHousehold(ctx_, reader_, ending_id));
    FANGPIN_ASSIGN_OR_RETURN(pb::Household taking, LoadHousehold(ctx_, reader_, taking_id));
    if (ending.lifecycle().merged_into() == taking_id ||
        taking.lifecycle().merged_into() == ending_id) {
      return absl::OkStatus();
    }
    FANGPIN_RETURN_IF_ERROR(CheckOpen(ending));
    FANGPIN_RETURN_IF_ERROR(CheckOpen(taking));
    pb::MergeHouseholdsRequest merge;
    merge.set_merged_on(base::FormatDay(context_.today));
    *merge.mutable_relations() = request_.relations();
    FANGPIN_ASSIGN_OR_RETURN(TwoHouseholds after, ApplyMerge(ending, taking, merge, context_));
    settlement->changes.emplace_back(std::move(ending), std::move(after.first));
    settlement->changes.emplace_back(std::move(taking), std::move(after.second));
    return absl::OkStatus();
  }

  absl::StatusOr<pb::Household> LoadOpen(const std::string& id) {
    FANGPIN_ASSIGN_OR_RETURN(pb::Household household, LoadHousehold(ctx_, reader_, id));
    FANGPIN_RETURN_IF_ERROR(CheckOpen(household));
    return household;
  }

  // What the claimant stated when it claimed, unless the request says otherwise.
  Cause JoiningCause() const {
    const auto stated = static_cast<Cause>(conflict_.claimed_person().membership().cause());
    return LeavingCauseOf(stated) == Cause::kUnknown ? Cause::kOtherIn : stated;
  }
  std::string Day() const {
    if (!request_.moved_on().empty()) return request_.moved_on();
    const std::string& stated = conflict_.claimed_person().membership().since();
    return stated.empty() ? base::FormatDay(context_.today) : stated;
  }
  pb::CodedLabel Relation() const {
    return request_.has_relation() ? request_.relation() : conflict_.claimed_person().relation();
  }

  const base::CallContext& ctx_;
  const EventContext context_;
  const pb::ResolvePersonConflictRequest& request_;
  RegistryReader& reader_;
  pb::PersonConflict conflict_;
};

}  // namespace

pb::PersonConflict AsSeenBy(const base::Principal& principal, pb::PersonConflict conflict) {
  const bool holder = CoversHolder(principal, conflict);
  const bool claimant = CoversClaimant(principal, conflict);
  if (!holder) {
    conflict.clear_holder_household_id();
    conflict.clear_holder_person_id();
    conflict.set_holder_division(CountyOf(conflict.holder_division()));
  }
  if (!claimant) {
    conflict.clear_claimant_household_id();
    conflict.clear_claimant_national_id();
    conflict.clear_claimed_person();
    conflict.clear_import_id();
    conflict.set_claimant_division(CountyOf(conflict.claimant_division()));
  }
  if (!holder || !claimant) conflict.clear_resolve_reason();
  return conflict;
}

absl::StatusOr<Page<pb::PersonConflict>> Conflicts::ListPersonConflicts(
    const base::CallContext& ctx, const pb::ListPersonConflictsRequest& request,
    const PageKey& after) {
  if (!request.division().empty()) FANGPIN_RETURN_IF_ERROR(CheckScope(ctx, request.division()));
  if (!pb::PersonConflictState_IsValid(request.state())) {
    return base::InvalidField("state", "VALUE_UNKNOWN", "状态不在规定的取值之内");
  }
  ConflictQuery query;
  query.state = request.state();
  if (after.size() == 2) {
    query.after_time = absl::FromUnixMicros(base::ParseInt(after[0]).value_or(0));
    query.after_id = after[1];
  }
  const auto wanted = static_cast<size_t>(request.page_size());
  // One more than asked for, of each range, tells whether there is a next page.
  query.limit = request.page_size() + 1;
  Page<pb::PersonConflict> page;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](RegistryReader& reader) -> absl::Status {
    std::map<std::string, pb::PersonConflict> found;  // by id: both sides may be seen
    for (const DivisionRange& range : VisibleRanges(ctx.principal, request.division())) {
      query.range = range;
      FANGPIN_ASSIGN_OR_RETURN(std::vector<pb::PersonConflict> part, reader.ListConflicts(query));
      for (pb::PersonConflict& conflict : part) {
        found.try_emplace(conflict.id(), std::move(conflict));
      }
    }
    page = {};
    for (auto& [id, conflict] : found) page.items.push_back(std::move(conflict));
    std::sort(page.items.begin(), page.items.end(), ComesFirst);
    return absl::OkStatus();
  }));
  if (page.items.size() > wanted) {
    page.items.resize(wanted);
    page.next = KeyAfter(page.items.back());
  }
  for (pb::PersonConflict& conflict : page.items) {
    conflict = AsSeenBy(ctx.principal, std::move(conflict));
  }
  return page;
}

absl::StatusOr<pb::ResolvePersonConflictResponse> Conflicts::ResolvePersonConflict(
    const base::CallContext& ctx, const pb::ResolvePersonConflictRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckText("reason", request.reason(), kMaxReason, true));
  if (!pb::PersonConflictState_IsValid(request.resolution()) ||
      request.resolution() < pb::PERSON_CONFLICT_STATE_TRANSFERRED) {
    return base::InvalidField("resolution", "VALUE_UNKNOWN", "请指明如何处理");
  }
  bool settled = false;
  const auto resolve =
      [&](RegistryReader& reader,
          RegistryWriter* writer) -> absl::StatusOr<pb::ResolvePersonConflictResponse> {
    FANGPIN_ASSIGN_OR_RETURN(std::optional<pb::PersonConflict> conflict,
                             reader.FindConflict(request.conflict_id()));
    if (!conflict ||
        !(CoversHolder(ctx.principal, *conflict) || CoversClaimant(ctx.principal, *conflict))) {
      return PersonConflictNotFound(request.conflict_id());
    }
    if (conflict->state() != pb::PERSON_CONFLICT_STATE_OPEN) {
      return PersonConflictSettled(conflict->id());
    }
    Resolution resolution(ctx, *divisions_, request, reader, *std::move(conflict));
    FANGPIN_ASSIGN_OR_RETURN(Settlement settlement, resolution.Decide());
    if (writer != nullptr) {
      std::vector<HouseholdChange> puts;
      for (auto& [before, after] : settlement.changes) {
        puts.push_back({&before, MakeRevision(&before, std::move(after), ctx.now,
                                              ctx.principal.subject, request.reason())});
      }
      FANGPIN_RETURN_IF_ERROR(writer->Put(puts));
      FANGPIN_RETURN_IF_ERROR(writer->PutConflict(settlement.conflict));
      settled = true;
    }
    pb::ResolvePersonConflictResponse response;
    *response.mutable_conflict() = AsSeenBy(ctx.principal, std::move(settlement.conflict));
    return response;
  };
  if (request.validate_only()) {
    pb::ResolvePersonConflictResponse response;
    FANGPIN_RETURN_IF_ERROR(store_->Read([&](RegistryReader& reader) -> absl::Status {
      FANGPIN_ASSIGN_OR_RETURN(response, resolve(reader, nullptr));
      return absl::OkStatus();
    }));
    return response;
  }
  FANGPIN_ASSIGN_OR_RETURN(pb::ResolvePersonConflictResponse response,
                           WriteOnce<pb::ResolvePersonConflictResponse>(
                               *store_, ctx, "ResolvePersonConflict", request,
                               [&](RegistryWriter& writer) { return resolve(writer, &writer); }));
  if (settled) metrics_->conflicts_settled.Increment();
  return response;
}

}  // namespace fangpin::registry
