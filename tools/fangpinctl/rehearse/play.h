#ifndef FANGPIN_TOOLS_FANGPINCTL_REHEARSE_PLAY_H_
#define FANGPIN_TOOLS_FANGPINCTL_REHEARSE_PLAY_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "fangpin/policy/v1/vocabulary.pb.h"
#include "tools/fangpinctl/rehearse/actors.h"
#include "tools/fangpinctl/rehearse/comparison.h"
#include "tools/fangpinctl/rehearse/county.h"
#include "tools/fangpinctl/rehearse/pool.h"
#include "tools/fangpinctl/rehearse/suite.h"

namespace fangpin::ctl {

// One household with a story on its way through the suite. Within a stage one thread works on it.
struct Story {
  const sample::v1::HouseholdTruth* truth = nullptr;
  const sample::v1::HouseholdNotes* notes = nullptr;
  // Once it is on file.
  std::string household_id;
  std::string division;
  const Actor* cadre = nullptr;
  const Actor* township = nullptr;
  // What it has come to so far.
  screening::v1::RiskClue clue;
  screening::v1::DeterminationCase determination;
  assistance::v1::HouseholdPlan plan;
  elimination::v1::Elimination elimination;
  // A step failed that had to succeed: the rest of its story is not played.
  bool broken = false;

  const std::string& national_id() const { return truth->national_household_id(); }
};

// What all stages of one rehearsal share.
struct Play {
  const SampleCounty* county = nullptr;
  Suite* suite = nullptr;
  Actors* actors = nullptr;
  int threads = 1;
  // Those who are there in every stage.
  const Actor* collector = nullptr;
  const Actor* desk = nullptr;
  const Actor* approver = nullptr;

  std::vector<Story> stories;
  // Every household of the county on file: 户编号 by household id, once imported.
  absl::flat_hash_map<std::string, std::string> national_ids;
  // The county was on file before: an earlier run is taken up where it stopped.
  bool resumed = false;

  const std::string& division() const { return county->manifest.county(); }
  // 户编号 of a household id; the id itself when it is not known.
  const std::string& NationalId(const std::string& household_id) const;
};

// Plays a part of every story that wants it and is not broken, in parallel. A refusal breaks that
// story and is a difference; only a suite that cannot be reached ends it all.
absl::Status ForEachStory(Play& play, Comparison& comparison,
                          absl::FunctionRef<bool(const Story&)> wants,
                          absl::FunctionRef<absl::Status(Story&)> part);

// The first story that wants a part and is not broken; null when none does.
const Story* FirstStory(const Play& play, absl::FunctionRef<bool(const Story&)> wants);

// Calls `visit` for each item of a paged list, in order.
template <typename Stub, typename Request, typename Response, typename Items, typename Visit>
absl::Status ForEachListed(Play& play, const Actor& actor, absl::CivilDay day,
                           grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                        Response*),
                           Request request, Items (Response::*items)() const, Visit visit) {
  do {
    FANGPIN_ASSIGN_OR_RETURN(const Response page, play.suite->Call(actor, day, method, request));
    for (const auto& item : (page.*items)()) visit(item);
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return absl::OkStatus();
}

// Every household of the county, as the desk sees it on `day`.
absl::Status ForEachHousehold(Play& play, absl::CivilDay day,
                              absl::FunctionRef<void(const registry::v1::Household&)> visit);

// Waits until the registry has each of these households in the state and category expected, as
// effects of other services arrive a moment later; 60 seconds at most. What has not come by then is
// a difference. On a resumed run a later state will do.
struct ExpectedState {
  const Story* story = nullptr;
  policy::v1::MonitoringState state = policy::v1::MONITORING_STATE_UNSPECIFIED;
  policy::v1::MonitoredCategory category = policy::v1::MONITORED_CATEGORY_UNSPECIFIED;
};
absl::Status AwaitStates(Play& play, Comparison& comparison, absl::CivilDay day,
                         std::vector<ExpectedState> expected);

// Whether `status` is the refusal that the manifest wants: FAILED_PRECONDITION with this reason and
// exactly these violations, in order. A difference otherwise.
bool IsRefusedBy(Comparison& comparison, const Story& story, std::string_view what,
                 const absl::Status& status, std::string_view reason,
                 const std::vector<std::string>& violations);

// Whether `status` is PERMISSION_DENIED MAKER_IS_CHECKER. A difference otherwise.
bool IsMakerChecker(Comparison& comparison, const Story& story, std::string_view what,
                    const absl::Status& status);

// "FAILED_PRECONDITION CASE_NOT_APPROVABLE（…）", "OK".
std::string StatusText(const absl::Status& status);

// The same for the same step of the same version in every run.
std::string RequestId(const Story& story, std::string_view step, std::string_view etag = "");

// Violation types of a refusal, in order.
std::vector<std::string> Violations(const absl::Status& status);

}  // namespace fangpin::ctl

#endif  // FANGPIN_TOOLS_FANGPINCTL_REHEARSE_PLAY_H_
