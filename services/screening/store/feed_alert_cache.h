#ifndef FANGPIN_SCREENING_STORE_FEED_ALERT_CACHE_H_
#define FANGPIN_SCREENING_STORE_FEED_ALERT_CACHE_H_

#include "libs/feedcache/resilient_feed_cache.h"
#include "libs/seal/sealer.h"
#include "services/screening/core/alert_cache.h"

namespace fangpin::screening {

// The alert cache over Redis or memory. Keys are fingerprints and events are sealed, since the
// cache itself encrypts nothing.
class FeedAlertCache final : public AlertCache {
 public:
  // Both must outlive this.
  FeedAlertCache(feedcache::ResilientFeedCache* cache, const seal::Sealer* sealer)
      : cache_(cache), sealer_(sealer) {}

  std::vector<bool> SeenBefore(std::string_view feed_id,
                               absl::Span<const SourceVersion> versions) override;
  void MarkSeen(std::string_view feed_id, absl::Span<const SourceVersion> versions) override;
  void Publish(absl::Span<const v1::Alert> alerts) override;

 private:
  std::vector<std::string> Keys(std::string_view feed_id,
                                absl::Span<const SourceVersion> versions) const;

  feedcache::ResilientFeedCache* const cache_;
  const seal::Sealer* const sealer_;
};

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_STORE_FEED_ALERT_CACHE_H_
