#ifndef FANGPIN_ELIMINATION_MODULE_H_
#define FANGPIN_ELIMINATION_MODULE_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "fangpin/config/v1/config.pb.h"
#include "libs/rpc/module.h"

namespace fangpin::elimination {

// EliminationService with its store and outbox. Neighbours: registry, assistance.
absl::StatusOr<std::unique_ptr<rpc::Module>> MakeEliminationModule(rpc::ModuleEnv& env);

// Whether the policy files that it reads are as they should be, without starting it.
absl::Status CheckEliminationConfig(const config::v1::Config& config);

}  // namespace fangpin::elimination

#endif  // FANGPIN_ELIMINATION_MODULE_H_
