#ifndef FANGPIN_REGISTRY_CORE_HOUSEHOLD_H_
#define FANGPIN_REGISTRY_CORE_HOUSEHOLD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "fangpin/registry/v1/household.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "libs/base/error.h"
#include "services/registry/core/division_tree.h"
#include "services/registry/policy/household_rules.h"

// What the registry does to a household record, whoever writes it: caller or import.
namespace fangpin::registry {

namespace pb = ::fangpin::registry::v1;

// Members who have not left.
int ActiveMembers(const pb::Household& household);

// The parts of an account as the policy sees them.
IncomeParts PartsOf(const pb::IncomeAccount& income);

// Field number in IncomeAccount of the part that items of a group, "A" to "G", add up to; 0 for
// anything else.
int IncomePart(std::string_view group);

// Fills in the sums of an account.
void CompleteIncome(int population, pb::IncomeAccount* income);

google::protobuf::Timestamp ToTimestamp(absl::Time time);
absl::Time FromTimestamp(const google::protobuf::Timestamp& time);

// "r<revision>".
std::string EtagOf(int64_t revision);

// Empties every output-only field: what a caller sends there is not read.
void ClearOutputOnly(pb::Household* household);

// Brings a record into the form that is stored: texts and numbers, codes and labels from each
// other, a disability number that came as ID number into its own field, income parts from their
// items, spells of work in order. 证件类型 is that of the number where nothing says it. Leaves what
// it cannot read as it is.
void Normalise(absl::CivilDay today, pb::Household* household);

// What the rules see of the record. 纯收入 as reported is no part of a record.
HouseholdFacts FactsOf(const pb::Household& household, absl::CivilDay today,
                       const DivisionTree& divisions);

// Figures that a source states although the registry computes them: only compared.
struct Reported {
  std::optional<int64_t> net_fen;
  std::optional<int64_t> per_capita_net_fen;
};

// Everything wrong with a normalised record: rules of policy/ and limits of the contract, with
// field paths that begin with "household.".
std::vector<base::FieldError> CheckRecord(const pb::Household& household, absl::CivilDay today,
                                          const DivisionTree& divisions,
                                          const Reported& reported = {});

// Gives members their ids: those of `before` with the same person, new serials to the others.
// `before` may be null. household->id() is set.
void AssignPersonIds(const pb::Household* before, pb::Household* household);

// Fills in what is computed: income sums and the trend against `before` (may be null), disability
// from its number, flags.
void Complete(const pb::Household* before, pb::Household* household);

// Puts to each adjudicated asset who adjudicated it and when: as in `before` (may be null) where
// the asset and its adjudication stand there already, `actor` and `today` otherwise.
void Adjudicate(const pb::Household* before, std::string_view actor, absl::CivilDay today,
                pb::Household* household);

// Paths of the fields that differ, bookkeeping apart: "safeguards", "members[2].name".
std::vector<std::string> ChangedFields(const pb::Household& before, const pb::Household& after);

// The new state of a household as a revision of its own: sets number, times and etag. `before` may
// be null: then it is number 1.
pb::Revision MakeRevision(const pb::Household* before, pb::Household after, absl::Time now,
                          std::string_view actor, std::string_view reason);

// Freezes income and safeguards as they are.
void TakeSnapshot(pb::SnapshotKind kind, std::string_view day, pb::Household* household);

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_HOUSEHOLD_H_
