#include "services/registry/store/sql_changes.h"

#include <string>
#include <utility>

#include "libs/base/status.h"
#include "libs/sql/errors.h"
#include "services/registry/core/errors.h"
#include "services/registry/store/sealed_revision.h"
#include "sql/registry_sql.h"

namespace fangpin::registry {
namespace {

namespace q = ::fangpin::registry_sql;
using sql::Blob;
using sql::Value;

Value NullIfEmpty(const std::string& text) { return text.empty() ? Value() : Value(text); }

int64_t Micros(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1'000'000 + time.nanos() / 1000;
}

// A unique key of households other than the id is the 户编号.
absl::Status NumberError(absl::Status status) {
  return sql::IsUniqueViolation(status, "households_national_id") ? HouseholdNumberExists()
                                                                  : status;
}

}  // namespace

absl::StatusOr<std::unique_ptr<const SqlChanges>> SqlChanges::Make(
    absl::Span<const HouseholdChange> changes, const seal::Sealer& sealer) {
  auto rows = std::make_unique<SqlChanges>();
  for (const HouseholdChange& change : changes) {
    const pb::Household& h = change.revision.household();
    rows->keys_.Add(change);
    (change.before == nullptr ? rows->inserts_ : rows->updates_)
        .push_back({h.id(), h.division(), NullIfEmpty(h.national_id()), h.kind(),
                    h.monitoring().state(), h.monitoring().category(), h.revision()});
    FANGPIN_ASSIGN_OR_RETURN(std::string sealed, sealer.Seal(change.revision.SerializeAsString(),
                                                             RevisionPlace(h.id(), h.revision())));
    rows->revisions_.push_back(
        {h.id(), h.revision(), Micros(change.revision.time()), Blob{std::move(sealed)}});
    const PersonIndexChange persons = DiffPersons(change.before, h);
    for (const std::string& number : persons.dropped) {
      rows->drops_.push_back({Blob{sealer.Fingerprint(number)}, h.id()});
    }
    for (const auto& p : persons.released) {
      rows->releases_.push_back({Blob{sealer.Fingerprint(p.id_number)}, h.id(), p.person_id});
    }
    for (const auto& p : persons.claimed) {
      rows->claims_.push_back({Blob{sealer.Fingerprint(p.id_number)}, h.id(), p.person_id});
    }
  }
  return rows;
}

absl::Status SqlChanges::Write(sql::Tx& tx, TouchedKeys& touched) const {
  touched.Touch(keys_);
  const absl::StatusOr<int64_t> updated = tx.ExecuteMany(q::kUpdateHousehold, updates_);
  FANGPIN_RETURN_IF_ERROR(NumberError(updated.status()));
  if (*updated != static_cast<int64_t>(updates_.size())) return HouseholdChanged();
  FANGPIN_RETURN_IF_ERROR(NumberError(tx.ExecuteMany(q::kInsertHousehold, inserts_).status()));
  FANGPIN_RETURN_IF_ERROR(tx.ExecuteMany(q::kInsertRevision, revisions_).status());
  // Most changes leave the index of persons as it is.
  if (!drops_.empty()) {
    FANGPIN_RETURN_IF_ERROR(tx.ExecuteMany(q::kDropPerson, drops_).status());
  }
  if (!releases_.empty()) {
    FANGPIN_RETURN_IF_ERROR(tx.ExecuteMany(q::kReleasePerson, releases_).status());
  }
  if (claims_.empty()) return absl::OkStatus();
  FANGPIN_ASSIGN_OR_RETURN(const int64_t claimed, tx.ExecuteMany(q::kClaimPerson, claims_));
  return claimed == static_cast<int64_t>(claims_.size()) ? absl::OkStatus()
                                                         : PersonInOtherHousehold();
}

}  // namespace fangpin::registry
