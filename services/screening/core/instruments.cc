#include "services/screening/core/instruments.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "services/screening/core/feeds.h"

namespace fangpin::screening {
namespace {

// "ALERT_ANSWER_ACCEPTED" as "accepted".
std::string Label(std::string_view name, std::string_view prefix) {
  return absl::AsciiStrToLower(std::string(name.substr(prefix.size())));
}

std::vector<double> LagBuckets() { return {0.1, 0.5, 1, 5, 15, 60, 300, 1800, 7200, 86400}; }

}  // namespace

Instruments::Instruments(metrics::Registry& registry, const FeedCatalogue& feeds)
    : lag_(registry.AddHistogram("fangpin_screening_settle_lag_seconds",
                                 "Time from taking an alert to settling it.", LagBuckets())),
      tasks_open_(
          registry.AddGauge("fangpin_screening_visit_tasks_open", "Visit tasks not yet done.")) {
  for (const auto& [id, feed] : feeds.feeds()) {
    Answers& answers = answered_[id];
    for (int i = 1; i < v1::AlertAnswer_ARRAYSIZE; ++i) {
      answers[i] = &registry.AddCounter(
          "fangpin_screening_alerts_total", "Alert records answered.",
          {{"feed", id}, {"answer", Label(v1::AlertAnswer_Name(i), "ALERT_ANSWER_")}});
    }
    waiting_[id] = &registry.AddGauge("fangpin_screening_alerts_pending",
                                      "Alerts taken and not yet settled.", {{"feed", id}});
  }
  for (int i = 1; i < v1::AlertState_ARRAYSIZE; ++i) {
    settled_[i] =
        &registry.AddCounter("fangpin_screening_alerts_settled_total", "Alerts settled, by result.",
                             {{"result", Label(v1::AlertState_Name(i), "ALERT_STATE_")}});
  }
  for (int i = 1; i < v1::DiscoveryChannel_ARRAYSIZE; ++i) {
    const metrics::Labels labels = {
        {"channel", Label(v1::DiscoveryChannel_Name(i), "DISCOVERY_CHANNEL_")}};
    reports_[i] = &registry.AddCounter("fangpin_screening_reports_total",
                                       "Reports of a risk, by channel.", labels);
    clues_[i] = &registry.AddCounter("fangpin_screening_clues_total",
                                     "Clues opened, by the channel that opened them.", labels);
  }
  for (int i = 1; i < v1::CaseState_ARRAYSIZE; ++i) {
    const std::string state = Label(v1::CaseState_Name(i), "CASE_STATE_");
    decided_[i] = &registry.AddCounter("fangpin_screening_cases_decided_total",
                                       "County decisions, by result.", {{"state", state}});
    cases_[i] = &registry.AddGauge("fangpin_screening_cases", "Determination cases, by state.",
                                   {{"state", state}});
  }
}

void Instruments::AlertAnswered(std::string_view feed_id, v1::AlertAnswer answer) {
  const auto found = answered_.find(feed_id);
  if (found != answered_.end()) found->second[answer]->Increment();
}

void Instruments::AlertSettled(v1::AlertState state) { settled_[state]->Increment(); }

void Instruments::SettleLag(absl::Duration lag) {
  lag_.Observe(std::max(0.0, absl::ToDoubleSeconds(lag)));
}

void Instruments::RiskReported(v1::DiscoveryChannel channel) { reports_[channel]->Increment(); }

void Instruments::CluesOpened(v1::DiscoveryChannel channel, int count) {
  clues_[channel]->Increment(count);
}

void Instruments::CaseDecided(v1::CaseState state) { decided_[state]->Increment(); }

void Instruments::SetWaiting(std::string_view feed_id, int64_t pending) {
  const auto found = waiting_.find(feed_id);
  if (found != waiting_.end()) found->second->Set(static_cast<double>(pending));
}

void Instruments::SetCases(const std::map<int64_t, int64_t>& by_state) {
  for (int i = 1; i < v1::CaseState_ARRAYSIZE; ++i) {
    const auto found = by_state.find(i);
    cases_[i]->Set(found == by_state.end() ? 0 : static_cast<double>(found->second));
  }
}

void Instruments::SetTasksOpen(int64_t count) { tasks_open_.Set(static_cast<double>(count)); }

}  // namespace fangpin::screening
