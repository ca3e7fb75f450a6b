#ifndef FANGPIN_FEEDCACHE_OPEN_H_
#define FANGPIN_FEEDCACHE_OPEN_H_

#include <memory>

#include "absl/status/statusor.h"
#include "libs/base/clock.h"
#include "libs/feedcache/redis_feed_cache.h"
#include "libs/feedcache/resilient_feed_cache.h"

namespace fangpin::feedcache {

// The cache that a service uses: in Redis, or in memory where `options.address` is empty. Does not
// connect, so it opens while Redis is away. INVALID_ARGUMENT, REDIS_ADDRESS_INVALID. `observer` may
// be null; it and `clock` must outlive the cache.
absl::StatusOr<std::unique_ptr<ResilientFeedCache>> Open(const RedisOptions& options,
                                                         const CircuitBreaker::Options& breaker,
                                                         const base::Clock& clock,
                                                         Observer* observer);

}  // namespace fangpin::feedcache

#endif  // FANGPIN_FEEDCACHE_OPEN_H_
