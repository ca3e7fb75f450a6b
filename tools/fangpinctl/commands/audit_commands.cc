#include <memory>
#include <string>

#include "libs/base/status.h"
#include "libs/rpc/audit.h"
#include "nlohmann/json.hpp"
#include "tools/fangpinctl/commands/commands.h"

namespace fangpin::ctl {
namespace {

absl::StatusOr<ExitCode> Verify(Context& context, const std::string& file) {
  FANGPIN_ASSIGN_OR_RETURN(const rpc::AuditSummary summary, rpc::VerifyAuditFile(file));
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

}  // namespace

void AddAuditCommands(CLI::App& app, Context& context) {
  CLI::App* group = app.add_subcommand("audit", "审计日志");
  group->require_subcommand(1);
  CLI::App* verify = group->add_subcommand("verify", "核对日志文件逐行相扣，未被改动");
  auto file = std::make_shared<std::string>();
  verify->add_option("FILE", *file, "审计日志文件")->required()->check(CLI::ExistingFile);
  verify->callback([&context, file] { context.Finish(Verify(context, *file)); });
}

}  // namespace fangpin::ctl
