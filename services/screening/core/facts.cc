#include "services/screening/core/facts.h"

#include <optional>
#include <string>

#include "libs/base/civil.h"

namespace fangpin::screening {
namespace {

std::optional<absl::CivilDay> DayOf(const std::string& text) {
  const absl::StatusOr<absl::CivilDay> day = base::ParseDay(text);
  if (!day.ok()) return std::nullopt;
  return *day;
}

AssetOutcome ToOutcome(v1::AssetCheckOutcome outcome) {
  switch (outcome) {
    case v1::ASSET_CHECK_OUTCOME_PASS:
      return AssetOutcome::kPass;
    case v1::ASSET_CHECK_OUTCOME_EXCLUDED_IN_PRINCIPLE:
      return AssetOutcome::kExcludedInPrinciple;
    case v1::ASSET_CHECK_OUTCOME_EXCEPTION_APPROVED:
      return AssetOutcome::kExceptionApproved;
    default:
      return AssetOutcome::kPending;
  }
}

void AddStep(const v1::IdentificationStepRecord& step, DeterminationFacts& facts) {
  if (step.has_household_check()) {
    const v1::HouseholdCheck& check = step.household_check();
    facts.checkers = check.checkers_size();
    if (check.has_per_capita_reference_fen()) {
      facts.per_capita_reference_fen = check.per_capita_reference_fen();
    }
    if (check.has_rigid_expenditure_fen()) {
      facts.rigid_expenditure_fen = check.rigid_expenditure_fen();
    }
    if (check.has_basic_life_difficult()) facts.basic_life_difficult = check.basic_life_difficult();
  } else if (step.has_authorisation()) {
    facts.authorised = step.authorisation().signed_();
    facts.authorised_on = DayOf(step.done_on());
  } else if (step.has_comparison()) {
    facts.compared_on = DayOf(step.done_on());
    facts.asset_hits.emplace();
    for (const v1::AssetHit& hit : step.comparison().hits()) {
      facts.asset_hits->push_back(ToOutcome(hit.outcome()));
    }
  } else if (step.has_review()) {
    facts.attendance = step.review().attendance();
    facts.votes_for = step.review().votes_for();
  } else if (step.has_publicity()) {
    const v1::Publicity& publicity = step.publicity();
    facts.publicity_from = DayOf(publicity.from());
    facts.publicity_to = DayOf(publicity.to());
    facts.objections_open = publicity.objections() - publicity.objections_settled();
  } else if (step.has_township_review()) {
    facts.township_agreed = step.township_review().agreed();
  }
}

}  // namespace

AssessmentCase ToAssessmentCase(
    const google::protobuf::RepeatedPtrField<v1::DimensionJudgement>& judgements,
    const google::protobuf::RepeatedPtrField<policy::v1::Risk>& risks) {
  static_assert(v1::AssessmentDimension_MAX == kDimensions);
  AssessmentCase subject;
  for (const v1::DimensionJudgement& judgement : judgements) {
    subject.levels[judgement.dimension() - 1] = static_cast<RiskLevel>(judgement.level());
  }
  for (const policy::v1::Risk& risk : risks) {
    subject.risks.insert(static_cast<RiskType>(risk.type()));
  }
  return subject;
}

DeterminationFacts ToFacts(const v1::DeterminationCase& c, const HouseholdFile& household,
                           const policy::PolicyData& policy, absl::CivilDay today) {
  DeterminationFacts facts;
  facts.today = today;
  facts.household_kind = household.kind;
  facts.already_monitored = household.monitored;
  facts.safeguards_secured = household.safeguards_secured;
  facts.yearly_net_income_fen = household.net_income_fen;
  facts.per_capita_net_fen = household.per_capita_net_fen;
  facts.previous_per_capita_net_fen = household.previous_per_capita_net_fen;
  facts.assessment = ToAssessmentCase(c.judgements(), c.risks());
  facts.steps_done = c.steps_size();
  for (const v1::IdentificationStepRecord& step : c.steps()) AddStep(step, facts);

  const auto value = [&](std::string_view name) {
    return policy.parameters.Value(name, household.division, today);
  };
  facts.division = household.division;
  facts.line_fen = value("monitoring_line");
  facts.publicity_min_days = value("publicity_min_days");
  facts.min_checkers = value("field_check_min_visitors");
  facts.income_drop_percent = value("income_drop_percent");
  facts.large_expenditure_floor_fen = value("large_expenditure_floor");
  facts.large_expenditure_income_percent = value("large_expenditure_income_percent");
  return facts;
}

}  // namespace fangpin::screening
