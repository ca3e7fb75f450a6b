#include "libs/rpc/principal.h"

#include <fcntl.h>
#include <jwt.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_join.h"
#include "libs/base/division.h"
#include "libs/base/error.h"
#include "libs/base/random.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "nlohmann/json.hpp"

namespace fangpin::rpc {
namespace {

constexpr char kIssuer[] = "fangpin";
constexpr std::string_view kScheme = "Bearer ";
constexpr size_t kMaxTokenSize = 8192;
constexpr size_t kSecretSize = 32;
// Clocks of the machines of one installation may differ by this much.
constexpr absl::Duration kClockSkew = absl::Minutes(1);
constexpr absl::Duration kServiceTokenLifetime = absl::Hours(1);
constexpr absl::Duration kServiceTokenReserve = absl::Minutes(5);

struct JwtFree {
  void operator()(jwt_t* jwt) const { jwt_free(jwt); }
};
using Jwt = std::unique_ptr<jwt_t, JwtFree>;

struct JwtTextFree {
  void operator()(char* text) const { std::free(text); }
};
using JwtText = std::unique_ptr<char, JwtTextFree>;

absl::Status KeyFileError(absl::StatusCode code, std::string_view reason, std::string_view message,
                          std::string_view file) {
  return base::Error(code, reason, message).WithMetadata("file", file);
}

absl::Status TokenInvalid() {
  return base::Error(absl::StatusCode::kUnauthenticated, "TOKEN_INVALID", "登录凭证无效").Build();
}

absl::Status RoleUnknown(std::string_view roles) {
  return base::Error(absl::StatusCode::kPermissionDenied, "ROLE_UNKNOWN",
                     base::StrCat("登录凭证中的角色未登记：", roles))
      .WithMetadata("roles", roles);
}

std::string KeyFileLine(const std::string& id, const std::string& secret) {
  return base::StrCat("token ", id, " ", absl::BytesToHexString(secret), "\n");
}

// NOT_FOUND when there is no file.
absl::StatusOr<std::string> ReadKeyFile(const std::string& file) {
  const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    if (errno == ENOENT) return absl::NotFoundError("");
    return KeyFileError(absl::StatusCode::kUnavailable, "TOKEN_KEY_UNREADABLE",
                        "令牌密钥文件无法读取", file);
  }
  struct stat info;
  char buffer[256];
  const bool exposed = fstat(fd, &info) != 0 || (info.st_mode & 077) != 0;
  const ssize_t size = read(fd, buffer, sizeof(buffer));
  close(fd);
  if (exposed) {
    return KeyFileError(absl::StatusCode::kFailedPrecondition, "TOKEN_KEY_EXPOSED",
                        "令牌密钥文件的权限过宽，只允许属主读写（chmod 600）", file);
  }
  return std::string(buffer, size < 0 ? 0 : size);
}

// Writes the file whole or not at all; the first of two processes wins.
absl::Status CreateKeyFile(const std::string& file, const std::string& text) {
  const auto failed = [&file] {
    return KeyFileError(absl::StatusCode::kUnavailable, "TOKEN_KEY_UNWRITABLE",
                        "令牌密钥文件无法写入", file);
  };
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::path(file).parent_path();
  if (!folder.empty() && std::filesystem::create_directories(folder, error)) {
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  }
  const std::string draft = base::StrCat(file, ".", absl::BytesToHexString(base::RandomBytes(8)));
  const int fd = open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return failed();
  const bool written =
      write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(fd) == 0;
  close(fd);
  const bool linked = written && (link(draft.c_str(), file.c_str()) == 0 || errno == EEXIST);
  unlink(draft.c_str());
  return linked ? absl::OkStatus() : failed();
}

nlohmann::json ToJson(const base::Principal& principal) {
  return {{"roles", principal.roles}, {"divisions", principal.divisions}};
}

// The string list in `claims` under `name`; nullopt when it is anything else.
std::optional<std::vector<std::string>> StringList(const nlohmann::json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end() || !found->is_array()) return std::nullopt;
  std::vector<std::string> list;
  for (const nlohmann::json& item : *found) {
    if (!item.is_string()) return std::nullopt;
    list.push_back(item.get<std::string>());
  }
  return list;
}

std::string Text(const char* text) { return text == nullptr ? "" : text; }

bool IsBearer(std::string_view authorization) {
  return authorization.size() > kScheme.size() &&
         strncasecmp(authorization.data(), kScheme.data(), kScheme.size()) == 0;
}

uint64_t NextSerial() {
  static std::atomic<uint64_t> last{0};
  return ++last;
}

// What a thread remembers of one token, so that the next call with it takes no lock.
struct Remembered {
  uint64_t authenticator = 0;
  std::string authorization;
  std::shared_ptr<const Caller> caller;
};

