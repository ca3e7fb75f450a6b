#include "services/assistance/core/facts.h"

#include <algorithm>

#include "libs/base/civil.h"
#include "libs/policy/finding.h"
#include "libs/policy/wire.h"

namespace fangpin::assistance {
namespace {

namespace words = ::fangpin::policy::v1;

// The rules' own words count as the contract's do.
template <typename Own, typename Wire>
constexpr bool Same(Own own, Wire wire) {
  return static_cast<int>(own) == static_cast<int>(wire);
}
static_assert(Same(Risk::kIllness, words::RISK_TYPE_ILLNESS) &&
              Same(Risk::kLabourShortage, words::RISK_TYPE_LABOUR_SHORTAGE) &&
              Same(Risk::kOther, words::RISK_TYPE_OTHER) &&
              words::RiskType_MAX == words::RISK_TYPE_OTHER);
static_assert(Same(Safeguard::kCompulsoryEducation, words::SAFEGUARD_COMPULSORY_EDUCATION) &&
              Same(Safeguard::kBasicMedicalCare, words::SAFEGUARD_BASIC_MEDICAL_CARE) &&
              Same(Safeguard::kHousingSafety, words::SAFEGUARD_HOUSING_SAFETY) &&
              Same(Safeguard::kDrinkingWaterSafety, words::SAFEGUARD_DRINKING_WATER_SAFETY) &&
              words::Safeguard_MAX == words::SAFEGUARD_DRINKING_WATER_SAFETY);
static_assert(Same(MeasureGroup::kIndustry, words::MEASURE_CATEGORY_INDUSTRY) &&
              Same(MeasureGroup::kHealth, words::MEASURE_CATEGORY_HEALTH) &&
              Same(MeasureGroup::kSocialSafetyNet, words::MEASURE_CATEGORY_SOCIAL_SAFETY_NET) &&
              Same(MeasureGroup::kInfrastructure, words::MEASURE_CATEGORY_INFRASTRUCTURE) &&
              words::MeasureCategory_MAX == words::MEASURE_CATEGORY_INFRASTRUCTURE);

Basis BasisOf(const v1::PlanFacts& facts) {
  Basis basis = {
      .category_known = facts.category() != words::MONITORED_CATEGORY_UNSPECIFIED,
      .determined_on = DayOf(facts.determined_on()),
      .population = facts.population(),
      .labour_population = facts.labour_population(),
      .labour_unknown = facts.labour_unknown(),
  };
  for (const words::Risk& risk : facts.risks()) {
    if (risk.type() != words::RISK_TYPE_UNSPECIFIED) {
      basis.risks.insert(static_cast<Risk>(risk.type()));
    }
  }
  if (facts.has_per_capita_reference_fen()) {
    basis.per_capita_reference_fen = facts.per_capita_reference_fen();
  }
  for (const int safeguard : facts.open_safeguards()) {
    basis.open_safeguards.insert(static_cast<Safeguard>(safeguard));
  }
  return basis;
}

PlannedMeasure MeasureOf(const v1::Measure& measure) {
  PlannedMeasure planned = {
      .item = measure.item(),
      .need_numbers = {measure.need_numbers().begin(), measure.need_numbers().end()},
      .has_person = !measure.responsible_person().empty(),
      .has_unit = !measure.responsible_unit().empty(),
      .has_due_day = DayOf(measure.due_on()).has_value(),
      .carried_out = !measure.carried_out_on().empty(),
  };
  if (measure.category() != words::MEASURE_CATEGORY_UNSPECIFIED) {
    planned.group = static_cast<MeasureGroup>(measure.category());
  }
  for (const int risk : measure.risks()) planned.risks.insert(static_cast<Risk>(risk));
  return planned;
}

int OpenDefects(const v1::PlanReview& review) {
  return static_cast<int>(std::count_if(
      review.findings().begin(), review.findings().end(),
      [](const words::Finding& finding) { return policy::Blocks(policy::FromProto(finding)); }));
}

// The reviews since the plan was last sent back.
std::vector<Review> AgreedReviews(const v1::HouseholdPlan& plan) {
  std::vector<Review> reviews;
  std::set<std::string> reviewers;
  for (const v1::PlanReview& review : plan.reviews()) {
    if (!review.agreed()) {
      reviews.clear();
      reviewers.clear();
      continue;
    }
    reviews.push_back({.by_author = std::find(plan.editors().begin(), plan.editors().end(),
                                              review.reviewer()) != plan.editors().end(),
                       .by_former_reviewer = !reviewers.insert(review.reviewer()).second,
                       .open_defects = OpenDefects(review)});
  }
  return reviews;
}

}  // namespace

std::optional<absl::CivilDay> DayOf(const std::string& text) {
  const auto day = base::ParseDay(text.size() == 7 ? text + "-01" : text);
  if (!day.ok()) return std::nullopt;
  return *day;
}

PlanCase CaseOf(const v1::HouseholdPlan& plan, const Household& household,
                const policy::Parameters& parameters, absl::CivilDay today) {
  const auto parameter = [&](std::string_view name) {
    return parameters.Value(name, household.division, today);
  };
  PlanCase c = {
      .today = today,
      .plan = BasisOf(plan.facts()),
      .household = BasisOf(household.facts),
      .household_changed_on = household.changed_on,
      .safeguards = household.safeguards,
      .agreed_reviews = AgreedReviews(plan),
      .refresh_days = parameter("plan_refresh_days"),
      .measure_overdue_months = parameter("measure_overdue_months"),
      .developmental_overdue_months = parameter("developmental_overdue_months"),
  };
  for (const v1::RiskAnalysis& analysis : plan.risk_analyses()) {
    c.analyses[static_cast<Risk>(analysis.risk())] = !analysis.analysis().empty();
  }
  for (const v1::Need& need : plan.needs()) c.needs[need.number()] = !need.text().empty();
  for (const v1::Measure& measure : plan.measures()) c.measures.push_back(MeasureOf(measure));
  return c;
}

}  // namespace fangpin::assistance
