#include "libs/outbox/dispatcher.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_format.h"
#include "libs/base/error.h"
#include "libs/base/random.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/log/log.h"
#include "libs/outbox/topic.h"

namespace fangpin::outbox {
namespace {

// Keys waiting for a worker, per worker: enough that claims are made many at a time, few enough
// that none waits for long.
constexpr int kReadyPerWorker = 4;

bool IsTransient(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kCancelled:
      return true;
    default:
      return false;
  }
}

std::string ReasonOf(const absl::Status& status) {
  std::string reason = base::Reason(status);
  return reason.empty() ? absl::StatusCodeToString(status.code()) : reason;
}

}  // namespace

Dispatcher::Dispatcher(sql::Database* database, absl::flat_hash_map<std::string, Handler> handlers,
                       Options options)
    : database_(database),
      handlers_(std::move(handlers)),
      options_(std::move(options)),
      clock_(options_.clock == nullptr ? system_clock_ : *options_.clock),
      leases_(database, absl::StrFormat("%016x", base::RandomUint64())) {}

Dispatcher::~Dispatcher() { Stop(); }

void Dispatcher::Start() {
  subscription_ = database_->Subscribe(std::string(kTopic), [this] { Wake(); });
  threads_.emplace_back([this] { PollLoop(); });
  for (int i = 0; i < options_.workers; ++i) threads_.emplace_back([this] { WorkLoop(); });
}

void Dispatcher::Stop() {
  subscription_.reset();
  {
    absl::MutexLock lock(&mu_);
    stopping_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  std::deque<Ready> ready;
  {
    absl::MutexLock lock(&mu_);
    ready.swap(ready_);
  }
  for (const Ready& held : ready) leases_.Release(held.key).IgnoreError();
}

void Dispatcher::Wake() {
  absl::MutexLock lock(&mu_);
  wake_ = true;
}

bool Dispatcher::Stopping() {
  absl::MutexLock lock(&mu_);
  return stopping_;
}

void Dispatcher::PollLoop() {
  const int limit = options_.workers * kReadyPerWorker;
  absl::Duration pause = options_.poll_interval;
  // The one process of a SQLite file: what is leased was leased by one that died.
  bool reclaim = database_->engine() == sql::Engine::kSqlite;
  for (;;) {
    {
      absl::MutexLock lock(&mu_);
      const auto wanted = [this, limit]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
        return stopping_ || (wake_ && static_cast<int>(ready_.size()) < limit);
      };
      mu_.AwaitWithTimeout(absl::Condition(&wanted), pause);
      if (stopping_) return;
      if (static_cast<int>(ready_.size()) >= limit) continue;
      wake_ = false;
    }
    pause = options_.poll_interval;
    if (reclaim) {
      const absl::Status status = leases_.Reclaim();
      if (!status.ok()) {
        log::Warning("outbox cannot be read", {{"reason", ReasonOf(status)}});
        continue;
      }
      reclaim = false;
    }
    const absl::Time now = clock_.Now();
    const absl::Time lease_end = now + options_.lease;
    absl::StatusOr<Leases::Claimed> claimed = leases_.Claim(now, lease_end, limit);
    if (!claimed.ok()) {
      log::Warning("outbox cannot be read", {{"reason", ReasonOf(claimed.status())}});
      continue;
    }
    pause = std::clamp(claimed->next_due - now, absl::ZeroDuration(), options_.poll_interval);
    absl::MutexLock lock(&mu_);
    for (std::string& key : claimed->keys) ready_.push_back({std::move(key), lease_end});
    if (pause == absl::ZeroDuration()) wake_ = true;
  }
}

void Dispatcher::WorkLoop() {
  for (;;) {
    Ready ready;
    {
      absl::MutexLock lock(&mu_);
      const auto any = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
        return stopping_ || !ready_.empty();
      };
      mu_.Await(absl::Condition(&any));
      if (stopping_) return;
      ready = std::move(ready_.front());
      ready_.pop_front();
    }
    const absl::Status status = DeliverKey(ready.key, ready.lease_end);
    if (!status.ok()) {
      // The lease runs out, and the entry is delivered again.
      log::Warning("outbox cannot record a delivery", {{"reason", ReasonOf(status)}});
    }
  }
}

absl::Status Dispatcher::DeliverKey(const std::string& key, absl::Time lease_end) {
  for (;;) {
    if (Stopping()) return leases_.Release(key);
    if (clock_.Now() > lease_end - options_.lease / 2) {
      lease_end = clock_.Now() + options_.lease;
      FANGPIN_ASSIGN_OR_RETURN(const Leases::Held held, leases_.Extend(key, lease_end));
      if (held == Leases::Held::kNo) return absl::OkStatus();
    }
    FANGPIN_ASSIGN_OR_RETURN(const std::optional<Queued> queued, leases_.First(key));
    if (!queued.has_value()) return absl::OkStatus();
    FANGPIN_ASSIGN_OR_RETURN(const Leases::Held held, DeliverOne(*queued));
    if (held == Leases::Held::kNo) return absl::OkStatus();
    lease_end = clock_.Now() + options_.lease;
  }
}

absl::StatusOr<Leases::Held> Dispatcher::DeliverOne(const Queued& queued) {
  const Entry& entry = queued.entry;
  const absl::Status status = Handle(entry);
  // Before the record is written, so that it never promises less time than is kept here.
  const absl::Time now = clock_.Now();
  Leases::Held held = Leases::Held::kNo;
  Outcome outcome;
  if (status.ok()) {
    outcome = Outcome::kDelivered;
    FANGPIN_ASSIGN_OR_RETURN(held, leases_.Complete(queued, now + options_.lease));
  } else {
    const bool transient = IsTransient(status.code());
    outcome = transient ? Outcome::kRetried : Outcome::kRefused;
    const std::string reason = transient ? "" : ReasonOf(status);
    if (!transient) {
      log::Error("outbox entry refused", {{"id", entry.id},
                                          {"kind", entry.kind},
                                          {"reason", reason},
                                          {"attempts", entry.attempts + 1}});
    }
    const absl::Duration most = transient ? options_.max_backoff : options_.max_refused_backoff;
    FANGPIN_RETURN_IF_ERROR(
        leases_.Retry(queued, reason, now + Backoff(options_.min_backoff, most, entry.attempts)));
    // The poll has to learn when the key is due again.
    Wake();
  }
  if (options_.observer != nullptr) options_.observer(entry, status, outcome);
  return held;
}

absl::Status Dispatcher::Handle(const Entry& entry) const {
  const auto handler = handlers_.find(entry.kind);
  if (handler == handlers_.end()) {
    return base::Error(absl::StatusCode::kUnimplemented, "OUTBOX_KIND_UNKNOWN",
                       "本程序不认识这类待发事项")
        .WithMetadata("kind", entry.kind);
  }
  try {
    return handler->second(entry);
  } catch (const std::exception&) {
    return base::Error(absl::StatusCode::kInternal, "OUTBOX_HANDLER_THREW", "处理待发事项时出错");
  }
}

absl::Duration Dispatcher::Backoff(absl::Duration least, absl::Duration most, int64_t attempts) {
  constexpr int64_t kMaxDoublings = 30;
  const absl::Duration full =
      std::min(most, least * (int64_t{1} << std::min(attempts, kMaxDoublings)));
  thread_local absl::BitGen random;
  return full * absl::Uniform(random, 0.5, 1.0);
}

}  // namespace fangpin::outbox
