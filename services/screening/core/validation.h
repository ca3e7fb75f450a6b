#ifndef FANGPIN_SCREENING_CORE_VALIDATION_H_
#define FANGPIN_SCREENING_CORE_VALIDATION_H_

#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "fangpin/policy/v1/vocabulary.pb.h"
#include "fangpin/screening/v1/clue.pb.h"
#include "fangpin/screening/v1/determination.pb.h"
#include "fangpin/screening/v1/screening_service.pb.h"
#include "libs/base/error.h"

// What makes a request wrong whatever the state: INVALID_ARGUMENT with every field that is wrong.
namespace fangpin::screening {

// The wrong fields of one request, in the order in which they are found.
class Problems {
 public:
  void Add(std::string_view field, std::string_view reason, std::string_view message);
  // OK when there is none; see FieldsInvalid otherwise.
  absl::Status ToStatus() const;

 private:
  std::vector<base::FieldError> problems_;
};

// TEXT_REQUIRED, TEXT_TOO_LONG (characters), TEXT_INVALID.
void CheckText(std::string_view field, std::string_view text, size_t max, bool required,
               Problems& problems);

// REQUIRED, DATE_FORMAT, DATE_IN_FUTURE: after `today`. The day when it is one.
std::optional<absl::CivilDay> CheckPastDay(std::string_view field, std::string_view text,
                                           absl::CivilDay today, Problems& problems);

absl::Status CheckReport(const v1::ReportRiskRequest& request);

// A visit by phone or WeChat says why nobody was met at home: ABSENCE_REASON_REQUIRED.
absl::Status CheckVisit(const v1::Visit& visit, absl::CivilDay today);

// An assessment as it may stand beside `outcome`.
absl::Status CheckAssessmentFields(const v1::Assessment& assessment, v1::ClueOutcome outcome);

// A step that RecordCaseStep records, with the evidence that it needs. Whether it is the next one
// is not looked at.
absl::Status CheckStep(const v1::IdentificationStepRecord& step, absl::CivilDay today);

// The township's review as ReviewCase takes it.
absl::Status CheckReview(std::string_view reviewed_on, const v1::TownshipReview& review,
                         absl::CivilDay today);

// The opinion of a county decision; a refusal needs one.
absl::Status CheckOpinion(std::string_view opinion, bool required);

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_CORE_VALIDATION_H_
