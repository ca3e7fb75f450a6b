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

namespace sc = screening::v1;
namespace words = policy::v1;
using Stub = sc::DeterminationService::Stub;

struct Tally {
  std::atomic<int64_t> steps{0};
  std::atomic<int64_t> approved{0};
  std::atomic<int64_t> refused{0};
  std::atomic<int64_t> self_approvals{0};
};

// One case from clue to county decision.
class CaseWork {
 public:
  CaseWork(Play& play, Comparison& comparison, Tally& tally, Story& story)
      : play_(play),
        comparison_(comparison),
        tally_(tally),
        story_(story),
        truth_(story.truth->case_()),
        decision_day_(sample::days::kDetermine) {}

  // With `self_approval`, whoever opened the case tries to decide it first.
  absl::Status Run(bool self_approval) {
    if (story_.determination.id().empty()) FANGPIN_RETURN_IF_ERROR(Open());
    FANGPIN_RETURN_IF_ERROR(RecordSteps());
    if (story_.determination.state() == sc::CASE_STATE_OPEN) {
      if (self_approval) FANGPIN_RETURN_IF_ERROR(TryOwnWork());
      FANGPIN_RETURN_IF_ERROR(Evaluate());
      FANGPIN_RETURN_IF_ERROR(truth_.approved() ? Approve() : Refuse());
    }
    Compare();
    return absl::OkStatus();
  }

 private:
  absl::Status Open() {
    sc::OpenCaseRequest request;
    request.set_clue_id(story_.clue.id());
    FANGPIN_ASSIGN_OR_RETURN(
        sc::OpenCaseResponse response,
        play_.suite->Call(*story_.cadre, sample::days::kAssess, &Stub::OpenCase, request));
    story_.determination = std::move(*response.mutable_case_());
    return absl::OkStatus();
  }

  absl::Status RecordSteps() {
    int number = 0;
    for (sc::RecordCaseStepRequest request : story_.notes->case_steps()) {
      FANGPIN_ASSIGN_OR_RETURN(const absl::CivilDay day, base::ParseDay(request.step().done_on()));
      decision_day_ = std::max(decision_day_, day);
      ++number;
      // The steps have the numbers of their order.
      if (request.step().step() <= story_.determination.steps_size()) continue;
      request.set_case_id(story_.determination.id());
      request.set_request_id(RequestId(story_, base::StrCat("case", number)));
      if (request.step().step() == sc::IDENTIFICATION_STEP_TOWNSHIP_REVIEWED) {
        FANGPIN_RETURN_IF_ERROR(Review(request, day));
      } else {
        FANGPIN_ASSIGN_OR_RETURN(
            sc::RecordCaseStepResponse response,
            play_.suite->Call(*story_.cadre, day, &Stub::RecordCaseStep, request));
        story_.determination = std::move(*response.mutable_case_());
      }
      ++tally_.steps;
    }
    return absl::OkStatus();
  }

  // The township's step, which has a call of its own.
  absl::Status Review(const sc::RecordCaseStepRequest& noted, absl::CivilDay day) {
    sc::ReviewCaseRequest request;
    request.set_case_id(noted.case_id());
    request.set_reviewed_on(noted.step().done_on());
    *request.mutable_review() = noted.step().township_review();
    request.set_request_id(noted.request_id());
    FANGPIN_ASSIGN_OR_RETURN(sc::ReviewCaseResponse response,
                             play_.suite->Call(*story_.township, day, &Stub::ReviewCase, request));
    story_.determination = std::move(*response.mutable_case_());
    return absl::OkStatus();
  }

  sc::DecideCaseRequest Decision(bool approve, std::string_view step) const {
    sc::DecideCaseRequest request;
    request.set_case_id(story_.determination.id());
    request.set_approve(approve);
    request.set_opinion(approve ? "同意纳入监测" : story_.notes->case_refusal());
    request.set_etag(story_.determination.etag());
    request.set_request_id(RequestId(story_, step, request.etag()));
    return request;
  }

  absl::StatusOr<sc::DecideCaseResponse> Decide(const Actor& actor, bool approve,
                                                std::string_view step) {
    return play_.suite->Call(actor, decision_day_, &Stub::DecideCase, Decision(approve, step));
  }

  absl::Status TryOwnWork() {
    // Tokens are minted while one thread works on the stage's first story only.
    FANGPIN_ASSIGN_OR_RETURN(const Actor* maker, play_.actors->CadreWhoApproves(story_.division));
    const absl::Status status = Decide(*maker, true, "own").status();
    if (absl::IsUnavailable(status)) return status;
    IsMakerChecker(comparison_, story_, "开卷人自己审定", status);
    ++tally_.self_approvals;
    return absl::OkStatus();
  }

