#ifndef FANGPIN_RPC_POLICY_H_
#define FANGPIN_RPC_POLICY_H_

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "libs/policy/load.h"
#include "libs/rpc/module.h"

namespace fangpin::rpc {

// The policy that the service decides by, out of the configured folder. What it lacks for today and
// the coming quarter in the whole province is logged as "policy is incomplete" now, and shown from
// then on by fangpin_policy_missing{service,item,within}. Errors as policy::LoadPolicy. Call it
// once a module.
absl::StatusOr<std::shared_ptr<const policy::PolicyData>> LoadPolicy(ModuleEnv& env,
                                                                     std::string_view service);

}  // namespace fangpin::rpc

#endif  // FANGPIN_RPC_POLICY_H_
