#include "services/registry/core/import/load.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "libs/base/civil.h"
#include "libs/base/division.h"
#include "libs/base/error.h"
#include "libs/base/household_id.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "services/registry/core/errors.h"
#include "services/registry/core/household.h"
#include "services/registry/core/import/merge.h"
#include "services/registry/core/labels.h"
#include "services/registry/core/once.h"

namespace fangpin::registry {
namespace {

constexpr size_t kBatch = 500;  // households whose persons are looked up at once

// A household of the file with what is on file under its 户编号.
struct Candidate {
  const FileHousehold* from = nullptr;
  std::optional<pb::Household> before;
};

// Where the members of some households are registered now.
class PersonIndex {
 public:
  static absl::StatusOr<PersonIndex> Read(RegistryReader& reader,
                                          absl::Span<const FileHousehold* const> households) {
    std::vector<std::string> numbers;
    for (const FileHousehold* h : households) {
      for (const pb::Person& person : h->household.members()) numbers.push_back(person.id_number());
    }
    FANGPIN_ASSIGN_OR_RETURN(auto entries, reader.PersonsByIdNumber(numbers));
    PersonIndex index;
    for (size_t i = 0; i < numbers.size(); ++i) {
      if (!entries[i].has_value() || !entries[i]->active) continue;
      index.household_of_.emplace(std::move(numbers[i]), entries[i]->match.household_id());
    }
    return index;
  }

  // The household in which the person is an active member; empty when in none.
  std::string_view HouseholdOf(const std::string& id_number) const {
    const auto found = household_of_.find(id_number);
    return found == household_of_.end() ? std::string_view() : found->second;
  }