  absl::Status Evaluate() {
    sc::EvaluateCaseRequest request;
    request.set_case_id(story_.determination.id());
    FANGPIN_ASSIGN_OR_RETURN(
        const sc::EvaluateCaseResponse response,
        play_.suite->Call(*play_.approver, decision_day_, &Stub::EvaluateCase, request));
    comparison_.Same(story_.national_id(), "试算可否纳入", truth_.approved() ? "可" : "否",
                     response.approvable() ? "可" : "否");
    if (truth_.approved()) CompareCategory("试算类别", response.category());
    return absl::OkStatus();
  }

  absl::Status Approve() {
    FANGPIN_ASSIGN_OR_RETURN(sc::DecideCaseResponse response,
                             Decide(*play_.approver, true, "approve"));
    story_.determination = std::move(*response.mutable_case_());
    ++tally_.approved;
    return absl::OkStatus();
  }

  absl::Status Refuse() {
    const absl::Status status = Decide(*play_.approver, true, "approve").status();
    if (absl::IsUnavailable(status)) return status;
    IsRefusedBy(comparison_, story_, "应被拒绝的审定", status, "CASE_NOT_APPROVABLE",
                {truth_.refused_by().begin(), truth_.refused_by().end()});
    if (status.ok()) return absl::OkStatus();
    FANGPIN_ASSIGN_OR_RETURN(sc::DecideCaseResponse response,
                             Decide(*play_.approver, false, "refuse"));
    story_.determination = std::move(*response.mutable_case_());
    ++tally_.refused;
    return absl::OkStatus();
  }

  void Compare() {
    comparison_.Same(
        story_.national_id(), "认定结果",
        sc::CaseState_Name(truth_.approved() ? sc::CASE_STATE_APPROVED : sc::CASE_STATE_REFUSED),
        sc::CaseState_Name(story_.determination.state()));
    if (truth_.approved()) {
      CompareCategory("监测对象类别", story_.determination.decision().category());
    }
  }

  void CompareCategory(std::string_view what, words::MonitoredCategory category) {
    comparison_.Same(story_.national_id(), what, words::MonitoredCategory_Name(truth_.category()),
                     words::MonitoredCategory_Name(category));
  }

  Play& play_;
  Comparison& comparison_;
  Tally& tally_;
  Story& story_;
  const sample::v1::CaseTruth& truth_;
  absl::CivilDay decision_day_;
};

bool HasCase(const Story& story) { return story.truth->has_case_(); }

absl::Status LoadCases(Play& play) {
  absl::flat_hash_map<std::string, Story*> by_clue;
  for (Story& story : play.stories) {
    if (HasCase(story)) by_clue.emplace(story.clue.id(), &story);
  }
  sc::ListCasesRequest request;
  request.set_division(play.division());
  request.set_page_size(500);
  return ForEachListed(play, *play.desk, sample::days::kAssess, &Stub::ListCases, request,
                       &sc::ListCasesResponse::cases, [&](const sc::DeterminationCase& c) {
                         const auto story = by_clue.find(c.clue_id());
                         if (story != by_clue.end()) story->second->determination = c;
                       });
}

}  // namespace

StageOutcome Determine(Play& play, Comparison& comparison) {
  FANGPIN_RETURN_IF_ERROR(LoadCases(play));
  Tally tally;
  const Story* first = FirstStory(play, HasCase);
  const auto work = [&](Story& story) {
    return CaseWork(play, comparison, tally, story).Run(&story == first);
  };
  FANGPIN_RETURN_IF_ERROR(ForEachStory(
      play, comparison, [&](const Story& story) { return &story == first; }, work));
  FANGPIN_RETURN_IF_ERROR(ForEachStory(
      play, comparison, [&](const Story& story) { return HasCase(story) && &story != first; },
      work));

  std::vector<ExpectedState> expected;
  for (const Story& story : play.stories) {
    if (!HasCase(story) || !story.truth->case_().approved()) continue;
    expected.push_back({.story = &story,
                        .state = words::MONITORING_STATE_MONITORED,
                        .category = story.truth->case_().category()});
  }
  FANGPIN_RETURN_IF_ERROR(
      AwaitStates(play, comparison, sample::days::kDetermine, std::move(expected)));
  return std::vector<Count>{{"steps", "程序步骤", tally.steps},
                            {"approved", "纳入", tally.approved},
                            {"refused", "不予纳入", tally.refused},
                            {"self_approvals", "自批被拒", tally.self_approvals}};
}

}  // namespace fangpin::ctl
