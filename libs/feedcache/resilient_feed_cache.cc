#include "libs/feedcache/resilient_feed_cache.h"

#include <utility>

#include "absl/time/clock.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"

namespace fangpin::feedcache {
namespace {

constexpr absl::Duration kAnnouncementPause = absl::Seconds(1);

// Whether the cache itself is in trouble. One that is full, or busy, still answers at once.
bool IsTrouble(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

}  // namespace

std::string_view OperationName(Operation operation) {
  switch (operation) {
    case Operation::kSeenBefore:
      return "seen_before";
    case Operation::kMarkSeen:
      return "mark_seen";
    case Operation::kPublish:
      return "publish";
    case Operation::kReadSince:
      return "read_since";
    case Operation::kPutRecent:
      return "put_recent";
    case Operation::kGetRecent:
      return "get_recent";
  }
  return "";
}

std::string_view OutcomeName(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk:
      return "ok";
    case Outcome::kFailed:
      return "failed";
    case Outcome::kSkipped:
      return "skipped";
  }
  return "";
}

ResilientFeedCache::ResilientFeedCache(std::unique_ptr<FeedCache> cache,
                                       const CircuitBreaker::Options& options,
                                       const base::Clock& clock, Observer* observer)
    : cache_(std::move(cache)),
      observer_(observer),
      clock_(clock),
      breaker_(options, [observer](CircuitBreaker::State state) {
        if (observer != nullptr) observer->OnBreaker(state);
      }) {}

std::vector<bool> ResilientFeedCache::SeenBefore(std::string_view feed,
                                                 absl::Span<const std::string> keys) {
  std::vector<bool> seen(keys.size());
  Run(Operation::kSeenBefore, [&](Counts& counts, CircuitBreaker::Permit) -> absl::Status {
    counts.asked = keys.size();
    FANGPIN_ASSIGN_OR_RETURN(seen, cache_->SeenBefore(feed, keys));
    for (const bool hit : seen) counts.hits += hit;
    return absl::OkStatus();
  });
  return seen;
}

void ResilientFeedCache::MarkSeen(std::string_view feed, absl::Span<const std::string> keys) {
  Run(Operation::kMarkSeen,
      [&](Counts&, CircuitBreaker::Permit) { return cache_->MarkSeen(feed, keys); });
}

void ResilientFeedCache::Publish(std::string_view county, absl::Span<const std::string> events) {
  const bool published = Run(Operation::kPublish, [&](Counts&, CircuitBreaker::Permit) {
    return cache_->Publish(county, events);
  });
  if (published) return;
  absl::MutexLock lock(&mutex_);
  gaps_.emplace(county);
}

ResilientFeedCache::Watched ResilientFeedCache::ReadSince(std::string_view county,
                                                          std::string_view token, size_t max,
                                                          absl::Duration wait) {
  Watched watched;
  watched.available =
      Run(Operation::kReadSince, [&](Counts&, CircuitBreaker::Permit permit) -> absl::Status {
        // A probe shall tell soon whether the cache is back.
        if (permit == CircuitBreaker::Permit::kProbe) wait = absl::ZeroDuration();
        FANGPIN_ASSIGN_OR_RETURN(watched.batch, cache_->ReadSince(county, token, max, wait));
        return absl::OkStatus();
      });
  if (!watched.available) watched.batch.next_token = token;
  return watched;
}

void ResilientFeedCache::PutRecentAlerts(std::string_view household, const RecentAlerts& recent) {
  Run(Operation::kPutRecent,
      [&](Counts&, CircuitBreaker::Permit) { return cache_->PutRecentAlerts(household, recent); });
}

std::optional<RecentAlerts> ResilientFeedCache::GetRecentAlerts(std::string_view household) {
  std::optional<RecentAlerts> recent;
  Run(Operation::kGetRecent, [&](Counts& counts, CircuitBreaker::Permit) -> absl::Status {
    counts.asked = 1;
    FANGPIN_ASSIGN_OR_RETURN(recent, cache_->GetRecentAlerts(household));
    counts.hits = recent.has_value();
    return absl::OkStatus();
  });
  return recent;
}

bool ResilientFeedCache::Run(Operation operation, Call call) {
  if (!Attempt(operation, call)) return false;
  AnnounceGaps();
  return true;
}

bool ResilientFeedCache::Attempt(Operation operation, Call call) {
  Observer::Call report{.operation = operation, .outcome = Outcome::kSkipped};
  const CircuitBreaker::Permit permit = breaker_.Ask(clock_.Now());
  if (permit != CircuitBreaker::Permit::kRefused) {
    const absl::Time start = absl::Now();
    Counts counts;
    report.status = call(counts, permit);
    report.spent = absl::Now() - start;
    report.outcome = report.status.ok() ? Outcome::kOk : Outcome::kFailed;
    report.asked = counts.asked;
    report.hits = counts.hits;
    if (IsTrouble(report.status)) {
      breaker_.Failed(permit, clock_.Now());
    } else {
      breaker_.Succeeded(permit);
    }
  }
  if (observer_ != nullptr) observer_->OnCall(report);
  return report.outcome == Outcome::kOk;
}

void ResilientFeedCache::AnnounceGaps() {
  absl::flat_hash_set<std::string> counties;
  {
    const absl::Time now = clock_.Now();
    absl::MutexLock lock(&mutex_);
    if (gaps_.empty() || now < next_announcement_) return;
    next_announcement_ = now + kAnnouncementPause;
    counties.swap(gaps_);
  }
  for (const std::string& county : counties) {
    const bool announced = Attempt(Operation::kPublish, [&](Counts&, CircuitBreaker::Permit) {
      return cache_->PublishGap(county);
    });
    if (announced) continue;
    absl::MutexLock lock(&mutex_);
    gaps_.insert(county);
  }
}

}  // namespace fangpin::feedcache
