#ifndef FANGPIN_FEEDCACHE_REDIS_FEED_CACHE_H_
#define FANGPIN_FEEDCACHE_REDIS_FEED_CACHE_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/feedcache/feed_cache.h"
#include "libs/feedcache/redis_connection.h"
#include "libs/feedcache/redis_pool.h"

namespace fangpin::feedcache {

struct RedisOptions {
  std::string address;  // host:port, [v6]:port, or unix:/path
  RedisLogin login;

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
// first used. A call ends within the timeouts of the options, whatever the server does; only a name
// in the address is looked up outside of them. After a lost connection an event may be there twice.
// UNAVAILABLE: no connection, lost, or the server is loading. DEADLINE_EXCEEDED: it is too slow.
// RESOURCE_EXHAUSTED: it is out of memory, or all connections are busy. INTERNAL: anything else.
class RedisFeedCache : public FeedCache {
 public:
  // INVALID_ARGUMENT, REDIS_ADDRESS_INVALID. `clock` must outlive this.
  static absl::StatusOr<std::unique_ptr<RedisFeedCache>> Create(const RedisOptions& options,
                                                                const base::Clock& clock);

  absl::StatusOr<std::vector<bool>> SeenBefore(std::string_view feed,
                                               absl::Span<const std::string> keys) override;
  absl::Status MarkSeen(std::string_view feed, absl::Span<const std::string> keys) override;
  absl::Status Publish(std::string_view county, absl::Span<const std::string> events) override;
  absl::Status PublishGap(std::string_view county) override;
  absl::StatusOr<EventBatch> ReadSince(std::string_view county, std::string_view token, size_t max,
                                       absl::Duration wait) override;
  absl::Status PutRecentAlerts(std::string_view household, const RecentAlerts& recent) override;
  absl::StatusOr<std::optional<RecentAlerts>> GetRecentAlerts(std::string_view household) override;

 private:
  RedisFeedCache(const RedisOptions& options, RedisAddress address, const base::Clock& clock);
  std::string Key(std::string_view kind, std::string_view id) const;
  // Runs short commands; the first error reply is the status.
  absl::StatusOr<std::vector<RedisReply>> Run(absl::Span<const RedisCommand> commands);
  absl::Status Append(std::string_view county, const std::string& field,
                      absl::Span<const std::string> values);
  absl::StatusOr<EventBatch> Tail(const std::string& stream);
  absl::StatusOr<EventBatch> ReadOnce(const std::string& stream, std::string_view token, size_t max,
                                      absl::Duration wait);

  const RedisOptions options_;
  const base::Clock& clock_;
  const std::string prefix_;
  RedisPool pool_;
  RedisPool waiting_pool_;
};

}  // namespace fangpin::feedcache

#endif  // FANGPIN_FEEDCACHE_REDIS_FEED_CACHE_H_