// The place for this token among the calling thread's few. A token ends in its signature, so its
// last bytes are as good as a hash.
Remembered& RememberedFor(std::string_view authorization) {
  thread_local std::array<Remembered, 64> places;
  uint64_t tail = 0;
  const size_t size = std::min(authorization.size(), sizeof(tail));
  std::memcpy(&tail, authorization.data() + authorization.size() - size, size);
  return places[(tail * 0x9E3779B97F4A7C15u) >> 58];
}

}  // namespace

absl::StatusOr<TokenKey> TokenKey::LoadOrCreate(const std::string& file) {
  absl::StatusOr<std::string> text = ReadKeyFile(file);
  if (absl::IsNotFound(text.status())) {
    const TokenKey fresh = Random();
    FANGPIN_RETURN_IF_ERROR(CreateKeyFile(file, KeyFileLine(fresh.id(), fresh.secret())));
    text = ReadKeyFile(file);
  }
  FANGPIN_RETURN_IF_ERROR(text.status());
  const std::vector<std::string_view> parts = base::Split(*text, ' ');
  if (parts.size() == 3 && parts[0] == "token" && !parts[1].empty() &&
      parts[2].size() == 2 * kSecretSize + 1 && parts[2].back() == '\n' &&
      parts[2].find_first_not_of("0123456789abcdef") == 2 * kSecretSize) {
    return TokenKey(std::string(parts[1]),
                    absl::HexStringToBytes(base::ToAbsl(parts[2].substr(0, 2 * kSecretSize))));
  }
  return KeyFileError(absl::StatusCode::kInvalidArgument, "TOKEN_KEY_INVALID",
                      "令牌密钥文件的内容不正确", file);
}

TokenKey TokenKey::Random() {
  return TokenKey(absl::BytesToHexString(base::RandomBytes(4)), base::RandomBytes(kSecretSize));
}

absl::StatusOr<std::string> MintToken(const TokenKey& key, const base::Principal& principal,
                                      absl::Time now, absl::Duration lifetime) {
  jwt_t* raw = nullptr;
  if (jwt_new(&raw) != 0) return absl::InternalError("jwt_new");
  const Jwt jwt(raw);
  const auto* secret = reinterpret_cast<const unsigned char*>(key.secret().data());
  const bool made =
      jwt_set_alg(raw, JWT_ALG_HS256, secret, static_cast<int>(key.secret().size())) == 0 &&
      jwt_add_header(raw, "kid", key.id().c_str()) == 0 &&
      jwt_add_grant(raw, "iss", kIssuer) == 0 &&
      jwt_add_grant(raw, "sub", principal.subject.c_str()) == 0 &&
      jwt_add_grant_int(raw, "iat", absl::ToUnixSeconds(now)) == 0 &&
      jwt_add_grant_int(raw, "exp", absl::ToUnixSeconds(now + lifetime)) == 0 &&
      jwt_add_grants_json(raw, ToJson(principal).dump().c_str()) == 0 &&
      (principal.department.empty() ||
       jwt_add_grant(raw, "department", principal.department.c_str()) == 0);
  const JwtText token(made ? jwt_encode_str(raw) : nullptr);
  if (token == nullptr) return absl::InternalError("jwt_encode");
  return std::string(token.get());
}

absl::Status TokenExpired() {
  return base::Error(absl::StatusCode::kUnauthenticated, "TOKEN_EXPIRED", "登录凭证已过期").Build();
}

absl::StatusOr<TokenClaims> VerifyToken(const TokenKey& key, const std::string& token,
                                        absl::Time now) {
  if (token.size() > kMaxTokenSize) return TokenInvalid();
  jwt_t* raw = nullptr;
  const int failed =
      jwt_decode(&raw, token.c_str(), reinterpret_cast<const unsigned char*>(key.secret().data()),
                 static_cast<int>(key.secret().size()));
  const Jwt jwt(raw);
  if (failed != 0 || raw == nullptr || jwt_get_alg(raw) != JWT_ALG_HS256 ||
      Text(jwt_get_header(raw, "kid")) != key.id() || Text(jwt_get_grant(raw, "iss")) != kIssuer) {
    return TokenInvalid();
  }
  const JwtText grants(jwt_get_grants_json(raw, nullptr));
  const nlohmann::json claims =
      nlohmann::json::parse(grants == nullptr ? "" : grants.get(), nullptr, false);
  const auto roles = StringList(claims, "roles");
  const auto divisions = StringList(claims, "divisions");
  TokenClaims result;
  result.principal.subject = Text(jwt_get_grant(raw, "sub"));
  result.principal.department = Text(jwt_get_grant(raw, "department"));
  result.issued = absl::FromUnixSeconds(jwt_get_grant_int(raw, "iat"));
  result.expires = absl::FromUnixSeconds(jwt_get_grant_int(raw, "exp"));
  if (result.principal.subject.empty() || !roles.has_value() || !divisions.has_value() ||
      result.issued > now + kClockSkew || result.expires <= result.issued) {
    return TokenInvalid();
  }
  for (const std::string& division : *divisions) {
    if (!base::CheckDivision(division).ok()) return TokenInvalid();
  }
  if (now >= result.expires) {
    return TokenExpired();
  }
  result.principal.roles.insert(roles->begin(), roles->end());
  result.principal.divisions = *divisions;
  return result;
}

