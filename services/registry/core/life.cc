#include "services/registry/core/life.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "libs/base/civil.h"
#include "libs/base/error.h"
#include "libs/base/household_id.h"
#include "libs/base/status.h"
#include "libs/metrics/metrics.h"
#include "services/registry/core/claims.h"
#include "services/registry/core/errors.h"
#include "services/registry/core/household.h"
#include "services/registry/core/life_events.h"
#include "services/registry/core/once.h"
#include "services/registry/core/registry.h"
#include "services/registry/core/request_checks.h"
#include "services/registry/core/scope.h"
#include "services/registry/policy/life.h"

namespace fangpin::registry {
namespace {

// A household before and after an event; a new one has no before.
struct Changed {
  std::optional<pb::Household> before;
  pb::Household after;
};

// Decides an event on what the store holds. `writer` is null when nothing is to be stored.
using Decide =
    absl::FunctionRef<absl::StatusOr<std::vector<Changed>>(RegistryReader&, RegistryWriter*)>;

template <typename Request>
absl::Status CheckWrite(const Request& request) {
  FANGPIN_RETURN_IF_ERROR(CheckHouseholdId(request.household_id()));
  FANGPIN_RETURN_IF_ERROR(CheckText("reason", request.reason(), kMaxReason, true));
  return CheckText("etag", request.etag(), kMaxRequestId, true);
}

template <typename Request>
absl::Status CheckWriteOfTwo(const Request& request) {
  FANGPIN_RETURN_IF_ERROR(CheckWrite(request));
  FANGPIN_RETURN_IF_ERROR(CheckHouseholdId(request.other_household_id(), "other_household_id"));
  FANGPIN_RETURN_IF_ERROR(CheckText("other_etag", request.other_etag(), kMaxRequestId, true));
  if (request.household_id() == request.other_household_id()) {
    return base::InvalidField("other_household_id", "SAME_HOUSEHOLD", "应为另一户");
  }
  return absl::OkStatus();
}

// The household, open and as the caller read it.
absl::StatusOr<pb::Household> LoadOpen(const base::CallContext& ctx, RegistryReader& reader,
                                       const std::string& id, std::string_view etag) {
  FANGPIN_ASSIGN_OR_RETURN(pb::Household household, LoadHousehold(ctx, reader, id));
  FANGPIN_RETURN_IF_ERROR(CheckOpen(household));
  FANGPIN_RETURN_IF_ERROR(CheckEtag(etag, household));
  return household;
}

// A village that exists and that the caller may touch.
absl::Status CheckTarget(const base::CallContext& ctx, const DivisionTree& divisions,
                         std::string_view division) {
  if (const absl::Status village = divisions.CheckVillage(division); !village.ok()) {
    return base::InvalidField("division", base::Reason(village), "应为存在的行政村");
  }
  return CheckScope(ctx, division);
}

// Runs an event: once for a request id, or without storing anything. answer(response, i) is where
// the i-th household goes.
template <typename Response, typename Request>
absl::StatusOr<Response> RunEvent(RegistryStore& store, metrics::Counter& done,
                                  const base::CallContext& ctx, std::string_view method,
                                  const Request& request, Decide decide,
                                  pb::Household* (*answer)(Response*, size_t)) {
  bool written = false;
  const auto run = [&](RegistryReader& reader, RegistryWriter* writer) -> absl::StatusOr<Response> {
    FANGPIN_ASSIGN_OR_RETURN(std::vector<Changed> changes, decide(reader, writer));
    std::vector<HouseholdChange> puts;
    Response response;
    for (size_t i = 0; i < changes.size(); ++i) {
      const pb::Household* const before = changes[i].before ? &*changes[i].before : nullptr;
      if (writer == nullptr) {
        *answer(&response, i) = std::move(changes[i].after);
        continue;
      }
      puts.push_back({before, MakeRevision(before, std::move(changes[i].after), ctx.now,
                                           ctx.principal.subject, request.reason())});
      *answer(&response, i) = puts.back().revision.household();
    }
    if (writer != nullptr) {
      FANGPIN_RETURN_IF_ERROR(writer->Put(puts));
      written = true;
    }
    return response;
  };
  if (request.validate_only()) {
    Response response;
    FANGPIN_RETURN_IF_ERROR(store.Read([&](RegistryReader& reader) -> absl::Status {
      FANGPIN_ASSIGN_OR_RETURN(response, run(reader, nullptr));
      return absl::OkStatus();
    }));
    return response;
  }
  FANGPIN_ASSIGN_OR_RETURN(Response response, WriteOnce<Response>(store, ctx, method, request,
                                                                  [&](RegistryWriter& writer) {
                                                                    return run(writer, &writer);
                                                                  }));
  if (written) done.Increment();
  return response;
}

// Where the households of an answer go.
template <typename Response>
pb::Household* Only(Response* response, size_t /*i*/) {
  return response->mutable_household();
}
template <typename Response>
pb::Household* AndOther(Response* response, size_t i) {
  return i == 0 ? response->mutable_household() : response->mutable_other_household();
}
pb::Household* AndNew(pb::SplitHouseholdResponse* response, size_t i) {
  return i == 0 ? response->mutable_household() : response->mutable_new_household();
}

std::vector<Changed> OneChange(pb::Household before, pb::Household after) {
  std::vector<Changed> changes;
  changes.push_back({std::move(before), std::move(after)});
  return changes;
}
std::vector<Changed> TwoChanges(pb::Household before, std::optional<pb::Household> other_before,
                                TwoHouseholds after) {
  std::vector<Changed> changes = OneChange(std::move(before), std::move(after.first));
  changes.push_back({std::move(other_before), std::move(after.second)});
  return changes;
}

}  // namespace

absl::StatusOr<pb::JoinMemberResponse> Life::JoinMember(const base::CallContext& ctx,
                                                        const pb::JoinMemberRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckWrite(request));
  const EventContext context{base::Today(ctx.now), divisions_};
  std::vector<PersonClaim> claims;
  auto response = RunEvent<pb::JoinMemberResponse>(
      *store_, *metrics_->life_events[static_cast<size_t>(LifeEvent::kJoin)], ctx, "JoinMember",
      request,
      [&](RegistryReader& reader, RegistryWriter*) -> absl::StatusOr<std::vector<Changed>> {
        claims.clear();
        FANGPIN_ASSIGN_OR_RETURN(pb::Household before,
                                 LoadHousehold(ctx, reader, request.household_id()));
        // A closed household may open again.
        if (before.lifecycle().state() == pb::LIFECYCLE_STATE_MERGED) {
          return HouseholdNotOpen(before);
        }
        FANGPIN_RETURN_IF_ERROR(CheckEtag(request.etag(), before));
        FANGPIN_ASSIGN_OR_RETURN(pb::Household after, ApplyJoin(before, request, context));
        claims = ClaimsOf(after);
        FANGPIN_RETURN_IF_ERROR(CheckFree(reader, &before, after));
        return OneChange(std::move(before), std::move(after));
      },
      Only<pb::JoinMemberResponse>);
  if (response.ok() || request.validate_only()) return response;
  return Refused(response.status(), *store_, *metrics_, claims, ctx.principal.subject, ctx.now);
}

