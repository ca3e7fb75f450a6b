#include "libs/sql/database.h"

#include <algorithm>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/time/clock.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/sql/error_mapping.h"
#include "libs/sql/errors.h"
#include "libs/sql/postgres.h"
#include "libs/sql/sqlite.h"

namespace fangpin::sql {
namespace {

// Stands for the script in metrics and errors.
constexpr std::string_view kScript = "Script";

}  // namespace

template <typename Body>
absl::Status Tx::Run(std::string_view name, absl::Span<const Value> args, Body body) {
  FANGPIN_RETURN_IF_ERROR(CheckUsable(name));
  FANGPIN_RETURN_IF_ERROR(CheckText(name, args));
  int64_t rows = 0;
  if (options_.observer == nullptr) return Doom(body(rows));
  const absl::Time begin = absl::Now();
  absl::Status status = Doom(body(rows));
  options_.observer(Observation{name, absl::Now() - begin, rows, status.code()});
  return status;
}

absl::Status Tx::CheckUsable(std::string_view name) {
  if (visiting_) {
    // The outer statement is not at fault, but whoever wrote this must see it.
    return Doom(OwnError(absl::StatusCode::kInternal, kNestedStatement, engine_, name,
                         "a statement inside ForEach"));
  }
  if (std::exchange(used_, true) && once_) {
    return Doom(OwnError(absl::StatusCode::kInternal, kSecondStatement, engine_, name,
                         "a second statement in ReadOnce"));
  }
  return doomed_;
}

absl::Status Tx::CheckText(std::string_view name, absl::Span<const Value> args) {
  for (const Value& arg : args) {
    const std::string* text = arg.text();
    if (text == nullptr) continue;
    if (text->find('\0') != std::string::npos || !base::IsValidUtf8(*text)) {
      return Doom(OwnError(absl::StatusCode::kInvalidArgument, kTextInvalid, engine_, name, ""));
    }
  }
  return absl::OkStatus();
}

absl::Status Tx::Doom(absl::Status status) {
  if (!status.ok() && doomed_.ok()) doomed_ = status;
  return status;
}

absl::StatusOr<std::vector<Row>> Tx::QueryWith(const Statement& statement,
                                               absl::Span<const Value> args) {
  std::vector<Row> result;
  FANGPIN_RETURN_IF_ERROR(Run(statement.name, args, [&](int64_t& rows) {
    absl::Status status = DoForEach(statement, args, /*stream=*/false, [&](const Row& row) {
      result.push_back(row.Keep());
      return true;
    });
    rows = static_cast<int64_t>(result.size());
    return status;
  }));
  return result;
}

absl::StatusOr<std::optional<Row>> Tx::FirstWith(const Statement& statement,
                                                 absl::Span<const Value> args) {
  std::optional<Row> result;
  FANGPIN_RETURN_IF_ERROR(Run(statement.name, args, [&](int64_t& rows) {
    return DoForEach(statement, args, /*stream=*/false, [&](const Row& row) {
      result = row.Keep();
      rows = 1;
      return false;
    });
  }));
  return result;
}

absl::Status Tx::ForEach(const Statement& statement, absl::Span<const Value> args,
                         absl::FunctionRef<absl::Status(const Row&)> visit) {
  absl::Status visited;
  FANGPIN_RETURN_IF_ERROR(Run(statement.name, args, [&](int64_t& rows) {
    visiting_ = true;
    absl::Cleanup done = [this] { visiting_ = false; };
    absl::Status status = DoForEach(statement, args, /*stream=*/true, [&](const Row& row) {
      ++rows;
      visited = visit(row);
      return visited.ok();
    });
    // A statement tried inside visit counts, whether or not visit passed its error on.
    return doomed_.ok() ? status : doomed_;
  }));
  return visited;
}

absl::StatusOr<int64_t> Tx::ExecuteWith(const Statement& statement, absl::Span<const Value> args) {
  int64_t changed = 0;
  FANGPIN_RETURN_IF_ERROR(Run(statement.name, args, [&](int64_t& rows) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(changed, DoExecute(statement, args));
    rows = changed;
    return absl::OkStatus();
  }));
  return changed;
}

absl::StatusOr<int64_t> Tx::ExecuteMany(const Statement& statement,
                                        absl::Span<const std::vector<Value>> rows_of_args) {
  for (const std::vector<Value>& args : rows_of_args) {
    FANGPIN_RETURN_IF_ERROR(CheckText(statement.name, args));
  }
  int64_t changed = 0;
  FANGPIN_RETURN_IF_ERROR(Run(statement.name, {}, [&](int64_t& rows) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(changed, DoExecuteMany(statement, rows_of_args));
    rows = changed;
    return absl::OkStatus();
  }));
  return changed;
}

absl::Status Tx::Script(std::string_view text) {
  return Run(kScript, {}, [&](int64_t&) { return DoScript(text); });
}

void Tx::Notify(std::string_view topic) {
  if (std::find(topics_.begin(), topics_.end(), topic) == topics_.end()) {
    topics_.emplace_back(topic);
  }
}

Database::~Database() = default;

std::unique_ptr<Database::Subscription> Database::Subscribe(std::string topic,
                                                            std::function<void()> fn) {
  std::unique_ptr<Subscription> subscription(
      new Subscription(this, std::move(topic), std::move(fn)));
  absl::MutexLock lock(&subscribers_mu_);
  subscribers_.push_back(subscription.get());
  return subscription;
}

Database::Subscription::~Subscription() {
  absl::MutexLock lock(&database_->subscribers_mu_);
  std::erase(database_->subscribers_, this);
}

void Database::Publish(absl::Span<const std::string> topics) {
  if (topics.empty()) return;
  absl::MutexLock lock(&subscribers_mu_);
  for (const Subscription* subscription : subscribers_) {
    if (std::find(topics.begin(), topics.end(), subscription->topic_) != topics.end()) {
      subscription->fn_();
    }
  }
}

absl::StatusOr<std::unique_ptr<Database>> Open(Options options) {
  const auto invalid = [](std::string_view field, std::string_view message) -> absl::Status {
    return base::InvalidField(field, "SQL_OPTIONS_INVALID", message);
  };
  if (options.max_connections < 1) return invalid("max_connections", "连接数至少为 1");
  if (options.max_waiting < 1) return invalid("max_waiting", "等待上限至少为 1");
  if (options.max_group_writes < 1) return invalid("max_group_writes", "每组写入至少为 1");
  if (options.max_attempts < 1) return invalid("max_attempts", "尝试次数至少为 1");
  if (options.checkpoint_pages < 1) return invalid("checkpoint_pages", "检查点页数至少为 1");
  if (options.uri.starts_with(kSqliteScheme)) return OpenSqlite(std::move(options));
  if (options.uri.starts_with("postgresql://") || options.uri.starts_with("postgres://")) {
    return OpenPostgres(std::move(options));
  }
  return invalid("uri", "数据库地址须以 sqlite: 或 postgresql:// 开头");
}

}  // namespace fangpin::sql
