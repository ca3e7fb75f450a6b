#include "tools/fangpinctl/token.h"

#include <filesystem>
#include <system_error>

#include "libs/base/strings.h"
#include "libs/rpc/principal.h"
#include "tools/fangpinctl/errors.h"

namespace fangpin::ctl {

absl::StatusOr<std::string> MintFromFile(const std::string& file, const base::Principal& principal,
                                         absl::Time now, absl::Duration lifetime) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    return UsageError("TOKEN_KEY_ABSENT",
                      base::StrCat("没有令牌密钥文件 ", file,
                                   "：服务首次启动时生成；请用 --token-key 指明，或用 --token、"
                                   "FANGPIN_TOKEN 给出凭证"));
  }
  const absl::StatusOr<rpc::TokenKey> key = rpc::TokenKey::LoadOrCreate(file);
  if (!key.ok()) return AsUsage(key.status());
  return rpc::MintToken(*key, principal, now, lifetime);
}

std::string CheckDuration(const std::string& text) {
  absl::Duration duration;
  return absl::ParseDuration(text, &duration) && duration > absl::ZeroDuration()
             ? ""
             : "应为时长，如 30s、5m、12h";
}

}  // namespace fangpin::ctl
