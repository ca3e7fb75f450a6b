#include <algorithm>
#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/civil.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "tools/fangpinctl/gen/notes.h"
#include "tools/fangpinctl/rehearse/stages.h"

namespace fangpin::ctl {
namespace {

namespace el = elimination::v1;
namespace words = policy::v1;
using Stub = el::EliminationService::Stub;

struct Tally {
  std::atomic<int64_t> proposed{0};
  std::atomic<int64_t> steps{0};
  std::atomic<int64_t> approved{0};
  std::atomic<int64_t> held{0};
  std::atomic<int64_t> self_approvals{0};
};

// One elimination from proposal to county decision.
class EliminationWork {
 public:
  EliminationWork(Play& play, Comparison& comparison, Tally& tally, Story& story)
      : play_(play),
        comparison_(comparison),
        tally_(tally),
        story_(story),
        truth_(story.truth->elimination()),
        held_by_(truth_.held_by().begin(), truth_.held_by().end()),
        decision_day_(sample::days::kEliminate) {}

  // With `self_approval`, whoever proposed tries to decide first.
  absl::Status Run(bool self_approval) {
    if (story_.elimination.id().empty()) FANGPIN_RETURN_IF_ERROR(Propose());
    FANGPIN_RETURN_IF_ERROR(RecordSteps());
    if (story_.elimination.state() == el::ELIMINATION_STATE_OPEN) {
      if (self_approval) FANGPIN_RETURN_IF_ERROR(TryOwnWork());
      FANGPIN_RETURN_IF_ERROR(Evaluate());
      FANGPIN_RETURN_IF_ERROR(truth_.approved() ? Approve() : Refuse());
    }
    Compare();
    return absl::OkStatus();
  }

 private:
  absl::Status Propose() {
    el::ProposeEliminationRequest request = story_.notes->elimination();
    request.set_household_id(story_.household_id);
    FANGPIN_ASSIGN_OR_RETURN(el::ProposeEliminationResponse response,
                             play_.suite->Call(*story_.cadre, sample::days::kPropose,
                                               &Stub::ProposeElimination, request));
    story_.elimination = std::move(*response.mutable_elimination());
    ++tally_.proposed;
    return absl::OkStatus();
  }

