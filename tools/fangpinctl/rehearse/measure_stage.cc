#include <algorithm>
#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/civil.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "tools/fangpinctl/rehearse/stages.h"

namespace fangpin::ctl {
namespace {

namespace as = assistance::v1;
using Stub = as::AssistanceService::Stub;

// The ledger of one plan in force.
class Ledger {
 public:
  Ledger(Play& play, Comparison& comparison, Story& story)
      : play_(play), comparison_(comparison), story_(story) {}

  absl::Status Run() {
    for (const as::RecordMeasureRequest& measure : story_.notes->measures()) {
      FANGPIN_RETURN_IF_ERROR(Record(measure));
    }
    for (const as::RecordEffectRequest& effect : story_.notes->effects()) {
      FANGPIN_RETURN_IF_ERROR(Evaluate(effect));
    }
    Compare();
    return absl::OkStatus();
  }

 private:
  // Notes number the measures of the plan that stands, "m1", "m2"; the service gave them ids of its
  // own, which also count those of drafts before.
  absl::StatusOr<std::string> MeasureId(const std::string& noted) const {
    const auto number = base::ParseInt(std::string_view(noted).substr(1));
    if (!number || *number < 1 || *number > story_.plan.measures_size()) {
      return base::Error(absl::StatusCode::kNotFound, "MEASURE_NOT_FOUND",
                         base::StrCat("计划中没有第 ", noted, " 项措施"));
    }
    return story_.plan.measures(static_cast<int>(*number) - 1).id();
  }

  absl::Status Record(as::RecordMeasureRequest request) {
    FANGPIN_ASSIGN_OR_RETURN(const absl::CivilDay day, base::ParseDay(request.carried_out_on()));
    request.set_request_id(RequestId(story_, base::StrCat("carried-out-", request.measure_id())));
    FANGPIN_ASSIGN_OR_RETURN(*request.mutable_measure_id(), MeasureId(request.measure_id()));
    request.set_plan_id(story_.plan.id());
    FANGPIN_ASSIGN_OR_RETURN(as::RecordMeasureResponse response,
                             play_.suite->Call(*story_.cadre, day, &Stub::RecordMeasure, request));
    story_.plan = std::move(*response.mutable_plan());
    return absl::OkStatus();
  }

  absl::Status Evaluate(as::RecordEffectRequest request) {
    FANGPIN_ASSIGN_OR_RETURN(const absl::CivilDay day,
                             base::ParseDay(request.effect().evaluated_on()));
    request.set_request_id(RequestId(story_, base::StrCat("effect-", request.measure_id())));
    FANGPIN_ASSIGN_OR_RETURN(*request.mutable_measure_id(), MeasureId(request.measure_id()));
    request.set_plan_id(story_.plan.id());
    FANGPIN_ASSIGN_OR_RETURN(as::RecordEffectResponse response,
                             play_.suite->Call(*story_.cadre, day, &Stub::RecordEffect, request));
    story_.plan = std::move(*response.mutable_plan());
    return absl::OkStatus();
  }

  void Compare() {
    int64_t carried_out = 0, evaluated = 0;
    for (const as::Measure& measure : story_.plan.measures()) {
      carried_out += measure.carried_out_on().empty() ? 0 : 1;
      evaluated += measure.effects_size();
    }
    comparison_.Same(story_.national_id(), "已落实的措施", story_.notes->measures_size(),
                     carried_out);
    comparison_.Same(story_.national_id(), "成效评估", story_.notes->effects_size(), evaluated);
  }

  Play& play_;
  Comparison& comparison_;
  Story& story_;
};

}  // namespace

StageOutcome CarryOutMeasures(Play& play, Comparison& comparison) {
  std::atomic<int64_t> measures{0}, effects{0};
  FANGPIN_RETURN_IF_ERROR(ForEachStory(
      play, comparison,
      [](const Story& story) {
        return story.notes->measures_size() > 0 || story.notes->effects_size() > 0;
      },
      [&](Story& story) -> absl::Status {
        measures += story.notes->measures_size();
        effects += story.notes->effects_size();
        return Ledger(play, comparison, story).Run();
      }));
  return std::vector<Count>{{"measures", "落实措施", measures}, {"effects", "成效评估", effects}};
}

}  // namespace fangpin::ctl
