#include "tools/fangpinctl/context.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "absl/time/clock.h"
#include "libs/base/call_context.h"
#include "libs/base/strings.h"
#include "libs/rpc/principal.h"
#include "tools/fangpinctl/errors.h"
#include "tools/fangpinctl/token.h"

namespace fangpin::ctl {
namespace {

constexpr char kTokenVariable[] = "FANGPIN_TOKEN";
constexpr std::string_view kDefaultRole = "OPERATOR";
// Longer than any command runs; the token never leaves the process.
constexpr absl::Duration kOwnTokenLifetime = absl::Hours(12);

std::string CheckTime(const std::string& text) {
  absl::Time time;
  std::string error;
  return absl::ParseTime(absl::RFC3339_full, text, &time, &error)
             ? ""
             : "应为 RFC 3339 时间，如 2023-09-05T09:00:00+08:00";
}

// Names the person at the machine in the audit log.
std::string DefaultSubject() {
  const passwd* user = getpwuid(getuid());
  return base::StrCat("fangpinctl:", std::string_view(user == nullptr ? "unknown" : user->pw_name));
}

}  // namespace

const std::string& GlobalFlags::AddressOf(std::string_view service) const {
  const auto found = servers.find(service);
  return found == servers.end() || found->second.empty() ? server : found->second;
}

std::optional<absl::Time> GlobalFlags::At() const {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, at, &time, &error)) return std::nullopt;
  return time;
}

absl::Duration GlobalFlags::Timeout() const {
  absl::Duration duration;
  return absl::ParseDuration(timeout, &duration) ? duration : absl::Seconds(30);
}

Format Context::format() const {
  if (flags_.output == "json") return Format::kJson;
  return flags_.output == "csv" ? Format::kCsv : Format::kTable;
}

absl::StatusOr<Client*> Context::client() {
  if (client_ == nullptr) {
    absl::StatusOr<std::string> token = TokenFor(flags_, absl::Now());
    if (!token.ok()) return std::move(token).status();
    Client::Options options{.token = *std::move(token),
                            .at = flags_.At(),
                            .timeout = flags_.Timeout(),
                            .ca_file = flags_.ca_file};
    for (const std::string_view service : kServices) {
      options.addresses.emplace(service, flags_.AddressOf(service));
    }
    absl::StatusOr<std::unique_ptr<Client>> client = Client::Create(std::move(options));
    if (!client.ok()) return std::move(client).status();
    client_ = *std::move(client);
  }
  return client_.get();
}

void Context::Finish(const absl::StatusOr<ExitCode>& outcome) {
  out_ << std::flush;
  if (outcome.ok()) {
    exit_code_ = *outcome;
    return;
  }
  PrintError(outcome.status(), format(), err_);
  exit_code_ = ExitCodeOf(outcome.status());
}

void AddGlobalFlags(CLI::App& app, Context& context) {
  GlobalFlags& flags = context.flags();
  app.add_option("--server", flags.server, "服务地址")->capture_default_str();
  for (const std::string_view service : kServices) {
    app.add_option(base::StrCat("--", service), flags.servers[std::string(service)],
                   base::StrCat(service, " 单独运行时的地址"));
  }
  app.add_option("--ca", flags.ca_file, "以 TLS 连接，并以此 CA 证书核对服务端")
      ->check(CLI::ExistingFile);
  app.add_option("--token", flags.token,
                 "登录凭证；不给出时取环境变量 FANGPIN_TOKEN（命令行参数会被同机用户看到）");
  app.add_option("--token-key", flags.token_key, "本机令牌密钥文件，用来自行签发凭证")
      ->capture_default_str();
  app.add_option("--subject", flags.subject, "自行签发时的主体，默认 fangpinctl:<系统用户>");
  app.add_option("--role", flags.roles, "自行签发时的角色，可重复，默认 OPERATOR")
      ->allow_extra_args(false)
      ->delimiter(',');
  app.add_option("--department", flags.department, "自行签发时的部门（推送预警数据时）");
  app.add_option("--output", flags.output, "输出格式")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->capture_default_str();
  app.add_option("--at", flags.at, "模拟时间，RFC 3339；只有演练用的服务接受")
      ->check(CLI::Validator(&CheckTime, "TIME"));
  app.add_option("--timeout", flags.timeout, "每次调用的时限")
      ->check(CLI::Validator(&CheckDuration, "DURATION"))
      ->capture_default_str();
}

absl::StatusOr<std::string> TokenFor(const GlobalFlags& flags, absl::Time now) {
  if (!flags.token.empty()) return flags.token;
  const bool asks_for_minting = !flags.subject.empty() || !flags.roles.empty() ||
                                !flags.department.empty() ||
                                flags.token_key != GlobalFlags().token_key;
  const char* from_environment = std::getenv(kTokenVariable);
  if (!asks_for_minting && from_environment != nullptr && *from_environment != '\0') {
    return std::string(from_environment);
  }
  base::Principal principal{
      .subject = flags.subject.empty() ? DefaultSubject() : flags.subject,
      .roles = {flags.roles.begin(), flags.roles.end()},
      .divisions = {std::string(rpc::kProvince)},
      .department = flags.department,
  };
  if (principal.roles.empty()) principal.roles.emplace(kDefaultRole);
  return MintFromFile(flags.token_key, principal, now, kOwnTokenLifetime);
}

}  // namespace fangpin::ctl
