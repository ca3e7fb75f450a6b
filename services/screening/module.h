#ifndef FANGPIN_SCREENING_MODULE_H_
#define FANGPIN_SCREENING_MODULE_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fangpin/config/v1/config.pb.h"
#include "libs/rpc/module.h"

namespace fangpin::screening {

// 风险排查: department alerts, clues, visits, assessment, determination and classification.
absl::StatusOr<std::unique_ptr<rpc::Module>> MakeScreeningModule(rpc::ModuleEnv& env);

// Whether the policy files that it reads are as they should be, without starting it.
absl::Status CheckScreeningConfig(const config::v1::Config& config);

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_MODULE_H_