absl::StatusOr<pb::LeaveMemberResponse> Life::LeaveMember(const base::CallContext& ctx,
                                                          const pb::LeaveMemberRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckWrite(request));
  const EventContext context{base::Today(ctx.now), divisions_};
  return RunEvent<pb::LeaveMemberResponse>(
      *store_, *metrics_->life_events[static_cast<size_t>(LifeEvent::kLeave)], ctx, "LeaveMember",
      request,
      [&](RegistryReader& reader, RegistryWriter*) -> absl::StatusOr<std::vector<Changed>> {
        FANGPIN_ASSIGN_OR_RETURN(pb::Household before,
                                 LoadOpen(ctx, reader, request.household_id(), request.etag()));
        FANGPIN_ASSIGN_OR_RETURN(pb::Household after, ApplyLeave(before, request, context));
        return OneChange(std::move(before), std::move(after));
      },
      Only<pb::LeaveMemberResponse>);
}

absl::StatusOr<pb::ChangeHeadResponse> Life::ChangeHead(const base::CallContext& ctx,
                                                        const pb::ChangeHeadRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckWrite(request));
  const EventContext context{base::Today(ctx.now), divisions_};
  return RunEvent<pb::ChangeHeadResponse>(
      *store_, *metrics_->life_events[static_cast<size_t>(LifeEvent::kChangeHead)], ctx,
      "ChangeHead", request,
      [&](RegistryReader& reader, RegistryWriter*) -> absl::StatusOr<std::vector<Changed>> {
        FANGPIN_ASSIGN_OR_RETURN(pb::Household before,
                                 LoadOpen(ctx, reader, request.household_id(), request.etag()));
        FANGPIN_ASSIGN_OR_RETURN(pb::Household after, ApplyChangeHead(before, request, context));
        return OneChange(std::move(before), std::move(after));
      },
      Only<pb::ChangeHeadResponse>);
}

