#ifndef FANGPIN_FEEDCACHE_REDIS_FEED_CACHE_H_
#define FANGPIN_FEEDCACHE_REDIS_FEED_CACHE_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libs/feedcache/feed_cache.h"

namespace fangpin::feedcache {

struct RedisOptions {
  std::string address;  // host:port, [v6]:port, or unix:/path
  std::string username;
  std::string password;
  int database = 0;

  // Keys are fangpin:<service>:<store_id>:… A store restored from a backup or begun anew needs
  // another store_id, or ids marked by the later past would count as stored.
  std::string service;
  std::string store_id;

  absl::Duration connect_timeout = absl::Milliseconds(200);
  absl::Duration operation_timeout = absl::Milliseconds(100);
  // Connections for short calls, and apart from them for reads that wait.
  int connections = 8;
  int waiting_connections = 64;

  Retention retention;
};

// The cache in a Redis server (6.2 or later), shared by all processes of the service. Connects when
// first used; every call is bounded by the timeouts.
// UNAVAILABLE: no connection, or lost. DEADLINE_EXCEEDED: the server is too slow.
// RESOURCE_EXHAUSTED: server out of memory, or all connections busy. INTERNAL: any other answer.
class RedisFeedCache : public FeedCache {
 public:
  using Clock = std::function<absl::Time()>;

  // INVALID_ARGUMENT: an address that is none.
  static absl::StatusOr<std::unique_ptr<RedisFeedCache>> Create(const RedisOptions& options,
                                                                Clock clock = &absl::Now);
  ~RedisFeedCache() override;

  absl::StatusOr<std::vector<bool>> SeenBefore(std::string_view feed,
                                               absl::Span<const std::string> keys) override;
  absl::Status MarkSeen(std::string_view feed, absl::Span<const std::string> keys) override;
  absl::Status Publish(std::string_view county, absl::Span<const std::string> events) override;
  absl::Status PublishGap(std::string_view county) override;
  absl::StatusOr<EventBatch> ReadSince(std::string_view county, std::string_view token,
                                       size_t max, absl::Duration wait) override;
  absl::Status PutRecentAlerts(std::string_view household, const RecentAlerts& recent) override;
  absl::StatusOr<std::optional<RecentAlerts>> GetRecentAlerts(std::string_view household) override;

 private:
  class Pool;

  RedisFeedCache(const RedisOptions& options, Clock clock);
  std::string Key(std::string_view kind, std::string_view id) const;

  const RedisOptions options_;
  const Clock clock_;
  const std::string prefix_;
  const std::unique_ptr<Pool> pool_;
  const std::unique_ptr<Pool> waiting_pool_;
};

}  // namespace fangpin::feedcache

#endif  // FANGPIN_FEEDCACHE_REDIS_FEED_CACHE_H_
