#ifndef FANGPIN_REGISTRY_CORE_IMPORT_MERGE_H_
#define FANGPIN_REGISTRY_CORE_IMPORT_MERGE_H_

#include <optional>

#include "absl/time/civil_time.h"
#include "fangpin/registry/v1/household.pb.h"
#include "services/registry/core/import/parse.h"

namespace fangpin::registry {

// The household after an import, without ids and computed figures of new members. What the file has
// a column for is as the file says, blank meaning not on record; all else stays as in `before`
// (null for a new household). A member who is not in the file has left on `today`. 监测 is taken
// from the file unless a decision made here wrote it; a member whom a life event has taken out
// stays out; safeguards keep the day since when they are in their state.
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
