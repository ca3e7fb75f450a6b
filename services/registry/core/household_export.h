#ifndef FANGPIN_REGISTRY_CORE_HOUSEHOLD_EXPORT_H_
#define FANGPIN_REGISTRY_CORE_HOUSEHOLD_EXPORT_H_

#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fangpin/registry/v1/query.pb.h"
#include "services/registry/core/store.h"

namespace fangpin::registry {

// How far an export has come: it stands at a position of the feed, and everything up to (division,
// id) as of that position has been handed out.
struct ExportPoint {
  int64_t position = 0;
  std::string division;
  std::string id;
};

// One export: the households of some divisions that a filter takes, exactly as they were at one
// position of the feed, by division, then id, while writers go on. Used by one thread at a time.
//
// No snapshot is held from one part to the next. Each page is read in a snapshot of its own that
// first learns what has changed since the position. A household that has not changed is where it
// was, and is taken from the page as it is. One that has changed is left out of the page and handed
// out at the place it had, from the revision before its first change; one that was registered later
// is left out. So whoever moves meanwhile is neither missed nor repeated.
class HouseholdExport {
 public:
  // Rows read at once, and the bounds of a part.
  static constexpr int kPage = 250;
  static constexpr size_t kPartHouseholds = 100;
  static constexpr size_t kPartBytes = 256 << 10;
  // Pages read for one part when the filter takes next to nothing.
  static constexpr int kPagesAPart = 20;
  // Changes since the position that are kept in mind; beyond it the export is EXPORT_OUTDATED.
  static constexpr int64_t kMaxChanges = 5'000'000;

  // `store` must outlive this. `ranges` are in order and do not overlap.
  HouseholdExport(RegistryStore* store, std::vector<DivisionRange> ranges,
                  pb::HouseholdFilter filter, ExportPoint from);

  // The next households; none when the filter took none of those looked at, or at the end.
  absl::StatusOr<std::vector<pb::Household>> Next();

  // Whether Next has handed out everything.
  bool complete() const { return range_ >= ranges_.size() && ready_.empty(); }
  // Where to go on behind what Next has handed out.
  const ExportPoint& point() const { return point_; }

 private:
  using Place = std::pair<std::string, std::string>;  // division, id

  absl::Status ReadPage();
  absl::Status LearnChanges(RegistryReader& reader);
  void Learn(const FeedRow& row);

  RegistryStore* const store_;
  const std::vector<DivisionRange> ranges_;
  const pb::HouseholdFilter filter_;
  ExportPoint point_;
  size_t range_ = 0;
  Place read_;                       // everything up to here is ready, handed out, or not taken
  std::deque<pb::Household> ready_;  // as of the position, in order
  int64_t seen_;                     // the feed is known up to here
  absl::flat_hash_set<int64_t> changed_;   // ids of households that changed since
  absl::btree_map<Place, int64_t> ahead_;  // those of them still to come, at their place: revision
};

}  // namespace fangpin::registry

#endif  // FANGPIN_REGISTRY_CORE_HOUSEHOLD_EXPORT_H_
