#include "services/screening/core/fake_alert_store.h"

#include <algorithm>
#include <utility>

#include "libs/base/division.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "services/screening/core/collections.h"

namespace fangpin::screening {
namespace {

std::string PlaceOf(std::string_view division, std::string_view id) {
  return base::StrCat(base::CountyOf(division), id);
}

}  // namespace

class FakeAlertStore::FakeTx final : public AlertTx {
 public:
  FakeTx(Data& data, records::Tx* records) : data_(data), records_(records) {}

  records::Tx& records() override { return *records_; }

  absl::StatusOr<std::vector<StoredVersion>> FindVersions(
      absl::Span<const Source> sources) override {
    std::vector<StoredVersion> versions;
    for (size_t i = 0; i < sources.size(); ++i) {
      for (const auto& [id, stored] : data_.alerts) {
        if (stored.alert.feed_id == sources[i].feed_id &&
            stored.alert.content.source_id() == sources[i].source_id) {
          versions.push_back({.source = i, .version = stored.alert.version, .alert_id = id});
        }
      }
    }
    return versions;
  }

  absl::StatusOr<std::vector<OpenAlert>> ListOpen(bool again, std::string_view after,
                                                  int limit) override {
    std::vector<OpenAlert> open;
    for (const auto& [id, stored] : data_.alerts) {
      const v1::AlertState state = stored.settled.state;
      const bool wanted =
          again ? state == v1::ALERT_STATE_UNMATCHED || state == v1::ALERT_STATE_FACT_MISSING
                : state == v1::ALERT_STATE_PENDING;
      if (!wanted || id <= after || static_cast<int>(open.size()) == limit) continue;
      open.push_back({.id = id,
                      .feed_id = stored.alert.feed_id,
                      .fingerprint = FingerprintOf(stored.alert.id_number),
                      .event_on = stored.alert.event_on,
                      .amount_fen = stored.alert.amount_fen,
                      .division = stored.settled.division,
                      .state = state,
                      .accept_time = stored.alert.accept_time,
                      .content = stored.alert.content});
    }
    return open;
  }

  absl::StatusOr<AlertPage> List(const AlertQuery& query) override {
    std::map<std::string, const Stored*> found;
    for (const auto& [id, stored] : data_.alerts) {
      std::string place = PlaceOf(stored.settled.division, id);
      if (place > query.after && Matches(stored, query)) found.emplace(std::move(place), &stored);
    }
    AlertPage page;
    for (const auto& [place, stored] : found) {
      if (static_cast<int>(page.alerts.size()) == query.limit) break;
      page.alerts.push_back(ToAlert(*stored));
      page.last = place;
    }
    return page;
  }

  absl::StatusOr<std::map<std::string, FeedStatus>> FeedStatuses() override {
    std::map<std::string, FeedStatus> statuses;
    for (const Push& push : data_.pushes) {
      FeedStatus& status = statuses[push.feed_id];
      status.accepted += push.accepted;
      status.watermark = std::max(status.watermark, push.watermark);
      status.last_push = std::max(status.last_push.value_or(push.time), push.time);
    }
    for (const auto& [id, stored] : data_.alerts) {
      if (stored.settled.state == v1::ALERT_STATE_PENDING) ++statuses[stored.alert.feed_id].pending;
    }
    return statuses;
  }

  absl::Status Insert(absl::Span<const NewAlert> alerts) override {
    for (const NewAlert& alert : alerts) {
      for (const auto& [id, stored] : data_.alerts) {
        if (stored.alert.feed_id == alert.feed_id && stored.alert.version == alert.version &&
            stored.alert.content.source_id() == alert.content.source_id()) {
          return absl::AlreadyExistsError("version of a source");
        }
      }
      data_.alerts[alert.id] = {
          .alert = alert,
          .settled = {.id = alert.id, .state = alert.state, .division = alert.division}};
    }
    return absl::OkStatus();
  }

  absl::Status AddPush(const Push& push) override {
    data_.pushes.push_back(push);
    return absl::OkStatus();
  }

