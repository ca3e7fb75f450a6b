#include "tests/bench/registry_raw.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <system_error>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "libs/base/random.h"
#include "libs/base/status.h"
#include "tests/bench/load.h"

namespace fangpin::bench {
namespace {

constexpr sql::Statement kInsertRecord{
    "InsertRecord", "INSERT INTO records (id, number, time_us, sealed) VALUES ($1, $2, $3, $4)"};

constexpr char kSchema[] =
    "CREATE TABLE records (id {{key}} NOT NULL, number BIGINT NOT NULL, time_us BIGINT NOT NULL,"
    " sealed {{blob}} NOT NULL, PRIMARY KEY (id, number));";

// Tables that a household has rows in, with the column of its id.
struct HouseholdTable {
  const char* name;
  const char* id_column;
};
constexpr HouseholdTable kTables[] = {
    {"households", "id"},
    {"revisions", "household_id"},
    {"persons", "household_id"},
    {"feed", "household_id"}};

sql::Value ToValue(const sql::Row::Cell& cell) {
  switch (cell.kind) {
    case sql::Row::Cell::Kind::kInteger:
      return cell.integer;
    case sql::Row::Cell::Kind::kText:
      return std::string(cell.bytes);
    case sql::Row::Cell::Kind::kBlob:
      return sql::Blob{std::string(cell.bytes)};
    default:
      return nullptr;
  }
}

}  // namespace

RawRecords::RawRecords(sql::Options options) : database_(Require(sql::Open(std::move(options)))) {
  Require(database_->Write([](sql::Tx& tx) { return tx.Script(kSchema); }));
}

double RawRecords::InsertsPerSecond(int threads, size_t record_bytes, absl::Duration time) {
  const std::string record = base::RandomBytes(record_bytes);
  std::atomic<bool> running{true};
  std::atomic<int64_t> next{made_};
  std::vector<std::thread> all;
  const absl::Time start = absl::Now();
  for (int i = 0; i < threads; ++i) {
    all.emplace_back([&] {
      while (running) {
        const std::string id = absl::StrCat(621126100201000000 + next.fetch_add(1));
        Require(database_->Write([&](sql::Tx& tx) {
          return tx.Execute(kInsertRecord, id, 1, 1, sql::Blob{record}).status();
        }));
      }
    });
  }
  absl::SleepFor(time);
  running = false;
  for (std::thread& thread : all) thread.join();
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  const auto count = static_cast<double>(next - made_);
  made_ = next;
  return count / seconds;
}

RawRows::RawRows(sql::Database& database, const FormWriter::Form& form) {
  const std::string ids =
      "(SELECT id FROM households WHERE national_id >= $1 AND national_id <= $2)";
  const std::vector<sql::Value> range = {form.first_national_id, form.last_national_id};
  std::map<std::string, size_t> household;  // by id
  Require(database.Write([&](sql::Tx& tx) -> absl::Status {
    household.clear();
    tables_.clear();
    const std::string list = absl::StrCat("SELECT id FROM households WHERE id IN ", ids);
    FANGPIN_RETURN_IF_ERROR(tx.ForEach({"List", list}, range, [&](const sql::Row& row) {
      household.emplace(std::string(row.Text(0)), household.size());
      return absl::OkStatus();
    }));
    households_ = household.size();
    for (const HouseholdTable& table : kTables) {
      Table& copy = tables_.emplace_back();
      copy.rows.resize(households_);
      const std::string read = absl::StrCat("SELECT ", table.id_column, ", * FROM ", table.name,
                                            " WHERE ", table.id_column, " IN ", ids);
      int columns = 0;
      FANGPIN_RETURN_IF_ERROR(tx.ForEach({"Read", read}, range, [&](const sql::Row& row) {
        std::vector<sql::Value> values;
        for (const sql::Row::Cell& cell : row.cells()) values.push_back(ToValue(cell));
        values.erase(values.begin());
        columns = static_cast<int>(values.size());
        copy.rows[household.at(std::string(row.Text(0)))].push_back(std::move(values));
        return absl::OkStatus();
      }));
      copy.insert = absl::StrCat("INSERT INTO ", table.name, " VALUES (");
      for (int i = 1; i <= columns; ++i) absl::StrAppend(&copy.insert, i > 1 ? ", $" : "$", i);
      copy.insert += ")";
    }
    // The households last: the others are found by them.
    for (int t = static_cast<int>(std::size(kTables)) - 1; t >= 0; --t) {
      const std::string drop = absl::StrCat("DELETE FROM ", kTables[t].name, " WHERE ",
                                            kTables[t].id_column, " IN ", ids);
      FANGPIN_RETURN_IF_ERROR(tx.ExecuteWith({"Drop", drop}, range).status());
    }
    return absl::OkStatus();
  }));
}

double RawRows::Insert(sql::Database& database, size_t households_at_once) const {
  std::vector<std::vector<Rows>> batches;  // by table
  for (size_t begin = 0; begin < households_; begin += households_at_once) {
    const size_t end = std::min(households_, begin + households_at_once);
    std::vector<Rows>& batch = batches.emplace_back();
    for (const Table& table : tables_) {
      Rows& rows = batch.emplace_back();
      for (size_t i = begin; i < end; ++i) {
        rows.insert(rows.end(), table.rows[i].begin(), table.rows[i].end());
      }
    }
  }
  const absl::Time start = absl::Now();
  for (const std::vector<Rows>& batch : batches) {
    Require(database.Write([&](sql::Tx& tx) -> absl::Status {
      for (size_t t = 0; t < tables_.size(); ++t) {
        FANGPIN_RETURN_IF_ERROR(tx.ExecuteMany({"Insert", tables_[t].insert}, batch[t]).status());
      }
      return absl::OkStatus();
    }));
  }
  return absl::ToDoubleSeconds(absl::Now() - start);
}

int64_t StoredBytes(sql::Database& database, const std::string& sqlite_file) {
  int64_t bytes = 0;
  if (database.engine() == sql::Engine::kSqlite) {
    std::error_code error;
    bytes = static_cast<int64_t>(std::filesystem::file_size(sqlite_file, error));
    return bytes;
  }
  Require(database.Read([&](sql::Tx& tx) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(const auto row,
                             tx.First({"Size",
                                       "SELECT sum(pg_total_relation_size(c.oid))::bigint"
                                       "  FROM pg_class c"
                                       "  JOIN pg_namespace n ON n.oid = c.relnamespace"
                                       " WHERE n.nspname = 'registry' AND c.relkind = 'r'"}));
    bytes = row->Int(0);
    return absl::OkStatus();
  }));
  return bytes;
}

}  // namespace fangpin::bench
