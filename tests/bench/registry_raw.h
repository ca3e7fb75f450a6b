#ifndef FANGPIN_TESTS_BENCH_REGISTRY_RAW_H_
#define FANGPIN_TESTS_BENCH_REGISTRY_RAW_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/sql/database.h"
#include "tests/bench/registry_world.h"

// What the engine does with the same bytes when nothing is around it: libs/sql and no registry.
namespace fangpin::bench {

// Durable single inserts of records, as a store of its own with one table.
class RawRecords {
 public:
  explicit RawRecords(sql::Options options);

  // Inserts a second from so many threads, each waiting for its commit.
  double InsertsPerSecond(int threads, size_t record_bytes, absl::Duration time);

 private:
  const std::unique_ptr<sql::Database> database_;
  int64_t made_ = 0;
};

// The rows that an import wrote, to be written once more by the engine alone.
class RawRows {
 public:
  // Reads the rows of the form's households and deletes them.
  RawRows(sql::Database& database, const FormWriter::Form& form);

  // Seconds that it takes to insert them again, so many households a transaction.
  double Insert(sql::Database& database, size_t households_at_once) const;

 private:
  using Rows = std::vector<std::vector<sql::Value>>;
  struct Table {
    std::string insert;
    std::vector<Rows> rows;  // by household
  };
  size_t households_ = 0;
  std::vector<Table> tables_;
};

// Bytes that the registry's tables and indexes take.
int64_t StoredBytes(sql::Database& database, const std::string& sqlite_file);

}  // namespace fangpin::bench

#endif  // FANGPIN_TESTS_BENCH_REGISTRY_RAW_H_
