#include "tools/fangpinctl/rehearse/actors.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "libs/base/division.h"
#include "libs/base/status.h"
#include "libs/base/strings.h"
#include "tools/fangpinctl/errors.h"

namespace fangpin::ctl {
namespace {

// Longer than any rehearsal.
constexpr absl::Duration kLifetime = absl::Hours(12);

std::string CadreOf(std::string_view village) { return base::StrCat("rehearsal:cadre:", village); }

}  // namespace

absl::StatusOr<Actors> Actors::Create(const std::string& token_key_file, std::string county,
                                      absl::Time now) {
  std::error_code error;
  // A key made here would be one that no server knows.
  if (!std::filesystem::exists(token_key_file, error)) {
    return UsageError("TOKEN_KEY_ABSENT",
                      base::StrCat("没有令牌密钥文件 ", token_key_file, "：请用 --token-key 指明"));
  }
  absl::StatusOr<rpc::TokenKey> key = rpc::TokenKey::LoadOrCreate(token_key_file);
  if (!key.ok()) return AsUsage(key.status());
  return Actors(*std::move(key), std::move(county), now);
}

absl::StatusOr<const Actor*> Actors::Collector() {
  return Get("rehearsal:collector", "DATA_COLLECTOR", county_);
}

absl::StatusOr<const Actor*> Actors::Desk() {
  return Get("rehearsal:desk", "COUNTY_DESK", county_);
}

absl::StatusOr<const Actor*> Actors::Approver() {
  return Get("rehearsal:approver", "COUNTY_APPROVER", county_);
}

absl::StatusOr<const Actor*> Actors::Cadre(std::string_view village) {
  return Get(CadreOf(village), "VILLAGE_CADRE", std::string(village));
}

absl::StatusOr<const Actor*> Actors::TownshipReviewer(std::string_view village) {
  const std::string township = base::DivisionAt(village, base::DivisionLevel::kTownship);
  return Get(base::StrCat("rehearsal:township:", township), "TOWNSHIP_REVIEWER", township);
}

absl::StatusOr<const Actor*> Actors::Department(const std::string& department) {
  return Get(base::StrCat("rehearsal:department:", department), "DEPARTMENT_FEED", county_,
             department);
}

absl::StatusOr<const Actor*> Actors::CadreWhoApproves(std::string_view village) {
  return Get(CadreOf(village), "COUNTY_APPROVER", county_);
}

absl::StatusOr<const Actor*> Actors::Get(std::string subject, std::string_view role,
                                         std::string division, std::string department) {
  Actor& actor = actors_[{subject, std::string(role)}];
  if (actor.authorization.empty()) {
    const base::Principal principal{.subject = subject,
                                    .roles = {std::string(role)},
                                    .divisions = {std::move(division)},
                                    .department = std::move(department)};
    FANGPIN_ASSIGN_OR_RETURN(const std::string token,
                             rpc::MintToken(key_, principal, now_, kLifetime));
    actor = {.subject = std::move(subject), .authorization = base::StrCat("Bearer ", token)};
  }
  return &actor;
}

}  // namespace fangpin::ctl
