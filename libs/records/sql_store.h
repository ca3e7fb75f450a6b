#ifndef FANGPIN_RECORDS_SQL_STORE_H_
#define FANGPIN_RECORDS_SQL_STORE_H_

#include "libs/records/records.h"
#include "libs/seal/sealer.h"
#include "libs/sql/database.h"

namespace fangpin::records {

// Keeps records in the service's own database: bodies and answers sealed, headers in the clear,
// effects in the outbox.
class SqlStore final : public Store {
 public:
  // Both must outlive the store. Call MigrateSqlStore first.
  SqlStore(sql::Database* database, const seal::Sealer* sealer)
      : database_(database), sealer_(sealer) {}

  absl::Status Read(absl::FunctionRef<absl::Status(View&)> fn) override;
  absl::Status Write(const base::CallContext& ctx,
                     absl::FunctionRef<absl::Status(Tx&)> fn) override;

  // The same with the open transaction of the database, for a service that keeps tables of its own
  // beside its records.
  absl::Status ReadWith(absl::FunctionRef<absl::Status(View&, sql::Tx&)> fn);
  absl::Status WriteWith(const base::CallContext& ctx,
                         absl::FunctionRef<absl::Status(Tx&, sql::Tx&)> fn);

 private:
  sql::Database* const database_;
  const seal::Sealer* const sealer_;
};

// Creates or updates the tables of records and of the outbox.
absl::Status MigrateSqlStore(sql::Database& database);

}  // namespace fangpin::records

#endif  // FANGPIN_RECORDS_SQL_STORE_H_
