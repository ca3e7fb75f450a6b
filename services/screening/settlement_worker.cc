#include "services/screening/settlement_worker.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/log/log.h"
#include "services/screening/core/collections.h"

namespace fangpin::screening {
namespace {

// A pass over what could not be settled waits this many times as long as the last one took.
constexpr int kRestAfterPass = 20;

}  // namespace

SettlementWorker::SettlementWorker(Settlement* settlement, AlertStore* store,
                                   records::Store* records, Instruments* instruments,
                                   const base::Clock* clock, Options options)
    : settlement_(settlement),
      store_(store),
      records_(records),
      instruments_(instruments),
      clock_(clock),
      options_(options) {}

void SettlementWorker::Start() {
  if (!thread_.joinable()) thread_ = std::thread([this] { Work(); });
}

void SettlementWorker::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void SettlementWorker::Wake() {
  absl::MutexLock lock(&mutex_);
  woken_ = true;
}

bool SettlementWorker::stopping() const {
  absl::MutexLock lock(&mutex_);
  return stopping_;
}

void SettlementWorker::Wait(absl::Duration at_most, bool deaf) {
  absl::MutexLock lock(&mutex_);
  const auto done = [this, deaf]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stopping_ || (woken_ && !deaf);
  };
  mutex_.AwaitWithTimeout(absl::Condition(&done), at_most);
  if (!deaf) woken_ = false;
}

void SettlementWorker::Work() {
  absl::Duration backoff = options_.min_backoff;
  bool away = false;
  while (!stopping()) {
    const absl::Status status = store_->Exclusively([this]() -> absl::Status {
      FANGPIN_RETURN_IF_ERROR(Drain());
      return absl::Now() >= next_again_ ? TryAgain() : absl::OkStatus();
    });
    SetGauges();
    if (status.ok()) {
      if (away) log::Info("settling alerts again");
      away = false;
      backoff = options_.min_backoff;
      Wait(options_.poll_interval, /*deaf=*/false);
    } else {
      if (!away) {
        log::Warning(
            "alerts wait to be settled",
            {{"code", absl::StatusCodeToString(status.code())}, {"reason", base::Reason(status)}});
      }
      away = true;
      Wait(backoff, /*deaf=*/true);
      backoff = std::min(backoff * 2, options_.max_backoff);
    }
  }
}

absl::Status SettlementWorker::Drain() {
  std::string after;
  while (!stopping()) {
    FANGPIN_ASSIGN_OR_RETURN(const SettleResult result,
                             settlement_->Run(SettlePass::kPending, after, options_.batch));
    const absl::Time now = clock_->Now();
    for (const absl::Time accepted : result.accept_times) instruments_->SettleLag(now - accepted);
    if (result.loaded < options_.batch) break;
    after = result.last;
  }
  return absl::OkStatus();
}

absl::Status SettlementWorker::TryAgain() {
  const absl::Time begin = absl::Now();
  std::string after;
  while (!stopping()) {
    FANGPIN_ASSIGN_OR_RETURN(const SettleResult result,
                             settlement_->Run(SettlePass::kAgain, after, options_.batch));
    if (result.loaded < options_.batch) break;
    after = result.last;
    // New alerts come first.
    FANGPIN_RETURN_IF_ERROR(Drain());
  }
  const absl::Time end = absl::Now();
  next_again_ = end + std::max(options_.again_interval, kRestAfterPass * (end - begin));
  return absl::OkStatus();
}

void SettlementWorker::SetGauges() {
  if (absl::Now() < next_gauges_) return;
  next_gauges_ = absl::Now() + options_.gauge_interval;
  // A figure that cannot be read now stays as it was.
  (void)store_->Read([this](AlertView& view) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(const auto statuses, view.FeedStatuses());
    for (const auto& [feed, status] : statuses) instruments_->SetWaiting(feed, status.pending);
    return absl::OkStatus();
  });
  (void)records_->Read([this](records::View& view) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(const auto cases, view.CountByState(Cases().name()));
    instruments_->SetCases(cases);
    FANGPIN_ASSIGN_OR_RETURN(auto tasks, view.CountByState(VisitTasks().name()));
    instruments_->SetTasksOpen(tasks[v1::VISIT_TASK_STATE_OPEN]);
    return absl::OkStatus();
  });
}

}  // namespace fangpin::screening
