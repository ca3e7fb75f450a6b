#include <openssl/sha.h>

#include <map>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/sql/database.h"
#include "libs/sql/errors.h"

namespace fangpin::sql {
namespace {

constexpr std::string_view kServiceComponent = "service";

constexpr std::string_view kCreateSchemaTable = R"sql(
CREATE TABLE IF NOT EXISTS sql_schema (
  component {{key}} NOT NULL,
  version BIGINT NOT NULL,
  name TEXT NOT NULL,
  checksum TEXT NOT NULL,
  PRIMARY KEY (component, version)
))sql";

constexpr Statement kListApplied{"ListAppliedMigrations",
                                 "SELECT version, checksum FROM sql_schema"
                                 " WHERE component = $1 ORDER BY version"};

constexpr Statement kInsertApplied{"InsertAppliedMigration",
                                   "INSERT INTO sql_schema (component, version, name, checksum)"
                                   " VALUES ($1, $2, $3, $4)"};

std::string Checksum(std::string_view text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest), sizeof digest));
}

absl::Status SchemaError(std::string_view reason, std::string_view message,
                         std::string_view component, int64_t version) {
  return base::Error(absl::StatusCode::kFailedPrecondition, reason, message)
      .WithMetadata("component", component)
      .WithMetadata("version", std::to_string(version));
}

// Returns the checksums of what was applied, by version.
absl::StatusOr<std::map<int64_t, std::string>> ListApplied(Database& database,
                                                           std::string_view component) {
  std::map<int64_t, std::string> applied;
  FANGPIN_RETURN_IF_ERROR(database.Read([&](Tx& tx) -> absl::Status {
    applied.clear();
    return tx.ForEach(kListApplied, {component}, [&](const Row& row) {
      applied.emplace(row.Int(0), std::string(row.Text(1)));
      return absl::OkStatus();
    });
  }));
  return applied;
}

absl::Status MigrateAlone(Database& database, std::string_view component,
                          absl::Span<const Migration> migrations) {
  FANGPIN_RETURN_IF_ERROR(database.Write([](Tx& tx) { return tx.Script(kCreateSchemaTable); }));
  FANGPIN_ASSIGN_OR_RETURN(const auto applied, ListApplied(database, component));
  if (!applied.empty() && applied.rbegin()->first > static_cast<int64_t>(migrations.size())) {
    return SchemaError(kSchemaNewer, "数据库结构比本程序新，请使用新版程序", component,
                       applied.rbegin()->first);
  }
  for (const Migration& migration : migrations) {
    const std::string checksum = Checksum(migration.text);
    if (const auto it = applied.find(migration.version); it != applied.end()) {
      if (it->second != checksum) {
        return SchemaError(kSchemaChanged, "已执行的数据库结构变更与本程序中的不一致", component,
                           migration.version);
      }
      continue;
    }
    FANGPIN_RETURN_IF_ERROR(database.Write([&](Tx& tx) -> absl::Status {
      FANGPIN_RETURN_IF_ERROR(tx.Script(migration.text));
      return tx.Execute(kInsertApplied, component, migration.version, migration.name, checksum)
          .status();
    }));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Migrate(Database& database, std::string_view component,
                     absl::Span<const Migration> migrations) {
  for (size_t i = 0; i < migrations.size(); ++i) {
    if (migrations[i].version != static_cast<int>(i) + 1) {
      return base::Error(absl::StatusCode::kInternal, kInternal, "数据库结构变更的编号不连续")
          .WithMetadata("component", component);
    }
  }
  return database.Exclusively("migrate",
                              [&] { return MigrateAlone(database, component, migrations); });
}

absl::Status Migrate(Database& database, absl::Span<const Migration> migrations) {
  return Migrate(database, kServiceComponent, migrations);
}

}  // namespace fangpin::sql
