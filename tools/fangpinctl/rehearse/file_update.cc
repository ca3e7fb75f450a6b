#include "tools/fangpinctl/rehearse/file_update.h"

#include "libs/base/error.h"
#include "libs/base/status.h"

namespace fangpin::ctl {
namespace {

namespace re = registry::v1;

// The registry itself may write an effect of another service in between.
constexpr int kAttempts = 5;

absl::StatusOr<bool> IsDone(Play& play, const Story& story, absl::CivilDay day,
                            const std::string& reason) {
  bool done = false;
  re::ListRevisionsRequest request;
  request.set_household_id(story.household_id);
  FANGPIN_RETURN_IF_ERROR(
      ForEachListed(play, *play.collector, day, &re::RegistryService::Stub::ListRevisions, request,
                    &re::ListRevisionsResponse::revisions,
                    [&](const re::Revision& revision) { done |= revision.reason() == reason; }));
  return done;
}

}  // namespace

absl::Status UpdateFile(Play& play, const Story& story, absl::CivilDay day,
                        re::UpdateHouseholdRequest request, std::string_view step) {
  if (play.resumed) {
    FANGPIN_ASSIGN_OR_RETURN(const bool done, IsDone(play, story, day, request.reason()));
    if (done) return absl::OkStatus();
  }
  request.mutable_household()->set_id(story.household_id);
  absl::Status status;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    re::GetHouseholdRequest get;
    get.set_household_id(story.household_id);
    FANGPIN_ASSIGN_OR_RETURN(
        const re::GetHouseholdResponse read,
        play.suite->Call(*play.collector, day, &re::RegistryService::Stub::GetHousehold, get));
    request.set_etag(read.household().etag());
    request.set_request_id(RequestId(story, step, request.etag()));
    status =
        play.suite->Call(*play.collector, day, &re::RegistryService::Stub::UpdateHousehold, request)
            .status();
    if (base::Reason(status) != "ETAG_MISMATCH") return status;
  }
  return status;
}

}  // namespace fangpin::ctl
