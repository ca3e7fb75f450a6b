#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "libs/base/call_context.h"
#include "libs/base/division.h"
#include "libs/base/strings.h"
#include "libs/rpc/config.h"
#include "libs/rpc/permission.h"
#include "libs/rpc/principal.h"
#include "tools/fangpinctl/commands/commands.h"
#include "tools/fangpinctl/errors.h"
#include "tools/fangpinctl/token.h"

namespace fangpin::ctl {
namespace {

constexpr absl::Duration kMaxLifetime = absl::Hours(366 * 24);

struct Options {
  std::string roles_file = rpc::FindDeployed("deploy/config/roles.textproto");
  std::vector<std::string> divisions;
  std::string lifetime = "12h";
};

absl::StatusOr<ExitCode> Mint(Context& context, const Options& options) {
  const GlobalFlags& flags = context.flags();
  if (flags.subject.empty() || flags.roles.empty()) {
    return UsageError("FLAG_MISSING", "签发凭证须写明 --subject 和 --role");
  }
  absl::StatusOr<rpc::RoleTable> table = rpc::RoleTable::Load(options.roles_file);
  if (!table.ok()) return AsUsage(std::move(table).status());
  for (const std::string& role : flags.roles) {
    if (!table->Knows(role)) {
      return UsageError("ROLE_UNKNOWN",
                        base::StrCat("角色文件 ", options.roles_file, " 中没有角色 ", role));
    }
  }
  base::Principal principal{.subject = flags.subject,
                            .roles = {flags.roles.begin(), flags.roles.end()},
                            .divisions = options.divisions,
                            .department = flags.department};
  if (principal.divisions.empty()) principal.divisions.emplace_back(rpc::kProvince);
  absl::Duration lifetime;
  absl::ParseDuration(options.lifetime, &lifetime);
  absl::StatusOr<std::string> token =
      MintFromFile(flags.token_key, principal, absl::Now(), lifetime);
  if (!token.ok()) return std::move(token).status();
  context.out() << *token << "\n";
  return ExitCode::kOk;
}

std::string CheckDivision(const std::string& text) {
  return base::CheckDivision(text).ok() ? "" : "应为 12 位区划代码";
}

std::string CheckLifetime(const std::string& text) {
  if (std::string problem = CheckDuration(text); !problem.empty()) return problem;
  absl::Duration duration;
  return absl::ParseDuration(text, &duration) && duration <= kMaxLifetime
             ? ""
             : "不得超过 8784h（366 天）";
}

}  // namespace

void AddTokenCommand(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand(
      "token", "签发登录凭证：--subject、--role（可重复）、--department 为其内容");
  auto options = std::make_shared<Options>();
  command->add_option("--division", options->divisions, "可办理的区划，可重复，默认全省")
      ->allow_extra_args(false)
      ->delimiter(',')
      ->check(CLI::Validator(&CheckDivision, "DIVISION"));
  command->add_option("--roles", options->roles_file, "服务所用的角色文件，用于核对 --role")
      ->check(CLI::ExistingFile)
      ->capture_default_str();
  command->add_option("--lifetime", options->lifetime, "有效期，不超过 8784h（366 天）")
      ->check(CLI::Validator(&CheckLifetime, "DURATION"))
      ->capture_default_str();
  command->callback([&context, options] { context.Finish(Mint(context, *options)); });
}

}  // namespace fangpin::ctl
