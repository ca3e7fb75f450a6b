#include <map>
#include <string>
#include <vector>

#include "libs/base/status.h"
#include "tools/fangpinctl/gen/notes.h"
#include "tools/fangpinctl/rehearse/stages.h"

namespace fangpin::ctl {
namespace {

namespace re = registry::v1;
namespace words = policy::v1;

constexpr absl::CivilDay kDay = sample::days::kEliminate;

// The households that each list of a service names, by 户编号.
template <typename Stub, typename Request, typename Response, typename Items>
absl::StatusOr<std::vector<std::string>> HouseholdsOf(
    Play& play, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
    Items (Response::*items)() const) {
  std::vector<std::string> households;
  Request request;
  request.set_division(play.division());
  request.set_page_size(500);
  FANGPIN_RETURN_IF_ERROR(ForEachListed(
      play, *play.desk, kDay, method, request, items,
      [&](const auto& item) { households.push_back(play.NationalId(item.household_id())); }));
  return households;
}

// Nothing was opened for a household but what the manifest knows, and nothing twice.
absl::Status CompareRecords(Play& play, Comparison& comparison) {
  std::vector<std::string> clues, cases, plans, eliminations;
  for (const Story& story : play.stories) {
    if (story.truth->has_clue()) clues.push_back(story.national_id());
    if (story.truth->has_case_()) cases.push_back(story.national_id());
    if (story.truth->has_plan()) plans.push_back(story.national_id());
    if (story.truth->has_elimination()) eliminations.push_back(story.national_id());
  }
  const auto compare = [&](std::string_view what, std::vector<std::string> expected,
                           const absl::StatusOr<std::vector<std::string>>& actual) {
    if (actual.ok()) comparison.SameItems("全县", what, std::move(expected), *actual);
    return actual.status();
  };
  FANGPIN_RETURN_IF_ERROR(
      compare("线索所属的户", std::move(clues),
              HouseholdsOf(play, &screening::v1::ScreeningService::Stub::ListClues,
                           &screening::v1::ListCluesResponse::clues)));
  FANGPIN_RETURN_IF_ERROR(
      compare("认定案卷所属的户", std::move(cases),
              HouseholdsOf(play, &screening::v1::DeterminationService::Stub::ListCases,
                           &screening::v1::ListCasesResponse::cases)));
  FANGPIN_RETURN_IF_ERROR(
      compare("帮扶计划所属的户", std::move(plans),
              HouseholdsOf(play, &assistance::v1::AssistanceService::Stub::ListPlans,
                           &assistance::v1::ListPlansResponse::plans)));
  return compare("消除案卷所属的户", std::move(eliminations),
                 HouseholdsOf(play, &elimination::v1::EliminationService::Stub::ListEliminations,
                              &elimination::v1::ListEliminationsResponse::eliminations));
}

}  // namespace

StageOutcome CompareFinalStates(Play& play, Comparison& comparison) {
  std::vector<ExpectedState> expected;
  absl::flat_hash_map<std::string, const Story*> stories;
  for (const Story& story : play.stories) {
    stories.emplace(story.household_id, &story);
    expected.push_back({.story = &story,
                        .state = story.truth->final_state(),
                        .category = story.truth->final_category()});
  }
  FANGPIN_RETURN_IF_ERROR(AwaitStates(play, comparison, kDay, std::move(expected)));

  std::map<words::MonitoringState, int64_t> by_state;
  int64_t households = 0;
  FANGPIN_RETURN_IF_ERROR(ForEachHousehold(play, kDay, [&](const re::Household& household) {
    ++households;
    ++by_state[household.monitoring().state()];
    if (stories.contains(household.id())) return;
    comparison.Same(household.national_id(), "清单以外的户的监测状态",
                    words::MonitoringState_Name(words::MONITORING_STATE_NOT_MONITORED),
                    words::MonitoringState_Name(household.monitoring().state()));
    comparison.Same(household.national_id(), "清单以外的户的监测类别",
                    words::MonitoredCategory_Name(words::MONITORED_CATEGORY_UNSPECIFIED),
                    words::MonitoredCategory_Name(household.monitoring().category()));
  }));
  comparison.Same("全县", "在册户数", static_cast<int64_t>(play.national_ids.size()), households);
  FANGPIN_RETURN_IF_ERROR(CompareRecords(play, comparison));
  return std::vector<Count>{
      {"households", "户", households},
      {"not_monitored", "未纳入", by_state[words::MONITORING_STATE_NOT_MONITORED]},
      {"monitored", "已纳入", by_state[words::MONITORING_STATE_MONITORED]},
      {"under_assistance", "帮扶中", by_state[words::MONITORING_STATE_UNDER_ASSISTANCE]},
      {"eliminated", "已消除", by_state[words::MONITORING_STATE_ELIMINATED]}};
}

}  // namespace fangpin::ctl
