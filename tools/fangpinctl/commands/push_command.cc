#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fangpin/screening/v1/alert_service.pb.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/sheet/reader.h"
#include "nlohmann/json.hpp"
#include "tools/fangpinctl/commands/commands.h"
#include "tools/fangpinctl/errors.h"
#include "tools/fangpinctl/progress.h"

namespace fangpin::ctl {
namespace {

namespace pb = screening::v1;

constexpr int kBatch = 500;

struct Options {
  std::string feed;
  std::vector<std::string> files;
};

struct Rejection {
  int row = 0;  // as a spreadsheet program numbers it
  std::string field;
  std::string reason;
  std::string message;
};

// What became of one file's records.
struct Outcome {
  std::string file;
  int64_t accepted = 0;
  int64_t duplicates = 0;
  std::vector<Rejection> rejected;
};

// Sends the rows of one file in batches. A batch that was answered is stored; one that was not may
// be sent again, so a push that broke off is repeated as a whole.
class FilePush {
 public:
  FilePush(Context& context, Client& client, const std::string& feed, Outcome& outcome)
      : client_(client),
        outcome_(outcome),
        progress_(context.err(), context.progress(), base::StrCat("推送 ", outcome.file), 0) {
    request_.set_feed_id(feed);
  }

  absl::Status Run() {
    // The column names stand in the first row.
    const sheet::Options options{.header_row = 1};
    FANGPIN_RETURN_IF_ERROR(sheet::ReadFile(
                                outcome_.file, options,
                                [this](const sheet::Header& header) {
                                  for (const std::string& name : header.names()) {
                                    request_.add_columns(name);
                                  }
                                  return absl::OkStatus();
                                },
                                [this](const sheet::Row& row) { return Add(row); })
                                .status());
    return Send();
  }

 private:
  absl::Status Add(const sheet::Row& row) {
    pb::AlertRecord& record = *request_.add_records();
    for (int column = 0; column < request_.columns_size(); ++column) {
      record.add_values(std::string(row.Text(column)));
    }
    rows_.push_back(row.number);
    return request_.records_size() < kBatch ? absl::OkStatus() : Send();
  }

  absl::Status Send() {
    if (rows_.empty()) return absl::OkStatus();
    FANGPIN_ASSIGN_OR_RETURN(const pb::PushAlertsResponse response,
                             client_.Call<pb::PushAlertsResponse>(request_, Client::kLongPatience));
    if (response.results_size() != request_.records_size()) {
      return base::Error(absl::StatusCode::kInternal, "ANSWERS_MISSING",
                         "答复的条数与推送的条数不符");
    }
    for (int i = 0; i < response.results_size(); ++i) {
      const pb::AlertResult& result = response.results(i);
      switch (result.answer()) {
        case pb::ALERT_ANSWER_ACCEPTED:
          ++outcome_.accepted;
          break;
        case pb::ALERT_ANSWER_DUPLICATE:
          ++outcome_.duplicates;
          break;
        default:
          outcome_.rejected.push_back({.row = rows_[static_cast<size_t>(i)],
                                       .field = result.field(),
                                       .reason = result.reason(),
                                       .message = result.message()});
      }
    }
    sent_ += static_cast<int64_t>(rows_.size());
    progress_.Update(sent_);
    rows_.clear();
    request_.clear_records();
    return absl::OkStatus();
  }

  Client& client_;
  Outcome& outcome_;
  Progress progress_;
  pb::PushAlertsRequest request_;
  std::vector<int> rows_;  // row numbers of request_.records
  int64_t sent_ = 0;
};

void PrintJson(const std::vector<Outcome>& outcomes, std::ostream& out) {
  nlohmann::ordered_json files = nlohmann::ordered_json::array();
  for (const Outcome& outcome : outcomes) {
    nlohmann::ordered_json rejected = nlohmann::ordered_json::array();
    for (const Rejection& rejection : outcome.rejected) {
      rejected.push_back({{"row", rejection.row},
                          {"field", rejection.field},
                          {"reason", rejection.reason},
                          {"message", rejection.message}});
    }
    files.push_back({{"file", outcome.file},
                     {"accepted", outcome.accepted},
                     {"duplicates", outcome.duplicates},
                     {"rejected", std::move(rejected)}});
  }
  out << nlohmann::ordered_json{{"files", std::move(files)}}.dump(2) << "\n";
}

void PrintRejections(const std::vector<Outcome>& outcomes, Format format, std::ostream& out) {
  RowWriter rows(format,
                 {{.key = "file", .title = "文件"},
                  {.key = "row", .title = "行", .right = true},
                  {.key = "field", .title = "字段"},
                  {.key = "reason", .title = "原因"},
                  {.key = "message", .title = "说明"}},
                 out);
  for (const Outcome& outcome : outcomes) {
    for (const Rejection& rejection : outcome.rejected) {
      rows.Add({outcome.file, std::to_string(rejection.row), rejection.field, rejection.reason,
                rejection.message});
    }
  }
  rows.Finish();
}

void PrintTables(const std::vector<Outcome>& outcomes, std::ostream& out) {
  RowWriter rows(Format::kTable,
                 {{.key = "file", .title = "文件"},
                  {.key = "accepted", .title = "收下", .right = true},
                  {.key = "duplicates", .title = "重复", .right = true},
                  {.key = "rejected", .title = "拒收", .right = true}},
                 out);
  bool any_rejected = false;
  for (const Outcome& outcome : outcomes) {
    rows.Add({outcome.file, std::to_string(outcome.accepted), std::to_string(outcome.duplicates),
              std::to_string(outcome.rejected.size())});
    any_rejected |= !outcome.rejected.empty();
  }
  rows.Finish();
  if (!any_rejected) return;
  out << "\n";
  PrintRejections(outcomes, Format::kTable, out);
}

absl::StatusOr<ExitCode> Push(Context& context, const Options& options) {
  FANGPIN_ASSIGN_OR_RETURN(Client* const client, context.client());
  std::vector<Outcome> outcomes;
  absl::Status status;
  for (const std::string& file : options.files) {
    Outcome& outcome = outcomes.emplace_back(Outcome{.file = file});
    status = FilePush(context, *client, options.feed, outcome).Run();
    if (!status.ok()) break;
  }
  switch (context.format()) {
    case Format::kJson:
      PrintJson(outcomes, context.out());
      break;
    case Format::kCsv:
      PrintRejections(outcomes, Format::kCsv, context.out());
      break;
    case Format::kTable:
      PrintTables(outcomes, context.out());
      break;
  }
  FANGPIN_RETURN_IF_ERROR(status);
  int64_t taken = 0;
  int64_t rejected = 0;
  for (const Outcome& outcome : outcomes) {
    taken += outcome.accepted + outcome.duplicates;
    rejected += static_cast<int64_t>(outcome.rejected.size());
  }
  if (rejected == 0) return ExitCode::kOk;
  return taken == 0 ? ExitCode::kRefused : ExitCode::kPartly;
}

}  // namespace

void AddPushCommand(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand(
      "push", "推送部门预警数据（.csv、.xlsx，首行为部门的字段名）；中断后整个重发即可");
  auto options = std::make_shared<Options>();
  command->add_option("--feed", options->feed, "数据源，见 feed list")->required();
  command->add_option("FILE", options->files, "文件，依次推送")
      ->required()
      ->check(CLI::ExistingFile);
  command->callback([&context, options] { context.Finish(Push(context, *options)); });
}

}  // namespace fangpin::ctl
