#ifndef FANGPIN_TOOLS_FANGPINCTL_REHEARSE_ACTORS_H_
#define FANGPIN_TOOLS_FANGPINCTL_REHEARSE_ACTORS_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/base/call_context.h"
#include "libs/rpc/principal.h"

namespace fangpin::ctl {

// Somebody who takes part in a rehearsal.
struct Actor {
  std::string subject;
  std::string authorization;  // "Bearer …"
};

// Everybody who takes part, each with the role and the divisions that the office has, and not more.
// References stay valid. Not thread-safe.
class Actors {
 public:
  // Tokens are signed with the suite's own key. Usage errors: TOKEN_KEY_ABSENT and what the key
  // file has wrong.
  static absl::StatusOr<Actors> Create(const std::string& token_key_file, std::string county,
                                       absl::Time now);

  // 信息采集人员, 县级经办, 县级审批 of the county.
  absl::StatusOr<const Actor*> Collector();
  absl::StatusOr<const Actor*> Desk();
  absl::StatusOr<const Actor*> Approver();
  // 村级网格员 of one village, 乡镇审核 of its township.
  absl::StatusOr<const Actor*> Cadre(std::string_view village);
  absl::StatusOr<const Actor*> TownshipReviewer(std::string_view village);
  // 部门 that pushes feeds about the county.
  absl::StatusOr<const Actor*> Department(const std::string& department);
  // The cadre of a village with the county's approving role on top: who would approve the own work.
  absl::StatusOr<const Actor*> CadreWhoApproves(std::string_view village);

 private:
  Actors(rpc::TokenKey key, std::string county, absl::Time now)
      : key_(std::move(key)), county_(std::move(county)), now_(now) {}

  absl::StatusOr<const Actor*> Get(std::string subject, std::string_view role, std::string division,
                                   std::string department = "");

  rpc::TokenKey key_;
  std::string county_;
  absl::Time now_;
  std::map<std::pair<std::string, std::string>, Actor> actors_;  // by subject and role
};

}  // namespace fangpin::ctl

#endif  // FANGPIN_TOOLS_FANGPINCTL_REHEARSE_ACTORS_H_
