#ifndef FANGPIN_SCREENING_CORE_COLLECTIONS_H_
#define FANGPIN_SCREENING_CORE_COLLECTIONS_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "fangpin/screening/v1/clue.pb.h"
#include "fangpin/screening/v1/determination.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "libs/base/call_context.h"
#include "libs/records/collection.h"

// What the service keeps as records, and what is common to their use cases.
namespace fangpin::screening {

// Slot: the household, for its latest clue while that is open.
const records::Collection<v1::RiskClue>& Clues();
// Ids sort by county and due day.
const records::Collection<v1::VisitTask>& VisitTasks();
// Slot: the clue.
const records::Collection<v1::DeterminationCase>& Cases();
// Visits never change, so they have no etag and are kept as they are.
inline constexpr std::string_view kVisits = "visits";

// The effect that puts an approved case's household under monitoring; the payload is the case id.
inline constexpr std::string_view kInclusionEffect = "inclusion";

google::protobuf::Timestamp ToTimestamp(absl::Time time);

// PERMISSION_DENIED SCOPE_DENIED outside the caller's divisions.
absl::Status CheckScope(const base::CallContext& ctx, std::string_view division);

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_CORE_COLLECTIONS_H_
