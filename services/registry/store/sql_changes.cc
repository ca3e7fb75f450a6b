#include "services/registry/store/sql_changes.h"

#include <cstring>
#include <string>
#include <utility>

#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/sql/errors.h"
#include "services/registry/core/errors.h"
#include "services/registry/store/household_index.h"
#include "services/registry/store/sealed_revision.h"
#include "sql/registry_sql.h"

namespace fangpin::registry {
namespace {

namespace q = ::fangpin::registry_sql;
using sql::Blob;
using sql::Value;

// A unique key of households other than the id is the 户编号.
absl::Status NumberError(absl::Status status) {
  return sql::IsUniqueViolation(status, "households_national_id") ? HouseholdNumberExists()
                                                                  : status;
}

}  // namespace

int64_t NameKey(std::string_view name, const seal::Sealer& sealer) {
  // The prefix keeps it apart from those of ID numbers.
  const std::string fingerprint = sealer.Fingerprint(base::StrCat("name/", name));
  int64_t key = 0;
  std::memcpy(&key, fingerprint.data(), sizeof(key));
  return key;
}

absl::StatusOr<std::unique_ptr<const SqlChanges>> SqlChanges::Make(
    absl::Span<const HouseholdChange> changes, const seal::Sealer& sealer) {
  auto rows = std::make_unique<SqlChanges>();
  for (const HouseholdChange& change : changes) {
    const pb::Household& h = change.revision.household();
    rows->keys_.Add(change);
    rows->feed_.Add(change);
    (change.before == nullptr ? rows->inserts_ : rows->updates_).push_back(HouseholdRow(h));
    FANGPIN_ASSIGN_OR_RETURN(std::string sealed, sealer.Seal(change.revision.SerializeAsString(),
                                                             RevisionPlace(h.id(), h.revision())));
    rows->revisions_.push_back(
        {h.id(), h.revision(), Micros(change.revision.time()), Blob{std::move(sealed)}});
    const PersonIndexChange persons = DiffPersons(change.before, h);
    for (const std::string& number : persons.dropped) {
      rows->drops_.push_back({Blob{sealer.Fingerprint(number)}, h.id()});
    }
    const auto row = [&](const PersonIndexChange::Claim& p) -> std::vector<Value> {
      return {Blob{sealer.Fingerprint(p.id_number)}, h.id(), p.person_id,
              VillageNumber(h.division()), NameKey(p.name, sealer)};
    };
    for (const auto& p : persons.released) rows->releases_.push_back(row(p));
    for (const auto& p : persons.claimed) rows->claims_.push_back(row(p));
  }
  return rows;
}

absl::Status SqlChanges::Write(sql::Tx& tx, sql::Engine engine, TouchedKeys& touched) const {
  touched.Touch(keys_);
  const absl::StatusOr<int64_t> updated = tx.ExecuteMany(q::kUpdateHousehold, updates_);
  FANGPIN_RETURN_IF_ERROR(NumberError(updated.status()));
  if (*updated != static_cast<int64_t>(updates_.size())) return HouseholdChanged();
  FANGPIN_RETURN_IF_ERROR(NumberError(tx.ExecuteMany(q::kInsertHousehold, inserts_).status()));
  FANGPIN_RETURN_IF_ERROR(tx.ExecuteMany(q::kInsertRevision, revisions_).status());
  FANGPIN_RETURN_IF_ERROR(tx.ExecuteMany(q::kDropPerson, drops_).status());
  FANGPIN_RETURN_IF_ERROR(tx.ExecuteMany(q::kReleasePerson, releases_).status());
  FANGPIN_ASSIGN_OR_RETURN(const int64_t claimed, tx.ExecuteMany(q::kClaimPerson, claims_));
  if (claimed != static_cast<int64_t>(claims_.size())) return PersonInOtherHousehold();
  return AppendToFeed(tx, engine, feed_);
}

}  // namespace fangpin::registry
