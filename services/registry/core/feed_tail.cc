#include "services/registry/core/feed_tail.h"

#include <algorithm>
#include <utility>

#include "libs/base/status.h"

namespace fangpin::registry {

void FeedTail::Grown(int64_t head) {
  int64_t known = head_.load(std::memory_order_relaxed);
  while (known < head && !head_.compare_exchange_weak(known, head, std::memory_order_release)) {
  }
}

absl::StatusOr<std::vector<FeedRow>> FeedTail::After(int64_t position, int limit) {
  std::vector<FeedRow> rows;
  if (position >= head_.load(std::memory_order_acquire)) return rows;
  {
    absl::MutexLock lock(&mutex_);
    FANGPIN_RETURN_IF_ERROR(Load());
    const int64_t first = last_ - static_cast<int64_t>(rows_.size());  // before the first kept
    if (position >= first) {
      const auto begin = rows_.begin() + (std::min(position, last_) - first);
      const auto count = std::min<int64_t>(limit, rows_.end() - begin);
      return std::vector<FeedRow>(begin, begin + count);
    }
  }
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](RegistryReader& reader) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(rows, reader.Feed(position, limit));
    return absl::OkStatus();
  }));
  return rows;
}

absl::Status FeedTail::Load() {
  const int64_t head = head_.load(std::memory_order_acquire);
  if (last_ >= head) return absl::OkStatus();
  // What would not be kept is not read.
  const int64_t after = std::max(last_, head - kKept);
  std::vector<FeedRow> rows;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](RegistryReader& reader) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(rows, reader.Feed(after, kKept));
    return absl::OkStatus();
  }));
  if (after > last_) rows_.clear();
  for (FeedRow& row : rows) rows_.push_back(std::move(row));
  last_ = after + static_cast<int64_t>(rows.size());
  while (rows_.size() > kKept) rows_.pop_front();
  return absl::OkStatus();
}

}  // namespace fangpin::registry
