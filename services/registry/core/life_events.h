#ifndef FANGPIN_REGISTRY_CORE_LIFE_EVENTS_H_
#define FANGPIN_REGISTRY_CORE_LIFE_EVENTS_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "fangpin/registry/v1/life.pb.h"
#include "services/registry/core/division_tree.h"
#include "services/registry/core/household.h"

// What the events of a household's life do to its record: pure functions of records and request.
// They read neither etag, request id nor reason. Every one refuses with INVALID_ARGUMENT, naming
// each wrong field, or with FAILED_PRECONDITION, naming everything that stands against it; the
// rules with their clauses are those of policy/life.h.
namespace fangpin::registry {

// When it happens, and where villages are known.
struct EventContext {
  absl::CivilDay today;
  const DivisionTree* divisions = nullptr;
};

// Two households after an event, in the order of the request.
using TwoHouseholds = std::pair<pb::Household, pb::Household>;

// `before` may be closed: then a former member opens it again, as its head. ALREADY_EXISTS
// PERSON_ALREADY_MEMBER. Other households are not looked at.
absl::StatusOr<pb::Household> ApplyJoin(const pb::Household& before,
                                        const pb::JoinMemberRequest& request,
                                        const EventContext& context);
// NOT_FOUND MEMBER_NOT_FOUND, FAILED_PRECONDITION MEMBER_HAS_LEFT; so do the following.
absl::StatusOr<pb::Household> ApplyLeave(const pb::Household& before,
                                         const pb::LeaveMemberRequest& request,
                                         const EventContext& context);
absl::StatusOr<pb::Household> ApplyChangeHead(const pb::Household& before,
                                              const pb::ChangeHeadRequest& request,
                                              const EventContext& context);
absl::StatusOr<TwoHouseholds> ApplyTransferMember(const pb::Household& from,
                                                  const pb::Household& to,
                                                  const pb::TransferMemberRequest& request,
                                                  const EventContext& context);
// `new_id` is empty when nothing is to be stored: then the new household and its members have no
// ids.
absl::StatusOr<TwoHouseholds> ApplySplit(const pb::Household& before,
                                         const pb::SplitHouseholdRequest& request,
                                         std::string_view new_id, const EventContext& context);
absl::StatusOr<TwoHouseholds> ApplyMerge(const pb::Household& ending, const pb::Household& taking,
                                         const pb::MergeHouseholdsRequest& request,
                                         const EventContext& context);
absl::StatusOr<pb::Household> ApplyTransferHousehold(const pb::Household& before,
                                                     const pb::TransferHouseholdRequest& request,
                                                     const EventContext& context);

// Makes sure that an update only corrects what is on file of the members: `after` has the mask's
// fields and ids. Brings its members into the order on file; who was sent without membership, as
// `stated` says by position, keeps it. INVALID_ARGUMENT, with the method to call instead:
// MEMBER_OMITTED, MEMBER_ADDED, MEMBERSHIP_BY_EVENT, HEAD_BY_EVENT, MEMBER_IS_ANOTHER_PERSON.
absl::Status KeepToCorrections(const pb::Household& before, const std::vector<bool>& stated,
                               pb::Household* after);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_LIFE_EVENTS_H_