  absl::Status Supersede(absl::Span<const std::string> alert_ids, absl::Time now) override {
    for (const std::string& id : alert_ids) {
      Stored& stored = data_.alerts.at(id);
      data_.amounts.erase({stored.settled.person_id, stored.alert.feed_id, id});
      stored.settled.state = v1::ALERT_STATE_SUPERSEDED;
      stored.settled.settle_time = now;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::map<std::string, v1::AlertState>> States(
      absl::Span<const std::string> alert_ids) override {
    std::map<std::string, v1::AlertState> states;
    for (const std::string& id : alert_ids) {
      const auto found = data_.alerts.find(id);
      if (found != data_.alerts.end()) states.emplace(id, found->second.settled.state);
    }
    return states;
  }

  absl::Status Settle(absl::Span<const SettledAlert> alerts) override {
    for (const SettledAlert& alert : alerts) data_.alerts.at(alert.id).settled = alert;
    return absl::OkStatus();
  }

  absl::Status AddAmounts(absl::Span<const Amount> amounts) override {
    for (const Amount& amount : amounts) {
      data_.amounts.try_emplace({amount.person_id, amount.feed_id, amount.alert_id}, amount);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<int64_t> SumAmounts(const AmountRange& range) override {
    int64_t sum = 0;
    for (const auto& [key, amount] : data_.amounts) {
      if (amount.person_id == range.person_id && amount.feed_id == range.feed_id &&
          amount.kind == range.kind && amount.event_on >= range.from &&
          amount.event_on <= range.to && amount.alert_id <= range.up_to_alert) {
        sum += amount.amount_fen;
      }
    }
    return sum;
  }

 private:
  static bool Matches(const Stored& stored, const AlertQuery& query) {
    const bool visible =
        std::any_of(query.divisions.begin(), query.divisions.end(), [&](const std::string& root) {
          return base::DivisionWithin(stored.settled.division, root);
        });
    const bool state_wanted =
        query.states.empty() || std::find(query.states.begin(), query.states.end(),
                                          stored.settled.state) != query.states.end();
    return visible && state_wanted &&
           (query.feed_id.empty() || stored.alert.feed_id == query.feed_id) &&
           (query.household_id.empty() || stored.settled.household_id == query.household_id);
  }

  static v1::Alert ToAlert(const Stored& stored) {
    const NewAlert& taken = stored.alert;
    const SettledAlert& settled = stored.settled;
    v1::Alert alert;
    alert.set_id(taken.id);
    alert.set_feed_id(taken.feed_id);
    alert.set_source_id(taken.content.source_id());
    alert.set_source_version(taken.version);
    alert.set_event_on(taken.event_on);
    if (taken.amount_fen) alert.set_amount_fen(*taken.amount_fen);
    alert.set_state(settled.state);
    alert.set_household_id(settled.household_id);
    if (!settled.household_id.empty()) alert.set_division(settled.division);
    alert.set_person_id(settled.person_id);
    alert.set_clue_id(settled.clue_id);
    alert.set_judgement(settled.judgement);
    *alert.mutable_accept_time() = ToTimestamp(taken.accept_time);
    if (settled.settle_time != absl::Time()) {
      *alert.mutable_settle_time() = ToTimestamp(settled.settle_time);
    }
    return alert;
  }

  Data& data_;
  records::Tx* const records_;
};

absl::Status FakeAlertStore::Read(absl::FunctionRef<absl::Status(AlertView&)> fn) {
  absl::MutexLock lock(&mutex_);
  FakeTx view(data_, nullptr);
  return fn(view);
}

absl::Status FakeAlertStore::Write(const base::CallContext& ctx,
                                   absl::FunctionRef<absl::Status(AlertTx&)> fn) {
  absl::MutexLock lock(&mutex_);
  Data copy = data_;
  FANGPIN_RETURN_IF_ERROR(
      records_.Write(ctx, [&](records::Tx& records) ABSL_NO_THREAD_SAFETY_ANALYSIS {
        FakeTx tx(copy, &records);
        FANGPIN_RETURN_IF_ERROR(fn(tx));
        return commit_;
      }));
  data_ = std::move(copy);
  return absl::OkStatus();
}

void FakeAlertStore::FailCommits(absl::Status status) {
  absl::MutexLock lock(&mutex_);
  commit_ = std::move(status);
}

std::string FakeAlertStore::FingerprintOf(std::string_view id_number) {
  return base::StrCat("fingerprint/", id_number);
}

}  // namespace fangpin::screening
