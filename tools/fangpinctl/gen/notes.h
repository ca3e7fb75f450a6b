#ifndef FANGPIN_TOOLS_FANGPINCTL_GEN_NOTES_H_
#define FANGPIN_TOOLS_FANGPINCTL_GEN_NOTES_H_

#include "fangpin/sample/v1/field_notes.pb.h"
#include "fangpin/sample/v1/manifest.pb.h"
#include "tools/fangpinctl/gen/random.h"
#include "tools/fangpinctl/gen/sheets.h"
#include "tools/fangpinctl/gen/stories.h"

namespace fangpin::sample {

// The days on which a county is carried through the procedure, as the notes state them.
namespace days {
inline constexpr absl::CivilDay kImport(2023, 9, 1);
inline constexpr absl::CivilDay kPush(2023, 9, 5);
inline constexpr absl::CivilDay kReport(2023, 9, 6);
inline constexpr absl::CivilDay kVisit(2023, 9, 7);
inline constexpr absl::CivilDay kAssess(2023, 9, 8);
inline constexpr absl::CivilDay kDetermine(2023, 9, 18);
inline constexpr absl::CivilDay kDraft(2023, 9, 19);
inline constexpr absl::CivilDay kSubmit(2023, 9, 20);
inline constexpr absl::CivilDay kTownshipReview(2023, 9, 21);
inline constexpr absl::CivilDay kInForce(2023, 9, 22);
inline constexpr absl::CivilDay kEffects(2024, 3, 31);
inline constexpr absl::CivilDay kUpdate(2024, 6, 14);
inline constexpr absl::CivilDay kPropose(2024, 6, 20);
inline constexpr absl::CivilDay kEliminate(2024, 7, 10);
}  // namespace days

// The notes of the cadres about a household with a story, and what must come of it. `truth` may
// hold the department alerts of its clue already.
void WriteNotes(const Story& story, const Entry& entry, Random& random, v1::HouseholdNotes& notes,
                v1::HouseholdTruth& truth);

}  // namespace fangpin::sample

#endif  // FANGPIN_TOOLS_FANGPINCTL_GEN_NOTES_H_
