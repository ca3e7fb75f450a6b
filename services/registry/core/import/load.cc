#include "services/registry/core/import/load.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "libs/base/civil.h"
#include "libs/base/division.h"
#include "libs/base/household_id.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "services/registry/core/household.h"
#include "services/registry/core/import/merge.h"
#include "services/registry/core/once.h"

namespace fangpin::registry {
namespace {

constexpr std::string_view kNationalIdHeader = "户编号";
constexpr std::string_view kIdNumberHeader = "证件号码";

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
      if (!entries[i].has_value()) continue;
      if (entries[i]->active) {
        index.household_of_.emplace(std::move(numbers[i]), entries[i]->match.household_id());
        continue;
      }
      FANGPIN_ASSIGN_OR_RETURN(const bool dead, IsRecordedDead(reader, *entries[i]));
      if (dead) index.dead_.insert(std::move(numbers[i]));
    }
    return index;
  }

  // Whether the household that held the person last records his or her death.
  bool IsDead(const std::string& id_number) const { return dead_.contains(id_number); }

  // The household in which the person is an active member; empty when in none.
  std::string_view HouseholdOf(const std::string& id_number) const {
    const auto found = household_of_.find(id_number);
    return found == household_of_.end() ? std::string_view() : found->second;
  }

 private:
  absl::flat_hash_map<std::string, std::string> household_of_;  // by ID number
  absl::flat_hash_set<std::string> dead_;                       // ID numbers
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

// What stands against loading the candidate, and whether it may go away by itself.
struct Obstacles {
  std::vector<pb::RowError> errors;
  std::vector<PersonClaim> claims;
  bool waiting = false;
};

absl::StatusOr<Obstacles> FindObstacles(RegistryReader& reader, const LoadContext& context,
                                        const Candidate& candidate, const PersonIndex& index,
                                        Claims claims) {
  Obstacles obstacles;
  const pb::Household& stated = candidate.from->household;
  const std::string& national_id = stated.national_id();
  if (candidate.before && !base::DivisionWithin(candidate.before->division(), context.division)) {
    obstacles.errors.push_back(
        MakeRowError(candidate.from->rows[0], kNationalIdHeader, "HOUSEHOLD_IN_OTHER_DIVISION",
                     "该户编号已登记在本次导入范围以外的行政村", national_id));
    return obstacles;
  }
  if (candidate.before && candidate.before->lifecycle().state() == pb::LIFECYCLE_STATE_MERGED) {
    obstacles.errors.push_back(MakeRowError(candidate.from->rows[0], kNationalIdHeader,
                                            "HOUSEHOLD_NOT_OPEN", "该户已并入另一户，不能再变更",
                                            national_id));
    return obstacles;
  }
  for (int m = 0; m < stated.members_size(); ++m) {
    const auto error = [&](std::string_view reason, std::string_view message) {
      obstacles.errors.push_back(MakeRowError(candidate.from->rows[static_cast<size_t>(m)],
                                              kIdNumberHeader, reason, message, national_id));
    };
    if (index.IsDead(stated.members(m).id_number())) {
      error("PERSON_RECORDED_DEAD", "该人员已登记死亡；登记有误的，先在原户重新登记为成员");
      continue;
    }
    const std::string owner(index.HouseholdOf(stated.members(m).id_number()));
    if (owner.empty() || (candidate.before && owner == candidate.before->id())) continue;
    if (claims != Claims::kRefuse) {
      // An ID number stands once in a file, so an owner that is loaded lets the person go.
      FANGPIN_ASSIGN_OR_RETURN(const auto found, reader.Households({owner}));
      if (found[0] && context.loadable.contains(found[0]->national_id())) {
        obstacles.waiting |= claims == Claims::kDefer;
        continue;
      }
    }
    error("PERSON_IN_OTHER_HOUSEHOLD", "证件号码已登记在另一户");
    obstacles.claims.push_back({stated.members(m), candidate.before ? candidate.before->id() : "",
                                national_id, stated.division(), context.import_id});
  }
  return obstacles;
}

