#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/civil.h"
#include "libs/base/status.h"
#include "tools/fangpinctl/gen/notes.h"
#include "tools/fangpinctl/message_path.h"
#include "tools/fangpinctl/rehearse/file_update.h"
#include "tools/fangpinctl/rehearse/stages.h"

namespace fangpin::ctl {
namespace {

namespace sc = screening::v1;

constexpr absl::CivilDay kAssessDay = sample::days::kAssess;

struct Tally {
  std::atomic<int64_t> visits{0};
  std::atomic<int64_t> refused{0};
  std::atomic<int64_t> assessed{0};
  std::atomic<int64_t> to_identify{0};
  std::atomic<int64_t> surveyed{0};
};

// Visit and assessment of one clue.
class ClueCheck {
 public:
  ClueCheck(Play& play, Comparison& comparison, Tally& tally, Story& story)
      : play_(play), comparison_(comparison), tally_(tally), story_(story) {}

  absl::Status Run() {
    if (story_.clue.state() == sc::CLUE_STATE_DISPATCHED) FANGPIN_RETURN_IF_ERROR(Visit());
    if (story_.clue.state() == sc::CLUE_STATE_CHECKING) FANGPIN_RETURN_IF_ERROR(Assess());
    Compare();
    return absl::OkStatus();
  }

 private:
  absl::Status Visit() {
    sc::RecordVisitRequest request = story_.notes->visit();
    sc::Visit& visit = *request.mutable_visit();
    visit.set_household_id(story_.household_id);
    visit.set_task_id(story_.clue.visit_task_id());
    FANGPIN_ASSIGN_OR_RETURN(const absl::CivilDay day, base::ParseDay(visit.visited_on()));
    FANGPIN_RETURN_IF_ERROR(
        play_.suite->Call(*story_.cadre, day, &sc::ScreeningService::Stub::RecordVisit, request)
            .status());
    ++tally_.visits;
    sc::GetClueRequest get;
    get.set_clue_id(story_.clue.id());
    FANGPIN_ASSIGN_OR_RETURN(
        sc::GetClueResponse read,
        play_.suite->Call(*story_.cadre, day, &sc::ScreeningService::Stub::GetClue, get));
    story_.clue = std::move(*read.mutable_clue());
    comparison_.Same(story_.national_id(), "走访后线索状态",
                     sc::ClueState_Name(sc::CLUE_STATE_CHECKING),
                     sc::ClueState_Name(story_.clue.state()));
    return absl::OkStatus();
  }

  absl::StatusOr<sc::AssessClueResponse> Send(sc::AssessClueRequest request, const char* step) {
    request.set_clue_id(story_.clue.id());
    request.set_etag(story_.clue.etag());
    request.set_request_id(RequestId(story_, step, story_.clue.etag()));
    return play_.suite->Call(*story_.cadre, kAssessDay, &sc::ScreeningService::Stub::AssessClue,
                             request);
  }

  absl::Status Assess() {
    if (story_.notes->has_faulty_assessment()) {
      const auto& faults = story_.truth->clue().assessment_faults();
      const absl::Status status = Send(story_.notes->faulty_assessment(), "faulty").status();
      if (absl::IsUnavailable(status)) return status;
      IsRefusedBy(comparison_, story_, "有缺陷的研判", status, "ASSESSMENT_FAULTY",
                  {faults.begin(), faults.end()});
      ++tally_.refused;
    }
    FANGPIN_ASSIGN_OR_RETURN(sc::AssessClueResponse response,
                             Send(story_.notes->assessment(), "assess"));
    story_.clue = std::move(*response.mutable_clue());
    return absl::OkStatus();
  }

  void Compare() {
    const sc::ClueOutcome expected = story_.truth->clue().outcome();
    comparison_.Same(story_.national_id(), "线索结论", sc::ClueOutcome_Name(expected),
                     sc::ClueOutcome_Name(story_.clue.outcome()));
    ++tally_.assessed;
    tally_.to_identify += story_.clue.outcome() == sc::CLUE_OUTCOME_TO_IDENTIFY ? 1 : 0;
  }

  Play& play_;
  Comparison& comparison_;
  Tally& tally_;
  Story& story_;
};

}  // namespace

StageOutcome VisitAndAssess(Play& play, Comparison& comparison) {
  Tally tally;
  FANGPIN_RETURN_IF_ERROR(ForEachStory(
      play, comparison,
      [](const Story& story) { return story.truth->has_clue() || story.notes->has_survey(); },
      [&](Story& story) -> absl::Status {
        if (story.truth->has_clue()) {
          FANGPIN_RETURN_IF_ERROR(ClueCheck(play, comparison, tally, story).Run());
        }
        if (story.notes->has_survey()) {
          FANGPIN_RETURN_IF_ERROR(
              UpdateFile(play, story, kAssessDay, story.notes->survey(), "survey"));
          ++tally.surveyed;
        }
        return absl::OkStatus();
      }));
  return std::vector<Count>{{"visits", "走访", tally.visits},
                            {"refused", "退回的研判", tally.refused},
                            {"assessed", "研判", tally.assessed},
                            {"to_identify", "转入识别", tally.to_identify},
                            {"surveyed", "更新户档", tally.surveyed}};
}

}  // namespace fangpin::ctl
