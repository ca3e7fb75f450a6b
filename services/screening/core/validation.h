#ifndef FANGPIN_SCREENING_CORE_VALIDATION_H_
#define FANGPIN_SCREENING_CORE_VALIDATION_H_

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "fangpin/policy/v1/vocabulary.pb.h"
#include "fangpin/screening/v1/clue.pb.h"
#include "fangpin/screening/v1/determination.pb.h"

// What makes a request wrong whatever the state: INVALID_ARGUMENT with the path of the field.
namespace fangpin::screening {

// TEXT_REQUIRED, TEXT_TOO_LONG (characters), TEXT_INVALID.
absl::Status CheckText(std::string_view field, std::string_view text, size_t max, bool required);

// DATE_FORMAT, DATE_IN_FUTURE.
absl::StatusOr<absl::CivilDay> CheckPastDay(std::string_view field, std::string_view text,
                                            absl::CivilDay today);

absl::Status CheckVisit(const v1::Visit& visit, absl::CivilDay today);

// An assessment as it may stand beside `outcome`.
absl::Status CheckAssessmentFields(const v1::Assessment& assessment, v1::ClueOutcome outcome);

// A step that clients may record, with the evidence that it needs. Whether it is the next one is
// not looked at.
absl::Status CheckStep(const v1::IdentificationStepRecord& step, absl::CivilDay today);

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_CORE_VALIDATION_H_
