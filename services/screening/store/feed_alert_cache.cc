#include "services/screening/store/feed_alert_cache.h"

#include <map>
#include <string>
#include <utility>

#include "libs/base/division.h"
#include "libs/base/strings.h"
#include "services/screening/store/sql_alert_store.h"

namespace fangpin::screening {

std::vector<bool> FeedAlertCache::SeenBefore(std::string_view feed_id,
                                             absl::Span<const SourceVersion> versions) {
  return cache_->SeenBefore(feed_id, Keys(feed_id, versions));
}

void FeedAlertCache::MarkSeen(std::string_view feed_id, absl::Span<const SourceVersion> versions) {
  cache_->MarkSeen(feed_id, Keys(feed_id, versions));
}

void FeedAlertCache::Publish(absl::Span<const v1::Alert> alerts) {
  std::map<std::string, std::vector<std::string>> by_county;
  for (const v1::Alert& alert : alerts) {
    const std::string county(base::CountyOf(alert.division()));
    absl::StatusOr<std::string> sealed =
        sealer_->Seal(alert.SerializeAsString(), base::StrCat("stream/", county));
    // A watcher that misses an event reads the store; nothing is kept here alone.
    if (sealed.ok()) by_county[county].push_back(*std::move(sealed));
  }
  for (const auto& [county, events] : by_county) cache_->Publish(county, events);
}

std::vector<std::string> FeedAlertCache::Keys(std::string_view feed_id,
                                              absl::Span<const SourceVersion> versions) const {
  std::vector<std::string> keys;
  keys.reserve(versions.size());
  for (const SourceVersion& version : versions) {
    keys.push_back(base::StrCat(SourceKey(*sealer_, feed_id, version.source_id), version.version));
  }
  return keys;
}

}  // namespace fangpin::screening