Authenticator::Authenticator(TokenKey key, std::shared_ptr<const RoleTable> roles)
    : serial_(NextSerial()), key_(std::move(key)), roles_(std::move(roles)) {}

absl::StatusOr<std::shared_ptr<const Caller>> Authenticator::Authenticate(
    std::string_view authorization, absl::Time now) const {
  if (authorization.empty()) {
    return base::Error(absl::StatusCode::kUnauthenticated, "TOKEN_MISSING", "缺少登录凭证").Build();
  }
  Remembered& remembered = RememberedFor(authorization);
  if (remembered.authenticator == serial_ && remembered.authorization == authorization &&
      now < remembered.caller->expires) {
    return remembered.caller;
  }
  auto caller = AuthenticateShared(authorization, now);
  if (caller.ok()) {
    remembered = {
        .authenticator = serial_, .authorization = std::string(authorization), .caller = *caller};
  }
  return caller;
}

absl::StatusOr<std::shared_ptr<const Caller>> Authenticator::AuthenticateShared(
    std::string_view authorization, absl::Time now) const {
  const absl::string_view cache_key = base::ToAbsl(authorization);
  Shard& shard = shards_[absl::Hash<absl::string_view>{}(cache_key) % kShards];
  {
    absl::ReaderMutexLock lock(&shard.mutex);
    const auto found = shard.callers.find(cache_key);
    if (found != shard.callers.end() && now < found->second->expires) return found->second;
  }
  if (!IsBearer(authorization)) return TokenInvalid();
  absl::StatusOr<TokenClaims> claims =
      VerifyToken(key_, std::string(authorization.substr(kScheme.size())), now);
  if (!claims.ok()) {
    absl::MutexLock lock(&shard.mutex);
    shard.callers.erase(cache_key);
    return claims.status();
  }
  const auto& roles = claims->principal.roles;
  // A misspelt role would otherwise look like a missing permission, call after call.
  if (!roles.empty() && std::none_of(roles.begin(), roles.end(), [&](const std::string& role) {
        return roles_->Knows(role);
      })) {
    return RoleUnknown(absl::StrJoin(roles, ","));
  }
  Grants grants = roles_->GrantsOf(roles);
  auto caller = std::make_shared<const Caller>(Caller{.principal = std::move(claims->principal),
                                                      .grants = std::move(grants),
                                                      .expires = claims->expires});
  absl::MutexLock lock(&shard.mutex);
  // Starting over is simpler than an order of use, and costs one signature check a token.
  if (shard.callers.size() >= kCallersPerShard) shard.callers.clear();
  shard.callers.insert_or_assign(std::string(authorization), caller);
  return std::shared_ptr<const Caller>(std::move(caller));
}

void Authenticator::AddCertificate(std::string common_name, base::Principal principal) {
  Grants grants = roles_->GrantsOf(principal.roles);
  certificates_.insert_or_assign(std::move(common_name), std::make_shared<const Caller>(Caller{
                                                             .principal = std::move(principal),
                                                             .grants = std::move(grants),
                                                             .expires = absl::InfiniteFuture()}));
}

std::shared_ptr<const Caller> Authenticator::ByCertificate(std::string_view common_name) const {
  const auto found = certificates_.find(base::ToAbsl(common_name));
  return found == certificates_.end() ? nullptr : found->second;
}

ServiceIdentity::ServiceIdentity(TokenKey key, std::string service)
    : key_(std::move(key)),
      principal_{.subject = "service:" + std::move(service),
                 .roles = {std::string(kServiceRole)},
                 .divisions = {std::string(kProvince)}} {}

absl::StatusOr<std::string> ServiceIdentity::Authorization(absl::Time now) {
  absl::MutexLock lock(&mutex_);
  if (now + kServiceTokenReserve > expires_) {
    FANGPIN_ASSIGN_OR_RETURN(std::string token,
                             MintToken(key_, principal_, now, kServiceTokenLifetime));
    authorization_ = base::StrCat(kScheme, token);
    expires_ = now + kServiceTokenLifetime;
  }
  return authorization_;
}

}  // namespace fangpin::rpc
