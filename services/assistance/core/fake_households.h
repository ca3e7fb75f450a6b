#ifndef FANGPIN_ASSISTANCE_CORE_FAKE_HOUSEHOLDS_H_
#define FANGPIN_ASSISTANCE_CORE_FAKE_HOUSEHOLDS_H_

#include <map>
#include <string>
#include <vector>

#include "google/protobuf/text_format.h"
#include "libs/base/error.h"
#include "services/assistance/core/households.h"

namespace fangpin::assistance {

// Households given by the test; any other is HOUSEHOLD_NOT_FOUND.
class FakeHouseholds final : public Households {
 public:
  absl::StatusOr<Household> Get(const base::CallContext& ctx,
                                std::string_view household_id) override {
    const auto found = households.find(household_id);
    if (found == households.end()) {
      return base::Error(absl::StatusCode::kNotFound, "HOUSEHOLD_NOT_FOUND", "农户不存在");
    }
    return found->second;
  }
  absl::Status BringUnderAssistance(const base::CallContext& ctx,
                                    const v1::HouseholdPlan& plan) override {
    assisted.push_back({ctx, plan});
    return failure;
  }

  struct Assisted {
    base::CallContext ctx;
    v1::HouseholdPlan plan;
  };
  std::map<std::string, Household, std::less<>> households;
  std::vector<Assisted> assisted;
  absl::Status failure;
};

// A household of four with two who work, determined for illness on 2024-03-05, all secured.
inline Household IllHousehold(std::string id) {
  Household household = {.id = std::move(id), .division = "621126100200"};
  google::protobuf::TextFormat::ParseFromString(
      R"pb(household_revision: 3
           monitoring_state: MONITORING_STATE_MONITORED
           category: MONITORED_CATEGORY_SUDDEN_SEVERE_DIFFICULTY
           determined_on: "2024-03-05"
           risks { type: RISK_TYPE_ILLNESS }
           population: 4
           labour_population: 2
           per_capita_reference_fen: 610000)pb",
      &household.facts);
  for (const Safeguard safeguard : {Safeguard::kCompulsoryEducation, Safeguard::kBasicMedicalCare,
                                    Safeguard::kHousingSafety, Safeguard::kDrinkingWaterSafety}) {
    household.safeguards[safeguard] = SafeguardState::kSecured;
  }
  household.changed_on = absl::CivilDay(2024, 3, 5);
  household.helper_name = "赵一";
  household.helper_unit = "县医院";
  return household;
}

// Content that makes a plan for IllHousehold good enough.
inline v1::UpdatePlanRequest SoundContent(const v1::HouseholdPlan& draft) {
  v1::UpdatePlanRequest request;
  google::protobuf::TextFormat::ParseFromString(
      R"pb(risk_analyses { risk: RISK_TYPE_ILLNESS analysis: "长期透析，自付多" }
           needs { number: 1 text: "报销透析费用" }
           needs { number: 2 text: "找到就近的工作" }
           measures {
             category: MEASURE_CATEGORY_HEALTH
             item: "医疗救助"
             risks: RISK_TYPE_ILLNESS
             need_numbers: 1
             responsible_person: "赵一"
             responsible_unit: "县医保局"
             due_on: "2024-05-31"
           }
           measures {
             category: MEASURE_CATEGORY_EMPLOYMENT
             item: "劳务输出"
             need_numbers: 2
             responsible_person: "钱二"
             responsible_unit: "县人社局"
             due_on: "2024-06-30"
           })pb",
      &request);
  request.set_plan_id(draft.id());
  request.set_etag(draft.etag());
  return request;
}

}  // namespace fangpin::assistance

#endif  // FANGPIN_ASSISTANCE_CORE_FAKE_HOUSEHOLDS_H_
