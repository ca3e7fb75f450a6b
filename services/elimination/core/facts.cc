#include "services/elimination/core/facts.h"

#include <optional>
#include <set>
#include <string>

#include "libs/base/civil.h"

namespace fangpin::elimination {
namespace {

// YYYY-MM-DD, or YYYY-MM for the first of that month; nullopt for anything else.
std::optional<absl::CivilDay> DayOf(const std::string& text) {
  const auto day = base::ParseDay(text.size() == 7 ? text + "-01" : text);
  if (!day.ok()) return std::nullopt;
  return *day;
}

void AddSteps(const v1::Elimination& elimination, EliminationFacts& facts) {
  facts.steps_done = elimination.steps_size();
  for (const v1::EliminationStepRecord& step : elimination.steps()) {
    switch (step.evidence_case()) {
      case v1::EliminationStepRecord::kSiteVisit:
        facts.visitors = step.site_visit().visitors_size();
        break;
      case v1::EliminationStepRecord::kAccount: {
        const v1::AccountSettlement& account = step.account();
        if (account.has_per_capita_reference_fen()) {
          facts.per_capita_reference_fen = account.per_capita_reference_fen();
        }
        facts.income_stable_since = DayOf(account.income_stable_since());
        if (account.has_rigid_expenditure_resolved()) {
          facts.rigid_expenditure_resolved = account.rigid_expenditure_resolved();
        }
        facts.account_signed = account.household_signed();
        break;
      }
      case v1::EliminationStepRecord::kCrossCheck:
        facts.contradictions = step.cross_check().contradictions();
        if (step.cross_check().has_new_risk()) facts.new_risk = step.cross_check().new_risk();
        break;
      case v1::EliminationStepRecord::kReview:
        facts.attendance = step.review().attendance();
        facts.votes_for = step.review().votes_for();
        break;
      case v1::EliminationStepRecord::kPublicity: {
        const v1::VillagePublicity& publicity = step.publicity();
        facts.publicity_from = DayOf(publicity.from());
        facts.publicity_to = DayOf(publicity.to());
        facts.objections_open = publicity.objections() - publicity.objections_settled();
        facts.household_acknowledged = publicity.household_acknowledged();
        break;
      }
      case v1::EliminationStepRecord::EVIDENCE_NOT_SET:
        break;
    }
  }
}

std::optional<std::set<SpecialGroup>> SpecialGroups(const policy::Parameters& parameters,
                                                    const std::string& division,
                                                    absl::CivilDay today) {
  const auto items = parameters.Items("special_difficulty_groups", division, today);
  if (!items) return std::nullopt;
  std::set<SpecialGroup> groups;
  for (const std::string& item : *items) {
    if (item == "SEVERE_ILLNESS") groups.insert(SpecialGroup::kSevereIllness);
    if (item == "SEVERE_DISABILITY") groups.insert(SpecialGroup::kSevereDisability);
    if (item == "DISABLED_ELDER") groups.insert(SpecialGroup::kDisabledElder);
  }
  // A name that is not known here must not shorten the list in silence.
  if (groups.size() != items->size()) return std::nullopt;
  return groups;
}

}  // namespace

EliminationFacts FactsOf(const v1::Elimination& elimination, const Household& household,
                         const PlanInForce& plan, const policy::Parameters& parameters,
                         absl::CivilDay today) {
  EliminationFacts facts;
  facts.today = today;
  facts.mode = elimination.mode() == policy::v1::ELIMINATION_MODE_NATURAL ? Mode::kNatural
                                                                          : Mode::kByAssistance;
  facts.determined_on = household.determined_on;
  facts.safeguards = household.safeguards;
  facts.members = household.members;
  facts.open_rigid_expenditure_fen = household.open_rigid_expenditure_fen;
  facts.has_plan_in_force = plan.exists;
  facts.measures = plan.measures;
  AddSteps(elimination, facts);

  facts.division = household.division;
  const auto value = [&](std::string_view name) {
    return parameters.Value(name, household.division, today);
  };
  facts.line_fen = value("monitoring_line");
  facts.safeguards_stable_months = value("safeguards_stable_months");
  facts.income_stable_months = value("income_stable_months");
  facts.min_monitored_months = value("min_monitored_months");
  facts.measure_effect_min_days = value("measure_effect_min_days");
  facts.min_visitors = value("field_check_min_visitors");
  facts.publicity_min_days = value("publicity_min_days");
  facts.large_expenditure_floor_fen = value("large_expenditure_floor");
  facts.severe_disability_max_grade = value("severe_disability_max_grade");
  facts.elder_age_from = value("elder_age_from");
  facts.special_groups = SpecialGroups(parameters, household.division, today);
  return facts;
}

}  // namespace fangpin::elimination
