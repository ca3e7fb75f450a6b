#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/sheet/reader.h"
#include "tools/fangpinctl/gen/notes.h"
#include "tools/fangpinctl/rehearse/stages.h"

namespace fangpin::ctl {
namespace {

namespace sc = screening::v1;
using sample::v1::FeedTruth;

constexpr absl::CivilDay kDay = sample::days::kPush;
constexpr int kBatch = 500;
// Every so many batches, one is sent again as if its answer had been lost.
constexpr int kResentBatch = 5;

struct Pushed {
  int64_t batches = 0;
  int64_t accepted = 0;
  int64_t duplicates = 0;  // of the first sending
  int64_t rejected = 0;
  int64_t resent = 0;  // records
};

// The file of one feed on its way into screening, batch by batch in the order of its rows.
class FeedPush {
 public:
  FeedPush(Play& play, Comparison& comparison, const FeedTruth& truth, const Actor& department,
           bool taken_before)
      : play_(play),
        comparison_(comparison),
        truth_(truth),
        department_(department),
        taken_before_(taken_before) {
    request_.set_feed_id(truth.feed_id());
  }

  absl::StatusOr<Pushed> Run() {
    const sheet::Options options{.header_row = 1};
    FANGPIN_RETURN_IF_ERROR(sheet::ReadFile(
                                base::StrCat(play_.county->folder, "/", truth_.file()), options,
                                [this](const sheet::Header& header) {
                                  for (const std::string& name : header.names()) {
                                    request_.add_columns(name);
                                  }
                                  return absl::OkStatus();
                                },
                                [this](const sheet::Row& row) { return Add(row); })
                                .status());
    FANGPIN_RETURN_IF_ERROR(Send());
    Compare();
    return pushed_;
  }

 private:
  absl::Status Add(const sheet::Row& row) {
    sc::AlertRecord& record = *request_.add_records();
    for (int column = 0; column < request_.columns_size(); ++column) {
      record.add_values(std::string(row.Text(column)));
    }
    rows_.push_back(row.number);
    ++records_;
    return request_.records_size() < kBatch ? absl::OkStatus() : Send();
  }

  absl::StatusOr<sc::PushAlertsResponse> Push() {
    FANGPIN_ASSIGN_OR_RETURN(
        sc::PushAlertsResponse response,
        play_.suite->Call(department_, kDay, &sc::AlertService::Stub::PushAlerts, request_));
    comparison_.Same(truth_.feed_id(), "答复条数", request_.records_size(),
                     response.results_size());
    return response;
  }

  absl::Status Send() {
    if (rows_.empty()) return absl::OkStatus();
    FANGPIN_ASSIGN_OR_RETURN(const sc::PushAlertsResponse first, Push());
    for (int i = 0; i < first.results_size(); ++i) Note(rows_.at(i), first.results(i));
    if (++pushed_.batches % kResentBatch == 0) {
      FANGPIN_ASSIGN_OR_RETURN(const sc::PushAlertsResponse again, Push());
      for (int i = 0; i < first.results_size(); ++i) {
        CompareAgain(rows_.at(i), first.results(i), again.results(i));
      }
      pushed_.resent += again.results_size();
    }
    rows_.clear();
    request_.clear_records();
    return absl::OkStatus();
  }

  void Note(int64_t row, const sc::AlertResult& result) {
    switch (result.answer()) {
      case sc::ALERT_ANSWER_ACCEPTED:
        ++pushed_.accepted;
        break;
      case sc::ALERT_ANSWER_DUPLICATE:
        ++pushed_.duplicates;
        duplicates_.push_back(RowText(row));
        break;
      default:
        ++pushed_.rejected;
        rejected_.push_back(base::StrCat(RowText(row), " ", result.field(), " ", result.reason()));
    }
  }

