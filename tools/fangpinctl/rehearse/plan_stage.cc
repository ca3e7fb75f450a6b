#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/status.h"
#include "tools/fangpinctl/gen/notes.h"
#include "tools/fangpinctl/rehearse/stages.h"

namespace fangpin::ctl {
namespace {

namespace as = assistance::v1;
namespace words = policy::v1;
using Stub = as::AssistanceService::Stub;

struct Tally {
  std::atomic<int64_t> defective{0};
  std::atomic<int64_t> submitted{0};
  std::atomic<int64_t> in_force{0};
  std::atomic<int64_t> self_approvals{0};
};

// One plan from draft to force.
class PlanWork {
 public:
  PlanWork(Play& play, Comparison& comparison, Tally& tally, Story& story)
      : play_(play), comparison_(comparison), tally_(tally), story_(story), plan_(story.plan) {}

  // With `self_approval`, the author tries to review the plan first.
  absl::Status Run(bool self_approval) {
    if (plan_.id().empty()) FANGPIN_RETURN_IF_ERROR(Draft());
    if (plan_.state() == as::PLAN_STATE_DRAFT) {
      const auto& defects = story_.truth->plan().first_defects();
      if (!defects.empty()) {
        FANGPIN_RETURN_IF_ERROR(SubmitDefective({defects.begin(), defects.end()}));
      }
      FANGPIN_RETURN_IF_ERROR(Update(story_.notes->plan(), "plan"));
      FANGPIN_RETURN_IF_ERROR(Take(Submit("submit")));
      ++tally_.submitted;
    }
    if (plan_.state() == as::PLAN_STATE_SUBMITTED) {
      if (self_approval) FANGPIN_RETURN_IF_ERROR(TryOwnWork());
      FANGPIN_RETURN_IF_ERROR(
          Take(Review(*story_.township, sample::days::kTownshipReview, "township")));
    }
    if (plan_.state() == as::PLAN_STATE_TOWNSHIP_REVIEWED) {
      FANGPIN_RETURN_IF_ERROR(Take(Review(*play_.approver, sample::days::kInForce, "county")));
    }
    if (comparison_.Same(story_.national_id(), "计划状态",
                         as::PlanState_Name(as::PLAN_STATE_IN_FORCE),
                         as::PlanState_Name(plan_.state()))) {
      ++tally_.in_force;
    }
    return absl::OkStatus();
  }

 private:
  // Goes on with the plan of an answer.
  template <typename Response>
  absl::Status Take(absl::StatusOr<Response> response) {
    if (!response.ok()) return response.status();
    plan_ = std::move(*response->mutable_plan());
    return absl::OkStatus();
  }

  absl::Status Draft() {
    as::DraftPlanRequest request;
    request.set_household_id(story_.household_id);
    return Take(play_.suite->Call(*play_.desk, sample::days::kDraft, &Stub::DraftPlan, request));
  }

  absl::Status Update(as::UpdatePlanRequest request, std::string_view step) {
    request.set_plan_id(plan_.id());
    request.set_etag(plan_.etag());
    request.set_request_id(RequestId(story_, step, plan_.etag()));
    return Take(play_.suite->Call(*play_.desk, sample::days::kDraft, &Stub::UpdatePlan, request));
  }

  absl::StatusOr<as::SubmitPlanResponse> Submit(std::string_view step) {
    as::SubmitPlanRequest request;
    request.set_plan_id(plan_.id());
    request.set_etag(plan_.etag());
    request.set_request_id(RequestId(story_, step, plan_.etag()));
    return play_.suite->Call(*play_.desk, sample::days::kSubmit, &Stub::SubmitPlan, request);
  }

  absl::Status SubmitDefective(const std::vector<std::string>& defects) {
    FANGPIN_RETURN_IF_ERROR(Update(story_.notes->defective_plan(), "defective"));
    const absl::Status status = Submit("too-soon").status();
    if (absl::IsUnavailable(status)) return status;
    IsRefusedBy(comparison_, story_, "有问题的计划", status, "PLAN_HAS_DEFECTS", defects);
    ++tally_.defective;
    return absl::OkStatus();
  }

  absl::StatusOr<as::ReviewPlanResponse> Review(const Actor& reviewer, absl::CivilDay day,
                                                std::string_view step) {
    as::ReviewPlanRequest request;
    request.set_plan_id(plan_.id());
    request.set_agree(true);
    request.set_opinion("同意");
    request.set_etag(plan_.etag());
    request.set_request_id(RequestId(story_, step, plan_.etag()));
    return play_.suite->Call(reviewer, day, &Stub::ReviewPlan, request);
  }

  absl::Status TryOwnWork() {
    const absl::Status status = Review(*play_.desk, sample::days::kTownshipReview, "own").status();
    if (absl::IsUnavailable(status)) return status;
    IsMakerChecker(comparison_, story_, "编制人自己审核", status);
    ++tally_.self_approvals;
    return absl::OkStatus();
  }

  Play& play_;
  Comparison& comparison_;
  Tally& tally_;
  Story& story_;
  as::HouseholdPlan& plan_;
};

bool HasPlan(const Story& story) { return story.truth->has_plan(); }

absl::Status LoadPlans(Play& play) {
  absl::flat_hash_map<std::string, Story*> by_household;
  for (Story& story : play.stories) {
    if (HasPlan(story)) by_household.emplace(story.household_id, &story);
  }
  as::ListPlansRequest request;
  request.set_division(play.division());
  request.set_page_size(500);
  return ForEachListed(play, *play.desk, sample::days::kDraft, &Stub::ListPlans, request,
                       &as::ListPlansResponse::plans, [&](const as::HouseholdPlan& plan) {
                         const auto story = by_household.find(plan.household_id());
                         if (story != by_household.end()) story->second->plan = plan;
                       });
}

}  // namespace

StageOutcome MakePlans(Play& play, Comparison& comparison) {
  FANGPIN_RETURN_IF_ERROR(LoadPlans(play));
  Tally tally;
  const Story* first = FirstStory(play, HasPlan);
  FANGPIN_RETURN_IF_ERROR(ForEachStory(play, comparison, HasPlan, [&](Story& story) {
    return PlanWork(play, comparison, tally, story).Run(&story == first);
  }));

  std::vector<ExpectedState> expected;
  for (const Story& story : play.stories) {
    if (!HasPlan(story)) continue;
    expected.push_back({.story = &story,
                        .state = words::MONITORING_STATE_UNDER_ASSISTANCE,
                        .category = story.truth->final_category()});
  }
  FANGPIN_RETURN_IF_ERROR(
      AwaitStates(play, comparison, sample::days::kInForce, std::move(expected)));
  return std::vector<Count>{{"defective", "被退的草稿", tally.defective},
                            {"submitted", "提交", tally.submitted},
                            {"in_force", "执行中", tally.in_force},
                            {"self_approvals", "自审被拒", tally.self_approvals}};
}

}  // namespace fangpin::ctl
