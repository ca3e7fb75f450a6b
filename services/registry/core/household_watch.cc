#include "services/registry/core/household_watch.h"

#include <algorithm>
#include <string>

#include "libs/base/status.h"

namespace fangpin::registry {
namespace {

// Revisions read at once.
constexpr size_t kRead = 20;

pb::HouseholdEvent Event(pb::HouseholdEventKind kind, pb::Revision revision, const FeedRow& row,
                         bool include_household) {
  pb::HouseholdEvent event;
  event.set_kind(kind);
  if (kind == pb::HOUSEHOLD_EVENT_KIND_LEFT_SCOPE) {
    // Who moved it where is for those who see it now.
    event.mutable_revision()->set_number(revision.number());
    event.mutable_revision()->set_household_id(revision.household_id());
    *event.mutable_revision()->mutable_time() = revision.time();
    return event;
  }
  if (!include_household) revision.clear_household();
  *event.mutable_revision() = std::move(revision);
  event.set_division(row.division);
  return event;
}

}  // namespace

HouseholdWatch::HouseholdWatch(RegistryStore* store, FeedTail* tail, Options options,
                               std::function<void()> wake)
    : store_(store),
      tail_(tail),
      options_(std::move(options)),
      position_(options_.position),
      told_(position_),
      tell_(options_.tell_position) {
  if (options_.end.has_value()) return;
  listener_ = store_->ListenToFeed([tail, wake = std::move(wake)](int64_t head) {
    tail->Grown(head);
    wake();
  });
}

absl::StatusOr<HouseholdWatch::Outcome> HouseholdWatch::Next(
    std::vector<pb::HouseholdEvent>* events) {
  events->clear();
  while (events->empty() && !tell_) {
    FANGPIN_ASSIGN_OR_RETURN(std::vector<FeedRow> rows, tail_->After(position_, kRows));
    if (options_.end.has_value()) {
      std::erase_if(rows, [this](const FeedRow& row) { return row.position > *options_.end; });
    }
    if (rows.empty()) {
      if (!options_.end.has_value()) return Outcome::kNothing;
      if (told_ == position_) return Outcome::kEnd;
      tell_ = true;
      break;
    }
    FANGPIN_RETURN_IF_ERROR(AddEvents(rows, events));
    tell_ = position_ - told_ >= kTellAfter;
  }
  tell_ = false;
  told_ = position_;
  return Outcome::kEvents;
}

absl::Status HouseholdWatch::AddEvents(const std::vector<FeedRow>& rows,
                                       std::vector<pb::HouseholdEvent>* events) {
  std::vector<const FeedRow*> concerned;
  std::vector<RevisionKey> keys;
  std::vector<std::optional<pb::Revision>> revisions;
  for (const FeedRow& row : rows) {
    if (KindOf(row) == pb::HOUSEHOLD_EVENT_KIND_UNSPECIFIED) continue;
    if (concerned.size() == kPartEvents) break;
    concerned.push_back(&row);
    keys.push_back({row.household_id, row.number});
  }
  size_t bytes = 0;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (i % kRead == 0) {
      FANGPIN_RETURN_IF_ERROR(store_->Read([&](RegistryReader& reader) -> absl::Status {
        FANGPIN_ASSIGN_OR_RETURN(revisions,
                                 reader.RevisionsAt(absl::MakeConstSpan(keys).subspan(i, kRead)));
        return absl::OkStatus();
      }));
    }
    std::optional<pb::Revision>& revision = revisions[i % kRead];
    if (!revision.has_value()) return absl::DataLossError("a revision in the feed is not there");
    const FeedRow& row = *concerned[i];
    events->push_back(Event(KindOf(row), *std::move(revision), row, options_.include_household));
    position_ = row.position;
    bytes += events->back().ByteSizeLong();
    if (bytes >= kPartBytes) return absl::OkStatus();
  }
  // Behind the last event nothing concerned this reader, unless the bound stopped short of it.
  if (concerned.size() < kPartEvents) position_ = rows.back().position;
  return absl::OkStatus();
}

bool HouseholdWatch::Sees(std::string_view division) const {
  return std::any_of(options_.ranges.begin(), options_.ranges.end(), [&](const DivisionRange& r) {
    return r.begin <= division && division < r.end;
  });
}

pb::HouseholdEventKind HouseholdWatch::KindOf(const FeedRow& row) const {
  if (Sees(row.division)) return pb::HOUSEHOLD_EVENT_KIND_CHANGED;
  return !row.moved_from.empty() && Sees(row.moved_from) ? pb::HOUSEHOLD_EVENT_KIND_LEFT_SCOPE
                                                         : pb::HOUSEHOLD_EVENT_KIND_UNSPECIFIED;
}

}  // namespace fangpin::registry