  // What was stored is a duplicate now, under the same id; what was wrong is as wrong as before.
  void CompareAgain(int64_t row, const sc::AlertResult& first, const sc::AlertResult& again) {
    const bool stored = first.answer() != sc::ALERT_ANSWER_REJECTED;
    comparison_.Same(truth_.feed_id(), base::StrCat(RowText(row), "重发的答复"),
                     sc::AlertAnswer_Name(stored ? sc::ALERT_ANSWER_DUPLICATE : first.answer()),
                     sc::AlertAnswer_Name(again.answer()));
    comparison_.Same(truth_.feed_id(), base::StrCat(RowText(row), "重发的编号"), first.alert_id(),
                     again.alert_id());
    comparison_.Same(truth_.feed_id(), base::StrCat(RowText(row), "重发的原因"), first.reason(),
                     again.reason());
  }

  void Compare() {
    std::vector<std::string> rejected, duplicates;
    for (const sample::v1::RejectedRecord& record : truth_.rejected()) {
      rejected.push_back(
          base::StrCat(RowText(record.row()), " ", record.field(), " ", record.reason()));
    }
    for (const int64_t row : truth_.duplicate_rows()) duplicates.push_back(RowText(row));
    comparison_.Same(truth_.feed_id(), "记录数", truth_.records(), records_);
    comparison_.SameItems(truth_.feed_id(), "拒收", std::move(rejected), std::move(rejected_));
    // Everything that an earlier run pushed is a duplicate now.
    if (taken_before_) return;
    const int64_t accepted =
        truth_.records() - truth_.rejected_size() - truth_.duplicate_rows_size();
    comparison_.Same(truth_.feed_id(), "收下", accepted, pushed_.accepted);
    comparison_.SameItems(truth_.feed_id(), "重复", std::move(duplicates), std::move(duplicates_));
  }

  static std::string RowText(int64_t row) { return base::StrCat("第", row, "行"); }

  Play& play_;
  Comparison& comparison_;
  const FeedTruth& truth_;
  const Actor& department_;
  const bool taken_before_;

  sc::PushAlertsRequest request_;
  std::vector<int64_t> rows_;  // numbers of request_.records
  int64_t records_ = 0;
  Pushed pushed_;
  std::vector<std::string> rejected_;
  std::vector<std::string> duplicates_;
};

absl::StatusOr<sc::ListFeedsResponse> ListFeeds(Play& play) {
  return play.suite->Call(*play.desk, kDay, &sc::AlertService::Stub::ListFeeds,
                          sc::ListFeedsRequest());
}

}  // namespace

StageOutcome PushFeeds(Play& play, Comparison& comparison) {
  const auto& truths = play.county->manifest.feeds();
  FANGPIN_ASSIGN_OR_RETURN(const sc::ListFeedsResponse listed, ListFeeds(play));
  std::map<std::string, bool> taken_before;  // by feed
  for (const sc::Feed& feed : listed.feeds()) taken_before[feed.id()] = feed.accepted() > 0;

  std::vector<const Actor*> departments;
  for (const FeedTruth& truth : truths) {
    FANGPIN_ASSIGN_OR_RETURN(departments.emplace_back(),
                             play.actors->Department(truth.department()));
  }
  std::vector<Pushed> pushed(departments.size());
  FANGPIN_RETURN_IF_ERROR(
      ForEachIndex(play.threads, departments.size(), [&](size_t i) -> absl::Status {
        const FeedTruth& truth = truths[static_cast<int>(i)];
        absl::StatusOr<Pushed> outcome =
            FeedPush(play, comparison, truth, *departments[i], taken_before[truth.feed_id()]).Run();
        if (outcome.ok()) {
          pushed[i] = *outcome;
        } else if (absl::IsUnavailable(outcome.status())) {
          return outcome.status();
        } else {
          comparison.Wrong(truth.feed_id(), "推送", "OK", StatusText(outcome.status()));
        }
        return absl::OkStatus();
      }));
  Pushed total;
  for (const Pushed& feed : pushed) {
    total.batches += feed.batches;
    total.accepted += feed.accepted;
    total.duplicates += feed.duplicates;
    total.rejected += feed.rejected;
    total.resent += feed.resent;
  }
  return std::vector<Count>{
      {"feeds", "数据源", truths.size()},   {"batches", "批", total.batches},
      {"accepted", "收下", total.accepted}, {"duplicates", "重复", total.duplicates},
      {"rejected", "拒收", total.rejected}, {"resent", "重发", total.resent}};
}

}  // namespace fangpin::ctl