// Candidates that are to be written.
struct Decided {
  LoadResult result;
  std::vector<Candidate> creates;
  std::vector<std::pair<Candidate, pb::Household>> updates;  // with the state after
};

absl::StatusOr<Decided> Decide(RegistryReader& reader, const LoadContext& context,
                               absl::Span<const FileHousehold* const> households, Claims claims) {
  Decided decided;
  const absl::CivilDay today = base::Today(context.now);
  FANGPIN_ASSIGN_OR_RETURN(std::vector<Candidate> candidates, ReadCandidates(reader, households));
  FANGPIN_ASSIGN_OR_RETURN(const PersonIndex index, PersonIndex::Read(reader, households));
  for (Candidate& candidate : candidates) {
    FANGPIN_ASSIGN_OR_RETURN(Obstacles obstacles,
                             FindObstacles(reader, context, candidate, index, claims));
    if (!obstacles.errors.empty()) {
      ++decided.result.refused;
      std::move(obstacles.errors.begin(), obstacles.errors.end(),
                std::back_inserter(decided.result.errors));
      std::move(obstacles.claims.begin(), obstacles.claims.end(),
                std::back_inserter(decided.result.claims));
    } else if (obstacles.waiting) {
      decided.result.deferred.push_back(candidate.from);
    } else if (!candidate.before.has_value()) {
      decided.creates.push_back(std::move(candidate));
    } else {
      const pb::Household& before = *candidate.before;
      pb::Household after = Merge(&before, *candidate.from, *context.file, today);
      AssignPersonIds(&before, &after);
      Complete(&before, &after);
      if (Deterministic(before) == Deterministic(after)) {
        ++decided.result.unchanged;
      } else {
        decided.updates.emplace_back(std::move(candidate), std::move(after));
      }
    }
  }
  decided.result.created = static_cast<int64_t>(decided.creates.size());
  decided.result.updated = static_cast<int64_t>(decided.updates.size());
  return decided;
}

}  // namespace

LoadContext MakeLoadContext(const ImportFile& file, const ImportRecord& record) {
  LoadContext context;
  context.file = &file;
  context.import_id = record.import.id();
  context.division = record.import.division();
  context.actor = record.import.actor();
  context.now = record.run_time;
  for (const FileHousehold& h : file.households) {
    if (!h.bad) context.loadable.insert(h.household.national_id());
  }
  return context;
}

void LoadResult::Add(const LoadResult& other) {
  created += other.created;
  updated += other.updated;
  unchanged += other.unchanged;
  refused += other.refused;
  errors.insert(errors.end(), other.errors.begin(), other.errors.end());
  claims.insert(claims.end(), other.claims.begin(), other.claims.end());
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
  const std::string reason = base::StrCat("导入 ", context.import_id);
  const absl::CivilDay today = base::Today(context.now);
  std::vector<HouseholdChange> changes;
  changes.reserve(decided.creates.size() + decided.updates.size());
  // Those who let members go stand before those who take them in.
  for (auto& [candidate, after] : decided.updates) {
    changes.push_back({&*candidate.before, MakeRevision(&*candidate.before, std::move(after),
                                                        context.now, context.actor, reason)});
  }
  std::map<std::string, int> wanted;  // new households by village
  for (const Candidate& c : decided.creates) ++wanted[c.from->household.division()];
  std::map<std::string, int> next;
  for (const auto& [village, count] : wanted) {
    FANGPIN_ASSIGN_OR_RETURN(next[village], writer.ReserveSerials(village, count));
  }
  for (const Candidate& candidate : decided.creates) {
    pb::Household household = Merge(nullptr, *candidate.from, *context.file, today);
    FANGPIN_ASSIGN_OR_RETURN(
        *household.mutable_id(),
        base::MakeHouseholdId(household.division(), next[household.division()]++));
    AssignPersonIds(nullptr, &household);
    Complete(nullptr, &household);
    changes.push_back(
        {nullptr, MakeRevision(nullptr, std::move(household), context.now, context.actor, reason)});
  }
  FANGPIN_RETURN_IF_ERROR(writer.Put(changes));
  return std::move(decided.result);
}

}  // namespace fangpin::registry