 private:
  absl::flat_hash_map<std::string, std::string> household_of_;  // by ID number
};

absl::StatusOr<std::vector<Candidate>> ReadCandidates(
    RegistryReader& reader, absl::Span<const FileHousehold* const> households) {
  std::vector<std::string> national_ids;
  for (const FileHousehold* h : households) national_ids.push_back(h->household.national_id());
  FANGPIN_ASSIGN_OR_RETURN(const auto ids, reader.HouseholdIdsByNationalId(national_ids));
  std::vector<std::string> known;
  for (const auto& id : ids) {
    if (id.has_value()) known.push_back(*id);
  }
  FANGPIN_ASSIGN_OR_RETURN(auto records, reader.Households(known));
  std::vector<Candidate> candidates;
  size_t next = 0;
  for (size_t i = 0; i < households.size(); ++i) {
    candidates.push_back({households[i], std::nullopt});
    if (ids[i].has_value()) candidates.back().before = std::move(records[next++]);
  }
  return candidates;
}

pb::RowError OtherHousehold(const ImportFile& file, const FileHousehold& from, int member) {
  return MakeRowError(from.RowOf(member, -1), file.HeaderAt("members.id_number"),
                      "PERSON_IN_OTHER_HOUSEHOLD", "证件号码已登记在另一户",
                      from.household.national_id());
}

// Whether a life event has taken the person out of the household: a file that still lists him
// claims nobody.
bool TakenOut(const std::optional<pb::Household>& household, const std::string& id_number) {
  if (!household.has_value()) return false;
  return std::any_of(household->members().begin(), household->members().end(),
                     [&](const pb::Person& p) {
                       return p.id_number() == id_number && !p.membership().active() &&
                              p.membership().cause() != pb::MEMBER_CHANGE_CAUSE_UNSPECIFIED;
                     });
}

// What stands against loading the candidate, and whether it may go away by itself.
struct Conflicts {
  std::vector<pb::RowError> errors;
  bool waiting = false;
};

Conflicts FindConflicts(const LoadContext& context, const Candidate& candidate,
                        const PersonIndex& index, Claims claims) {
  Conflicts conflicts;
  const FileHousehold& from = *candidate.from;
  const pb::Household& stated = from.household;
  const auto refuse = [&](std::string_view header, std::string_view reason,
                          std::string_view message) {
    conflicts.errors.push_back(
        MakeRowError(from.rows[0], header, reason, message, stated.national_id()));
  };
  if (candidate.before && !base::DivisionWithin(candidate.before->division(), context.division)) {
    refuse(context.file->HeaderAt("national_id"), "HOUSEHOLD_IN_OTHER_DIVISION",
           "该户编号已登记在本次导入范围以外的行政村");
    return conflicts;
  }
  if (context.file->kind == pb::IMPORT_KIND_WORK_SPELLS) {
    if (!candidate.before) {
      refuse(context.file->HeaderAt("national_id"), "HOUSEHOLD_NOT_ON_FILE",
             "户编号不在户档中，请先导入户信息");
    }
    return conflicts;
  }
  for (int m = 0; m < stated.members_size(); ++m) {
    const std::string& id_number = stated.members(m).id_number();
    const std::string_view owner = index.HouseholdOf(id_number);
    if (owner.empty() || (candidate.before && owner == candidate.before->id())) continue;
    if (TakenOut(candidate.before, id_number)) continue;
    if (claims != Claims::kRefuse) {
      // An ID number stands once in a file, so an owner that is loaded lets the person go.
      const auto held = context.held.find(base::ToAbsl(owner));
      if (held != context.held.end() && held->second) {
        conflicts.waiting |= claims == Claims::kDefer;
        continue;
      }
    }
    conflicts.errors.push_back(OtherHousehold(*context.file, from, m));
  }
  return conflicts;
}

// What a file of spells says of a household that differs from what is on file, and members it does
// not have.
std::vector<pb::RowError> CompareSpells(const LoadContext& context, const FileHousehold& from,
                                        const pb::Household& before) {
  std::vector<pb::RowError> errors;
  const ImportFile& file = *context.file;
  const pb::Household& stated = from.household;
  const auto differs = [&](bool wrong, std::string_view header) {
    if (!wrong) return;
    errors.push_back(MakeRowError(from.rows[0], header, "DIFFERS_FROM_FILE",
                                  "与户档不一致，请先更新户档", stated.national_id()));
  };
  differs(stated.division() != before.division(), file.HeaderOf(CellKind::kVillage));
  differs(stated.kind() != vocab::HOUSEHOLD_KIND_UNSPECIFIED && stated.kind() != before.kind(),
          file.HeaderOf(CellKind::kStatedKind));
  differs(
      stated.has_monitoring() && stated.monitoring().category() != before.monitoring().category(),
      file.HeaderOf(CellKind::kStatedCategory));
  for (int m = 0; m < stated.members_size(); ++m) {
    const std::string& id_number = stated.members(m).id_number();
    if (std::any_of(before.members().begin(), before.members().end(), [&](const pb::Person& p) {
          return p.membership().active() && p.id_number() == id_number;
        })) {
      continue;
    }
    for (const int row : from.spell_rows[static_cast<size_t>(m)]) {
      errors.push_back(MakeRowError(row, file.HeaderAt("members.id_number"), "PERSON_NOT_ON_FILE",
                                    "本户在册成员中没有此证件号码", stated.national_id()));
    }
  }
  return errors;
}

// The household as it will be, or why it cannot be.
struct Outcome {
  pb::Household after;
  std::vector<pb::RowError> errors;
};

Outcome Apply(const LoadContext& context, const FileHousehold& from, const pb::Household& before) {
  Outcome outcome;
  const absl::CivilDay today = base::Today(context.now);
  const bool spells = context.file->kind == pb::IMPORT_KIND_WORK_SPELLS;
  if (spells) {
    outcome.errors = CompareSpells(context, from, before);
    if (!outcome.errors.empty()) return outcome;
  }
  outcome.after = spells ? MergeSpells(before, from) : Merge(&before, from, *context.file, today);
  AssignPersonIds(&before, &outcome.after);
  Complete(&before, &outcome.after);
  return outcome;
}

// Candidates that are to be written.
struct Decided {
  LoadResult result;
  std::vector<Candidate> creates;
  std::vector<std::pair<Candidate, pb::Household>> updates;  // with the state after
};

// What on file and file together make wrong, though each by itself is right.
std::vector<pb::RowError> CheckMerged(const LoadContext& context, const FileHousehold& from,
                                      const pb::Household& after) {
  std::vector<pb::RowError> errors;
  for (const base::FieldError& problem :
       CheckRecord(after, base::Today(context.now), *context.divisions)) {
    errors.push_back(RowErrorOf(*context.file, from, after, problem));
  }
  return errors;
}

absl::StatusOr<Decided> Decide(RegistryReader& reader, const LoadContext& context,
                               absl::Span<const FileHousehold* const> households, Claims claims) {
  Decided decided;
  const auto refuse = [&](std::vector<pb::RowError> errors) {
    ++decided.result.refused;
    std::move(errors.begin(), errors.end(), std::back_inserter(decided.result.errors));
  };
  FANGPIN_ASSIGN_OR_RETURN(std::vector<Candidate> candidates, ReadCandidates(reader, households));
  PersonIndex index;
  if (context.file->kind != pb::IMPORT_KIND_WORK_SPELLS) {
    FANGPIN_ASSIGN_OR_RETURN(index, PersonIndex::Read(reader, households));
  }
  for (Candidate& candidate : candidates) {
    Conflicts conflicts = FindConflicts(context, candidate, index, claims);
    if (!conflicts.errors.empty()) {
      refuse(std::move(conflicts.errors));
    } else if (conflicts.waiting) {
      decided.result.deferred.push_back(candidate.from);
    } else if (!candidate.before.has_value()) {
      decided.creates.push_back(std::move(candidate));
    } else {
      Outcome outcome = Apply(context, *candidate.from, *candidate.before);
      if (!outcome.errors.empty()) {
        refuse(std::move(outcome.errors));
      } else if (Deterministic(*candidate.before) == Deterministic(outcome.after)) {
        ++decided.result.unchanged;
      } else if (std::vector<pb::RowError> errors =
                     CheckMerged(context, *candidate.from, outcome.after);
                 !errors.empty()) {
        refuse(std::move(errors));
      } else {
        decided.updates.emplace_back(std::move(candidate), std::move(outcome.after));
      }
    }
  }
  decided.result.created = static_cast<int64_t>(decided.creates.size());
  decided.result.updated = static_cast<int64_t>(decided.updates.size());
  return decided;
}

// Changes that load what was decided; those who let members go stand before those who take them in.
// `next_serial`: see ReservedSerials; OUT_OF_RANGE without one. Point into `decided`.
absl::StatusOr<std::vector<HouseholdChange>> MakeChanges(
    const LoadContext& context, Decided& decided,
    absl::FunctionRef<std::optional<int>(const std::string& village)> next_serial) {
  const std::string reason = base::StrCat("导入 ", context.import_id);
  const absl::CivilDay today = base::Today(context.now);
  std::vector<HouseholdChange> changes;
  changes.reserve(decided.creates.size() + decided.updates.size());
  for (auto& [candidate, after] : decided.updates) {
    changes.push_back({&*candidate.before, MakeRevision(&*candidate.before, std::move(after),
                                                        context.now, context.actor, reason)});
  }
  for (const Candidate& candidate : decided.creates) {
    pb::Household household = Merge(nullptr, *candidate.from, *context.file, today);
    const std::optional<int> serial = next_serial(household.division());
    if (!serial.has_value()) return absl::OutOfRangeError("no serial left");
    FANGPIN_ASSIGN_OR_RETURN(*household.mutable_id(),
                             base::MakeHouseholdId(household.division(), *serial));
    AssignPersonIds(nullptr, &household);
    Complete(nullptr, &household);
    changes.push_back(
        {nullptr, MakeRevision(nullptr, std::move(household), context.now, context.actor, reason)});
  }
  return changes;
}

}  // namespace

absl::StatusOr<LoadContext> MakeLoadContext(RegistryReader& reader, const ImportFile& file,
                                            const DivisionTree& divisions,
                                            const ImportRecord& record) {
  LoadContext context;
  context.file = &file;
  context.divisions = &divisions;
  context.import_id = record.import.id();
  context.division = record.import.division();
  context.actor = record.import.actor();
  context.now = record.run_time;
  std::vector<std::string> national_ids;
  national_ids.reserve(file.households.size());
  for (const FileHousehold& h : file.households) {
    national_ids.push_back(h.household.national_id());
  }
  FANGPIN_ASSIGN_OR_RETURN(auto ids, reader.HouseholdIdsByNationalId(national_ids));
  for (size_t i = 0; i < ids.size(); ++i) {
    const FileHousehold& h = file.households[i];
    if (ids[i].has_value()) {
      context.held.emplace(*std::move(ids[i]), !h.bad);
    } else if (!h.bad && file.kind != pb::IMPORT_KIND_WORK_SPELLS) {
      ++context.fresh[h.household.division()];
    }
  }
  return context;
}

absl::StatusOr<std::vector<pb::RowError>> FindForeignClaims(RegistryReader& reader,
                                                            const LoadContext& context) {
  std::vector<pb::RowError> errors;
  if (context.file->kind == pb::IMPORT_KIND_WORK_SPELLS) return errors;
  std::vector<const FileHousehold*> households;
  for (const FileHousehold& h : context.file->households) households.push_back(&h);
  for (size_t i = 0; i < households.size(); i += kBatch) {
    const auto batch = absl::MakeConstSpan(households).subspan(i, kBatch);
    FANGPIN_ASSIGN_OR_RETURN(const PersonIndex index, PersonIndex::Read(reader, batch));
    for (const FileHousehold* h : batch) {
      for (int m = 0; m < h->household.members_size(); ++m) {
        const std::string_view owner = index.HouseholdOf(h->household.members(m).id_number());
        if (owner.empty() || context.held.contains(base::ToAbsl(owner))) continue;
        errors.push_back(OtherHousehold(*context.file, *h, m));
      }
    }
  }
  return errors;
}

void LoadResult::Add(const LoadResult& other) {
  created += other.created;
  updated += other.updated;
  unchanged += other.unchanged;
  refused += other.refused;
  errors.insert(errors.end(), other.errors.begin(), other.errors.end());
  deferred.insert(deferred.end(), other.deferred.begin(), other.deferred.end());
}

absl::StatusOr<LoadResult> Preview(RegistryReader& reader, const LoadContext& context,
                                   absl::Span<const FileHousehold* const> households) {
  FANGPIN_ASSIGN_OR_RETURN(Decided decided, Decide(reader, context, households, Claims::kAssume));
  return std::move(decided.result);
}

absl::StatusOr<LoadResult> Load(RegistryWriter& writer, const LoadContext& context,
                                absl::Span<const FileHousehold* const> households, Claims claims) {
  FANGPIN_ASSIGN_OR_RETURN(Decided decided, Decide(writer, context, households, claims));
  std::map<std::string, int> wanted;  // new households by village
  for (const Candidate& c : decided.creates) ++wanted[c.from->household.division()];
  std::map<std::string, int> next;
  for (const auto& [village, count] : wanted) {
    FANGPIN_ASSIGN_OR_RETURN(next[village], writer.ReserveSerials(village, count));
  }
  FANGPIN_ASSIGN_OR_RETURN(const std::vector<HouseholdChange> changes,
                           MakeChanges(context, decided, [&](const std::string& village) {
                             return std::optional<int>(next[village]++);
                           }));
  FANGPIN_RETURN_IF_ERROR(writer.Put(changes));
  return std::move(decided.result);
}

absl::StatusOr<ReservedSerials> ReservedSerials::Reserve(RegistryWriter& writer,
                                                         const LoadContext& context) {
  ReservedSerials serials;
  for (const auto& [village, count] : context.fresh) {
    FANGPIN_ASSIGN_OR_RETURN(const int first, writer.ReserveSerials(village, count));
    serials.left_[village] = {first, first + count};
  }
  return serials;
}

std::optional<int> ReservedSerials::Next(const std::string& village) {
  const auto at = left_.find(village);
  if (at == left_.end() || at->second.first == at->second.second) return std::nullopt;
  return at->second.first++;
}

absl::StatusOr<std::optional<ReadyLoad>> MakeReady(
    RegistryStore& store, const LoadContext& context,
    absl::Span<const FileHousehold* const> households, Claims claims, ReservedSerials* serials) {
  Decided decided;
  FANGPIN_RETURN_IF_ERROR(store.Read([&](RegistryReader& reader) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(decided, Decide(reader, context, households, claims));
    return absl::OkStatus();
  }));
  const absl::StatusOr<std::vector<HouseholdChange>> changes = MakeChanges(
      context, decided, [&](const std::string& village) { return serials->Next(village); });
  if (absl::IsOutOfRange(changes.status())) return std::nullopt;
  FANGPIN_RETURN_IF_ERROR(changes.status());
  ReadyLoad ready;
  FANGPIN_ASSIGN_OR_RETURN(ready.changes, store.Prepare(*changes));
  ready.result = std::move(decided.result);
  return ready;
}

