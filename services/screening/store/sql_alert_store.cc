#include "services/screening/store/sql_alert_store.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "libs/base/division.h"
#include "libs/base/id.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "services/screening/core/collections.h"
#include "sql/screening_sql.h"

namespace fangpin::screening {
namespace {

namespace statements = screening_sql;

// No text of digits is greater than every code with this prefix, so a colon ends the range.
std::string EndOfPrefix(std::string_view digits) { return base::StrCat(digits, ":"); }

std::string AlertPlace(std::string_view id) { return base::StrCat("alert/", id); }

int64_t StateMask(const std::vector<v1::AlertState>& states) {
  if (states.empty()) return ~int64_t{0};
  int64_t mask = 0;
  for (const v1::AlertState state : states) {
    if (v1::AlertState_IsValid(state)) mask |= int64_t{1} << state;
  }
  return mask;
}

// Works on an open transaction. A Read hands it out as an AlertView, so that its writing half is
// out of reach there.
class SqlAlertTx final : public AlertTx {
 public:
  SqlAlertTx(sql::Tx& tx, const seal::Sealer& sealer, records::Tx* records)
      : tx_(tx), sealer_(sealer), records_(records) {}

  records::Tx& records() override { return *records_; }

  absl::StatusOr<std::vector<StoredVersion>> FindVersions(
      absl::Span<const Source> sources) override {
    std::vector<StoredVersion> versions;
    if (sources.empty()) return versions;
    std::string keys;
    for (const Source& source : sources) {
      keys.append(SourceKey(sealer_, source.feed_id, source.source_id));
    }
    FANGPIN_ASSIGN_OR_RETURN(
        const auto rows,
        tx_.Query(statements::kFindVersions, sql::Blob{std::move(keys)}, sources.size()));
    for (const sql::Row& row : rows) {
      versions.push_back({.source = static_cast<size_t>(row.Int(0)),
                          .version = row.Int(1),
                          .alert_id = std::string(row.Text(2))});
    }
    return versions;
  }

  absl::StatusOr<std::vector<OpenAlert>> ListOpen(bool again, std::string_view after,
                                                  int limit) override {
    FANGPIN_ASSIGN_OR_RETURN(
        const auto rows,
        tx_.Query(again ? statements::kListAgain : statements::kListPending, after, limit));
    std::vector<OpenAlert> alerts;
    alerts.reserve(rows.size());
    for (const sql::Row& row : rows) {
      OpenAlert alert = {.id = std::string(row.Text(0)),
                         .feed_id = std::string(row.Text(1)),
                         .fingerprint = std::string(row.Bytes(2)),
                         .event_on = std::string(row.Text(3)),
                         .amount_fen = row.OptionalInt(4),
                         .division = std::string(row.Text(5)),
                         .state = static_cast<v1::AlertState>(row.Int(6)),
                         .accept_time = absl::FromUnixMicros(row.Int(7))};
      FANGPIN_ASSIGN_OR_RETURN(alert.content, Unseal(alert.id, row.Bytes(8)));
      alerts.push_back(std::move(alert));
    }
    return alerts;
  }

  absl::StatusOr<AlertPage> List(const AlertQuery& query) override {
    std::vector<Listed> found;
    for (const std::string& root : query.divisions) {
      FANGPIN_RETURN_IF_ERROR(ListWithin(query, root, found));
    }
    // Each subtree gave its own first alerts; roots may lie inside each other.
    std::sort(found.begin(), found.end(),
              [](const Listed& a, const Listed& b) { return a.place < b.place; });
    found.erase(std::unique(found.begin(), found.end(),
                            [](const Listed& a, const Listed& b) { return a.place == b.place; }),
                found.end());
    if (found.size() > static_cast<size_t>(query.limit)) found.resize(query.limit);
    AlertPage page;
    for (Listed& listed : found) page.alerts.push_back(std::move(listed.alert));
    if (!found.empty()) page.last = found.back().place;
    return page;
  }

  absl::StatusOr<std::map<std::string, FeedStatus>> FeedStatuses() override {
    std::map<std::string, FeedStatus> statuses;
    FANGPIN_ASSIGN_OR_RETURN(const auto pushes, tx_.Query(statements::kSumPushes));
    for (const sql::Row& row : pushes) {
      FeedStatus& status = statuses[std::string(row.Text(0))];
      status.accepted = row.Int(1);
      status.watermark = std::string(row.Text(2));
      status.last_push = absl::FromUnixMicros(row.Int(3));
    }
    FANGPIN_ASSIGN_OR_RETURN(const auto pending, tx_.Query(statements::kCountPending));
    for (const sql::Row& row : pending) statuses[std::string(row.Text(0))].pending = row.Int(1);
    return statuses;
  }

