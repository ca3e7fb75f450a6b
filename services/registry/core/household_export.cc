#include "services/registry/core/household_export.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <tuple>

#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "services/registry/core/errors.h"
#include "services/registry/core/household_filter.h"

namespace fangpin::registry {
namespace {

// Rows of the feed read at once.
constexpr int kFeedPage = 10'000;

}  // namespace

HouseholdExport::HouseholdExport(RegistryStore* store, std::vector<DivisionRange> ranges,
                                 pb::HouseholdFilter filter, ExportPoint from)
    : store_(store),
      ranges_(std::move(ranges)),
      filter_(std::move(filter)),
      point_(std::move(from)),
      read_(point_.division, point_.id),
      seen_(point_.position) {
  while (range_ < ranges_.size() && ranges_[range_].end <= read_.first) ++range_;
}

absl::StatusOr<std::vector<pb::Household>> HouseholdExport::Next() {
  for (int pages = 0; pages < kPagesAPart && range_ < ranges_.size(); ++pages) {
    if (ready_.size() >= kPartHouseholds) break;
    FANGPIN_RETURN_IF_ERROR(ReadPage());
  }
  std::vector<pb::Household> part;
  size_t bytes = 0;
  while (!ready_.empty() && part.size() < kPartHouseholds && bytes < kPartBytes) {
    bytes += ready_.front().ByteSizeLong();
    part.push_back(std::move(ready_.front()));
    ready_.pop_front();
  }
  if (ready_.empty()) {
    point_.division = read_.first;
    point_.id = read_.second;
  } else {
    point_.division = part.back().division();
    point_.id = part.back().id();
  }
  return part;
}

absl::Status HouseholdExport::ReadPage() {
  const DivisionRange& range = ranges_[range_];
  HouseholdPart part;
  std::vector<RevisionKey> keys;
  std::vector<std::optional<pb::Revision>> before;
  Place end;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](RegistryReader& reader) -> absl::Status {
    FANGPIN_RETURN_IF_ERROR(LearnChanges(reader));
    HouseholdQuery query;
    query.range = range;
    query.after_division = read_.first;
    query.after_id = read_.second;
    query.limit = kPage;
    // What the filter takes is asked of each household as of the position.
    query.filter.set_include_closed(true);
    FANGPIN_ASSIGN_OR_RETURN(part, reader.ListHouseholds(query));
    end = part.complete ? Place(range.end, "") : Place(part.last_division, part.last_id);
    keys.clear();
    for (const auto& [place, number] : ahead_) {
      if (place > end) break;
      keys.push_back({place.second, number});
    }
    FANGPIN_ASSIGN_OR_RETURN(before, reader.RevisionsAt(keys));
    return absl::OkStatus();
  }));

  std::vector<pb::Household> page = std::move(part.households);
  std::erase_if(page, [this](const pb::Household& household) {
    return changed_.contains(*base::ParseInt(household.id()));
  });
  const auto in_page = static_cast<std::ptrdiff_t>(page.size());
  for (std::optional<pb::Revision>& revision : before) {
    if (!revision.has_value()) return absl::DataLossError("a revision in the feed is not there");
    page.push_back(std::move(*revision->mutable_household()));
  }
  std::inplace_merge(page.begin(), page.begin() + in_page, page.end(),
                     [](const pb::Household& a, const pb::Household& b) {
                       return std::tie(a.division(), a.id()) < std::tie(b.division(), b.id());
                     });
  for (pb::Household& household : page) {
    if (Takes(filter_, household)) ready_.push_back(std::move(household));
  }
  ahead_.erase(ahead_.begin(), ahead_.upper_bound(end));
  if (end.first == range.end) ++range_;
  read_ = std::move(end);
  return absl::OkStatus();
}

absl::Status HouseholdExport::LearnChanges(RegistryReader& reader) {
  // What a run that was interrupted has learnt stays true: a household's first change after the
  // position does not change any more.
  while (true) {
    FANGPIN_ASSIGN_OR_RETURN(const std::vector<FeedRow> rows, reader.Feed(seen_, kFeedPage));
    for (const FeedRow& row : rows) Learn(row);
    if (!rows.empty()) seen_ = rows.back().position;
    if (seen_ - point_.position > kMaxChanges) return ExportOutdated();
    if (static_cast<int>(rows.size()) < kFeedPage) break;
  }
  FANGPIN_ASSIGN_OR_RETURN(const std::vector<FeedRow> pending, reader.FeedPending());
  for (const FeedRow& row : pending) Learn(row);
  return absl::OkStatus();
}

void HouseholdExport::Learn(const FeedRow& row) {
  if (!changed_.insert(*base::ParseInt(row.household_id)).second || row.number == 1) return;
  Place place(row.moved_from.empty() ? row.division : row.moved_from, row.household_id);
  if (place <= read_) return;
  const bool wanted = std::any_of(
      ranges_.begin() + static_cast<std::ptrdiff_t>(range_), ranges_.end(),
      [&](const DivisionRange& r) { return r.begin <= place.first && place.first < r.end; });
  if (wanted) ahead_.emplace(std::move(place), row.number - 1);
}

}  // namespace fangpin::registry