  absl::Status RecordSteps() {
    int number = 0;
    for (el::RecordEliminationStepRequest request : story_.notes->elimination_steps()) {
      FANGPIN_ASSIGN_OR_RETURN(const absl::CivilDay day, base::ParseDay(request.step().done_on()));
      decision_day_ = std::max(decision_day_, day);
      ++number;
      // The steps have the numbers of their order.
      if (request.step().step() <= story_.elimination.steps_size()) continue;
      request.set_elimination_id(story_.elimination.id());
      request.set_request_id(RequestId(story_, base::StrCat("eliminate", number)));
      FANGPIN_ASSIGN_OR_RETURN(
          el::RecordEliminationStepResponse response,
          play_.suite->Call(*story_.cadre, day, &Stub::RecordEliminationStep, request));
      story_.elimination = std::move(*response.mutable_elimination());
      ++tally_.steps;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<el::DecideEliminationResponse> Decide(const Actor& actor, bool approve,
                                                       std::string_view step) {
    el::DecideEliminationRequest request;
    request.set_elimination_id(story_.elimination.id());
    request.set_approve(approve);
    request.set_opinion(approve ? "同意消除" : story_.notes->elimination_refusal());
    request.set_etag(story_.elimination.etag());
    request.set_request_id(RequestId(story_, step, request.etag()));
    return play_.suite->Call(actor, decision_day_, &Stub::DecideElimination, request);
  }

  absl::Status TryOwnWork() {
    // Tokens are minted while one thread works on the stage's first story only.
    FANGPIN_ASSIGN_OR_RETURN(const Actor* maker, play_.actors->CadreWhoApproves(story_.division));
    const absl::Status status = Decide(*maker, true, "own-end").status();
    if (absl::IsUnavailable(status)) return status;
    IsMakerChecker(comparison_, story_, "提出人自己审定", status);
    ++tally_.self_approvals;
    return absl::OkStatus();
  }

  absl::Status Evaluate() {
    el::EvaluateEliminationRequest request;
    request.set_elimination_id(story_.elimination.id());
    FANGPIN_ASSIGN_OR_RETURN(
        const el::EvaluateEliminationResponse response,
        play_.suite->Call(*play_.approver, decision_day_, &Stub::EvaluateElimination, request));
    std::vector<std::string> blocking;
    for (const words::Finding& finding : response.findings()) {
      if (finding.verdict() != words::VERDICT_CLEAR &&
          finding.severity() == words::SEVERITY_BLOCK) {
        blocking.push_back(finding.rule());
      }
    }
    comparison_.Same(story_.national_id(), "试算的不消情形", held_by_, blocking);
    comparison_.Same(story_.national_id(), "试算可否消除", truth_.approved() ? "可" : "否",
                     response.approvable() ? "可" : "否");
    return absl::OkStatus();
  }

  absl::Status Approve() {
    FANGPIN_ASSIGN_OR_RETURN(el::DecideEliminationResponse response,
                             Decide(*play_.approver, true, "end"));
    story_.elimination = std::move(*response.mutable_elimination());
    ++tally_.approved;
    return absl::OkStatus();
  }

  absl::Status Refuse() {
    const absl::Status status = Decide(*play_.approver, true, "end").status();
    if (absl::IsUnavailable(status)) return status;
    IsRefusedBy(comparison_, story_, "应被拒绝的消除", status, "ELIMINATION_HELD", held_by_);
    if (status.ok()) return absl::OkStatus();
    FANGPIN_ASSIGN_OR_RETURN(el::DecideEliminationResponse response,
                             Decide(*play_.approver, false, "keep"));
    story_.elimination = std::move(*response.mutable_elimination());
    ++tally_.held;
    return absl::OkStatus();
  }

  void Compare() {
    comparison_.Same(story_.national_id(), "消除方式", words::EliminationMode_Name(truth_.mode()),
                     words::EliminationMode_Name(story_.elimination.mode()));
    comparison_.Same(story_.national_id(), "消除结果",
                     el::EliminationState_Name(truth_.approved() ? el::ELIMINATION_STATE_APPROVED
                                                                 : el::ELIMINATION_STATE_REFUSED),
                     el::EliminationState_Name(story_.elimination.state()));
  }

  Play& play_;
  Comparison& comparison_;
  Tally& tally_;
  Story& story_;
  const sample::v1::EliminationTruth& truth_;
  const std::vector<std::string> held_by_;
  absl::CivilDay decision_day_;
};

bool HasElimination(const Story& story) { return story.truth->has_elimination(); }

absl::Status LoadEliminations(Play& play) {
  absl::flat_hash_map<std::string, Story*> by_household;
  for (Story& story : play.stories) {
    if (HasElimination(story)) by_household.emplace(story.household_id, &story);
  }
  el::ListEliminationsRequest request;
  request.set_division(play.division());
  request.set_page_size(500);
  return ForEachListed(play, *play.desk, sample::days::kPropose, &Stub::ListEliminations, request,
                       &el::ListEliminationsResponse::eliminations,
                       [&](const el::Elimination& elimination) {
                         const auto story = by_household.find(elimination.household_id());
                         if (story != by_household.end()) story->second->elimination = elimination;
                       });
}

}  // namespace

StageOutcome Eliminate(Play& play, Comparison& comparison) {
  FANGPIN_RETURN_IF_ERROR(LoadEliminations(play));
  Tally tally;
  const Story* first = FirstStory(play, HasElimination);
  const auto work = [&](Story& story) {
    return EliminationWork(play, comparison, tally, story).Run(&story == first);
  };
  FANGPIN_RETURN_IF_ERROR(ForEachStory(
      play, comparison, [&](const Story& story) { return &story == first; }, work));
  FANGPIN_RETURN_IF_ERROR(ForEachStory(
      play, comparison,
      [&](const Story& story) { return HasElimination(story) && &story != first; }, work));
  return std::vector<Count>{{"proposed", "提出", tally.proposed},
                            {"steps", "程序步骤", tally.steps},
                            {"approved", "消除", tally.approved},
                            {"held", "不予消除", tally.held},
                            {"self_approvals", "自批被拒", tally.self_approvals}};
}

}  // namespace fangpin::ctl
