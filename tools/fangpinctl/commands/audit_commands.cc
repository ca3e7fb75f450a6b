#include <fstream>
#include <memory>
#include <string>

#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/rpc/audit.h"
#include "nlohmann/json.hpp"
#include "tools/fangpinctl/commands/commands.h"

namespace fangpin::ctl {
namespace {

// What an earlier verification of the log ended with; lines 0 and an empty head: not given.
struct Noted {
  int64_t lines = 0;
  std::string head;
};

// Whether the log, which verifies, still holds what was noted; it may have grown since.
absl::Status CheckNoted(const std::string& file, const Noted& noted) {
  if (noted.lines == 0 && noted.head.empty()) return absl::OkStatus();
  std::ifstream in(file);
  int64_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (noted.lines != 0 && number != noted.lines) continue;
    if (noted.head.empty() || nlohmann::json::parse(line).value("hash", "") == noted.head) {
      return absl::OkStatus();
    }
  }
  return base::Error(absl::StatusCode::kDataLoss, "AUDIT_HEAD_MISSING",
                     "日志中没有当时记下的那一行：末尾被截去，或整个文件被换过")
      .WithMetadata("lines", std::to_string(number));
}

absl::StatusOr<ExitCode> Verify(Context& context, const std::string& file, const Noted& noted) {
  FANGPIN_ASSIGN_OR_RETURN(const rpc::AuditSummary summary, rpc::VerifyAuditFile(file));
  FANGPIN_RETURN_IF_ERROR(CheckNoted(file, noted));
  if (context.format() == Format::kJson) {
    context.out() << nlohmann::ordered_json{{"lines", summary.lines}, {"head", summary.head}}.dump(
                         2)
                  << "\n";
    return ExitCode::kOk;
  }
  RowWriter rows(
      context.format(),
      {{.key = "lines", .title = "行数", .right = true}, {.key = "head", .title = "末行摘要"}},
      context.out());
  rows.Add({std::to_string(summary.lines), summary.head});
  rows.Finish();
  return ExitCode::kOk;
}

std::string CheckHash(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == text.npos
             ? ""
             : "应为 64 位小写十六进制摘要";
}

}  // namespace

void AddAuditCommands(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand("audit", "审计日志");
  group->require_subcommand(1);
  CLI::App* verify = group->add_subcommand(
      "verify",
      "核对日志文件逐行相扣。中间被改、被删、被换序的行必被发现；末尾整行被截去，"
      "或整个文件被重写，只有与另处记下的行数和末行摘要比对才能发现");
  auto file = std::make_shared<std::string>();
  auto noted = std::make_shared<Noted>();
  verify->add_option("FILE", *file, "审计日志文件")->required()->check(CLI::ExistingFile);
  verify->add_option("--lines", noted->lines, "上次核对时的行数")->check(CLI::PositiveNumber);
  verify->add_option("--head", noted->head, "上次核对时的末行摘要")
      ->check(CLI::Validator(&CheckHash, "HASH"));
  verify->callback([&context, file, noted] { context.Finish(Verify(context, *file, *noted)); });
}

}  // namespace fangpin::ctl
