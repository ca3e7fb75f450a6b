#ifndef FANGPIN_REGISTRY_CORE_IMPORT_MERGE_H_
#define FANGPIN_REGISTRY_CORE_IMPORT_MERGE_H_

#include <optional>

#include "absl/time/civil_time.h"
#include "fangpin/registry/v1/household.pb.h"
#include "services/registry/core/import/parse.h"

namespace fangpin::registry {

// Whether a membership of the household came about, or ended, by a life event that a file does not
// undo: files may be older than the event. Nothing stands in a household that has ended: a file
// that lists it knows better.
bool EventStands(const pb::Household& household, const pb::Membership& membership);

// The household after an import, without ids and computed figures of new members. What the file has
// a column for is as the file says, blank meaning not on record; all else stays as in `before`
// (null for a new household). A member who is not in the file has left on `today`, but where
// EventStands. A closed household that the file lists is open again. 监测 is taken from the file
// unless a decision made here wrote it; safeguards keep the day since when they are in their state.
pb::Household Merge(const pb::Household* before, const FileHousehold& from, const ImportFile& file,
                    absl::CivilDay today);

// The household on file with the spells of work of those whom the file names; each of them is an
// active member.
pb::Household MergeSpells(const pb::Household& before, const FileHousehold& from);

// The village after an import: columns as for households.
v1::VillageProfile MergeVillage(const std::optional<v1::VillageProfile>& before,
                                const FileVillage& from, const ImportFile& file);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_IMPORT_MERGE_H_
