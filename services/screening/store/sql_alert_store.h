#ifndef FANGPIN_SCREENING_STORE_SQL_ALERT_STORE_H_
#define FANGPIN_SCREENING_STORE_SQL_ALERT_STORE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/records/sql_store.h"
#include "libs/seal/sealer.h"
#include "libs/sql/database.h"
#include "services/screening/core/alert_store.h"

namespace fangpin::screening {

// Creates or updates the tables of alerts, records and the outbox.
absl::Status MigrateScreening(sql::Database& database);

// An id that a database has from its first migration on; a copy of it has the same one.
absl::StatusOr<std::string> StoreIdentity(sql::Database& database);

// The key under which a department's record is found: a keyed fingerprint, since some departments
// use people's numbers as record ids.
std::string SourceKey(const seal::Sealer& sealer, std::string_view feed_id,
                      std::string_view source_id);

// Keeps alerts in the service's own database, in one transaction with its records.
class SqlAlertStore final : public AlertStore {
 public:
  // All must outlive this. Call MigrateScreening first.
  SqlAlertStore(sql::Database* database, records::SqlStore* records, const seal::Sealer* sealer)
      : database_(database), records_(records), sealer_(sealer) {}

  absl::Status Read(absl::FunctionRef<absl::Status(AlertView&)> fn) override;
  absl::Status Write(const base::CallContext& ctx,
                     absl::FunctionRef<absl::Status(AlertTx&)> fn) override;
  absl::Status Exclusively(absl::FunctionRef<absl::Status()> fn) override;

 private:
  sql::Database* const database_;
  records::SqlStore* const records_;
  const seal::Sealer* const sealer_;
};

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_STORE_SQL_ALERT_STORE_H_
