#ifndef FANGPIN_SCREENING_CORE_FEEDS_H_
#define FANGPIN_SCREENING_CORE_FEEDS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "fangpin/screening/v1/alert.pb.h"
#include "fangpin/screening/v1/feed_config.pb.h"
#include "services/screening/policy/alert_rules.h"

namespace fangpin::screening {

// One record of a batch, read as its feed says.
struct ParsedRecord {
  std::string source_id;
  int64_t source_version = 1;
  std::string id_number;  // Normalised: 18 characters.
  absl::CivilDay event_on;
  std::optional<int64_t> amount_fen;
  std::map<std::string, int64_t, std::less<>> numbers;
  std::map<std::string, std::string, std::less<>> codes;
};

// A registered feed with its rule.
class Feed {
 public:
  Feed(v1::FeedDefinition definition, const AlertRule* rule)
      : definition_(std::move(definition)), rule_(rule) {}

  const v1::FeedDefinition& definition() const { return definition_; }
  const std::string& id() const { return definition_.id(); }
  const AlertRule& rule() const { return *rule_; }

  // Where each of the feed's columns stands in a batch; -1 where it does not. INVALID_ARGUMENT
  // COLUMN_MISSING, COLUMN_REPEATED.
  absl::StatusOr<std::vector<int>> Locate(const std::vector<std::string>& columns) const;

  // Reads one record whose columns stand at `places`. INVALID_ARGUMENT with one field violation:
  // the department's field name, the reason and a message without the value. `today` bounds dates.
  absl::StatusOr<ParsedRecord> Parse(const v1::AlertRecord& record, int column_count,
                                     const std::vector<int>& places, absl::CivilDay today) const;

 private:
  v1::FeedDefinition definition_;
  const AlertRule* rule_;
};

// The registered feeds. Immutable and thread-safe.
class FeedCatalogue {
 public:
  // INVALID_ARGUMENT FEED_CATALOGUE_INVALID, metadata: feed, when an id stands twice, a rule is not
  // known, or a feed lacks a source id, a person or an event date.
  static absl::StatusOr<FeedCatalogue> Create(const v1::FeedCatalogue& config);

  // Null when unknown.
  const Feed* Find(std::string_view id) const;
  // By id.
  const std::map<std::string, Feed, std::less<>>& feeds() const { return feeds_; }

 private:
  std::map<std::string, Feed, std::less<>> feeds_;
};

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_CORE_FEEDS_H_
