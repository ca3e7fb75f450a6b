#ifndef FANGPIN_SCREENING_MODULE_H_
#define FANGPIN_SCREENING_MODULE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "libs/rpc/module.h"

namespace fangpin::screening {

// 风险排查: department alerts, clues, visits, assessment, determination and classification.
absl::StatusOr<std::unique_ptr<rpc::Module>> MakeScreeningModule(rpc::ModuleEnv& env);

}  // namespace fangpin::screening

#endif  // FANGPIN_SCREENING_MODULE_H_
