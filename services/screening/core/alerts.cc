#include "services/screening/core/alerts.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "libs/base/civil.h"
#include "libs/base/division.h"
#include "libs/base/error.h"
#include "libs/base/error_details.h"
#include "libs/base/id.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "services/screening/core/collections.h"
#include "services/screening/core/errors.h"

namespace fangpin::screening {
namespace {

constexpr std::string_view kOperatorRole = "OPERATOR";
// Where the alerts of a sender without divisions belong until a household is found.
constexpr std::string_view kProvince = "620000000000";
constexpr int kDefaultPage = 200;
constexpr int kMaxPage = 1000;

// A record of the batch that was read.
struct Candidate {
  int index = 0;  // In the request.
  ParsedRecord record;

  SourceVersion version() const { return {record.source_id, record.source_version}; }
};

v1::AlertResult Rejection(const absl::Status& status) {
  v1::AlertResult result;
  result.set_answer(v1::ALERT_ANSWER_REJECTED);
  result.set_reason(base::Reason(status));
  result.set_message(std::string(status.message()));
  if (const auto details = base::GetBadRequest(status); details) {
    result.set_field(details->field_violations(0).field());
  }
  return result;
}

v1::AlertResult Stored(v1::AlertAnswer answer, std::string alert_id) {
  v1::AlertResult result;
  result.set_answer(answer);
  result.set_alert_id(std::move(alert_id));
  return result;
}

// Where an alert belongs until a household is found: the county that the ID number begins with when
// it lies in the sender's area, otherwise the sender's own division.
std::string PlaceOf(std::string_view id_number, const base::Principal& sender) {
  if (sender.divisions.empty()) return std::string(kProvince);
  std::string county = base::StrCat(id_number.substr(0, 6), "000000");
  if (base::CheckDivision(county).ok() && sender.MayAccess(county)) return county;
  return sender.divisions.front();
}

// What is stored of the sources of some candidates: alert id by version, by source.
using Versions = std::map<std::string, std::map<int64_t, std::string>>;

absl::StatusOr<Versions> FindVersions(AlertView& view, std::string_view feed_id,
                                      const std::vector<const Candidate*>& candidates) {
  std::set<std::string> ids;
  for (const Candidate* candidate : candidates) ids.insert(candidate->record.source_id);
  std::vector<Source> sources;
  for (const std::string& id : ids) sources.push_back({std::string(feed_id), id});
  FANGPIN_ASSIGN_OR_RETURN(const std::vector<StoredVersion> stored, view.FindVersions(sources));
  Versions versions;
  for (const StoredVersion& version : stored) {
    versions[sources[version.source].source_id][version.version] = version.alert_id;
  }
  return versions;
}

NewAlert MakeAlert(const base::CallContext& ctx, const Feed& feed,
                   const v1::PushAlertsRequest& request, const Candidate& candidate) {
  const ParsedRecord& record = candidate.record;
  NewAlert alert;
  alert.division = PlaceOf(record.id_number, ctx.principal);
  alert.id = base::NewId(base::CountyOf(alert.division), ctx.now);
  alert.feed_id = feed.id();
  alert.version = record.source_version;
  alert.id_number = record.id_number;
  alert.event_on = base::FormatDay(record.event_on);
  alert.amount_fen = record.amount_fen;
  alert.accept_time = ctx.now;
  alert.content.set_source_id(record.source_id);
  *alert.content.mutable_columns() = request.columns();
  *alert.content.mutable_values() = request.records(candidate.index).values();
  for (const auto& [fact, value] : record.numbers) (*alert.content.mutable_numbers())[fact] = value;
  for (const auto& [fact, code] : record.codes) (*alert.content.mutable_codes())[fact] = code;
  return alert;
}

// What one transaction takes in.
struct Intake {
  std::vector<NewAlert> alerts;
  std::vector<std::string> superseded;
  Push push;
  bool something_to_settle = false;
};

// Decides on each candidate: a version that is stored, or came earlier in the batch, is a
// duplicate; of several versions of one record only the highest is to be settled.
Intake Decide(const base::CallContext& ctx, const Feed& feed, const v1::PushAlertsRequest& request,
              const std::vector<const Candidate*>& candidates, const Versions& stored,
              v1::PushAlertsResponse& response) {
  Intake intake;
  intake.push = {.feed_id = feed.id(), .time = ctx.now};
  Versions known = stored;
  std::map<std::string, size_t> by_id;
  for (const Candidate* candidate : candidates) {
    std::map<int64_t, std::string>& versions = known[candidate->record.source_id];
    v1::AlertResult& result = *response.mutable_results(candidate->index);
    const int64_t version = candidate->record.source_version;
    if (const auto found = versions.find(version); found != versions.end()) {
      result = Stored(v1::ALERT_ANSWER_DUPLICATE, found->second);
      continue;
    }
    NewAlert alert = MakeAlert(ctx, feed, request, *candidate);
    versions.emplace(version, alert.id);
    result = Stored(v1::ALERT_ANSWER_ACCEPTED, alert.id);
    ++intake.push.accepted;
    intake.push.watermark = std::max(intake.push.watermark, alert.event_on);
    by_id.emplace(alert.id, intake.alerts.size());
    intake.alerts.push_back(std::move(alert));
  }
  for (const auto& [source, versions] : known) {
    for (const auto& [version, id] : versions) {
      if (version == versions.rbegin()->first) continue;
      if (const auto taken = by_id.find(id); taken != by_id.end()) {
        intake.alerts[taken->second].state = v1::ALERT_STATE_SUPERSEDED;
      } else {
        intake.superseded.push_back(id);
      }
    }
  }
  intake.something_to_settle =
      std::any_of(intake.alerts.begin(), intake.alerts.end(),
                  [](const NewAlert& alert) { return alert.state == v1::ALERT_STATE_PENDING; });
  return intake;
}

}  // namespace

absl::StatusOr<v1::PushAlertsResponse> Alerts::PushAlerts(const base::CallContext& ctx,
                                                          const v1::PushAlertsRequest& request) {
  const Feed* feed = feeds_->Find(request.feed_id());
  if (feed == nullptr) return FeedUnknown(request.feed_id());
  if (ctx.principal.department != feed->definition().department_id() &&
      !ctx.principal.Has(kOperatorRole)) {
    return FeedOfOtherDepartment(feed->id());
  }
  if (request.records().empty()) return BatchEmpty();
  if (request.records_size() > kMaxBatch) return BatchTooLarge(request.records_size());
  FANGPIN_ASSIGN_OR_RETURN(const std::vector<int> places,
                           feed->Locate({request.columns().begin(), request.columns().end()}));

  v1::PushAlertsResponse response;
  std::vector<Candidate> candidates;
  for (int i = 0; i < request.records_size(); ++i) {
    response.add_results();
    absl::StatusOr<ParsedRecord> record =
        feed->Parse(request.records(i), request.columns_size(), places, base::Today(ctx.now));
    if (record.ok()) {
      candidates.push_back({i, *std::move(record)});
    } else {
      *response.mutable_results(i) = Rejection(record.status());
    }
  }

  std::vector<SourceVersion> versions;
  for (const Candidate& candidate : candidates) versions.push_back(candidate.version());
  const std::vector<bool> seen = cache_->SeenBefore(feed->id(), versions);
  std::vector<const Candidate*> open, hinted;
  for (size_t i = 0; i < candidates.size(); ++i) {
    (seen[i] ? hinted : open).push_back(&candidates[i]);
  }
  if (!hinted.empty()) {
    // A resent batch is answered by reading, without waiting for the writer. The answer names the
    // stored alert, so it cannot be wrong.
    Versions stored;
    FANGPIN_RETURN_IF_ERROR(store_->Read([&](AlertView& view) -> absl::Status {
      FANGPIN_ASSIGN_OR_RETURN(stored, FindVersions(view, feed->id(), hinted));
      return absl::OkStatus();
    }));
    for (const Candidate* candidate : hinted) {
      const std::map<int64_t, std::string>& found = stored[candidate->record.source_id];
      const auto version = found.find(candidate->record.source_version);
      if (version == found.end()) {
        open.push_back(candidate);
      } else {
        *response.mutable_results(candidate->index) =
            Stored(v1::ALERT_ANSWER_DUPLICATE, version->second);
      }
    }
    std::sort(open.begin(), open.end());  // Back into the order of the batch.
  }

  bool something_to_settle = false;
  if (!open.empty()) {
    const auto take = [&](AlertTx& tx) -> absl::Status {
      FANGPIN_ASSIGN_OR_RETURN(const Versions stored, FindVersions(tx, feed->id(), open));
      const Intake intake = Decide(ctx, *feed, request, open, stored, response);
      something_to_settle = intake.something_to_settle;
      if (intake.alerts.empty()) return absl::OkStatus();
      FANGPIN_RETURN_IF_ERROR(tx.Insert(intake.alerts));
      FANGPIN_RETURN_IF_ERROR(tx.Supersede(intake.superseded, ctx.now));
      return tx.AddPush(intake.push);
    };
    absl::Status taken = store_->Write(ctx, take);
    // The same record came in another batch at the same moment; by now it can be seen.
    if (absl::IsAlreadyExists(taken)) taken = store_->Write(ctx, take);
    FANGPIN_RETURN_IF_ERROR(taken);
    cache_->MarkSeen(feed->id(), versions);
  }
  if (something_to_settle) on_accepted_();
  for (const v1::AlertResult& result : response.results()) {
    instruments_->AlertAnswered(feed->id(), result.answer());
  }
  return response;
}

absl::StatusOr<v1::ListAlertsResponse> Alerts::ListAlerts(const base::CallContext& ctx,
                                                          const v1::ListAlertsRequest& request) {
  AlertQuery query;
  query.divisions = records::Visible(ctx.principal, request.division());
  query.feed_id = request.feed_id();
  query.household_id = request.household_id();
  for (const int state : request.states()) query.states.push_back(v1::AlertState(state));
  query.after = request.page_token();
  query.limit = request.page_size() == 0 ? kDefaultPage : std::min(request.page_size(), kMaxPage);
  v1::ListAlertsResponse response;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](AlertView& view) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(AlertPage page, view.List(query));
    response.Clear();
    for (v1::Alert& alert : page.alerts) {
      if (const Feed* feed = feeds_->Find(alert.feed_id())) {
        alert.set_risk(feed->definition().risk());
      }
      *response.add_alerts() = std::move(alert);
    }
    if (response.alerts_size() == query.limit) response.set_next_page_token(page.last);
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::ListFeedsResponse> Alerts::ListFeeds(const base::CallContext& ctx,
                                                        const v1::ListFeedsRequest& request) {
  std::map<std::string, FeedStatus> statuses;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](AlertView& view) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(statuses, view.FeedStatuses());
    return absl::OkStatus();
  }));
  v1::ListFeedsResponse response;
  for (const auto& [id, feed] : feeds_->feeds()) {
    const v1::FeedDefinition& definition = feed.definition();
    v1::Feed& shown = *response.add_feeds();
    shown.set_id(id);
    shown.set_department(definition.department());
    shown.set_title(definition.title());
    for (const v1::FeedColumn& column : definition.columns()) shown.add_columns(column.name());
    const FeedStatus& status = statuses[id];
    shown.set_accepted(status.accepted);
    shown.set_pending(status.pending);
    shown.set_watermark(status.watermark);
    if (status.last_push) *shown.mutable_last_push_time() = ToTimestamp(*status.last_push);
  }
  return response;
}

}  // namespace fangpin::screening
