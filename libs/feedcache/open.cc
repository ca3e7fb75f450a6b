#include "libs/feedcache/open.h"

#include <utility>

#include "libs/base/status.h"
#include "libs/feedcache/memory_feed_cache.h"

namespace fangpin::feedcache {

absl::StatusOr<std::unique_ptr<ResilientFeedCache>> Open(const RedisOptions& options,
                                                         const CircuitBreaker::Options& breaker,
                                                         const base::Clock& clock,
                                                         Observer* observer) {
  std::unique_ptr<FeedCache> cache;
  if (options.address.empty()) {
    cache = std::make_unique<MemoryFeedCache>(options.retention, clock);
  } else {
    FANGPIN_ASSIGN_OR_RETURN(cache, RedisFeedCache::Create(options, clock));
  }
  return std::make_unique<ResilientFeedCache>(std::move(cache), breaker, clock, observer);
}

}  // namespace fangpin::feedcache
