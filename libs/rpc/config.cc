#include "libs/rpc/config.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"
#include "libs/base/error.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "libs/rpc/server.h"

namespace fangpin::rpc {
namespace {

constexpr int kReceiveBytes = 16 << 20;

class FirstError final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& message) override {
    if (text.empty()) text = base::StrCat(line + 1, ":", column + 1, ": ", message);
  }
  std::string text;
};

absl::Status Invalid(std::string_view field, std::string_view why) {
  return base::InvalidField(field, "CONFIG_INVALID", base::StrCat("配置项 ", field, "：", why));
}

absl::Status CheckAddresses(const config::v1::Config& config) {
  for (const std::string& address : config.listen()) {
    if (!address.starts_with("unix:") && address.rfind(':') == std::string::npos) {
      return Invalid("listen", "须为 主机:端口");
    }
    if (config.simulated_time() && !IsLoopback(address)) {
      return Invalid("simulated_time", "只能在本机回环地址上开启");
    }
  }
  std::set<std::string> seen;
  for (const config::v1::Neighbour& neighbour : config.neighbours()) {
    if (neighbour.service().empty() || neighbour.address().empty()) {
      return Invalid("neighbours", "服务名和地址均须填写");
    }
    if (!seen.insert(neighbour.service()).second) return Invalid("neighbours", "服务重复");
    if (neighbour.ca_file().empty() && !IsLoopback(neighbour.address())) {
      return Invalid("neighbours", "回环地址之外须配置 ca_file");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckDatabases(const config::v1::Config& config) {
  std::set<std::string> seen;
  for (const config::v1::Database& database : config.databases()) {
    if (!seen.insert(database.service()).second) return Invalid("databases", "服务重复");
    const std::string& uri = database.uri();
    if (!uri.starts_with("sqlite:") && !uri.starts_with("postgresql://") &&
        !uri.starts_with("postgres://")) {
      return Invalid("databases", "uri 须以 sqlite: 或 postgresql:// 开头");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckRest(const config::v1::Config& config) {
  static const std::set<std::string>* const levels =
      new std::set<std::string>{"debug", "info", "warning", "error"};
  if (!levels->contains(config.log().level())) {
    return Invalid("log.level", "须为 debug、info、warning 或 error");
  }
  const config::v1::Limits& limits = config.limits();
  if (limits.executor_threads() < 0 || limits.executor_queue() < 0 || limits.receive_bytes() < 0 ||
      limits.drain_seconds() < 0 || limits.cache_mebibytes() < -1) {
    return Invalid("limits", "不能为负数");
  }
  if (config.has_tls() &&
      (config.tls().certificate_file().empty() || config.tls().key_file().empty())) {
    return Invalid("tls", "证书和私钥均须填写");
  }
  return absl::OkStatus();
}

void FillDefaults(config::v1::Config* config) {
  const auto fill = [](std::string* value, const std::string& fallback) {
    if (value->empty()) *value = fallback;
  };
  if (config->listen().empty()) config->add_listen("127.0.0.1:7100");
  fill(config->mutable_metrics_listen(), "127.0.0.1:9100");
  fill(config->mutable_var_dir(), "var");
  fill(config->mutable_token_key_file(), config->var_dir() + "/keys/token.key");
  fill(config->mutable_seal_key_file(), config->var_dir() + "/keys/seal.key");
  fill(config->mutable_policy_dir(), FindDeployed("deploy/policy"));
  fill(config->mutable_roles_file(), FindDeployed("deploy/config/roles.textproto"));
  fill(config->mutable_log()->mutable_level(), "info");
  config::v1::Limits* limits = config->mutable_limits();
  if (limits->executor_threads() == 0) limits->set_executor_threads(64);
  if (limits->executor_queue() == 0) limits->set_executor_queue(1024);
  if (limits->receive_bytes() == 0) limits->set_receive_bytes(kReceiveBytes);
  if (limits->drain_seconds() == 0) limits->set_drain_seconds(10);
  if (limits->cache_mebibytes() == 0) limits->set_cache_mebibytes(128);
}

}  // namespace

absl::Status LoadTextProto(const std::string& file, google::protobuf::Message* message) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    return base::Error(absl::StatusCode::kNotFound, "CONFIG_NOT_FOUND",
                       base::StrCat("配置文件无法读取：", file))
        .WithMetadata("file", file);
  }
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  FirstError error;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  if (!parser.ParseFromString(text, message)) {
    return base::Error(absl::StatusCode::kInvalidArgument, "CONFIG_INVALID",
                       base::StrCat("配置文件不正确：", file, ":", error.text))
        .WithMetadata("file", file)
        .WithMetadata("error", error.text);
  }
  return absl::OkStatus();
}

std::string FindDeployed(const std::string& path) {
  std::error_code error;
  if (std::filesystem::exists(path, error)) return path;
  std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe", error);
  while (!error && folder.has_relative_path()) {
    folder = folder.parent_path();
    if (std::filesystem::exists(folder / path, error)) return folder / path;
    error.clear();
  }
  return path;
}

absl::StatusOr<config::v1::Config> LoadConfig(const std::string& file, const std::string& var_dir) {
  config::v1::Config config;
  if (!file.empty()) FANGPIN_RETURN_IF_ERROR(LoadTextProto(file, &config));
  if (!var_dir.empty()) config.set_var_dir(var_dir);
  FillDefaults(&config);
  FANGPIN_RETURN_IF_ERROR(CheckAddresses(config));
  FANGPIN_RETURN_IF_ERROR(CheckDatabases(config));
  FANGPIN_RETURN_IF_ERROR(CheckRest(config));
  return config;
}

}  // namespace fangpin::rpc
