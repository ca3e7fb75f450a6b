#include "services/screening/core/settlement.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "libs/base/civil.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/log/log.h"
#include "services/screening/core/clue_book.h"
#include "services/screening/core/collections.h"

namespace fangpin::screening {
namespace {

constexpr std::string_view kActor = "service:screening";
constexpr std::string_view kProvince = "620000000000";
constexpr std::string_view kNoMatch = "户档中没有此人，登记后自动再次匹配";
constexpr std::string_view kBelowThreshold = "未达到预警标准";
constexpr std::string_view kFeedGone = "数据源已取消登记";

// The service's own call: its time is that of the latest alert, never the wall clock.
base::CallContext ContextFor(const std::vector<OpenAlert>& alerts) {
  base::CallContext ctx;
  ctx.principal.subject = kActor;
  ctx.principal.roles = {"SERVICE"};
  ctx.principal.divisions = {std::string(kProvince)};
  ctx.now = absl::InfinitePast();
  for (const OpenAlert& alert : alerts) ctx.now = std::max(ctx.now, alert.accept_time);
  ctx.request_id = alerts.front().id;
  return ctx;
}

// The number and list parameters that a feed's rule is judged with.
void FillParameters(const policy::Parameters& parameters, const Feed& feed,
                    std::string_view division, AlertCase& subject) {
  for (const std::string& name : feed.definition().parameters()) {
    const policy::Parameter* row = parameters.Find(name, division, subject.as_of);
    if (row == nullptr) continue;
    if (row->unit == policy::Unit::kList) {
      subject.lists[name] = row->items;
    } else {
      subject.parameters[name] = row->value;
    }
  }
}

std::string_view KindOf(const Feed& feed, const OpenAlert& alert) {
  const auto found = alert.content.codes().find(feed.definition().accumulate_by());
  return found == alert.content.codes().end() ? std::string_view() : found->second;
}

bool Accumulates(const Feed& feed, const OpenAlert& alert) {
  return !feed.definition().accumulate_by().empty() && alert.amount_fen &&
         !KindOf(feed, alert).empty();
}

absl::Status FillSums(AlertTx& tx, const Feed& feed, const OpenAlert& alert,
                      const PersonMatch& match, AlertCase& subject) {
  AmountRange range = {.person_id = match.person_id,
                       .feed_id = feed.id(),
                       .kind = std::string(KindOf(feed, alert)),
                       .up_to_alert = alert.id};
  const absl::CivilYear year(subject.event_on);
  range.from = base::FormatDay(absl::CivilDay(year));
  range.to = base::FormatDay(absl::CivilDay(year + 1) - 1);
  FANGPIN_ASSIGN_OR_RETURN(subject.year_amount_fen, tx.SumAmounts(range));
  const absl::CivilMonth month(subject.event_on);
  range.from = base::FormatDay(absl::CivilDay(month));
  range.to = base::FormatDay(absl::CivilDay(month + 1) - 1);
  FANGPIN_ASSIGN_OR_RETURN(subject.month_amount_fen, tx.SumAmounts(range));
  return absl::OkStatus();
}

v1::AlertState StateFor(policy::Verdict verdict) {
  switch (verdict) {
    case policy::Verdict::kHold:
      return v1::ALERT_STATE_CLUE;
    case policy::Verdict::kClear:
      return v1::ALERT_STATE_BELOW_THRESHOLD;
    case policy::Verdict::kFactMissing:
      break;
  }
  return v1::ALERT_STATE_FACT_MISSING;
}

v1::Alert ToAlert(const OpenAlert& open, const SettledAlert& settled, const Feed* feed) {
  v1::Alert alert;
  alert.set_id(open.id);
  alert.set_feed_id(open.feed_id);
  alert.set_event_on(open.event_on);
  if (open.amount_fen) alert.set_amount_fen(*open.amount_fen);
  alert.set_state(settled.state);
  alert.set_household_id(settled.household_id);
  alert.set_person_id(settled.person_id);
  alert.set_division(settled.division);
  if (feed != nullptr) alert.set_risk(feed->definition().risk());
  alert.set_clue_id(settled.clue_id);
  alert.set_judgement(settled.judgement);
  *alert.mutable_accept_time() = ToTimestamp(open.accept_time);
  *alert.mutable_settle_time() = ToTimestamp(settled.settle_time);
  return alert;
}

// A rule's answer about one alert.
absl::StatusOr<policy::Finding> Judge(AlertTx& tx, const policy::PolicyData& policy,
                                      const Feed& feed, const OpenAlert& alert,
                                      const PersonMatch& match) {
  AlertCase subject;
  subject.numbers.insert(alert.content.numbers().begin(), alert.content.numbers().end());
  subject.codes.insert(alert.content.codes().begin(), alert.content.codes().end());
  subject.household_kind = match.household_kind;
  subject.as_of = base::Today(alert.accept_time);
  FANGPIN_ASSIGN_OR_RETURN(subject.event_on, base::ParseDay(alert.event_on));
  FillParameters(policy.parameters, feed, match.division, subject);
  if (Accumulates(feed, alert)) {
    FANGPIN_RETURN_IF_ERROR(FillSums(tx, feed, alert, match, subject));
  }
  return JudgeAlert(feed.rule(), subject);
}

v1::ClueReport ReportFor(const Feed& feed, const OpenAlert& alert, std::string_view judgement) {
  v1::ClueReport report;
  report.set_channel(v1::DISCOVERY_CHANNEL_DEPARTMENT_ALERT);
  report.set_risk(feed.definition().risk());
  report.set_alert_id(alert.id);
  report.set_text(base::StrCat(feed.definition().department(), "：", judgement));
  report.set_reporter(base::StrCat("feed:", feed.id()));
  return report;
}

}  // namespace

absl::StatusOr<std::vector<SettledAlert>> Settlement::SettleIn(
    AlertTx& tx, const std::vector<OpenAlert>& alerts,
    const std::vector<std::optional<PersonMatch>>& matches, Tally& tally) {
  std::vector<std::string> ids;
  for (const OpenAlert& alert : alerts) ids.push_back(alert.id);
  FANGPIN_ASSIGN_OR_RETURN(const auto states, tx.States(ids));
  const auto still_open = [&](const OpenAlert& alert) {
    const auto state = states.find(alert.id);
    return state != states.end() && state->second == alert.state;
  };

  std::vector<Amount> amounts;
  for (size_t i = 0; i < alerts.size(); ++i) {
    const Feed* feed = feeds_->Find(alerts[i].feed_id);
    if (!matches[i] || feed == nullptr || !still_open(alerts[i]) ||
        !Accumulates(*feed, alerts[i])) {
      continue;
    }
    amounts.push_back({.person_id = matches[i]->person_id,
                       .feed_id = feed->id(),
                       .kind = std::string(KindOf(*feed, alerts[i])),
                       .event_on = alerts[i].event_on,
                       .alert_id = alerts[i].id,
                       .amount_fen = *alerts[i].amount_fen});
  }
  FANGPIN_RETURN_IF_ERROR(tx.AddAmounts(amounts));

  std::vector<SettledAlert> settled;
  for (size_t i = 0; i < alerts.size(); ++i) {
    const OpenAlert& alert = alerts[i];
    if (!still_open(alert)) continue;
    SettledAlert result = {
        .id = alert.id, .division = alert.division, .settle_time = alert.accept_time};
    const Feed* feed = feeds_->Find(alert.feed_id);
    if (!matches[i]) {
      result.state = v1::ALERT_STATE_UNMATCHED;
      result.judgement = kNoMatch;
    } else if (feed == nullptr) {
      result.state = v1::ALERT_STATE_FACT_MISSING;
      result.judgement = kFeedGone;
    } else {
      const PersonMatch& match = *matches[i];
      result.household_id = match.household_id;
      result.person_id = match.person_id;
      result.division = match.division;
      FANGPIN_ASSIGN_OR_RETURN(const policy::Finding finding,
                               Judge(tx, *policy_, *feed, alert, match));
      result.state = StateFor(finding.verdict);
      result.judgement =
          finding.verdict == policy::Verdict::kClear ? kBelowThreshold : finding.message;
    }
    if (result.state == v1::ALERT_STATE_CLUE) {
      const auto terms = TermsFor(*policy_, result.division, base::Today(alert.accept_time));
      if (terms.ok()) {
        FANGPIN_ASSIGN_OR_RETURN(
            const AddedReport added,
            AddReport(tx.records(), *terms, result.household_id, result.division,
                      ReportFor(*feed, alert, result.judgement), alert.accept_time));
        result.clue_id = added.clue.id();
        if (added.opened) ++tally.opened;
      } else {
        result.state = v1::ALERT_STATE_FACT_MISSING;
        result.judgement = std::string(terms.status().message());
        ++tally.without_terms;
        tally.lacking = terms.status();
      }
    }
    if (result.state != alert.state) settled.push_back(std::move(result));
  }
  FANGPIN_RETURN_IF_ERROR(tx.Settle(settled));
  return settled;
}

absl::StatusOr<SettleResult> Settlement::Run(SettlePass pass, std::string_view after, int limit) {
  limit = std::min<int>(limit, Households::kMaxMatch);
  std::vector<OpenAlert> alerts;
  FANGPIN_RETURN_IF_ERROR(store_->Read([&](AlertView& view) -> absl::Status {
    FANGPIN_ASSIGN_OR_RETURN(alerts, view.ListOpen(pass == SettlePass::kAgain, after, limit));
    return absl::OkStatus();
  }));
  SettleResult result;
  result.loaded = static_cast<int>(alerts.size());
  if (alerts.empty()) return result;
  result.last = alerts.back().id;

  const base::CallContext ctx = ContextFor(alerts);
  std::vector<std::string> fingerprints;
  for (const OpenAlert& alert : alerts) fingerprints.push_back(alert.fingerprint);
  FANGPIN_ASSIGN_OR_RETURN(const auto matches, households_->Match(ctx, fingerprints));
  if (pass == SettlePass::kAgain &&
      std::none_of(matches.begin(), matches.end(), [](const auto& m) { return m.has_value(); })) {
    return result;
  }

  std::vector<SettledAlert> settled;
  Tally tally;
  FANGPIN_RETURN_IF_ERROR(store_->Write(ctx, [&](AlertTx& tx) -> absl::Status {
    tally = {};
    FANGPIN_ASSIGN_OR_RETURN(settled, SettleIn(tx, alerts, matches, tally));
    return absl::OkStatus();
  }));
  if (pass == SettlePass::kPending && tally.without_terms > 0) {
    log::Error("alerts over their threshold wait for policy data",
               {{"alerts", tally.without_terms}, {"reason", base::Reason(tally.lacking)}});
  }

  std::map<std::string_view, const OpenAlert*> by_id;
  for (const OpenAlert& alert : alerts) by_id.emplace(alert.id, &alert);
  std::vector<v1::Alert> events;
  for (const SettledAlert& alert : settled) {
    const OpenAlert& open = *by_id.at(alert.id);
    if (pass == SettlePass::kPending) result.accept_times.push_back(open.accept_time);
    instruments_->AlertSettled(alert.state);
    if (alert.state == v1::ALERT_STATE_CLUE) {
      instruments_->RiskReported(v1::DISCOVERY_CHANNEL_DEPARTMENT_ALERT);
    }
    events.push_back(ToAlert(open, alert, feeds_->Find(open.feed_id)));
  }
  instruments_->CluesOpened(v1::DISCOVERY_CHANNEL_DEPARTMENT_ALERT, tally.opened);
  cache_->Publish(events);
  result.settled = static_cast<int>(settled.size());
  return result;
}

}  // namespace fangpin::screening
