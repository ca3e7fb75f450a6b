#ifndef FANGPIN_ASSISTANCE_MODULE_H_
#define FANGPIN_ASSISTANCE_MODULE_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fangpin/config/v1/config.pb.h"
#include "libs/rpc/module.h"

namespace fangpin::assistance {

// 精准帮扶: one plan a household, its measures and their effects.
absl::StatusOr<std::unique_ptr<rpc::Module>> MakeAssistanceModule(rpc::ModuleEnv& env);

// Whether the policy files that it reads are as they should be, without starting it.
absl::Status CheckAssistanceConfig(const config::v1::Config& config);

}  // namespace fangpin::assistance

#endif  // FANGPIN_ASSISTANCE_MODULE_H_