absl::StatusOr<pb::TransferMemberResponse> Life::TransferMember(
    const base::CallContext& ctx, const pb::TransferMemberRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckWriteOfTwo(request));
  const EventContext context{base::Today(ctx.now), divisions_};
  return RunEvent<pb::TransferMemberResponse>(
      *store_, *metrics_->life_events[static_cast<size_t>(LifeEvent::kTransferMember)], ctx,
      "TransferMember", request,
      [&](RegistryReader& reader, RegistryWriter*) -> absl::StatusOr<std::vector<Changed>> {
        FANGPIN_ASSIGN_OR_RETURN(pb::Household from,
                                 LoadOpen(ctx, reader, request.household_id(), request.etag()));
        FANGPIN_ASSIGN_OR_RETURN(
            pb::Household to,
            LoadOpen(ctx, reader, request.other_household_id(), request.other_etag()));
        FANGPIN_ASSIGN_OR_RETURN(TwoHouseholds after,
                                 ApplyTransferMember(from, to, request, context));
        return TwoChanges(std::move(from), std::move(to), std::move(after));
      },
      AndOther<pb::TransferMemberResponse>);
}

absl::StatusOr<pb::SplitHouseholdResponse> Life::SplitHousehold(
    const base::CallContext& ctx, const pb::SplitHouseholdRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckWrite(request));
  const EventContext context{base::Today(ctx.now), divisions_};
  return RunEvent<pb::SplitHouseholdResponse>(
      *store_, *metrics_->life_events[static_cast<size_t>(LifeEvent::kSplit)], ctx,
      "SplitHousehold", request,
      [&](RegistryReader& reader, RegistryWriter* writer) -> absl::StatusOr<std::vector<Changed>> {
        FANGPIN_ASSIGN_OR_RETURN(pb::Household before,
                                 LoadOpen(ctx, reader, request.household_id(), request.etag()));
        const std::string& division =
            request.division().empty() ? before.division() : request.division();
        FANGPIN_RETURN_IF_ERROR(CheckTarget(ctx, *divisions_, division));
        std::string new_id;
        if (writer != nullptr) {
          FANGPIN_ASSIGN_OR_RETURN(const int serial, writer->ReserveSerials(division, 1));
          FANGPIN_ASSIGN_OR_RETURN(new_id, base::MakeHouseholdId(division, serial));
        }
        FANGPIN_ASSIGN_OR_RETURN(TwoHouseholds after, ApplySplit(before, request, new_id, context));
        FANGPIN_RETURN_IF_ERROR(CheckNumberFree(reader, nullptr, after.second));
        return TwoChanges(std::move(before), std::nullopt, std::move(after));
      },
      AndNew);
}

absl::StatusOr<pb::MergeHouseholdsResponse> Life::MergeHouseholds(
    const base::CallContext& ctx, const pb::MergeHouseholdsRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckWriteOfTwo(request));
  const EventContext context{base::Today(ctx.now), divisions_};
  return RunEvent<pb::MergeHouseholdsResponse>(
      *store_, *metrics_->life_events[static_cast<size_t>(LifeEvent::kMerge)], ctx,
      "MergeHouseholds", request,
      [&](RegistryReader& reader, RegistryWriter*) -> absl::StatusOr<std::vector<Changed>> {
        FANGPIN_ASSIGN_OR_RETURN(pb::Household ending,
                                 LoadOpen(ctx, reader, request.household_id(), request.etag()));
        FANGPIN_ASSIGN_OR_RETURN(
            pb::Household taking,
            LoadOpen(ctx, reader, request.other_household_id(), request.other_etag()));
        FANGPIN_ASSIGN_OR_RETURN(TwoHouseholds after, ApplyMerge(ending, taking, request, context));
        return TwoChanges(std::move(ending), std::move(taking), std::move(after));
      },
      AndOther<pb::MergeHouseholdsResponse>);
}

absl::StatusOr<pb::TransferHouseholdResponse> Life::TransferHousehold(
    const base::CallContext& ctx, const pb::TransferHouseholdRequest& request) {
  FANGPIN_RETURN_IF_ERROR(CheckWrite(request));
  const EventContext context{base::Today(ctx.now), divisions_};
  return RunEvent<pb::TransferHouseholdResponse>(
      *store_, *metrics_->life_events[static_cast<size_t>(LifeEvent::kTransferHousehold)], ctx,
      "TransferHousehold", request,
      [&](RegistryReader& reader, RegistryWriter* writer) -> absl::StatusOr<std::vector<Changed>> {
        FANGPIN_ASSIGN_OR_RETURN(pb::Household before,
                                 LoadOpen(ctx, reader, request.household_id(), request.etag()));
        FANGPIN_RETURN_IF_ERROR(CheckTarget(ctx, *divisions_, request.division()));
        FANGPIN_ASSIGN_OR_RETURN(pb::Household after,
                                 ApplyTransferHousehold(before, request, context));
        // Its conflicts are listed where it is.
        if (writer != nullptr) {
          FANGPIN_RETURN_IF_ERROR(writer->MoveConflicts(before.id(), request.division()));
        }
        return OneChange(std::move(before), std::move(after));
      },
      Only<pb::TransferHouseholdResponse>);
}

}  // namespace fangpin::registry
