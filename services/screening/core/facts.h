#ifndef FANGPIN_SCREENING_CORE_FACTS_H_
#define FANGPIN_SCREENING_CORE_FACTS_H_

#include "absl/time/civil_time.h"
#include "fangpin/policy/v1/vocabulary.pb.h"
#include "fangpin/screening/v1/clue.pb.h"
#include "fangpin/screening/v1/determination.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "libs/policy/load.h"
#include "services/screening/core/households.h"
#include "services/screening/policy/determination_rules.h"

// Records as the rules see them.
namespace fangpin::screening {

AssessmentCase ToAssessmentCase(
    const google::protobuf::RepeatedPtrField<v1::DimensionJudgement>& judgements,
    const google::protobuf::RepeatedPtrField<policy::v1::Risk>& risks);

// The case and the household file on `today`, with the parameters of the household's division.
DeterminationFacts ToFacts(const v1::DeterminationCase& c, const HouseholdFile& household,
                           const policy::PolicyData& policy, absl::CivilDay today);

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_CORE_FACTS_H_