bool IsVoid(const absl::Status& status) {
  const std::string reason = base::Reason(status);
  return reason == kHouseholdChanged || reason == base::Reason(PersonInOtherHousehold()) ||
         reason == base::Reason(HouseholdNumberExists());
}

absl::StatusOr<LoadResult> LoadVillages(RegistryReader& reader, RegistryWriter* writer,
                                        const LoadContext& context) {
  LoadResult result;
  std::vector<std::string> codes;
  for (const FileVillage& village : context.file->villages) {
    if (!village.bad) codes.push_back(village.profile.division());
  }
  FANGPIN_ASSIGN_OR_RETURN(const auto on_file, reader.VillageProfiles(codes));
  std::vector<v1::VillageProfile> changed;
  size_t next = 0;
  for (const FileVillage& village : context.file->villages) {
    if (village.bad) continue;
    const std::optional<v1::VillageProfile>& before = on_file[next++];
    v1::VillageProfile after = MergeVillage(before, village, *context.file);
    if (before.has_value() && Deterministic(*before) == Deterministic(after)) {
      ++result.unchanged;
      continue;
    }
    ++(before.has_value() ? result.updated : result.created);
    after.set_import_id(context.import_id);
    changed.push_back(std::move(after));
  }
  if (writer != nullptr) FANGPIN_RETURN_IF_ERROR(writer->PutVillageProfiles(changed));
  return result;
}

}  // namespace fangpin::registry
