#include "libs/feedcache/memory_feed_cache.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <system_error>
#include <utility>

#include "absl/strings/str_format.h"
#include "libs/base/random.h"
#include "libs/base/strings.h"

namespace fangpin::feedcache {

template <typename Value>
void MemoryFeedCache::Aging<Value>::Set(std::string_view key, Value value, absl::Time now) {
  const auto it = by_key_.find(base::ToAbsl(key));
  if (it == by_key_.end()) {
    entries_.push_back({std::string(key), now, std::move(value)});
    by_key_.emplace(entries_.back().key, std::prev(entries_.end()));
  } else {
    it->second->set = now;
    it->second->value = std::move(value);
    entries_.splice(entries_.end(), entries_, it->second);
  }
}

template <typename Value>
const Value* MemoryFeedCache::Aging<Value>::Find(std::string_view key, absl::Time oldest) const {
  const auto it = by_key_.find(base::ToAbsl(key));
  return it == by_key_.end() || it->second->set < oldest ? nullptr : &it->second->value;
}

template <typename Value>
void MemoryFeedCache::Aging<Value>::Trim(size_t size, absl::Time oldest) {
  while (!entries_.empty() && (entries_.size() > size || entries_.front().set < oldest)) {
    by_key_.erase(entries_.front().key);
    entries_.pop_front();
  }
}

MemoryFeedCache::MemoryFeedCache(const Retention& retention, const base::Clock& clock)
    : retention_(retention),
      clock_(clock),
      instance_(absl::StrFormat("m%016x", base::RandomUint64())) {}

absl::StatusOr<std::vector<bool>> MemoryFeedCache::SeenBefore(std::string_view feed,
                                                              absl::Span<const std::string> keys) {
  const absl::Time oldest = clock_.Now() - retention_.seen_age;
  std::vector<bool> seen(keys.size());
  absl::MutexLock lock(&mutex_);
  const auto it = seen_.find(base::ToAbsl(feed));
  if (it == seen_.end()) return seen;
  for (size_t i = 0; i < keys.size(); ++i) {
    seen[i] = it->second.Find(keys[i], oldest) != nullptr;
  }
  return seen;
}

absl::Status MemoryFeedCache::MarkSeen(std::string_view feed, absl::Span<const std::string> keys) {
  const absl::Time now = clock_.Now();
  absl::MutexLock lock(&mutex_);
  Aging<Mark>& seen = seen_[base::ToAbsl(feed)];
  for (const std::string& key : keys) seen.Set(key, {}, now);
  seen.Trim(retention_.seen_keys, now - retention_.seen_age);
  return absl::OkStatus();
}

absl::Status MemoryFeedCache::Publish(std::string_view county,
                                      absl::Span<const std::string> events) {
  Append(county, events, false);
  return absl::OkStatus();
}

absl::Status MemoryFeedCache::PublishGap(std::string_view county) {
  Append(county, {""}, true);
  return absl::OkStatus();
}

MemoryFeedCache::Stream& MemoryFeedCache::StreamOf(std::string_view county) {
  const auto it = streams_.find(county);
  return it != streams_.end() ? it->second : streams_[std::string(county)];
}

void MemoryFeedCache::Append(std::string_view county, absl::Span<const std::string> payloads,
                             bool gap) {
  const absl::Time now = clock_.Now();
  absl::MutexLock lock(&mutex_);
  Stream& stream = StreamOf(county);
  for (const std::string& payload : payloads) {
    stream.entries.push_back({++stream.last_sequence, now, gap, payload});
  }
  while (!stream.entries.empty() && (stream.entries.size() > retention_.stream_events ||
                                     stream.entries.front().time < now - retention_.stream_age)) {
    stream.entries.pop_front();
  }
}

absl::StatusOr<EventBatch> MemoryFeedCache::ReadSince(std::string_view county,
                                                      std::string_view token, size_t max,
                                                      absl::Duration wait) {
  absl::MutexLock lock(&mutex_);
  const Stream& stream = StreamOf(county);
  if (token == kFromNow) return EventBatch{.next_token = Token(stream.last_sequence)};
  const std::optional<uint64_t> known = Sequence(token);
  // Only a known token can have nothing after it; any other answer is ready.
  if (known || token == kFromOldest) {
    const uint64_t after = known.value_or(0);
    const auto arrived = [&stream, after] {
      return !stream.entries.empty() && stream.last_sequence > after;
    };
    mutex_.AwaitWithTimeout(absl::Condition(&arrived), std::min(wait, kMaxWait));
  }
  return Collect(stream, token, std::clamp<size_t>(max, 1, kMaxEvents));
}

EventBatch MemoryFeedCache::Collect(const Stream& stream, std::string_view token,
                                    size_t max) const {
  const uint64_t first =
      stream.entries.empty() ? stream.last_sequence + 1 : stream.entries.front().sequence;
  const std::optional<uint64_t> known = Sequence(token);
  const uint64_t start = std::max(known ? *known + 1 : first, first);
  EventBatch batch;
  batch.gap = token != kFromOldest && (!known || start > *known + 1);
  uint64_t next = start;
  for (; next <= stream.last_sequence && batch.events.size() < max; ++next) {
    const Entry& entry = stream.entries[next - first];
    if (entry.gap) {
      batch.gap = true;
    } else {
      batch.events.push_back({Token(next), entry.payload});
    }
  }
  batch.next_token = Token(next - 1);
  return batch;
}

absl::Status MemoryFeedCache::PutRecentAlerts(std::string_view household,
                                              const RecentAlerts& recent) {
  const absl::Time now = clock_.Now();
  absl::MutexLock lock(&mutex_);
  recent_.Set(household, recent, now);
  recent_.Trim(retention_.households, now - retention_.recent_age);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<RecentAlerts>> MemoryFeedCache::GetRecentAlerts(
    std::string_view household) {
  const absl::Time oldest = clock_.Now() - retention_.recent_age;
  absl::MutexLock lock(&mutex_);
  const RecentAlerts* const recent = recent_.Find(household, oldest);
  return recent == nullptr ? std::nullopt : std::optional(*recent);
}

std::string MemoryFeedCache::Token(uint64_t sequence) const {
  return base::StrCat(instance_, "-", sequence);
}

std::optional<uint64_t> MemoryFeedCache::Sequence(std::string_view token) const {
  if (!token.starts_with(instance_)) return std::nullopt;
  token.remove_prefix(instance_.size());
  uint64_t sequence = 0;
  if (!token.starts_with('-')) return std::nullopt;
  const char* const end = token.data() + token.size();
  const auto parsed = std::from_chars(token.data() + 1, end, sequence);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return sequence;
}

}  // namespace fangpin::feedcache
