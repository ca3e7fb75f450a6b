#ifndef FANGPIN_RPC_PRINCIPAL_H_
#define FANGPIN_RPC_PRINCIPAL_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "libs/base/call_context.h"
#include "libs/rpc/permission.h"

// Bearer tokens: JWT, HS256, claims iss "fangpin", sub, roles, divisions, department, iat, exp; the
// header names the key (kid).
namespace fangpin::rpc {

// The division at the root of the province: all of Gansu.
inline constexpr std::string_view kProvince = "620000000000";
// The role of a service that calls another.
inline constexpr std::string_view kServiceRole = "SERVICE";

// The secret that signs and verifies tokens. One file, shared by all processes of an installation.
class TokenKey {
 public:
  // Reads the key, or makes one (0600, folders 0700) when the file is absent; two processes that
  // start together agree on one. FAILED_PRECONDITION when others may read the file,
  // INVALID_ARGUMENT when it is not a key file.
  static absl::StatusOr<TokenKey> LoadOrCreate(const std::string& file);
  // A key that lives in memory only: for tests.
  static TokenKey Random();

  const std::string& id() const { return id_; }
  const std::string& secret() const { return secret_; }

 private:
  TokenKey(std::string id, std::string secret) : id_(std::move(id)), secret_(std::move(secret)) {}
  std::string id_;
  std::string secret_;
};

// Who a token speaks for, and until when.
struct TokenClaims {
  base::Principal principal;
  absl::Time issued;
  absl::Time expires;
};

// A signed token for `principal`, valid from `now` for `lifetime`.
absl::StatusOr<std::string> MintToken(const TokenKey& key, const base::Principal& principal,
                                      absl::Time now, absl::Duration lifetime);

// UNAUTHENTICATED, TOKEN_EXPIRED.
absl::Status TokenExpired();

// The claims of a token. UNAUTHENTICATED with TOKEN_INVALID (malformed, other algorithm, other key,
// wrong signature, missing claims) or TOKEN_EXPIRED.
absl::StatusOr<TokenClaims> VerifyToken(const TokenKey& key, const std::string& token,
                                        absl::Time now);

// A caller who proved who he is, with what his roles add up to.
struct Caller {
  base::Principal principal;
  Grants grants;
  absl::Time expires;
};

// Turns the authorization metadata of a call into a caller. Verified tokens are remembered until
// they expire, so a token costs one signature check a process. Thread-safe.
class Authenticator {
 public:
  Authenticator(TokenKey key, std::shared_ptr<const RoleTable> roles);

  // `authorization` is the metadata value as sent ("Bearer …"). Wall-clock `now` decides about
  // expiry, also under simulated time. UNAUTHENTICATED: TOKEN_MISSING, TOKEN_INVALID,
  // TOKEN_EXPIRED. PERMISSION_DENIED: ROLE_UNKNOWN, metadata: roles, when the table knows none of
  // the token's.
  absl::StatusOr<std::shared_ptr<const Caller>> Authenticate(std::string_view authorization,
                                                             absl::Time now) const;

  // Maps client certificates by common name; call before the server starts.
  void AddCertificate(std::string common_name, base::Principal principal);
  // The caller behind a verified certificate; null when the name is not known.
  std::shared_ptr<const Caller> ByCertificate(std::string_view common_name) const;
  bool knows_certificates() const { return !certificates_.empty(); }

  const TokenKey& key() const { return key_; }

 private:
  struct Shard {
    absl::Mutex mutex;
    absl::flat_hash_map<std::string, std::shared_ptr<const Caller>> callers ABSL_GUARDED_BY(mutex);
  };
  static constexpr size_t kShards = 16;
  static constexpr size_t kCallersPerShard = 4096;

  absl::StatusOr<std::shared_ptr<const Caller>> AuthenticateShared(std::string_view authorization,
                                                                   absl::Time now) const;

  const uint64_t serial_;  // no two of a process have the same
  const TokenKey key_;
  const std::shared_ptr<const RoleTable> roles_;
  mutable std::array<Shard, kShards> shards_;
  absl::flat_hash_map<std::string, std::shared_ptr<const Caller>> certificates_;
};

// The token that a service shows to its neighbours: principal service:<name>, role SERVICE, whole
// province. Minted anew before it expires. Thread-safe.
class ServiceIdentity {
 public:
  ServiceIdentity(TokenKey key, std::string service);

  // "Bearer …", valid for at least five minutes from `now` (wall clock).
  absl::StatusOr<std::string> Authorization(absl::Time now);

 private:
  const TokenKey key_;
  const base::Principal principal_;
  absl::Mutex mutex_;
  std::string authorization_ ABSL_GUARDED_BY(mutex_);
  absl::Time expires_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace fangpin::rpc

#endif  // FANGPIN_RPC_PRINCIPAL_H_
