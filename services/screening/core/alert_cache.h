#ifndef FANGPIN_SCREENING_CORE_ALERT_CACHE_H_
#define FANGPIN_SCREENING_CORE_ALERT_CACHE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "fangpin/screening/v1/alert.pb.h"

namespace fangpin::screening {

// One version of a department's record.
struct SourceVersion {
  std::string source_id;
  int64_t version = 0;

  friend auto operator<=>(const SourceVersion&, const SourceVersion&) = default;
};

// What all processes of the service share of the alert feed, for speed only: it may forget
// anything, and what it says is never the last word. Thread-safe; never fails.
class AlertCache {
 public:
  virtual ~AlertCache() = default;

  // One answer a version: whether it was marked. True is a hint that looking it up in the store
  // pays; only the store knows that it is kept, since a store may have been restored from an older
  // copy than the marks.
  virtual std::vector<bool> SeenBefore(std::string_view feed_id,
                                       absl::Span<const SourceVersion> versions) = 0;
  // Marks versions whose alerts are committed.
  virtual void MarkSeen(std::string_view feed_id, absl::Span<const SourceVersion> versions) = 0;
  // Appends settled alerts to the streams of their counties.
  virtual void Publish(absl::Span<const v1::Alert> alerts) = 0;
};

// The cache that knows nothing.
class NoAlertCache final : public AlertCache {
 public:
  std::vector<bool> SeenBefore(std::string_view,
                               absl::Span<const SourceVersion> versions) override {
    return std::vector<bool>(versions.size(), false);
  }
  void MarkSeen(std::string_view, absl::Span<const SourceVersion>) override {}
  void Publish(absl::Span<const v1::Alert>) override {}
};

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_CORE_ALERT_CACHE_H_
