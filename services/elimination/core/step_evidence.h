#ifndef FANGPIN_ELIMINATION_CORE_STEP_EVIDENCE_H_
#define FANGPIN_ELIMINATION_CORE_STEP_EVIDENCE_H_

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "fangpin/elimination/v1/elimination.pb.h"

namespace fangpin::elimination {

// Checks what one step leaves behind by itself: the evidence belongs to the step, days are days and
// not after `today`, counts are possible, required text is there. INVALID_ARGUMENT with every wrong
// field, paths beginning with "step.". Whether the evidence is enough is for the rules.
absl::Status CheckStepEvidence(const v1::EliminationStepRecord& step, absl::CivilDay today);

}  // namespace fangpin::elimination

#endif  // FANGPIN_ELIMINATION_CORE_STEP_EVIDENCE_H_