  absl::Status Insert(absl::Span<const NewAlert> alerts) override {
    std::vector<std::vector<sql::Value>> rows;
    rows.reserve(alerts.size());
    for (const NewAlert& alert : alerts) {
      FANGPIN_ASSIGN_OR_RETURN(std::string sealed, sealer_.Seal(alert.content.SerializeAsString(),
                                                                AlertPlace(alert.id)));
      rows.push_back({alert.id, alert.feed_id,
                      sql::Blob{SourceKey(sealer_, alert.feed_id, alert.content.source_id())},
                      alert.version, sql::Blob{sealer_.Fingerprint(alert.id_number)},
                      alert.event_on, alert.amount_fen, base::CountyOf(alert.division),
                      alert.division, alert.state, absl::ToUnixMicros(alert.accept_time),
                      sql::Blob{std::move(sealed)}});
    }
    return tx_.ExecuteMany(statements::kInsertAlert, rows).status();
  }

  absl::Status AddPush(const Push& push) override {
    return tx_
        .Execute(statements::kInsertPush, base::NewId("620000", push.time), push.feed_id,
                 push.accepted, push.watermark, absl::ToUnixMicros(push.time))
        .status();
  }

  absl::Status Supersede(absl::Span<const std::string> alert_ids, absl::Time now) override {
    std::vector<std::vector<sql::Value>> ids, times;
    for (const std::string& id : alert_ids) {
      ids.push_back({id});
      times.push_back({id, absl::ToUnixMicros(now)});
    }
    FANGPIN_RETURN_IF_ERROR(tx_.ExecuteMany(statements::kDropAmountOfAlert, ids).status());
    return tx_.ExecuteMany(statements::kSupersedeAlert, times).status();
  }

  absl::StatusOr<std::map<std::string, v1::AlertState>> States(
      absl::Span<const std::string> alert_ids) override {
    std::map<std::string, v1::AlertState> states;
    if (alert_ids.empty()) return states;
    std::string ids;
    for (const std::string& id : alert_ids) ids.append(id);
    FANGPIN_ASSIGN_OR_RETURN(const auto rows,
                             tx_.Query(statements::kFindStates, ids, alert_ids.size()));
    for (const sql::Row& row : rows) {
      states.emplace(std::string(row.Text(0)), static_cast<v1::AlertState>(row.Int(1)));
    }
    return states;
  }

  absl::Status Settle(absl::Span<const SettledAlert> alerts) override {
    std::vector<std::vector<sql::Value>> rows;
    rows.reserve(alerts.size());
    for (const SettledAlert& alert : alerts) {
      rows.push_back({alert.id, alert.state, alert.household_id, alert.person_id,
                      base::CountyOf(alert.division), alert.division, alert.clue_id,
                      alert.judgement, absl::ToUnixMicros(alert.settle_time)});
    }
    return tx_.ExecuteMany(statements::kSettleAlert, rows).status();
  }

  absl::Status AddAmounts(absl::Span<const Amount> amounts) override {
    std::vector<std::vector<sql::Value>> rows;
    rows.reserve(amounts.size());
    for (const Amount& amount : amounts) {
      rows.push_back({amount.person_id, amount.feed_id, amount.alert_id, amount.kind,
                      amount.event_on, amount.amount_fen});
    }
    return tx_.ExecuteMany(statements::kAddAmount, rows).status();
  }

  absl::StatusOr<int64_t> SumAmounts(const AmountRange& range) override {
    FANGPIN_ASSIGN_OR_RETURN(const auto row,
                             tx_.First(statements::kSumAmounts, range.person_id, range.feed_id,
                                       range.kind, range.from, range.to, range.up_to_alert));
    return row->Int(0);
  }

 private:
  struct Listed {
    std::string place;  // County and id, the order of the list.
    v1::Alert alert;
  };

  absl::StatusOr<v1::AlertContent> Unseal(std::string_view id, std::string_view sealed) {
    FANGPIN_ASSIGN_OR_RETURN(const std::string bytes, sealer_.Unseal(sealed, AlertPlace(id)));
    v1::AlertContent content;
    if (!content.ParseFromString(bytes)) return absl::DataLossError("alert does not parse");
    return content;
  }

