#ifndef FANGPIN_SCREENING_CORE_CLUE_BOOK_H_
#define FANGPIN_SCREENING_CORE_CLUE_BOOK_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "fangpin/screening/v1/clue.pb.h"
#include "libs/policy/load.h"
#include "libs/records/records.h"

// How a report of a risk becomes a clue with its visit task, the same for every channel.
namespace fangpin::screening {

// What the policy says about a clue found on a day in a division.
struct ClueTerms {
  int64_t merge_days = 0;
  absl::CivilDay visit_due_on;
  absl::CivilDay determination_due_on;
};

// FAILED_PRECONDITION PARAMETER_MISSING or CALENDAR_MISSING: something has to be configured first.
absl::StatusOr<ClueTerms> TermsFor(const policy::PolicyData& policy, std::string_view division,
                                   absl::CivilDay found_on);

struct AddedReport {
  v1::RiskClue clue;
  bool opened = false;  // Otherwise it joined an open one.
};

// Joins the household's open clue when it was found within the merge period, or opens one with a
// visit task. `report` has everything but its time, which is `now`.
absl::StatusOr<AddedReport> AddReport(records::Tx& tx, const ClueTerms& terms,
                                      std::string_view household_id, std::string_view division,
                                      v1::ClueReport report, absl::Time now);

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_CORE_CLUE_BOOK_H_