  absl::Status ListWithin(const AlertQuery& query, std::string_view root,
                          std::vector<Listed>& found) {
    const std::string_view prefix = base::DivisionPrefix(root);
    if (prefix.empty()) return absl::OkStatus();
    // A place is a county and an id, so one text is enough to go on from.
    constexpr size_t kCountyDigits = 6;
    std::string_view county = prefix.substr(0, kCountyDigits);
    std::string_view id;
    if (query.after.size() > kCountyDigits &&
        std::string_view(query.after).substr(0, kCountyDigits) >= county) {
      county = std::string_view(query.after).substr(0, kCountyDigits);
      id = std::string_view(query.after).substr(kCountyDigits);
    }
    const std::string end_county = EndOfPrefix(prefix.substr(0, kCountyDigits));
    const std::string end = EndOfPrefix(prefix);
    const int64_t mask = StateMask(query.states);
    const auto rows =
        query.household_id.empty()
            ? tx_.Query(statements::kListAlerts, county, id, end_county, prefix, end, mask,
                        query.feed_id, query.limit)
            : tx_.Query(statements::kListAlertsOfHousehold, county, id, end_county, prefix, end,
                        mask, query.feed_id, query.household_id, query.limit);
    FANGPIN_RETURN_IF_ERROR(rows.status());
    for (const sql::Row& row : *rows) {
      FANGPIN_ASSIGN_OR_RETURN(Listed listed, ToListed(row));
      found.push_back(std::move(listed));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Listed> ToListed(const sql::Row& row) {
    Listed listed;
    v1::Alert& alert = listed.alert;
    alert.set_id(std::string(row.Text(0)));
    FANGPIN_ASSIGN_OR_RETURN(const v1::AlertContent content, Unseal(alert.id(), row.Bytes(14)));
    alert.set_feed_id(std::string(row.Text(1)));
    alert.set_source_id(content.source_id());
    alert.set_source_version(row.Int(2));
    alert.set_event_on(std::string(row.Text(3)));
    if (const auto amount = row.OptionalInt(4)) alert.set_amount_fen(*amount);
    listed.place = base::StrCat(row.Text(5), alert.id());
    alert.set_state(static_cast<v1::AlertState>(row.Int(7)));
    alert.set_household_id(std::string(row.Text(8)));
    // Before a household is known the column holds where the sender is.
    if (!alert.household_id().empty()) alert.set_division(std::string(row.Text(6)));
    alert.set_person_id(std::string(row.Text(9)));
    alert.set_clue_id(std::string(row.Text(10)));
    alert.set_judgement(std::string(row.Text(11)));
    *alert.mutable_accept_time() = ToTimestamp(absl::FromUnixMicros(row.Int(12)));
    if (const auto settled = row.OptionalInt(13)) {
      *alert.mutable_settle_time() = ToTimestamp(absl::FromUnixMicros(*settled));
    }
    return listed;
  }

  sql::Tx& tx_;
  const seal::Sealer& sealer_;
  records::Tx* const records_;  // Null while reading.
};

}  // namespace

absl::Status MigrateScreening(sql::Database& database) {
  FANGPIN_RETURN_IF_ERROR(records::MigrateSqlStore(database));
  FANGPIN_RETURN_IF_ERROR(sql::Migrate(database, statements::kMigrations));
  return database.Write([](sql::Tx& tx) {
    return tx.Execute(statements::kInsertIdentity, base::NewId("620000", absl::Now())).status();
  });
}

absl::StatusOr<std::string> StoreIdentity(sql::Database& database) {
  std::string identity;
  FANGPIN_RETURN_IF_ERROR(database.Read([&](sql::Tx& tx) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(const auto row, tx.First(statements::kReadIdentity));
    identity = std::string(row->Text(0));
    return absl::OkStatus();
  }));
  return identity;
}

std::string SourceKey(const seal::Sealer& sealer, std::string_view feed_id,
                      std::string_view source_id) {
  return sealer.Fingerprint(base::StrCat("source/", feed_id, "/", source_id));
}

absl::Status SqlAlertStore::Read(absl::FunctionRef<absl::Status(AlertView&)> fn) {
  return database_->Read([&](sql::Tx& tx) {
    SqlAlertTx view(tx, *sealer_, nullptr);
    return fn(view);
  });
}

absl::Status SqlAlertStore::Write(const base::CallContext& ctx,
                                  absl::FunctionRef<absl::Status(AlertTx&)> fn) {
  return records_->WriteWith(ctx, [&](records::Tx& records, sql::Tx& tx) {
    SqlAlertTx writer(tx, *sealer_, &records);
    return fn(writer);
  });
}

absl::Status SqlAlertStore::Exclusively(absl::FunctionRef<absl::Status()> fn) {
  return database_->Exclusively("settle", fn);
}

}  // namespace fangpin::screening
